"""Reads of letters: whose they are, the office's list, and what a letter is written from."""

from collections.abc import Sequence

from sqlalchemy import Select, false, func, select
from sqlalchemy.orm import contains_eager, joinedload

from app.applications.models import Application
from app.audit.models import AuditEvent
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.words import LocalText
from app.notices.inquiries.models import ObjectionRequest
from app.outcomes.letters.models import Letter
from app.outcomes.letters.rules import PAGE
from app.outcomes.models import Outcome
from app.workflow import ApplicationState

NOT_HONOURED = (ApplicationState.NOT_ADVANCED, ApplicationState.NOT_PROPOSED)


def listed(actor: Actor) -> Select[Letter]:
    """`letter.read` as a query: the office and the supervisor all, an applicant those on the own dossier."""
    found = select(Letter).join(Letter.application)
    if actor.has(Role.OFFICE, Role.SUPERVISOR):
        return found
    if not actor.has(Role.APPLICANT) or actor.user_id is None:
        return found.where(false())
    return found.where(Application.owner_id == actor.user_id)


def find(letter_id: int) -> Letter | None:
    return db.session.get(Letter, letter_id, options=[joinedload(Letter.application)])


def own(actor: Actor) -> Sequence[Letter]:
    """An applicant's own, newest first."""
    mine = listed(actor).where(Application.owner_id == actor.user_id)
    whole = mine.options(contains_eager(Letter.application), joinedload(Letter.edition))
    return db.session.scalars(whole.order_by(Letter.id.desc())).all()


def newest(actor: Actor) -> tuple[LocalText, int] | None:
    """What an applicant's newest letter is about, and how many there are; for the desk, without their dossiers."""
    every = func.count().over().label("every")
    mine = listed(actor).where(Application.owner_id == actor.user_id).with_only_columns(Letter.content, every)
    found = db.session.execute(mine.order_by(Letter.id.desc()).limit(1)).one_or_none()
    return None if found is None else (LocalText(**found.content["subject"]), found.every)


def page_of(actor: Actor, edition_id: int, page: int) -> Sequence[Letter]:
    """A page of an edition's letters, the newest first; pages count from 1."""
    found = listed(actor).where(Letter.edition_id == edition_id).options(contains_eager(Letter.application))
    return db.session.scalars(found.order_by(Letter.sequence.desc()).limit(PAGE).offset((page - 1) * PAGE)).all()


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
