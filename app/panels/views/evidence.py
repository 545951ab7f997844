"""An applicant's evidence page by page, beside the score sheet: nothing is downloaded, every page looked at is on record."""

from flask import Response, render_template, send_file, url_for

from app.applications.models import EvidenceFile
from app.audit.services import record_look
from app.kernel import page_views
from app.kernel.errors import NotFound
from app.kernel.page_views import Unreadable
from app.panels import queries
from app.panels.models import Assignment
from app.panels.views.room import Answer, blueprint
from app.web.guard import actor, needs_on_subject, reach

SHOWN_FOR = 600
"""Seconds for which a browser may show a page again without asking; after that it is a new look."""


@blueprint.get("/assignments/<int:assignment_id>/files/<int:file_id>/pages/<int:page>")
@needs_on_subject("assignment.read_dossier")
def file_page(assignment_id: int, file_id: int, page: int) -> Answer:
    found, wanted = _file(assignment_id, file_id)
    pages = page_views.count(wanted.sha256)
    if not 1 <= page <= pages:
        raise NotFound
    dossier = queries.dossier_of(found)
    numbers = [file.id for file in dossier.files] if dossier else []
    return render_template(
        "panels/file_page.html",
        seat=found,
        file_id=file_id,
        number=numbers.index(file_id) + 1,
        page=page,
        pages=pages,
        can_be_shown=_can_be_shown(wanted, page),
        original=url_for("panels.file", assignment_id=assignment_id, file_id=file_id),
    )


@blueprint.get("/assignments/<int:assignment_id>/files/<int:file_id>/pages/<int:page>.webp")
@needs_on_subject("assignment.read_dossier")
def page_picture(assignment_id: int, file_id: int, page: int) -> Response:
    _found, wanted = _file(assignment_id, file_id)
    picture = page_views.page_view(wanted.sha256, page)
    record_look(actor(), "assignment.read_dossier", wanted, detail={"page": page})
    answer = send_file(picture, mimetype="image/webp", max_age=SHOWN_FOR)
    answer.headers["Cache-Control"] = f"private, max-age={SHOWN_FOR}"
    return answer


def _file(assignment_id: int, file_id: int) -> tuple[Assignment, EvidenceFile]:
    found = reach(queries.find_assignment(assignment_id), "assignment.read_dossier")
    wanted = queries.file_of(found, file_id)
    if wanted is None or wanted.media_type != page_views.MEDIA_TYPE:
        raise NotFound
    return found, wanted


def _can_be_shown(wanted: EvidenceFile, page: int) -> bool:
    try:
        page_views.page_view(wanted.sha256, page)
    except Unreadable:
        return False
    return True
