"""Screens of retention: what is kept until when, an act proposed, looked at, confirmed or refused."""

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.audit.services import record_look
from app.config import Settings
from app.experts.models import Expert
from app.outcomes.retention import queries, services
from app.outcomes.retention.forms import ConfirmationForm, ProposalForm, RefusalForm
from app.outcomes.retention.models import RETENTION_KIND_LABELS, RetentionAct, RetentionKind
from app.policy import allows
from app.programmes.queries import find_edition
from app.web.forms import BaseForm
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _

blueprint = Blueprint("retention", __name__, template_folder="templates")

Answer = Response | str | tuple[str, int]


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {"retention_kinds": RETENTION_KIND_LABELS, "retention_counts": queries.COUNT_LABELS}


def _settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


@blueprint.get("/retention")
@needs("retention_act.list")
def index() -> str:
    return render_template(
        "retention/index.html",
        table_rows=queries.table(_settings()),
        acts=queries.acts(),
        departed=queries.departed() if allows(actor(), "retention_act.propose") else (),
    )


@blueprint.route("/retention/editions/<int:edition_id>/<any(files, contacts, names):kind>", methods=["GET", "POST"])
@needs_on_subject("retention_act.propose")
def propose(edition_id: int, kind: str) -> Answer:
    found, form = reach(find_edition(edition_id), "edition.read"), ProposalForm()
    what = RetentionKind(kind)
    if form.validate_on_submit():
        with form.problems():
            act = services.propose_by_term(actor(), found, what, reason=form.text("reason"), settings=_settings())
            return _proposed(act)
    page = render_template(
        "retention/propose.html",
        edition=found,
        kind=what,
        form=form,
        counts=queries.counts(found, what, _settings()),
        missing=queries.missing_by_term(found, what, _settings()),
    )
    return page, form.status


@blueprint.route("/retention/experts/<int:expert_id>", methods=["GET", "POST"])
@needs_on_subject("retention_act.propose")
def propose_wish(expert_id: int) -> Answer:
    found, form = _expert(expert_id), ProposalForm()
    if form.validate_on_submit():
        with form.problems():
            return _proposed(services.propose_by_wish(actor(), found, reason=form.text("reason")))
    record_look(actor(), "expert.read", found)
    missing = queries.missing_by_wish(found)
    return render_template("retention/propose_wish.html", found=found, form=form, missing=missing), form.status


def _expert(expert_id: int) -> Expert:
    return reach(queries.find_expert(expert_id), "expert.read")


def _proposed(act: RetentionAct) -> Response:
    flash(_("已提出。另一人确认之前，什么都不会改变。"), "done")
    return redirect(url_for("retention.act", act_id=act.id), 303)


def _act(act_id: int) -> RetentionAct:
    return reach(queries.find(act_id), "retention_act.read")


@blueprint.get("/retention/<int:act_id>")
@needs_on_subject("retention_act.read")
def act(act_id: int) -> str:
    return _page(_act(act_id), None)


@blueprint.route("/retention/<int:act_id>/confirm", methods=["GET", "POST"])
@needs_on_subject("retention_act.confirm")
def confirm(act_id: int) -> Answer:
    found, form = _act(act_id), ConfirmationForm()
    if form.validate_on_submit():
        with form.problems():
            services.confirm(actor(), found, _settings())
            flash(_("已确认，系统将在一分钟内执行。"), "done")
            return redirect(url_for("retention.act", act_id=act_id), 303)
    return _page(found, form), form.status


@blueprint.route("/retention/<int:act_id>/refuse", methods=["GET", "POST"])
@needs_on_subject("retention_act.refuse")
def refuse(act_id: int) -> Answer:
    found, form = _act(act_id), RefusalForm()
    if form.validate_on_submit():
        with form.problems():
            services.refuse(actor(), found, reason=form.text("reason"))
            flash(_("已记录：不予处理，什么都不会改变。"), "done")
            return redirect(url_for("retention.index"), 303)
    return render_template("retention/refuse.html", found=found, form=form), form.status


def _page(found: RetentionAct, form: BaseForm | None) -> str:
    is_open = found.state == "proposed"
    return render_template(
        "retention/act.html",
        found=found,
        form=form,
        missing=services.missing_for(found, _settings()) if is_open else [],
        counts=services.preview(found, _settings()),
        may_confirm=is_open and allows(actor(), "retention_act.confirm", found),
    )
