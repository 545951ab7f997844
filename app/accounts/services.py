"""Accounts: register, invite, grant, sign in and out, change what is one's own."""

import secrets
from collections.abc import Sequence
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import delete, func, select, update

from app.accounts import letters, rules, tokens
from app.accounts.links import Link, Purpose
from app.accounts.models import LoginSession, RoleGrant, SignInAttempt, User
from app.accounts.queries import active_operators, asked_lately, find_by_email
from app.accounts.rules import token_hash
from app.audit import services as audit
from app.kernel import clock
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.errors import Invalid, NotReady, Problem
from app.kernel.words import N_, Message
from app.policy import demand

SESSION_HOURS = 12
KEPT_SESSION_DAYS = 90
MOVED = N_("您的两份专家资料已合并，这个账号不再使用。请用 %(email)s 登录；忘记密码可在本页下方重新设置。")
WRONG = Message(N_("邮箱或密码不正确。请检查后重试；忘记密码可在本页下方重新设置。"))
TOO_MANY = Message(N_("登录失败次数过多。为保护账号，请等 15 分钟后再试。"))

_hasher = PasswordHasher()
_nobody = _hasher.hash(secrets.token_urlsafe())


class TooManyAttempts(Invalid):
    status = 429


class WrongPassword(Problem):
    """The password in use was typed wrongly: to be counted as a failed attempt."""

    status = 422
    field = "current_password"


def register(actor: Actor, *, email: str, name: str, password: str) -> User:
    """A person who wants to apply opens an account for himself."""
    demand(actor, "account.register")
    user = _new_user(email=email, name=name, password=password)
    user.language = actor.language
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
    """An account with one role; its owner sets the first password by the link that is mailed to him."""
    demand(actor, "user.invite")
    user = account_for(email, name)
    audit.record(actor, "user.invite", user, detail={"role": role})
    grant(actor, user, role, body_id=body_id, expert_id=expert_id, edition_id=edition_id)
    if not user.password_hash:
        letters.send_link(user, Purpose.FIRST)
    return user


def invite_again(actor: Actor, user: User) -> None:
    """Another link for somebody who has not set a password yet."""
    demand(actor, "user.invite")
    if user.password_hash:
        raise NotReady([Message(N_("此人已经设置过密码，不必再邀请；忘记密码时可以在登录页自行重设。"))])
    letters.send_link(user, Purpose.FIRST)
    audit.record(actor, "user.invite", user)


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
    demand(actor, "user.grant", user)
    ties = {"body_id": body_id, "expert_id": expert_id, "edition_id": edition_id}
    problem = rules.tie_problem(role, ties)
    if problem:
        raise Invalid(problem, field=rules.TIES[role])
    _grant(user, role, **ties)
    audit.record(actor, "user.grant", user, detail={"role": role, **ties})


def revoke(actor: Actor, granted: RoleGrant) -> None:
    """Take a role back, in effect with the next click; the record keeps that it was held."""
    user = granted.user
    demand(actor, "user.revoke", user)
    if granted.role is Role.OPERATOR and user.active:
        _keep_an_operator()
    detail = {"role": granted.role, "body_id": granted.body_id, "expert_id": granted.expert_id}
    audit.record(actor, "user.revoke", user, detail=detail | {"edition_id": granted.edition_id})
    db.session.delete(granted)
    db.session.flush()


def grant_by_stage(
    actor: Actor, action: str, user: User, role: Role, *, expert_id: int | None = None, edition_id: int | None = None
) -> None:
    """A role that follows from a stage's own act (import of the pool, draw, committee); `action` is what allowed it."""
    _grant(user, role, expert_id=expert_id, edition_id=edition_id)
    audit.record(actor, action, user, detail={"granted": role})


def revoke_by_stage(actor: Actor, action: str, user: User, role: Role, *, expert_id: int | None = None) -> None:
    """Take back a role that a stage had given, when what it followed from has ended."""
    db.session.execute(
        delete(RoleGrant).where(
            RoleGrant.user_id == user.id,
            RoleGrant.role == role,
            RoleGrant.expert_id.is_not_distinct_from(expert_id),
        )
    )
    audit.record(actor, action, user, detail={"revoked": role})


def retie_experts(actor: Actor, action: str, experts: Sequence[int], user: User, *, expert_id: int) -> None:
    """What the accounts of these entries of one person could do as experts is from now on this user's, as one expert."""
    held = db.session.scalars(select(RoleGrant).where(RoleGrant.expert_id.in_(experts))).all()
    wanted = sorted({(granted.role, granted.edition_id) for granted in held}, key=str)
    for granted in held:
        db.session.delete(granted)
    db.session.flush()
    for role, edition_id in wanted:
        _grant(user, role, expert_id=expert_id, edition_id=edition_id)
    audit.record(actor, action, user, detail={"granted": [role.value for role, _edition in wanted]})


def succeed(actor: Actor, action: str, user: User, successor: User) -> None:
    """Close the account that its owner needs no more; whoever signs in with it is told which one to use. One that has
    other roles stays open with them."""
    db.session.refresh(user)
    if user.grants:
        return
    user.active, user.successor_id = False, successor.id
    _end_sessions(user)
    audit.record(actor, action, user, detail={"successor": successor.id})
    tokens.revoke_all(actor, user, because=action)


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
    if not _matches(user, password) or user is None:
        raise Invalid(WRONG, field="password")
    _demand_open(user)
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.email == user.email))
    return _open_session(user, address=address, user_agent=user_agent)


def _demand_open(user: User) -> None:
    """A closed account whose person has another one names that one; any other closed account is told like an unknown one."""
    if user.active:
        return
    if user.successor is not None:
        raise Invalid(Message(MOVED, {"email": user.successor.email}), field="email")
    raise Invalid(WRONG, field="password")


def note_failed_attempt(email: str, address: str) -> None:
    """Counted even though the answer is a refusal: the view commits it apart."""
    db.session.add(SignInAttempt(email=email.strip().lower()[:254], address=address[:64], at=clock.now()))


def sign_out(actor: Actor) -> None:
    session = db.session.get(LoginSession, actor.session_id)
    if session is not None:
        session.revoked_at = clock.now()
        audit.record(actor, "account.sign_out", db.session.get(User, actor.user_id))


def suspend(actor: Actor, user: User) -> None:
    """Nobody may lock everybody out: the last operator stays. Every session and every token of the person ends at once."""
    demand(actor, "user.suspend", user)
    if user.active and Role.OPERATOR in {granted.role for granted in user.grants}:
        _keep_an_operator()
    user.active = False
    _end_sessions(user)
    audit.record(actor, "user.suspend", user)
    tokens.revoke_all(actor, user, because="user.suspend")


def restore(actor: Actor, user: User) -> None:
    """Let a suspended person sign in again, with the roles that were left."""
    demand(actor, "user.restore", user)
    user.active = True
    audit.record(actor, "user.restore", user)


def rename(actor: Actor, *, name: str, language: str) -> None:
    """A person's own name and language of pages and mails."""
    demand(actor, "account.edit")
    user = db.session.get_one(User, actor.user_id)
    before = user.name
    user.name, user.language = name, language
    audit.record(actor, "account.edit", user, detail={"name": name, "name_before": before, "language": language})


def choose_language(actor: Actor, language: str) -> None:
    db.session.execute(update(User).where(User.id == actor.user_id).values(language=language))


def change_password(actor: Actor, *, current: str, password: str, address: str) -> int:
    """Needs the password in use, slowed down like a sign-in; every other browser is signed out, and every token ends: who
    knew the old password could have made one. How many tokens were in use."""
    demand(actor, "account.edit")
    user = db.session.get_one(User, actor.user_id)
    if rules.must_wait(**_recent_failures(user.email, address)):
        raise TooManyAttempts(TOO_MANY, field="current_password")
    if not _matches(user, current):
        raise WrongPassword(Message(N_("当前密码不正确，密码没有改变。")))
    set_password(user, password)
    _end_sessions(user, but=actor.session_id)
    audit.record(actor, "account.set_password", user)
    return tokens.revoke_all(actor, user, because="account.set_password")


def ask_link(email: str) -> None:
    """Mail a link to whoever has an account there; for every other address nothing happens and the answer is the same."""
    user = find_by_email(email)
    if user is not None and not user.active:
        user = user.successor
    if user is None or not user.active or asked_lately(user):
        return
    letters.send_link(user, Purpose.FORGOTTEN)
    audit.record(Actor.anonymous(), "account.ask_link", user)


def set_password_by_link(link: Link, password: str) -> User:
    """The link's owner sets a password, which uses the link up; whoever was signed in with the old one is signed out, and
    every token ends."""
    set_password(link.user, password)
    _end_sessions(link.user)
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.email == link.user.email))
    owner = Actor(user_id=link.user.id, name=link.user.name)
    audit.record(owner, "account.set_password", link.user, detail={"by": link.purpose})
    tokens.revoke_all(owner, link.user, because="account.set_password")
    return link.user


def end_session(actor: Actor, session: LoginSession) -> None:
    """Sign another browser of one's own out."""
    demand(actor, "account.end_session", session)
    session.revoked_at = session.revoked_at or clock.now()
    audit.record(actor, "account.end_session", session)


def forget_old_sessions() -> int:
    """Forget sessions and failed attempts that can matter no more; how many sessions."""
    now = clock.now()
    long_over = now - timedelta(days=KEPT_SESSION_DAYS)
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - timedelta(days=1)))
    ended = delete(LoginSession).where(LoginSession.expires_at < long_over).returning(LoginSession.id)
    return len(db.session.scalars(ended).all())


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


def _keep_an_operator() -> None:
    if active_operators() <= 1:
        raise NotReady([Message(N_("这是最后一位系统运维员，不能停用，也不能收回授权。请先授权另一位运维员。"))])


def _end_sessions(user: User, *, but: int | None = None) -> None:
    mine = LoginSession.user_id == user.id, LoginSession.revoked_at.is_(None)
    others = (LoginSession.id != but,) if but is not None else ()
    db.session.execute(update(LoginSession).where(*mine, *others).values(revoked_at=clock.now()))
