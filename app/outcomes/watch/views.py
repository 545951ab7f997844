"""Screens of the watch period: the office's list, one honour, a declaration, a fact; the holder's own form."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as Answer

from app.audit import services as audit
from app.kernel import clock, file_types, files
from app.kernel.errors import NotFound
from app.outcomes import queries as outcomes
from app.outcomes.models import Outcome
from app.outcomes.watch import queries, services
from app.outcomes.watch.forms import DeclarationForm, FactForm, ReviewForm, SendBackForm, SettleForm
from app.outcomes.watch.models import FACT_KIND_LABELS, FACT_SOURCE_LABELS, FactKind, WatchFact, YearlyDeclaration
from app.outcomes.watch.rules import QUESTIONS
from app.policy import allows
from app.programmes import current
from app.web.downloads import attachment
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _
from app.workflow import WatchFactState

blueprint = Blueprint("watch", __name__, template_folder="templates")

Page = Answer | str | tuple[str, int]


def _honour(outcome_id: int) -> Outcome:
    return reach(outcomes.find(outcome_id), "outcome.read")


def _declaration(declaration_id: int) -> YearlyDeclaration:
    return reach(queries.find(declaration_id), "yearly_declaration.read")


def _fact(fact_id: int) -> WatchFact:
    return reach(queries.find_fact(fact_id), "watch_fact.read")


# --- the office ---------------------------------------------------------------------------------------------------


@blueprint.get("/watch")
@needs("yearly_declaration.list")
def index() -> str:
    found = current.chosen()
    honours = queries.watched(found) if found is not None else []
    late = [each for honour in honours for each in honour.late]
    return render_template(
        "watch/index.html", found=found, honours=honours, late=late, past=outcomes.past_editions(), today=clock.today()
    )


@blueprint.get("/watch/honours/<int:outcome_id>")
@needs_on_subject("outcome.watch")
def show(outcome_id: int) -> str:
    found = _honour(outcome_id)
    return render_template(
        "watch/show.html",
        found=found,
        ends_on=queries.ends_on(found, found.edition),
        declarations=queries.declarations(found),
        facts=queries.facts(found),
        is_late=queries.is_late,
        is_ahead=queries.is_ahead,
        kinds=FACT_KIND_LABELS,
        sources=FACT_SOURCE_LABELS,
        may_record=allows(actor(), "watch_fact.record", found),
    )


@blueprint.route("/watch/honours/<int:outcome_id>/facts", methods=["GET", "POST"])
@needs_on_subject("watch_fact.record")
def record_fact(outcome_id: int) -> Page:
    found, form = _honour(outcome_id), FactForm()
    if form.validate_on_submit():
        with form.problems():
            services.record_fact(actor(), found, kind=FactKind(form.text("kind")), text=form.text("situation"))
            flash(_("情况已记录，等待核实处理。"), "done")
            return redirect(url_for("watch.show", outcome_id=outcome_id), 303)
    return render_template("watch/fact.html", found=found, form=form), form.status


@blueprint.route("/watch/facts/<int:fact_id>/settle", methods=["GET", "POST"])
@needs_on_subject("watch_fact.settle")
def settle(fact_id: int) -> Page:
    fact, form = _fact(fact_id), SettleForm()
    if form.validate_on_submit():
        with form.problems():
            services.SETTLE[WatchFactState(form.text("decision"))](actor(), fact, reason=form.text("reason"))
            flash(_("已记录处理结果。"), "done")
            return redirect(url_for("watch.show", outcome_id=fact.outcome_id), 303)
    page = render_template(
        "watch/settle.html", fact=fact, form=form, kinds=FACT_KIND_LABELS, sources=FACT_SOURCE_LABELS
    )
    return page, form.status


@blueprint.post("/watch/declarations/<int:declaration_id>/accept")
@needs_on_subject("yearly_declaration.accept")
def accept(declaration_id: int) -> Page:
    found, form = _declaration(declaration_id), ReviewForm()
    if form.validate():
        with form.problems():
            services.accept(actor(), found, note=form.text("note"))
            flash(_("已审阅。"), "done")
            return redirect(url_for("watch.show", outcome_id=found.outcome_id), 303)
    return _declaration_page(found, form), form.status


@blueprint.route("/watch/declarations/<int:declaration_id>/send-back", methods=["GET", "POST"])
@needs_on_subject("yearly_declaration.send_back")
def send_back(declaration_id: int) -> Page:
    found, form = _declaration(declaration_id), SendBackForm()
    if form.validate_on_submit():
        with form.problems():
            services.send_back(actor(), found, reason=form.text("reason"))
            flash(_("已退回补充。"), "done")
            return redirect(url_for("watch.show", outcome_id=found.outcome_id), 303)
    return render_template("watch/send_back.html", found=found, form=form), form.status


# --- a declaration ------------------------------------------------------------------------------------------------


def _declaration_page(found: YearlyDeclaration, form: ReviewForm) -> str:
    return render_template(
        "watch/declaration.html",
        found=found,
        form=form,
        questions=QUESTIONS,
        years=queries.own_of_outcome(actor(), found.outcome_id),
        is_late=queries.is_late,
        is_ahead=queries.is_ahead,
        may=_rights(found),
    )


def _rights(found: YearlyDeclaration) -> dict[str, bool]:
    who = actor()
    return {"watch": allows(who, "outcome.watch", found), "write": allows(who, "yearly_declaration.write", found)}


@blueprint.get("/watch/declarations/<int:declaration_id>")
@needs_on_subject("yearly_declaration.read")
def declaration(declaration_id: int) -> str:
    return _declaration_page(_declaration(declaration_id), ReviewForm())


@blueprint.route("/watch/declarations/<int:declaration_id>/declare", methods=["GET", "POST"])
@needs_on_subject("yearly_declaration.write")
def declare(declaration_id: int) -> Page:
    found, form = _declaration(declaration_id), DeclarationForm()
    if form.validate_on_submit():
        with form.problems():
            services.submit(actor(), found, form.statement(), form.given_files())
            flash(_("年度声明已提交，秘书处将审阅。"), "done")
            return redirect(url_for("watch.declaration", declaration_id=declaration_id), 303)
    shown = form if form.is_submitted() else DeclarationForm.filled(found.content)
    return _form_page(found, shown), shown.status


def _form_page(found: YearlyDeclaration, form: DeclarationForm) -> str:
    facts: dict[str, Any] = {"missing": services.missing_to_submit(found), "is_late": queries.is_late(found)}
    return render_template("watch/declare.html", found=found, form=form, questions=QUESTIONS, **facts)


@blueprint.get("/watch/declarations/<int:declaration_id>/files/<int:file_id>")
@needs_on_subject("yearly_declaration.read")
def file(declaration_id: int, file_id: int) -> Response:
    """Whoever is not its holder leaves a line in the record."""
    found = _declaration(declaration_id)
    stored = queries.find_file(found, file_id)
    if stored is None:
        raise NotFound
    if found.owner_id != actor().user_id:
        audit.record_look(actor(), "yearly_declaration.read_file", found, detail={"sha256": stored.sha256})
    kind = file_types.TYPES[file_types.suffix_of(stored.filename)]
    return attachment(files.store().open(stored.sha256), filename=stored.filename, media_type=kind.media_type)
