"""Reads of letters: whose they are, the office's list, and what a letter is written from."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, false, func, select
from sqlalchemy.orm import contains_eager, joinedload

from app.applications.models import Application
from app.audit.models import AuditEvent
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.notices.inquiries.models import ObjectionRequest
from app.notices.models import Objection
from app.outcomes.letters.models import Letter
from app.outcomes.letters.rules import PAGE
from app.outcomes.models import Outcome
from app.workflow import ApplicationState

KEPT = Letter.digest != ""
"""Not yet erased by its term."""
NOT_HONOURED = (ApplicationState.NOT_ADVANCED, ApplicationState.NOT_PROPOSED)


def listed(actor: Actor) -> Select[Letter]:
    """`letter.read` as a query: the office and the supervisor all, an applicant those on the own dossier. The answer to an
    objector is reached by his secret link alone."""
    found = select(Letter).outerjoin(Letter.application)
    if actor.has(Role.OFFICE, Role.SUPERVISOR):
        return found
    if not actor.has(Role.APPLICANT) or actor.user_id is None:
        return found.where(false())
    return found.where(Application.owner_id == actor.user_id)


def find(letter_id: int) -> Letter | None:
    return db.session.get(Letter, letter_id, options=[joinedload(Letter.application)])


def answer_to(objection: Objection) -> Letter | None:
    """What whoever raised the objection was told."""
    return db.session.scalar(
        select(Letter).where(Letter.objection_id == objection.id).order_by(Letter.id.desc()).limit(1)
    )


def own(actor: Actor) -> Sequence[Letter]:
    """An applicant's own, newest first."""
    mine = listed(actor).where(Application.owner_id == actor.user_id)
    whole = mine.options(contains_eager(Letter.application), joinedload(Letter.edition))
    return db.session.scalars(whole.order_by(Letter.id.desc())).all()


def written() -> ColumnElement[int]:
    """How many letters there are about a dossier, beside the dossier in its own statement: the desk asks nothing more."""
    counted = select(func.count(Letter.id)).where(Letter.application_id == Application.id)
    return counted.correlate(Application).scalar_subquery()


def page_of(actor: Actor, edition_id: int, page: int) -> Sequence[Letter]:
    """A page of an edition's letters, the newest first; pages count from 1."""
    found = _of_edition(actor, edition_id).order_by(Letter.sequence.desc())
    return db.session.scalars(found.limit(PAGE).offset((page - 1) * PAGE)).all()


def whole(actor: Actor, edition_id: int) -> Sequence[Letter]:
    """All letters of an edition that are kept, in the order of their numbers."""
    return db.session.scalars(_of_edition(actor, edition_id).where(KEPT).order_by(Letter.sequence)).all()


def _of_edition(actor: Actor, edition_id: int) -> Select[Letter]:
    found = listed(actor).where(Letter.edition_id == edition_id)
    return found.options(contains_eager(Letter.application), joinedload(Letter.objection))


def count(edition_id: int) -> int:
    return db.session.scalar(select(func.count(Letter.id)).where(Letter.edition_id == edition_id)) or 0


# --- what a letter is written from --------------------------------------------------------------------------------


def reason_of(action: str, dossier: Application) -> str:
    """The words on record of the step that was taken last."""
    told = select(AuditEvent.reason).where(
        AuditEvent.action == action, AuditEvent.subject_type == "application", AuditEvent.subject_id == dossier.id
    )
    return db.session.scalar(told.order_by(AuditEvent.id.desc()).limit(1)) or ""


def honour_of(dossier: Application) -> Outcome:
    return db.session.scalars(select(Outcome).where(Outcome.application_id == dossier.id)).one()


def not_honoured(edition_id: int) -> Sequence[Application]:
    found = select(Application).where(Application.edition_id == edition_id, Application.state.in_(NOT_HONOURED))
    whole = found.options(joinedload(Application.edition), joinedload(Application.round))
    return db.session.scalars(whole.order_by(Application.sequence)).all()


def was_asked(objection_id: int) -> bool:
    """Whether the applicant knows of the objection, having been asked about it."""
    return bool(db.session.scalar(select(ObjectionRequest.id).where(ObjectionRequest.objection_id == objection_id)))
