"""Screens of consensus: what is at the table, one item, the answers, the report."""

from fractions import Fraction
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.audit.services import record_look
from app.consensus import models, pages, queries, series, services  # noqa: F401
from app.consensus.forms import AnswerForm, GiveUpForm, ItemForm, NoteForm, ReportForm
from app.consensus.models import Consensus, ConsensusItem
from app.kernel.errors import Stale
from app.policy import allows
from app.programmes import current
from app.programmes.queries import rulebook_of
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _

blueprint = Blueprint("consensus", __name__, template_folder="templates")

Page = str | Response | tuple[str, int]


@blueprint.get("/consensus")
@needs("consensus.list")
def index() -> Page:
    header = current.header()
    edition_id = request.args.get("edition", type=int) or (header.id if header else 0)
    found = queries.listed(actor(), edition_id)
    return render_template(
        "consensus/index.html",
        consensuses=[(each, pages.title_of(each), allows(actor(), "consensus.read", each)) for each in found],
        may_give_up=allows(actor(), "consensus.give_up", found[0]) if found else False,
    )


@blueprint.get("/consensus/<int:consensus_id>")
@needs_on_subject("consensus.read")
def show(consensus_id: int) -> Page:
    return _table(_seen(consensus_id))


def _table(found: Consensus, *, form: NoteForm | None = None) -> str:
    who, given = actor(), queries.answers(found)
    return render_template(
        "consensus/show.html",
        consensus=found,
        title=pages.title_of(found),
        table=pages.table_of(found),
        notes=queries.notes(found, ""),
        answers=pages.answers_to(found, given),
        earlier=[answer for answer in given if answer.proposal < found.proposal],
        missing=services.missing_for_proposing(found),
        unconfirmed=services.missing_for_agreeing(found),
        may=_rights(found),
        may_answer=allows(who, "consensus.answer", found) and pages.may_answer(who, found, given),
        report=queries.report(found),
        f=form or NoteForm(),
    )


ACTS = ("edit", "discuss", "propose", "revise", "agree", "give_up", "release")


def _rights(found: Consensus) -> dict[str, bool]:
    return {act: allows(actor(), f"consensus.{act}", found) for act in ACTS}


@blueprint.get("/dossiers/<int:application_id>/series")
@needs_on_subject("series.read")
def series_of(application_id: int) -> Page:
    """All series of a dossier on one page, to be printed; every look at it is on record."""
    found = reach(series.find(application_id), "series.list")
    record_look(actor(), "series.read", found)
    columns = series.columns(found)
    return render_template(
        "consensus/series.html",
        whole=found,
        title=series.title_of(actor(), found),
        points=rulebook_of(found.application.edition).criteria_for(found.application.group_key).points,
        series=columns,
        lines=series.lines(found, columns),
        signed=_signed,
    )


def _signed(change: Fraction) -> str:
    return f"{'+' if change > 0 else ''}{pages.shown(change)}"


@blueprint.route("/consensus/<int:consensus_id>/items/<code>", methods=["GET"])
@needs_on_subject("consensus.read")
def item(consensus_id: int, code: str) -> Page:
    found = _seen(consensus_id)
    stored = _item(found, code)
    return _item_page(found, stored, ItemForm(obj=stored, formdata=None))


@blueprint.post("/consensus/<int:consensus_id>/items/<code>")
@needs_on_subject("consensus.edit")
def save_item(consensus_id: int, code: str) -> Page:
    found = reach(queries.find(consensus_id), "consensus.read")
    stored = _item(found, code)
    form, text_of_stale = ItemForm(), dict[str, str]()
    if form.validate():
        with form.problems():
            try:
                said = form.proposal(code, stored.points)
                services.save_item(actor(), found, code, said, version=form.version.data or 0)
                flash(_("%(code)s 的合议结果已保存。", code=code), "done")
                return redirect(_after_item(found, code), 303)
            except Stale as stale:
                text_of_stale = stale.stored
                form.version.data = stale.current_version
    return _item_page(found, stored, form, stored_texts=text_of_stale), 409 if text_of_stale else 422


def _after_item(found: Consensus, code: str) -> str:
    _before, after = pages.neighbours(found, code)
    if request.form.get("then") == "next" and after is not None:
        return url_for("consensus.item", consensus_id=found.id, code=after)
    return url_for("consensus.show", consensus_id=found.id, _anchor="items")


def _item(found: Consensus, code: str) -> ConsensusItem:
    stored = next((each for each in found.items if each.item_code == code), None)
    if stored is None:
        abort(404)
    return stored


def _item_page(found: Consensus, stored: ConsensusItem, form: ItemForm, **further: Any) -> str:
    criteria, code = queries.criteria_of(found), stored.item_code
    entry = criteria.item(code)
    before, after = pages.neighbours(found, code)
    return render_template(
        "consensus/item.html",
        consensus=found,
        title=pages.title_of(found),
        item=entry,
        bands=criteria.bands_for(entry.kind),
        step=criteria.step_percent,
        stored=stored,
        spread=queries.spreads(found)[code],
        median=pages.shown(queries.spreads(found)[code].median),
        limit=rulebook_of(found.round.edition).scoring.divergence_percent,
        remarks=pages.remarks_of(found, code),
        notes=queries.notes(found, code),
        before=before,
        after=after,
        may=_rights(found),
        f=form,
        note=NoteForm(formdata=None),
        **{"stored_texts": {}} | further,
    )


@blueprint.post("/consensus/<int:consensus_id>/notes")
@needs_on_subject("consensus.discuss")
def discuss(consensus_id: int) -> Page:
    found = reach(queries.find(consensus_id), "consensus.read")
    code, form = request.form.get("item", ""), NoteForm()
    if form.validate():
        with form.problems():
            services.discuss(actor(), found, code=code, text=form.text("remark"))
            flash(_("意见已记录。"), "done")
            if code:
                return redirect(url_for("consensus.item", consensus_id=found.id, code=code, _anchor="talk"), 303)
            return redirect(url_for("consensus.show", consensus_id=found.id, _anchor="talk"), 303)
    return _table(found, form=form), 422


@blueprint.post("/consensus/<int:consensus_id>/propose")
@needs_on_subject("consensus.propose")
def propose(consensus_id: int) -> Page:
    services.propose(actor(), reach(queries.find(consensus_id), "consensus.read"))
    flash(_("合议结果已提出，等待组员确认。"), "done")
    return redirect(url_for("consensus.show", consensus_id=consensus_id), 303)


@blueprint.post("/consensus/<int:consensus_id>/revise")
@needs_on_subject("consensus.revise")
def revise(consensus_id: int) -> Page:
    services.revise(actor(), reach(queries.find(consensus_id), "consensus.read"))
    flash(_("合议结果已收回，可以继续讨论和修改。"), "done")
    return redirect(url_for("consensus.show", consensus_id=consensus_id), 303)


@blueprint.route("/consensus/<int:consensus_id>/answer", methods=["GET", "POST"])
@needs_on_subject("consensus.answer")
def answer(consensus_id: int) -> Page:
    found, form = reach(queries.find(consensus_id), "consensus.read"), AnswerForm()
    if form.validate_on_submit():
        with form.problems():
            services.answer(actor(), found, confirms=form.confirms.data == "yes", text=form.text("remark"))
            flash(_("您的答复已记录。"), "done")
            return redirect(url_for("consensus.show", consensus_id=consensus_id), 303)
    return _closing("consensus/answer.html", found, form)


@blueprint.post("/consensus/<int:consensus_id>/agree")
@needs_on_subject("consensus.agree")
def agree(consensus_id: int) -> Page:
    services.agree(actor(), reach(queries.find(consensus_id), "consensus.read"))
    flash(_("已宣布达成一致。请写合议报告。"), "done")
    return redirect(url_for("consensus.release", consensus_id=consensus_id), 303)


@blueprint.route("/consensus/<int:consensus_id>/give-up", methods=["GET", "POST"])
@needs_on_subject("consensus.give_up")
def give_up(consensus_id: int) -> Page:
    found, form = reach(queries.find(consensus_id), "consensus.list"), GiveUpForm()
    if form.validate_on_submit():
        with form.problems():
            services.give_up(actor(), found, reason=form.text("reason"))
            flash(_("已宣布合议不成。请写合议报告。"), "done")
            return redirect(url_for("consensus.release", consensus_id=consensus_id), 303)
    return _closing("consensus/give_up.html", found, form)


@blueprint.route("/consensus/<int:consensus_id>/report", methods=["GET", "POST"])
@needs_on_subject("consensus.release")
def release(consensus_id: int) -> Page:
    found, form = reach(queries.find(consensus_id), "consensus.list"), ReportForm()
    if form.validate_on_submit():
        with form.problems():
            services.release(actor(), found, text=form.text("remark"))
            flash(_("合议报告已发布。"), "done")
            return redirect(url_for("consensus.paper", consensus_id=consensus_id), 303)
    return _closing("consensus/release.html", found, form)


def _closing(template: str, found: Consensus, form: Any) -> Page:
    shown = {"consensus": found, "title": pages.title_of(found), "fallback": pages.fallback_of(found), "f": form}
    return render_template(template, **shown), form.status


@blueprint.get("/consensus/<int:consensus_id>/paper")
@needs_on_subject("consensus.read")
def paper(consensus_id: int) -> Page:
    """The panel's report as a paper for signatures."""
    found = _seen(consensus_id)
    stored = queries.report(found)
    if stored is None:
        abort(404)
    criteria = queries.criteria_of(found)
    return render_template(
        "consensus/paper.html",
        consensus=found,
        title=pages.title_of(found),
        report=stored,
        names={entry.code: entry.name for entry in criteria.items},
        points=criteria.points,
        seats=pages.seats_of(found),
        answers=pages.answers_to(found, queries.answers(found)),
        fallback=pages.fallback_of(found),
    )


def _seen(consensus_id: int) -> Consensus:
    found = reach(queries.find(consensus_id), "consensus.read")
    services.note_look(actor(), found)
    return found
