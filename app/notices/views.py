"""Screens of notices and objections."""

from flask import Blueprint, flash, redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from app.audit.services import record_look
from app.kernel import file_types, files
from app.kernel.errors import NotFound
from app.notices import queries, rules, services
from app.notices.forms import ConfirmForm, ObjectionForm
from app.notices.models import Notice
from app.programmes import current
from app.web.downloads import attachment
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _

blueprint = Blueprint("notices", __name__, template_folder="templates")

Answer = Response | str | tuple[str, int]
TOKEN = "objection_token"  # noqa: S105 - the name under which the browser keeps it


def reached(notice_id: int) -> Notice:
    return reach(queries.find(notice_id), "notice.read")


def shown(notice: Notice) -> dict[str, object]:
    """The frozen content; of a draft what would be published now."""
    return notice.content if notice.digest else services.compose(notice)


# --- notices ------------------------------------------------------------------------------------------------------


@blueprint.get("/notices")
@needs("notice.list")
def index() -> str:
    found = current.chosen()
    listed = None if found is None else queries.overview(actor(), found.id)
    return render_template("notices/index.html", found=found, listed=listed)


@blueprint.post("/notices/draft/<int:session_id>")
@needs_on_subject("notice.create")
def draft(session_id: int) -> Response:
    made = services.draft(actor(), reach(queries.find_session(session_id), "session.read"))
    flash(_("公示稿已生成。请核对后发布。"))
    return redirect(url_for("notices.show", notice_id=made.id), 303)


@blueprint.get("/notices/<int:notice_id>")
@needs_on_subject("notice.read")
def show(notice_id: int) -> str:
    found = reached(notice_id)
    return render_template(
        "notices/show.html",
        found=found,
        content=shown(found),
        days_left=queries.days_left(found),
        open_now=queries.takes_objections(found),
        local=rules.local,
    )


@blueprint.route("/notices/<int:notice_id>/publish", methods=["GET", "POST"])
@needs_on_subject("notice.publish")
def publish(notice_id: int) -> Answer:
    found, form = reached(notice_id), ConfirmForm()
    if form.validate_on_submit():
        with form.problems():
            services.publish(actor(), found)
            flash(_("公示已发布。"))
            return redirect(url_for("notices.show", notice_id=notice_id), 303)
    names = rules.listed_names(services.compose(found))
    return render_template("notices/publish.html", found=found, form=form, names=names), form.status


@blueprint.route("/notices/<int:notice_id>/close", methods=["GET", "POST"])
@needs_on_subject("notice.close")
def close(notice_id: int) -> Answer:
    found, form = reached(notice_id), ConfirmForm()
    if form.validate_on_submit():
        with form.problems():
            services.close(actor(), found)
            flash(_("公示已结束。"))
            return redirect(url_for("notices.index", edition=found.edition_id), 303)
    unanswered = queries.open_objections(found.edition_id)
    return render_template("notices/close.html", found=found, form=form, unanswered=unanswered), form.status


# --- objections: anybody -------------------------------------------------------------------------------------------


@blueprint.route("/notices/<int:notice_id>/objection", methods=["GET", "POST"])
@needs_on_subject("objection.create")
def object_to(notice_id: int) -> Answer:
    found, form = reached(notice_id), ObjectionForm()
    form.offer(rules.listed_names(shown(found)), evidence_required=services.needs_evidence(found))
    if form.validate_on_submit():
        with form.problems():
            _objection, session[TOKEN] = services.file_objection(
                actor(),
                found,
                objector=form.objector(),
                application_id=form.application_id.data or None,
                text=form.text("statement"),
                evidence=form.given_evidence(),
            )
            return redirect(url_for("notices.received"), 303)
    open_now = queries.takes_objections(found)
    return render_template("notices/object.html", found=found, form=form, open_now=open_now), form.status


@blueprint.get("/objections/received")
@needs("objection.create")
def received() -> str:
    """The receipt. The token lies only in the objector's own cookie: an address with it would be kept by the server."""
    token = session.get(TOKEN, "")
    found = queries.objection_by_token(token)
    if found is None:
        raise NotFound
    return render_template("notices/received.html", found=found, token=token)


# --- objections: the office ---------------------------------------------------------------------------------------


@blueprint.get("/objections")
@needs("objection.list")
def objections() -> str:
    found = current.chosen()
    rows = [] if found is None else queries.objections(found.id)
    return render_template("notices/objections.html", found=found, rows=rows)


@blueprint.get("/objections/<int:objection_id>/evidence")
@needs_on_subject("objection.read")
def evidence(objection_id: int) -> Response:
    found = reach(queries.find_objection(objection_id), "objection.read")
    if not found.evidence_sha256:
        raise NotFound
    record_look(actor(), "objection.read_evidence", found)
    kind = file_types.TYPES[file_types.suffix_of(found.evidence_name)]
    content = files.store().open(found.evidence_sha256)
    return attachment(content, filename=found.evidence_name, media_type=kind.media_type)
