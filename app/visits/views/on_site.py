"""On site: issues and findings, the two logs, pictures from a phone."""

from itertools import chain

from flask import jsonify, make_response, request
from werkzeug.datastructures import FileStorage

from app.kernel import file_types, files
from app.kernel.errors import NotFound, Stale
from app.visits import queries, services
from app.visits.forms import FindingForm, IssueForm, LogForm, PhotoForm
from app.visits.models import IssueKind, LogKind, Visit
from app.visits.services import Picture
from app.visits.views.room import Answer, blueprint, done, page, seen
from app.web.downloads import attachment
from app.web.guard import actor, needs_on_subject, reach
from app.web.language import _
from app.web.transactions import repeatable


@blueprint.get("/visits/<int:visit_id>/issues")
@needs_on_subject("visit.read")
def issues(visit_id: int) -> Answer:
    return _issues(seen(visit_id))


def _issues(found: Visit, form: IssueForm | None = None) -> str:
    return page("issues", found, f=form or IssueForm.of(found), issues=queries.issues(found))


@blueprint.post("/visits/<int:visit_id>/issues")
@needs_on_subject("visit.raise")
def raise_issue(visit_id: int) -> Answer:
    found = reach(queries.find(visit_id), "visit.read")
    form = IssueForm.of(found)
    if form.validate():
        with form.problems():
            kind = IssueKind(form.text("kind"))
            services.raise_issue(actor(), found, kind, form.text("item"), text=form.text("text_"))
            return done(_("核实事项已记录。"), "issues", found)
    return _issues(found, form), 422


@blueprint.route("/visits/<int:visit_id>/issues/<int:issue_id>", methods=["GET", "POST"])
@needs_on_subject("visit.settle")
def settle(visit_id: int, issue_id: int) -> Answer:
    found = reach(queries.find(visit_id), "visit.read")
    issue = queries.find_issue(found, issue_id)
    if issue is None:
        raise NotFound
    form = FindingForm(obj=issue)
    if not form.validate_on_submit():
        return page("settle", found, issue=issue, f=form, stored={}), form.status
    try:
        services.settle(actor(), issue, finding=form.text("finding"), version=form.version.data or 0)
    except Stale as stale:
        form.version.data = stale.current_version
        return page("settle", found, issue=issue, f=form, stored=stale.stored), 409
    return done(_("核实结果已保存。"), "issues", found)


@blueprint.get("/visits/<int:visit_id>/logs")
@needs_on_subject("visit.read")
def logs(visit_id: int) -> Answer:
    return _logs(seen(visit_id))


def _logs(found: Visit, form: LogForm | None = None) -> str:
    return page("logs", found, f=form or LogForm.of(found), logs=queries.logs(found))


@blueprint.post("/visits/<int:visit_id>/logs")
@needs_on_subject("visit.note")
def note(visit_id: int) -> Answer:
    found = reach(queries.find(visit_id), "visit.read")
    form = LogForm.of(found)
    if form.validate():
        with form.problems():
            written = {"about": form.text("about"), "code": form.text("item"), "text": form.text("text_")}
            services.note(actor(), found, LogKind(form.text("kind")), **written)
            return done(_("记录已保存。"), "logs", found)
    return _logs(found, form), 422


@blueprint.get("/visits/<int:visit_id>/photos")
@needs_on_subject("visit.read")
def photos(visit_id: int) -> Answer:
    return _photos(seen(visit_id))


def _photos(found: Visit, form: PhotoForm | None = None) -> str:
    return page("photos", found, f=form or PhotoForm.of(found), photos=queries.photos(found))


@blueprint.post("/visits/<int:visit_id>/photos")
@needs_on_subject("visit.note")
@repeatable
def keep_photo(visit_id: int) -> Answer:
    """One picture; by script with the device's own mark, so that what was sent twice is stored once."""
    found = reach(queries.find(visit_id), "visit.read")
    form = PhotoForm.of(found)
    if form.validate():
        with form.problems():
            kept = services.keep_photo(actor(), found, _picture(form))
            return jsonify(mark=kept.mark) if _is_by_script() else done(_("照片已保存。"), "photos", found)
    if _is_by_script():
        said = [*form.general, *chain.from_iterable(form.errors.values())]
        return make_response(jsonify(error=" ".join(map(str, said))), 422)
    return _photos(found, form), 422


def _is_by_script() -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def _picture(form: PhotoForm) -> Picture:
    upload: FileStorage = form.photo.data
    return Picture(
        mark=form.text("mark")[:64] or request.form.get("idempotency_key", "")[:64],
        filename=upload.filename or "",
        content=upload.stream,  # type: ignore[arg-type]  # a binary stream under another name
        caption=form.text("caption"),
        item_code=form.text("item"),
        taken_at=form.taken(),
    )


@blueprint.get("/visits/photos/<int:photo_id>")
@needs_on_subject("visit.read")
def photo(photo_id: int) -> Answer:
    kept = queries.find_photo(photo_id)
    reach(kept.visit if kept else None, "visit.read")
    assert kept is not None
    kind = file_types.TYPES[kept.suffix]
    name = f"{kept.visit.application.number}-{kept.id}.{kept.suffix}"
    return attachment(files.store().open(kept.sha256), filename=name, media_type=kind.media_type)
