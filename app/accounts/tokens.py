"""Tokens for programs: made on one's own account page, shown once, kept as a hash, taken back at any time."""

import secrets
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import selectinload

from app.accounts import rules
from app.accounts.models import ApiToken, ApiTokenScope, SignInAttempt, User
from app.accounts.rules import token_hash
from app.audit import services as audit
from app.kernel import clock, unit_of_work
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import Invalid, Problem
from app.kernel.words import N_, Message
from app.policy import allows, demand
from app.policy.scopes import SCOPE_LABELS, Scope

BEGINS = "zh_"
SHOWN = 9
SAME_NAME = N_("您已有一个同名的令牌。请换一个名称，或先作废那一个。")
NOT_YOURS = N_("“%(scope)s”不在您的权限之内，令牌不能包含它。")
EVERY_PAGE = frozenset({Scope.SHEETS, Scope.CONTACTS})
"""Scores and personal data: every page that is read is on record, of other lists the first of a day."""


class TooManyRequests(Problem):
    """The token, or an address with wrong tokens, has asked too often."""

    status = 429


def offered(actor: Actor) -> list[Scope]:
    """What the actor may give to a token: what he may read himself."""
    return [scope for scope in Scope if allows(actor, scope)]


def find(token_id: int) -> ApiToken | None:
    return db.session.get(ApiToken, token_id)


def tokens_of(actor: Actor) -> Sequence[ApiToken]:
    """All of one's own, the newest first; those that were taken back or have ended are among them."""
    mine = select(ApiToken).options(selectinload(ApiToken.scopes)).where(ApiToken.user_id == actor.user_id)
    return db.session.scalars(mine.order_by(ApiToken.id.desc())).all()


def is_open(token: ApiToken) -> bool:
    return token.revoked_at is None and token.expires_at > clock.now()


def create(actor: Actor, *, name: str, days: int, scopes: Sequence[Scope]) -> tuple[ApiToken, str]:
    """The row, and the token itself, which is kept nowhere."""
    demand(actor, "token.create")
    for scope in scopes:
        if not allows(actor, scope):
            raise Invalid(Message(NOT_YOURS, {"scope": Message(SCOPE_LABELS[scope])}), field="scopes")
    if any(is_open(token) and token.name == name for token in tokens_of(actor)):
        raise Invalid(Message(SAME_NAME), field="name")
    secret, now = BEGINS + secrets.token_urlsafe(32), clock.now()
    made = ApiToken(
        user_id=actor.user_id or 0,
        name=name,
        start=secret[:SHOWN],
        token_hash=token_hash(secret),
        created_at=now,
        expires_at=now + timedelta(days=min(days, max(rules.TOKEN_DAYS))),
    )
    made.scopes = [ApiTokenScope(scope=scope) for scope in sorted(set(scopes))]
    db.session.add(made)
    db.session.flush()
    detail = {"name": name, "scopes": sorted(set(scopes)), "until": made.expires_at.isoformat(timespec="seconds")}
    audit.record(actor, "token.create", made, detail=detail)
    return made, secret


def revoke(actor: Actor, token: ApiToken) -> None:
    demand(actor, "token.revoke", token)
    if token.revoked_at is None:
        token.revoked_at = clock.now()
        audit.record(actor, "token.revoke", token, detail={"name": token.name})


def revoke_all(actor: Actor, user: User, *, because: str) -> int:
    """No program goes on reading for an account that is closed, or that somebody else may have held; `because` is the action
    that ends them. How many were in use."""
    kept = select(ApiToken).where(ApiToken.user_id == user.id, ApiToken.revoked_at.is_(None)).order_by(ApiToken.id)
    living = [token for token in db.session.scalars(kept) if is_open(token)]
    for token in living:
        token.revoked_at = clock.now()
        audit.record(actor, "token.revoke", token, detail={"name": token.name, "because": because})
    return len(living)


# --- used ---------------------------------------------------------------------------------------------------------


def held(secret: str) -> ApiToken | None:
    """The token if it is known, not taken back, not over, and its owner may sign in."""
    found = db.session.scalar(
        select(ApiToken).options(selectinload(ApiToken.scopes)).where(ApiToken.token_hash == token_hash(secret))
    )
    return found if found is not None and is_open(found) and found.user.active else None


def note_wrong(address: str) -> None:
    """A token that is not known, counted apart from sign-ins: a forgotten program locks nobody out."""
    with unit_of_work.apart() as session:
        session.add(SignInAttempt(email="", address=_place(address), at=clock.now()))


def has_tried_often(address: str) -> bool:
    since = clock.now() - timedelta(minutes=rules.ATTEMPT_WINDOW_MINUTES)
    tried = select(func.count()).select_from(SignInAttempt)
    found = db.session.scalar(tried.where(SignInAttempt.at > since, SignInAttempt.address == _place(address)))
    return rules.must_wait(by_email=0, by_address=found or 0)


def _place(address: str) -> str:
    return f"api {address}"[:64]


def count_request(token: ApiToken) -> bool:
    """Count this request of the running minute; False when there were too many."""
    now = clock.now()
    minute = now.replace(second=0, microsecond=0)
    counted = case((ApiToken.window_at == minute, ApiToken.window_requests + 1), else_=1)
    with unit_of_work.apart() as session:
        requests = session.execute(
            update(ApiToken)
            .where(ApiToken.id == token.id)
            .values(window_requests=counted, window_at=minute, last_used_at=now)
            .returning(ApiToken.window_requests)
            .execution_options(synchronize_session=False)
        ).scalar_one()
    return requests <= rules.REQUESTS_PER_MINUTE


def note_reading(actor: Actor, token: ApiToken, scopes: Sequence[Scope], *, rows: int, first: int, last: int) -> None:
    """Put on record that a program has read: every page of scores and contacts, else a list's first page of a day."""
    detail = {"name": token.name, "scopes": sorted(scopes), "rows": rows, "first": first, "last": last}
    if not EVERY_PAGE.isdisjoint(scopes):
        audit.record_look(actor, "token.use", token, detail=detail)
        return
    today = clock.today()
    held_scopes = ApiTokenScope.token_id == token.id, ApiTokenScope.scope.in_(scopes)
    if any(each.scope in scopes and each.used_on != today for each in token.scopes):
        mark = update(ApiTokenScope).where(*held_scopes, ApiTokenScope.used_on.is_distinct_from(today))
        marked = mark.values(used_on=today).execution_options(synchronize_session=False)
        audit.record_look(actor, "token.use", token, detail=detail, unless_marked=marked)
