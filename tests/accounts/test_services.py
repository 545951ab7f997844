"""Invitations, links, grants, sessions: what each changes, who is refused, and what stays on record."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts import links, queries, services
from app.accounts.models import LoginSession, User
from app.accounts.rules import token_hash
from app.audit.models import AuditEvent
from app.kernel import clock
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.errors import Forbidden, Invalid, NotReady
from app.kernel.outbox import OutboxMessage
from tests.conftest import MORNING, TestClock
from tests.factories.accounts import person

GOOD = "梧桐 晨钟 算盘 七里河"
OTHER = "云岗 渡船 铁尺 十二月"


def operator() -> Actor:
    return person(Role.OPERATOR)


def user_of(actor: Actor) -> User:
    return db.session.get_one(User, actor.user_id)


def actions() -> list[str]:
    return list(db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def letters_to(user: User) -> list[str]:
    return list(db.session.scalars(select(OutboxMessage.body).where(OutboxMessage.recipient == user.email)))


def token_in(letter: str) -> str:
    return letter.partition("/password/")[2].split()[0]


def invited(role: Role = Role.OFFICE) -> User:
    return services.invite(operator(), email=" New@Example.org ", name="新人", role=role)


def test_an_invited_person_gets_a_link_and_no_password(app_context: Flask) -> None:
    user = invited()
    assert (user.email, user.password_hash) == ("new@example.org", "")
    assert actions() == ["user.invite", "user.grant"]
    [letter] = letters_to(user)
    assert letter.count("/password/") == 2, "once for each language"
    with pytest.raises(Invalid):
        services.sign_in(user.email, "", address="", user_agent="")


def test_a_link_works_once(app_context: Flask) -> None:
    user = invited()
    token = token_in(letters_to(user)[0])
    link = links.read(token)
    assert link is not None
    assert link.user is user
    services.set_password_by_link(link, GOOD)
    assert services.sign_in(user.email, GOOD, address="", user_agent="")
    assert links.read(token) is None
    assert "account.set_password" in actions()


@pytest.mark.parametrize(
    ("purpose", "after", "works"),
    [
        (links.Purpose.FIRST, timedelta(days=7), True),
        (links.Purpose.FIRST, timedelta(days=7, seconds=1), False),
        (links.Purpose.FORGOTTEN, timedelta(days=1), True),
        (links.Purpose.FORGOTTEN, timedelta(days=1, seconds=1), False),
    ],
)
def test_a_link_dies_of_age(
    app_context: Flask, frozen_clock: TestClock, *, purpose: links.Purpose, after: timedelta, works: bool
) -> None:
    token = links.token_for(invited(), purpose)
    frozen_clock.move_to(MORNING + after)
    assert (links.read(token) is not None) is works


@pytest.mark.parametrize("forge", [lambda token: token[:-2], lambda token: "x" + token, lambda _token: "", str.upper])
def test_a_forged_link_is_worth_nothing(app_context: Flask, forge: Callable[[str], str]) -> None:
    assert links.read(forge(links.token_for(invited(), links.Purpose.FIRST))) is None


def test_a_link_of_a_suspended_person_is_worth_nothing(app_context: Flask) -> None:
    user = invited()
    token = links.token_for(user, links.Purpose.FIRST)
    services.suspend(operator(), user)
    assert links.read(token) is None


def test_a_weak_password_is_refused_and_the_link_stays_good(app_context: Flask) -> None:
    user = invited()
    token = links.token_for(user, links.Purpose.FIRST)
    link = links.read(token)
    assert link is not None
    with pytest.raises(Invalid, match="太容易被猜到"):
        services.set_password_by_link(link, "password1234")
    assert links.read(token) is not None


def test_asking_for_a_link_mails_once_in_ten_minutes_and_never_to_strangers(
    app_context: Flask, frozen_clock: TestClock
) -> None:
    user = user_of(person(Role.APPLICANT, password=True))
    services.ask_link(user.email.upper())
    services.ask_link(user.email)
    services.ask_link("stranger@example.org")
    assert len(letters_to(user)) == 1
    assert db.session.query(OutboxMessage).count() == 1
    frozen_clock.move_to(MORNING + timedelta(minutes=11))
    services.ask_link(user.email)
    assert len(letters_to(user)) == 2


def test_inviting_again_sends_another_link_only_to_who_has_no_password(app_context: Flask) -> None:
    user = invited()
    services.invite_again(operator(), user)
    assert len(letters_to(user)) == 2
    services.set_password(user, GOOD)
    with pytest.raises(NotReady):
        services.invite_again(operator(), user)


def test_only_the_operator_administers_users(app_context: Flask) -> None:
    office, user = person(Role.OFFICE), user_of(person(Role.APPLICANT))
    for attempt in (
        lambda: services.invite(office, email="a@b.example", name="x", role=Role.OFFICE),
        lambda: services.grant(office, user, Role.OFFICE),
        lambda: services.suspend(office, user),
        lambda: services.restore(office, user),
        lambda: services.revoke(office, user.grants[0]),
    ):
        with pytest.raises(Forbidden):
            attempt()


def test_nobody_grants_to_himself(app_context: Flask) -> None:
    actor = operator()
    with pytest.raises(Forbidden, match="不能给自己授权"):
        services.grant(actor, user_of(actor), Role.OFFICE)


def test_a_recommender_without_a_body_is_refused_at_the_field(app_context: Flask) -> None:
    with pytest.raises(Invalid, match="推荐单位") as refused:
        services.grant(operator(), user_of(person(Role.APPLICANT)), Role.RECOMMENDER)
    assert refused.value.field == "body_id"


def test_a_revoked_role_is_gone_with_the_next_click(app_context: Flask) -> None:
    user = user_of(person(Role.OFFICE, password=True))
    services.revoke(operator(), user.grants[0])
    db.session.expire_all()
    assert queries.actor_of_user(user).roles == frozenset()
    assert actions()[-1] == "user.revoke"


@pytest.mark.databases
def test_the_last_operator_can_neither_be_suspended_nor_lose_the_role(app_context: Flask) -> None:
    first = operator()
    alone = user_of(first)
    with pytest.raises(NotReady):
        services.suspend(first, alone)
    with pytest.raises(NotReady):
        services.revoke(first, alone.grants[0])
    second = operator()
    services.suspend(second, alone)
    assert not alone.active
    with pytest.raises(NotReady):
        services.suspend(second, user_of(second))


def test_suspending_ends_every_session_for_good(app_context: Flask) -> None:
    user = user_of(person(Role.OFFICE, email="o@example.org"))
    services.set_password(user, GOOD)
    token = services.sign_in(user.email, GOOD, address="", user_agent="")
    services.suspend(operator(), user)
    services.restore(operator(), user)
    db.session.flush()
    assert queries.actor_of_session(token_hash(token)) is None
    assert services.sign_in(user.email, GOOD, address="", user_agent="")


def test_changing_the_password_signs_other_browsers_out_and_keeps_this_one(app_context: Flask) -> None:
    user = user_of(person(Role.OFFICE, email="o@example.org"))
    services.set_password(user, GOOD)
    here, there = (services.sign_in(user.email, GOOD, address="", user_agent=name) for name in ("here", "there"))
    db.session.flush()
    actor = queries.actor_of_session(token_hash(here))
    assert actor is not None
    with pytest.raises(services.WrongPassword):
        services.change_password(actor, current=OTHER, password=OTHER, address="")
    services.change_password(actor, current=GOOD, password=OTHER, address="")
    assert queries.actor_of_session(token_hash(here)) is not None
    assert queries.actor_of_session(token_hash(there)) is None


def test_a_foreign_session_cannot_be_ended(app_context: Flask) -> None:
    user = user_of(person(Role.OFFICE, email="o@example.org"))
    services.set_password(user, GOOD)
    services.sign_in(user.email, GOOD, address="", user_agent="")
    session = db.session.scalars(select(LoginSession)).one()
    with pytest.raises(Forbidden):
        services.end_session(person(Role.OPERATOR), session)


def test_old_sessions_are_forgotten_and_living_ones_kept(app_context: Flask, frozen_clock: TestClock) -> None:
    user = user_of(person(Role.OFFICE, email="o@example.org"))
    services.set_password(user, GOOD)
    services.sign_in(user.email, GOOD, address="", user_agent="")
    services.note_failed_attempt("x@example.org", "")
    frozen_clock.move_to(clock.now() + timedelta(days=30))
    assert services.forget_old_sessions() == 0
    frozen_clock.move_to(clock.now() + timedelta(days=70))
    assert services.forget_old_sessions() == 1


def test_failed_attempts_slow_guessing_down_and_time_heals(app_context: Flask, frozen_clock: TestClock) -> None:
    user = user_of(person(Role.OFFICE, email="o@example.org"))
    services.set_password(user, GOOD)
    for _ in range(5):
        services.note_failed_attempt(user.email.upper(), "192.0.2.1")
    with pytest.raises(services.TooManyAttempts):
        services.sign_in(user.email, GOOD, address="198.51.100.7", user_agent="")
    frozen_clock.move_to(MORNING + timedelta(minutes=16))
    assert services.sign_in(user.email, GOOD, address="198.51.100.7", user_agent="")
