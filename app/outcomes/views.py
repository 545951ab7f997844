"""Screens of honours: the office's list, approval, publication, revocation; the public home and published results."""

from io import BytesIO

from flask import Blueprint, flash, jsonify, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.audit import services as audit
from app.kernel import file_types, files, progress, signing
from app.kernel.errors import NotFound
from app.outcomes import archiving, edition_archive, queries, services
from app.outcomes.certificates import queries as certificates
from app.outcomes.feedback import queries as feedback
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
from app.workflow import BundleState

blueprint = Blueprint("outcomes", __name__, template_folder="templates")

Answer = Response | str | tuple[str, int]
ZIP = "application/zip"


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
    bundle = archiving.published(found)
    return render_template(
        "outcomes/public_edition.html",
        found=found,
        result=result,
        columns=columns,
        exceptions=exceptions,
        rules=LABELS,
        bundle=bundle,
        archived=edition_archive.archived(found),
        key=signing.public_key() if bundle else "",
    )


@blueprint.get("/results/<code>/bundle.zip")
@needs("public.read")
def public_bundle(code: str) -> Response:
    """The public version of the newest bundle, once the result is public."""
    edition = queries.edition_called(code)
    found = None if edition is None else archiving.published(edition)
    if edition is None or found is None:
        raise NotFound
    content = files.store().open(found.public_sha256)
    return attachment(content, filename=f"{edition.code}-public.zip", media_type=ZIP)


@blueprint.get("/verifier.zip")
@needs("public.read")
def verifier() -> Response:
    return attachment(BytesIO(archiving.verifier()), filename="verify.zip", media_type=ZIP)


# --- the bundle ---------------------------------------------------------------------------------------------------


@blueprint.get("/outcomes/archive")
@needs("bundle.list")
def archive() -> str:
    edition = current.chosen()
    if edition is None:
        raise NotFound
    bundles = archiving.bundles_of(edition)
    under_way = next((each for each in bundles if each.state == BundleState.ORDERED), None)
    done, total = progress.told(under_way.key) if under_way else (0, 0)
    return render_template(
        "outcomes/archive.html",
        found=edition,
        bundles=bundles,
        under_way=under_way,
        done=done,
        total=total,
        text=archiving.stage_of(done=done, total=total),
        missing=archiving.missing_to_order(edition),
        archived=edition_archive.archived(edition),
        key=signing.public_key() if any(each.made_at for each in bundles) else "",
    )


@blueprint.post("/editions/<int:edition_id>/bundles")
@needs_on_subject("bundle.order")
def order_bundle(edition_id: int) -> Response:
    archiving.order(actor(), reach(find_edition(edition_id), "edition.read"))
    return redirect(url_for("outcomes.archive", edition=edition_id), 303)


@blueprint.route("/editions/<int:edition_id>/archive", methods=["GET", "POST"])
@needs_on_subject("edition.archive")
def archive_edition(edition_id: int) -> Answer:
    found, form = reach(find_edition(edition_id), "edition.read"), ConfirmForm()
    if form.validate_on_submit():
        with form.problems():
            edition_archive.archive(actor(), found)
            flash(_("本届已归档，内容从此只能查看。"), "done")
            return redirect(url_for("outcomes.archive", edition=edition_id), 303)
    missing, bundle = edition_archive.missing_to_archive(found), edition_archive.bundle_to_record(found)
    page = render_template(
        "outcomes/archive_edition.html",
        found=found,
        form=form,
        missing=missing,
        bundle=bundle,
        unsent=feedback.unsent(edition_id),
    )
    return page, form.status


@blueprint.get("/bundles/<int:bundle_id>/progress")
@needs_on_subject("bundle.read")
def bundle_progress(bundle_id: int) -> Response:
    """Asked by the page's script while the clock works."""
    found = reach(archiving.find(bundle_id), "bundle.read")
    done, total = progress.told(found.key)
    answer = {"done": done, "total": total, "text": say(archiving.stage_of(done=done, total=total))}
    if found.state != BundleState.ORDERED:
        answer["url"] = url_for("outcomes.archive", edition=found.edition_id)
    return jsonify(answer)


@blueprint.get("/bundles/<int:bundle_id>/<any(public, full):version>.zip")
@needs_on_subject("bundle.export")
def download_bundle(bundle_id: int, version: str) -> Response:
    """Who takes the full version along is on record."""
    found = reach(archiving.find(bundle_id), "bundle.read")
    content = files.store().open(found.full_sha256 if version == "full" else found.public_sha256)
    if version == "full":
        audit.record_look(actor(), "bundle.export", found, detail={"sha256": found.full_sha256})
    return attachment(content, filename=f"{found.edition.code}-{version}.zip", media_type=ZIP)


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
