"""Reads of what was told in confidence: for the supervisor, and for whoever holds the token."""

from collections.abc import Sequence

from sqlalchemy import Select, false, func, select

from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.notices.disclosures.models import Disclosure
from app.notices.rules import token_hash


def listed(actor: Actor) -> Select[Disclosure]:
    """`disclosure.read` as a query: the supervisor's and nobody else's."""
    found = select(Disclosure)
    return found if actor.has(Role.SUPERVISOR) else found.where(false())


def of_edition(actor: Actor, edition_id: int) -> Sequence[Disclosure]:
    """Unanswered ones first, the oldest first."""
    order = (Disclosure.answered_at.is_not(None), Disclosure.id)
    return db.session.scalars(listed(actor).where(Disclosure.edition_id == edition_id).order_by(*order)).all()


def find(disclosure_id: int) -> Disclosure | None:
    return db.session.get(Disclosure, disclosure_id)


def by_token(token: str) -> Disclosure | None:
    return db.session.scalar(select(Disclosure).where(Disclosure.token_hash == token_hash(token)))


def waiting(edition_id: int) -> int:
    """For the supervisor's desk alone."""
    open_ones = Disclosure.edition_id == edition_id, Disclosure.answered_at.is_(None)
    return db.session.scalar(select(func.count(Disclosure.id)).where(*open_ones)) or 0
