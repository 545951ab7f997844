"""Who signs in, and as whom a browser acts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, func, or_, select
from sqlalchemy.orm import selectinload

from app.accounts.models import LoginSession, RoleGrant, User
from app.kernel import clock
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.outbox import OutboxMessage

Grants = Sequence[RoleGrant] | Sequence[Row[*tuple[Any, ...]]]
"""Role grants, or rows with a role grant's columns."""

PAGE_SIZE = 50
ASK_AGAIN_AFTER = timedelta(minutes=10)

ACTOR_OF_SESSION = (
    select(
        LoginSession.id,
        User.id,
        User.name,
        User.language,
        RoleGrant.role,
        RoleGrant.body_id,
        RoleGrant.edition_id,
        RoleGrant.expert_id,
    )
    .join(User, User.id == LoginSession.user_id)
    .outerjoin(RoleGrant, RoleGrant.user_id == User.id)
    .where(
        LoginSession.token_hash == bindparam("token_hash"),
        LoginSession.revoked_at.is_(None),
        LoginSession.expires_at > bindparam("now"),
        User.active,
    )
)
"""Written once: every request asks it, and putting a statement together costs seven times more than sending it."""


def find_by_email(email: str) -> User | None:
    return db.session.scalar(select(User).where(User.email == email.strip().lower()))


def _first(ids: Iterable[int | None]) -> int | None:
    return next((found for found in ids if found is not None), None)


def actor_of_session(token_hash: str) -> Actor | None:
    """The actor behind a session token, in one statement, or None where it is unknown, expired or taken back."""
    rows = db.session.execute(ACTOR_OF_SESSION, {"token_hash": token_hash, "now": clock.now()}).all()
    if not rows:
        return None
    session_id, user_id, name, language = rows[0][:4]
    return _actor(user_id, name, language, rows, session_id=session_id)


def actor_of_user(user: User) -> Actor:
    """The actor that this user would be in a session; for commands that act on a person's behalf in a demo or a test."""
    grants = db.session.scalars(select(RoleGrant).where(RoleGrant.user_id == user.id)).all()
    return _actor(user.id, user.name, user.language, grants)


def _actor(user_id: int, name: str, language: str, grants: Grants, *, session_id: int | None = None) -> Actor:
    """What the grants add up to; of someone without any, the outer join gives one row with empty columns."""
    return Actor(
        user_id=user_id,
        name=name,
        roles=frozenset(grant.role for grant in grants if grant.role is not None),
        body_id=_first(grant.body_id for grant in grants),
        expert_id=_first(grant.expert_id for grant in grants),
        language=language,
        session_id=session_id,
        editions=_committee_editions(grants),
    )


def _committee_editions(grants: Grants) -> frozenset[int]:
    return frozenset(
        grant.edition_id for grant in grants if grant.role is Role.COMMITTEE and grant.edition_id is not None
    )


@dataclass(frozen=True)
class Listing:
    """One page of the users, newest first, with the numbers for the pager."""

    users: Sequence[User]
    total: int
    page: int

    @property
    def first(self) -> int:
        return (self.page - 1) * PAGE_SIZE + 1 if self.users else 0

    @property
    def last(self) -> int:
        return (self.page - 1) * PAGE_SIZE + len(self.users)


def users(*, text: str, role: Role | None, page: int) -> Listing:
    conditions: list[ColumnElement[bool]] = []
    if text:
        conditions.append(or_(User.name.icontains(text, autoescape=True), User.email.icontains(text, autoescape=True)))
    if role is not None:
        conditions.append(User.grants.any(RoleGrant.role == role))
    total = db.session.scalar(select(func.count()).select_from(User).where(*conditions)) or 0
    page = min(max(page, 1), max(1, -(-total // PAGE_SIZE)))
    shown = (
        select(User)
        .where(*conditions)
        .options(selectinload(User.grants))
        .order_by(User.id.desc())
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    return Listing(db.session.scalars(shown).all(), total, page)


def find_user(user_id: int | None) -> User | None:
    return db.session.get(User, user_id) if user_id is not None else None


def find_grant(user: User, grant_id: int) -> RoleGrant | None:
    return next((granted for granted in user.grants if granted.id == grant_id), None)


def find_session(session_id: int) -> LoginSession | None:
    return db.session.get(LoginSession, session_id)


def open_sessions(actor: Actor) -> Sequence[LoginSession]:
    """Browsers that are signed in as this person now, the latest first."""
    return db.session.scalars(
        select(LoginSession)
        .where(
            LoginSession.user_id == actor.user_id,
            LoginSession.revoked_at.is_(None),
            LoginSession.expires_at > clock.now(),
        )
        .order_by(LoginSession.id.desc())
    ).all()


def last_sign_in(user: User) -> datetime | None:
    return db.session.scalar(select(func.max(LoginSession.created_at)).where(LoginSession.user_id == user.id))


def active_operators() -> int:
    """How many can still run the system; their grants are locked until the caller's transaction ends."""
    operators = (
        select(RoleGrant.user_id)
        .join(User)
        .where(RoleGrant.role == Role.OPERATOR, User.active)
        .with_for_update(of=RoleGrant)
    )
    return len(set(db.session.scalars(operators)))


def asked_lately(user: User) -> bool:
    """Whether a link was mailed so shortly ago that another one would only fill the person's mailbox."""
    recent = select(OutboxMessage.id).where(
        OutboxMessage.recipient == user.email,
        OutboxMessage.action == "account.ask_link",
        OutboxMessage.created_at > clock.now() - ASK_AGAIN_AFTER,
    )
    return db.session.scalar(recent.limit(1)) is not None
