"""Tokens: made and shown once, refused when over, taken back or closed; the API's own manners."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts import letters, links, tokens
from app.accounts import services as accounts
from app.accounts.links import Purpose
from app.accounts.models import ApiToken, RoleGrant, SignInAttempt, User
from app.accounts.queries import actor_of_user, find_by_email
from app.accounts.rules import ATTEMPTS_BY_ADDRESS, REQUESTS_PER_MINUTE
from app.api.listings import LISTINGS
from app.audit.models import AuditEvent
from app.kernel import clock, unit_of_work
from app.kernel.actor import Role
from app.kernel.database import db
from app.kernel.errors import Invalid
from app.kernel.outbox import OutboxMessage
from app.policy.scopes import Scope
from tests.factories import scoring
from tests.factories.tokens import bearer, token_of
from tests.support.browser import PHONE
from tests.support.client import Client, document
from tests.support.databases import DEMO_PASSWORD

SignedIn = Callable[[str], Client]
NEW_PASSWORD = "梧桐 晨钟 算盘 七里河"
OFFICE, OTHER = "office@example.org", "second@example.org"
EDITIONS = "/api/v1/editions"


@pytest.fixture
def office(app: Flask) -> str:
    """A token of the office with all that it may give."""
    with app.app_context(), unit_of_work.transaction():
        scoring.running_edition()
        scoring.person(OTHER, Role.OFFICE)
        return token_of(scoring.person(OFFICE, Role.OFFICE))


def events(action: str) -> list[AuditEvent]:
    return list(db.session.scalars(select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)))


# --- the page -----------------------------------------------------------------------------------------------------


def test_a_token_is_made_shown_once_used_and_taken_back(
    app: Flask, office: str, signed_in: SignedIn, client: Client
) -> None:
    mine = signed_in(OFFICE)
    answer = mine.submit("/account/tokens", form="/account/tokens", name="市局平台", scopes=["api.editions"], days="30")
    assert answer.status_code == 200
    secret = next(text for text in document(answer).text.split() if text.startswith("zh_") and len(text) > 40)
    assert secret not in mine.page("/account/tokens").text
    assert client.get(EDITIONS, headers=bearer(secret)).status_code == 200
    assert "还没有用过" in mine.page("/account/tokens").text  # the other token
    assert mine.page("/account/tokens").text.count("还没有用过") == 1
    assert mine.submit("/account/tokens", form="/account/tokens/2/revoke").status_code == 303
    assert client.get(EDITIONS, headers=bearer(secret)).status_code == 401
    with app.app_context():
        stored = db.session.get_one(ApiToken, 2)
        assert secret not in {stored.token_hash, stored.start, stored.name}
        assert [event.action for event in events("token.create")] == ["token.create"] * 2
        assert len(events("token.revoke")) == 1
        assert not any(secret in str(event.detail) for event in db.session.scalars(select(AuditEvent)))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": "平台", "scopes": ["api.editions"], "days": "30"}, "同名"),
        ({"name": "甲", "scopes": [], "days": "30"}, "至少选择一项"),
        ({"name": "甲", "scopes": ["api.sheets"], "days": "30"}, ""),
        ({"name": "甲", "scopes": ["api.editions"], "days": "3650"}, ""),
    ],
)
def test_what_is_refused_keeps_what_was_typed(
    app: Flask, office: str, signed_in: SignedIn, typed: dict[str, Any], said: str
) -> None:
    answer = signed_in(OFFICE).submit("/account/tokens", form="/account/tokens", **typed)
    assert answer.status_code == 422
    assert said in document(answer).text
    with app.app_context():
        assert len(list(db.session.scalars(select(ApiToken)))) == 1


def test_nobody_takes_back_anothers_token(office: str, signed_in: SignedIn) -> None:
    other = signed_in(OTHER)
    form = next(each for each in other.page("/account/tokens").forms if each.method == "post")
    assert other.post("/account/tokens/1/revoke", data=form.values()).status_code == 404


def test_a_service_refuses_what_the_owner_may_not(app_context: Flask) -> None:
    actor = actor_of_user(scoring.person(OFFICE, Role.OFFICE))
    with pytest.raises(Invalid):
        tokens.create(actor, name="甲", days=30, scopes=[Scope.SHEETS])


# --- refused ------------------------------------------------------------------------------------------------------


def over(app: Flask, change: Callable[[ApiToken], None]) -> None:
    with app.app_context(), unit_of_work.transaction():
        change(db.session.get_one(ApiToken, 1))


ENDS: dict[str, Callable[[ApiToken], None]] = {
    "revoked": lambda token: setattr(token, "revoked_at", clock.now()),
    "expired": lambda token: setattr(token, "expires_at", clock.now() - timedelta(seconds=1)),
    "suspended": lambda token: setattr(token.user, "active", False),
}


@pytest.mark.parametrize("how", ENDS)
def test_a_token_that_is_over_reads_nothing(app: Flask, office: str, client: Client, how: str) -> None:
    assert client.get(EDITIONS, headers=bearer(office)).status_code == 200
    over(app, ENDS[how])
    answer = client.get(EDITIONS, headers=bearer(office))
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert "Bearer" in answer.headers["WWW-Authenticate"]


def test_no_token_is_valid_for_more_than_a_year(app_context: Flask, frozen_clock: Any) -> None:
    actor = actor_of_user(scoring.person(OFFICE, Role.OFFICE))
    made, _secret = tokens.create(actor, name="甲", days=4000, scopes=[Scope.EDITIONS])
    assert made.expires_at - clock.now() == timedelta(days=365)


def test_a_lost_role_is_lost_for_the_token_too(app: Flask, office: str, client: Client) -> None:
    with app.app_context(), unit_of_work.transaction():
        user = find_by_email(OFFICE)
        assert user is not None
        db.session.delete(db.session.scalars(select(RoleGrant).where(RoleGrant.user_id == user.id)).one())
    assert client.get("/api/v1/experts", headers=bearer(office)).status_code == 403
    assert client.get(EDITIONS, headers=bearer(office)).status_code == 200


def owner() -> User:
    user = find_by_email(OFFICE)
    assert user is not None
    return user


def suspend_and_restore() -> None:
    operator = actor_of_user(scoring.person("operator@example.org", Role.OPERATOR))
    accounts.suspend(operator, owner())
    accounts.restore(operator, owner())


def set_by_link() -> None:
    letters.send_link(owner(), Purpose.FORGOTTEN)
    body = db.session.scalars(select(OutboxMessage.body).where(OutboxMessage.recipient == OFFICE)).one()
    link = links.read(body.partition("/password/")[2].split()[0])
    assert link is not None
    accounts.set_password_by_link(link, NEW_PASSWORD)


def change_own() -> None:
    accounts.set_password(owner(), "云岗 渡船 铁尺 十二月")
    accounts.change_password(actor_of_user(owner()), current="云岗 渡船 铁尺 十二月", password=NEW_PASSWORD, address="")


def merge_away() -> None:
    heir = scoring.person("heir@example.org", Role.APPLICANT)
    for granted in owner().grants:
        db.session.delete(granted)
    db.session.flush()
    accounts.succeed(actor_of_user(heir), "expert.merge", owner(), heir)


ENDINGS: dict[str, tuple[Callable[[], None], str]] = {
    "suspended": (suspend_and_restore, "user.suspend"),
    "reset by a link": (set_by_link, "account.set_password"),
    "changed by oneself": (change_own, "account.set_password"),
    "succeeded by another account": (merge_away, "expert.merge"),
}


@pytest.mark.databases
@pytest.mark.parametrize("how", ENDINGS)
def test_tokens_end_with_the_password_and_the_account_for_good_and_on_record(
    app: Flask, office: str, client: Client, how: str
) -> None:
    end, because = ENDINGS[how]
    with app.app_context(), unit_of_work.transaction():
        second = token_of(OFFICE, Scope.EDITIONS, name="乙")
        foreign = token_of(OTHER, Scope.EDITIONS)
        tokens.revoke(actor_of_user(owner()), db.session.get_one(ApiToken, 2))
    with app.app_context(), unit_of_work.transaction():
        end()
    assert [client.get(EDITIONS, headers=bearer(each)).status_code for each in (office, second)] == [401, 401]
    assert client.get(EDITIONS, headers=bearer(foreign)).status_code == 200
    with app.app_context():
        told = [event.detail for event in events("token.revoke")]
        assert told == [{"name": "乙"}, {"name": "平台", "because": because}]


def test_changing_the_password_says_that_the_tokens_have_ended(
    app: Flask, office: str, signed_in: SignedIn, client: Client
) -> None:
    mine = signed_in(OFFICE)
    assert "接口令牌全部作废" in mine.page("/account/password").text
    typed = {"current_password": DEMO_PASSWORD, "password": NEW_PASSWORD, "repeat_password": NEW_PASSWORD}
    assert mine.submit("/account/password", form="/account/password", **typed).status_code == 303
    assert "1 个接口令牌已作废" in mine.page("/account").text
    assert "已作废" in mine.page("/account/tokens").text
    assert client.get(EDITIONS, headers=bearer(office)).status_code == 401


def test_a_list_that_the_token_does_not_have_is_refused(app: Flask, office: str, client: Client) -> None:
    with app.app_context(), unit_of_work.transaction():
        small = token_of(OFFICE, Scope.EDITIONS, name="小")
    answer = client.get("/api/v1/applications", headers=bearer(small, **{"Accept-Language": "en"}))
    assert answer.status_code == 403
    assert answer.json is not None
    assert answer.json["detail"].startswith("This token does not have")
    assert (answer.json["status"], answer.json["instance"]) == (403, "/api/v1/applications")


@pytest.mark.parametrize("name", [each.name for each in LISTINGS])
def test_a_browsers_session_means_nothing_here(office: str, signed_in: SignedIn, name: str) -> None:
    answer = signed_in(OFFICE).get(f"/api/v1/{name}")
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("name", [each.name for each in LISTINGS])
def test_nothing_can_be_written(office: str, client: Client, method: str, name: str) -> None:
    answer = client.open(f"/api/v1/{name}", method=method, headers=bearer(office))
    assert (answer.status_code, answer.mimetype) == (405, "application/problem+json")
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "cursor=!!", "cursor=MTIzYQ==", "edition=NO", "q=1"]
)
def test_a_wrong_parameter_is_said_in_words(office: str, client: Client, query: str) -> None:
    answer = client.get(f"{EDITIONS}?{query}", headers=bearer(office))
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert answer.json is not None
    assert answer.json["detail"]


def test_an_unknown_address_is_a_problem_document_too(client: Client) -> None:
    answer = client.get("/api/v1/votes")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_too_many_requests_wait_a_minute(app: Flask, office: str, client: Client, frozen_clock: Any) -> None:
    with app.app_context(), unit_of_work.transaction():
        token = db.session.get_one(ApiToken, 1)
        token.window_at, token.window_requests = clock.now().replace(second=0, microsecond=0), REQUESTS_PER_MINUTE - 1
    assert client.get(EDITIONS, headers=bearer(office)).status_code == 200
    answer = client.get(EDITIONS, headers=bearer(office))
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    frozen_clock.move_to(clock.now() + timedelta(minutes=1))
    assert client.get(EDITIONS, headers=bearer(office)).status_code == 200


def test_wrong_tokens_are_slowed_down_and_lock_nobody_out(
    app: Flask, office: str, client: Client, signed_in: SignedIn
) -> None:
    for _turn in range(ATTEMPTS_BY_ADDRESS):
        assert client.get(EDITIONS, headers=bearer("zh_wrong")).status_code == 401
    assert client.get(EDITIONS, headers=bearer("zh_wrong")).status_code == 429
    signed_in(OFFICE)
    with app.app_context():
        assert len(list(db.session.scalars(select(SignInAttempt)))) == ATTEMPTS_BY_ADDRESS


# --- manners ------------------------------------------------------------------------------------------------------


def test_pages_follow_each_other_without_a_gap(app: Flask, client: Client) -> None:
    with app.app_context(), unit_of_work.transaction():
        scoring.panel(7, 1, declared=False)
        secret = token_of(scoring.person(OFFICE, Role.OFFICE))
    found, address, pages = [], "/api/v1/applications?limit=3&edition=SX2026", 0
    while address:
        body = client.get(address, headers=bearer(secret)).json
        assert body is not None
        found += [item["id"] for item in body["items"]]
        address, pages = body["next"], pages + 1
    assert (pages, found) == (3, sorted(set(found)))
    assert len(found) == 7


def test_what_has_not_changed_is_not_sent_again(office: str, client: Client) -> None:
    first = client.get(EDITIONS, headers=bearer(office))
    assert "Authorization" in first.headers["Vary"]
    assert "no-store" not in first.headers["Cache-Control"]
    again = client.get(EDITIONS, headers=bearer(office, **{"If-None-Match": first.headers["ETag"]}))
    assert (again.status_code, again.data) == (304, b"")
    assert client.head(EDITIONS, headers=bearer(office)).status_code == 200


def test_times_are_utc(office: str, client: Client) -> None:
    body = client.get(EDITIONS, headers=bearer(office)).json
    assert body is not None
    assert body["items"][0]["frozen_at"].endswith("Z")


@pytest.mark.databases
def test_use_is_on_record_once_a_day_and_of_contacts_every_time(app: Flask, office: str, client: Client) -> None:
    for _turn in range(3):
        client.get(EDITIONS, headers=bearer(office))
    client.get("/api/v1/objections", headers=bearer(office))
    with app.app_context():
        assert [event.detail["scopes"] for event in events("token.use")] == [["api.editions"], ["api.objections"]]
        assert db.session.get_one(ApiToken, 1).last_used_at is not None
    for _turn in range(2):
        client.get("/api/v1/experts", headers=bearer(office))
    with app.app_context():
        assert len(events("token.use")) == 4


def test_the_pages_work_on_a_phone_and_are_accessible(
    office: str, open_window: Any, browser_sign_in: Any, assert_accessible: Any
) -> None:
    for window in (open_window(), open_window(viewport=PHONE)):
        browser_sign_in(window.page, OFFICE)
        for address in ("/account/tokens", "/api"):
            window.page.goto(address)
            assert_accessible(window.page)
