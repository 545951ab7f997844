"""Screens of letters: the office's list, the applicant's own, the file."""

import io

from flask import Blueprint, Response, render_template, request

from app.kernel.errors import NotFound
from app.kernel.typesetting import PDF_TYPE
from app.notices import queries as notices
from app.outcomes.letters import queries, rules, services
from app.outcomes.letters.models import Letter
from app.programmes import current
from app.web.downloads import attachment
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _

blueprint = Blueprint("letters", __name__, template_folder="templates")


@blueprint.get("/letters")
@needs("letter.list")
def index() -> str:
    edition = current.chosen()
    if edition is None:
        return render_template("letters/index.html", found=None, letters=())
    page = max(request.args.get("page", 1, type=int), 1)
    return render_template(
        "letters/index.html",
        found=edition,
        letters=queries.page_of(actor(), edition.id, page),
        total=queries.count(edition.id),
        labels=rules.LABELS,
        page=page,
        page_size=rules.PAGE,
    )


@blueprint.get("/letters/mine")
@needs("letter.receive")
def mine() -> str:
    return render_template("letters/mine.html", letters=queries.own(actor()), labels=rules.LABELS)


@blueprint.get("/objections/follow/<token>/letter.pdf")
@needs("objection.follow")
def answer(token: str) -> Response:
    """The answer to an objection, for whoever holds its secret link."""
    objection = notices.objection_by_token(token)
    found = None if objection is None else queries.answer_to(objection)
    if found is None:
        raise NotFound
    return _sheet(found)


@blueprint.get("/letters/<int:letter_id>/letter.pdf")
@needs_on_subject("letter.read")
def pdf(letter_id: int) -> Response:
    return _sheet(reach(queries.find(letter_id), "letter.read"))


def _sheet(found: Letter) -> Response:
    if not found.is_kept:
        raise NotFound
    name = _("函件-%(number)s.pdf", number=found.number)
    return attachment(io.BytesIO(services.pdf_of(found)), filename=name, media_type=PDF_TYPE)
