"""Reads of what stands between experts and applicants, and of what two people have excepted from the rules."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.applications.models import Application
from app.kernel.database import db
from app.panels.models import Conflict, PairException
from app.programmes.models import Edition
from app.workflow import ExceptionState


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
