"""Reads of what stands between experts and applicants, and of what two people have excepted from the rules."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.applications.models import Application
from app.kernel.database import db
from app.panels.models import Assignment, Conflict, InterestQuestion, PairException
from app.programmes.models import Edition
from app.workflow import ExceptionState, InterestQuestionState


def conflicts_of(edition: Edition) -> Sequence[Conflict]:
    """Every interest of an edition's dossiers, the newest first, those that were withdrawn too."""
    return db.session.scalars(
        select(Conflict)
        .join(Application, Application.id == Conflict.application_id)
        .options(joinedload(Conflict.expert), joinedload(Conflict.application))
        .where(Application.edition_id == edition.id)
        .order_by(Conflict.id.desc())
    ).all()


def find_conflict(conflict_id: int) -> Conflict | None:
    return db.session.get(Conflict, conflict_id)


def questions_of(edition: Edition) -> Sequence[InterestQuestion]:
    """What experts were not sure of, the open ones first, then the newest."""
    seat = joinedload(InterestQuestion.assignment)
    return db.session.scalars(
        select(InterestQuestion)
        .options(
            seat.joinedload(Assignment.expert),
            seat.joinedload(Assignment.application),
            seat.joinedload(Assignment.round),
        )
        .where(InterestQuestion.edition_id == edition.id)
        .order_by(InterestQuestion.state != InterestQuestionState.OPEN, InterestQuestion.id.desc())
    ).all()


def find_question(question_id: int) -> InterestQuestion | None:
    return db.session.get(InterestQuestion, question_id)


def last_question(assignment: Assignment) -> InterestQuestion | None:
    asked = select(InterestQuestion).where(InterestQuestion.assignment_id == assignment.id)
    return db.session.scalars(asked.order_by(InterestQuestion.id.desc()).limit(1)).first()


def exceptions_of(edition: Edition) -> Sequence[PairException]:
    whole = (PairException.expert, PairException.application, PairException.proposer, PairException.confirmer)
    return db.session.scalars(
        select(PairException)
        .options(*(joinedload(part) for part in whole))
        .where(PairException.edition_id == edition.id)
        .order_by(PairException.number)
    ).all()


def public_exceptions(edition: Edition) -> list[PairException]:
    """Those that were ever in force: a later revocation does not hide that a seat rested on one."""
    shown = (ExceptionState.CONFIRMED, ExceptionState.REVOKED)
    return [exception for exception in exceptions_of(edition) if exception.state in shown]


def find_exception(exception_id: int) -> PairException | None:
    return db.session.get(PairException, exception_id)
