"""Accounts: register, invite, grant, sign in and out, change what is one's own."""

import secrets
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import delete, func, select

from app.accounts import rules
from app.accounts.models import LoginSession, RoleGrant, SignInAttempt, User
from app.accounts.queries import find_by_email
from app.accounts.sign_in import token_hash
from app.audit import services as audit
from app.kernel import clock
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.errors import Invalid, NotReady
from app.kernel.words import N_, Message
from app.policy import demand

SESSION_HOURS = 12
WRONG = Message(N_("邮箱或密码不正确。请检查后重试；忘记密码请联系秘书处。"))
TOO_MANY = Message(N_("登录失败次数过多。为保护账号，请等 15 分钟后再试。"))

_hasher = PasswordHasher()
_nobody = _hasher.hash(secrets.token_urlsafe())


class TooManyAttempts(Invalid):
    status = 429


def register(actor: Actor, *, email: str, name: str, password: str) -> User:
    """A person who wants to apply opens an account for himself."""
    demand(actor, "account.register")
    user = _new_user(email=email, name=name, password=password)
    audit.record(actor, "account.register", user)
    _grant(user, Role.APPLICANT)
    return user


def invite(
    actor: Actor,
    *,
    email: str,
    name: str,
    role: Role,
    body_id: int | None = None,
    expert_id: int | None = None,
    edition_id: int | None = None,
) -> User:
    """An account with one role; without a password until its owner sets one by the link of the invitation."""
    demand(actor, "user.invite")
    user = find_by_email(email) or _new_user(email=email, name=name, password="")
    audit.record(actor, "user.invite", user, detail={"role": role})
    grant(actor, user, role, body_id=body_id, expert_id=expert_id, edition_id=edition_id)
    return user


def grant(
    actor: Actor,
    user: User,
    role: Role,
    *,
    body_id: int | None = None,
    expert_id: int | None = None,
    edition_id: int | None = None,
) -> None:
    """Give a role with what it is tied to; giving it twice changes nothing."""
    demand(actor, "user.grant")
    _grant(user, role, body_id=body_id, expert_id=expert_id, edition_id=edition_id)
    audit.record(actor, "user.grant", user, detail={"role": role, "body_id": body_id, "expert_id": expert_id})


def grant_by_stage(
    actor: Actor, action: str, user: User, role: Role, *, expert_id: int | None = None, edition_id: int | None = None
) -> None:
    """A role that follows from a stage's own act (import of the pool, draw, committee); `action` is what allowed it."""
    _grant(user, role, expert_id=expert_id, edition_id=edition_id)
    audit.record(actor, action, user, detail={"granted": role})


def account_for(email: str, name: str) -> User:
    """The account of that mail address, opened without a password where there is none yet."""
    return find_by_email(email) or _new_user(email=email, name=name, password="")


def set_password(user: User, password: str) -> None:
    problem = rules.password_problem(password, known=(user.email, user.name))
    if problem:
        raise Invalid(problem, field="password")
    user.password_hash = _hasher.hash(password)


def sign_in(email: str, password: str, *, address: str, user_agent: str) -> str:
    """Open a session and return its token. Unknown mail and wrong password are told alike and take as long."""
    if rules.must_wait(**_recent_failures(email, address)):
        raise TooManyAttempts(TOO_MANY, field="password")
    user = find_by_email(email)
    if not _matches(user, password) or user is None or not user.active:
        raise Invalid(WRONG, field="password")
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.email == user.email))
    return _open_session(user, address=address, user_agent=user_agent)


def note_failed_attempt(email: str, address: str) -> None:
    """Counted even though the answer is a refusal: the view commits it apart."""
    db.session.add(SignInAttempt(email=email.strip().lower()[:254], address=address[:64], at=clock.now()))


def sign_out(actor: Actor) -> None:
    session = db.session.get(LoginSession, actor.session_id)
    if session is not None:
        session.revoked_at = clock.now()
        audit.record(actor, "account.sign_out", db.session.get(User, actor.user_id))


def suspend(actor: Actor, user: User) -> None:
    """Nobody may lock everybody out: the last operator stays."""
    demand(actor, "user.suspend")
    if Role.OPERATOR in {granted.role for granted in user.grants} and _active_operators() <= 1:
        raise NotReady([Message(N_("这是最后一位系统运维员，不能停用。请先授权另一位运维员。"))])
    user.active = False
    audit.record(actor, "user.suspend", user)


def _new_user(*, email: str, name: str, password: str) -> User:
    email = email.strip().lower()
    if find_by_email(email) is not None:
        raise Invalid(Message(N_("这个邮箱已经注册。请直接登录，或换一个邮箱。")), field="email")
    user = User(email=email, name=name.strip(), created_at=clock.now())
    if password:
        set_password(user, password)
    db.session.add(user)
    db.session.flush()
    return user


def _grant(
    user: User,
    role: Role,
    *,
    body_id: int | None = None,
    expert_id: int | None = None,
    edition_id: int | None = None,
) -> None:
    same = select(RoleGrant.id).where(
        RoleGrant.user_id == user.id,
        RoleGrant.role == role,
        RoleGrant.body_id.is_not_distinct_from(body_id),
        RoleGrant.expert_id.is_not_distinct_from(expert_id),
        RoleGrant.edition_id.is_not_distinct_from(edition_id),
    )
    if db.session.scalar(same) is None:
        db.session.add(
            RoleGrant(
                user_id=user.id,
                role=role,
                body_id=body_id,
                expert_id=expert_id,
                edition_id=edition_id,
                granted_at=clock.now(),
            )
        )
        db.session.flush()


def _matches(user: User | None, password: str) -> bool:
    try:
        return _hasher.verify(user.password_hash if user and user.password_hash else _nobody, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def _open_session(user: User, *, address: str, user_agent: str) -> str:
    token = secrets.token_urlsafe(32)
    now = clock.now()
    db.session.add(
        LoginSession(
            user_id=user.id,
            token_hash=token_hash(token),
            created_at=now,
            expires_at=now + timedelta(hours=SESSION_HOURS),
            user_agent=user_agent[:200],
            address=address[:64],
        )
    )
    audit.record(Actor(user_id=user.id, name=user.name), "account.sign_in", user)
    return token


def _recent_failures(email: str, address: str) -> dict[str, int]:
    since = clock.now() - timedelta(minutes=rules.ATTEMPT_WINDOW_MINUTES)
    counted = select(func.count()).select_from(SignInAttempt).where(SignInAttempt.at > since)
    by_email = db.session.scalar(counted.where(SignInAttempt.email == email.strip().lower())) or 0
    by_address = db.session.scalar(counted.where(SignInAttempt.address == address)) or 0
    return {"by_email": by_email, "by_address": by_address}


def _active_operators() -> int:
    operators = (
        select(func.count(User.id.distinct())).join(RoleGrant).where(RoleGrant.role == Role.OPERATOR, User.active)
    )
    return db.session.scalar(operators) or 0
