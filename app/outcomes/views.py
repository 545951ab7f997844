"""Screens of honours: the office's list, approval, publication, revocation; the public home and published results."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.kernel import file_types, files
from app.kernel.errors import NotFound
from app.outcomes import queries, services
from app.outcomes.certificates import queries as certificates
from app.outcomes.forms import ApprovalForm, ConfirmForm, RevocationForm
from app.outcomes.front import front
from app.outcomes.models import RevokedFor
from app.panels.interests import public_exceptions
from app.programmes import current
from app.programmes.queries import find_edition
from app.programmes.rules.labels import LABELS
from app.web.downloads import attachment
from app.web.formats import say
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _

blueprint = Blueprint("outcomes", __name__, template_folder="templates")

Answer = Response | str | tuple[str, int]


# --- anybody ------------------------------------------------------------------------------------------------------


@blueprint.get("/")
@needs("public.read")
def public_home() -> str:
    return render_template("outcomes/public_home.html", front=front())


@blueprint.get("/results/<code>")
@needs("public.read")
def public_edition(code: str) -> str:
    found = queries.edition_called(code)
    if found is None:
        raise NotFound
    result, exceptions = queries.result(found), public_exceptions(found)
    columns = [(say(level.name), "num") for level in result.levels]
    rows = [(say(row.city), row.total) for row in result.cities]
    return render_template(
        "outcomes/public_edition.html",
        found=found,
        result=result,
        columns=columns,
        city_rows=rows,
        exceptions=exceptions,
        rules=LABELS,
    )


# --- the office ---------------------------------------------------------------------------------------------------


@blueprint.get("/outcomes")
@needs("outcome.list")
def index() -> str:
    found = current.chosen()
    page = None if found is None else queries.office_page(found.id)
    issued = {} if page is None else certificates.of_outcomes(page.outcomes)
    return render_template(
        "outcomes/index.html", found=found, page=page, past=queries.past_editions(), certificates=issued
    )


@blueprint.route("/outcomes/approval/<int:notice_id>", methods=["GET", "POST"])
@needs_on_subject("outcome.record")
def approve(notice_id: int) -> Answer:
    notice, form = reach(queries.find_notice(notice_id), "notice.read"), ApprovalForm()
    if form.validate_on_submit() and form.approved_on.data:
        with form.problems():
            services.record_approval(
                actor(),
                notice,
                document=form.text("document"),
                approved_on=form.approved_on.data,
                file=form.given_file(),
            )
            flash(_("批准文件已记录。请核对后公布结果。"))
            return redirect(url_for("outcomes.index", edition=notice.edition_id), 303)
    missing = services.missing_to_record(notice)
    return render_template("outcomes/approve.html", found=notice, form=form, missing=missing), form.status


@blueprint.get("/outcomes/<int:outcome_id>/approval")
@needs_on_subject("outcome.read_document")
def approval_document(outcome_id: int) -> Response:
    found = reach(queries.find(outcome_id), "outcome.read")
    if not found.approval_sha256:
        raise NotFound
    kind = file_types.TYPES[file_types.suffix_of(found.approval_filename)]
    content = files.store().open(found.approval_sha256)
    return attachment(content, filename=found.approval_filename, media_type=kind.media_type)


@blueprint.route("/outcomes/publish/<int:edition_id>", methods=["GET", "POST"])
@needs_on_subject("outcome.publish")
def publish(edition_id: int) -> Answer:
    edition, form = reach(find_edition(edition_id), "edition.read"), ConfirmForm()
    if form.validate_on_submit():
        with form.problems():
            services.publish(actor(), edition)
            flash(_("结果已公布。"))
            return redirect(url_for("outcomes.public_edition", code=edition.code), 303)
    page, missing = queries.office_page(edition_id), services.missing_for_publication(edition)
    return render_template("outcomes/publish.html", found=edition, page=page, form=form, missing=missing), form.status


@blueprint.route("/outcomes/<int:outcome_id>/revoke", methods=["GET", "POST"])
@needs_on_subject("outcome.revoke")
def revoke(outcome_id: int) -> Answer:
    found, form = reach(queries.find(outcome_id), "outcome.read"), RevocationForm()
    if form.validate_on_submit():
        with form.problems():
            services.revoke(actor(), found, reason=form.text("reason"), because=RevokedFor(form.text("because")))
            flash(_("奖项已撤销，公开名单和统计已更新。"))
            return redirect(url_for("outcomes.index", edition=found.edition_id), 303)
    return render_template("outcomes/revoke.html", found=found, form=form), form.status
