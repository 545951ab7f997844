"""The door, one's own account and the operator's screens, as people use them."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import LoginSession, User
from app.kernel import unit_of_work
from app.kernel.actor import Role
from app.kernel.database import db
from app.kernel.outbox import OutboxMessage
from tests.factories.accounts import person
from tests.support.client import Client, document, readable
from tests.support.databases import DEMO_PASSWORD

PASSWORD = "梧桐 晨钟 算盘 七里河"


@pytest.fixture
def people(app: Flask) -> Flask:
    with app.app_context(), unit_of_work.transaction():
        person(Role.OPERATOR, email="operator@test.example", password=True)
        person(Role.OFFICE, email="office@test.example", password=True)
    return app


def enter(new_client: Callable[[], Client], email: str) -> Client:
    client = new_client()
    client.sign_in(email, DEMO_PASSWORD)
    return client


def rows(app: Flask, what: Any) -> list[Any]:
    with app.app_context():
        return list(db.session.scalars(select(what)))


@pytest.mark.parametrize(
    ("wanted", "lands"),
    [
        ("/account", "/account"),
        ("/editions?edition=1", "/editions?edition=1"),
        ("", "/desk"),
        ("//evil.example/x", "/desk"),
        ("//[", "/desk"),
        ("https://[", "/desk"),
        ("/\\evil.example", "/desk"),
        ("/\t/evil.example", "/desk"),
        ("https://evil.example/", "/desk"),
        ("javascript:alert(1)", "/desk"),
        ("evil.example", "/desk"),
    ],
)
def test_after_signing_in_nobody_is_sent_elsewhere(people: Flask, client: Client, wanted: str, lands: str) -> None:
    page = client.get("/sign-in")
    form = document(page).forms[-1]
    values = form.values() | {"email": "office@test.example", "password": DEMO_PASSWORD}
    answer = client.post("/sign-in", query_string={"next": wanted}, data=values)
    assert (answer.status_code, answer.headers["Location"]) == (303, lands)


def test_unknown_and_wrong_are_told_alike_and_the_sixth_attempt_waits(people: Flask, client: Client) -> None:
    told = [
        client.submit("/sign-in", email=email, password="wrong") for email in ("office@test.example", "x@y.example")
    ]
    assert [answer.status_code for answer in told] == [422, 422]
    assert {"邮箱或密码不正确" in readable(answer) for answer in told} == {True}
    for _ in range(4):
        client.submit("/sign-in", email="office@test.example", password="wrong")
    answer = client.submit("/sign-in", email="office@test.example", password=DEMO_PASSWORD)
    assert answer.status_code == 429
    assert "请等 15 分钟" in readable(answer)


def test_password_managers_know_each_field(people: Flask, client: Client) -> None:
    def kinds(url: str) -> list[str]:
        return [field.get("autocomplete", "") for field in client.page(url).all("input[@autocomplete]")]

    assert kinds("/sign-in") == ["username", "current-password"]
    assert kinds("/register") == ["name", "username", "new-password", "new-password"]
    assert kinds("/password") == ["username"]
    client.sign_in("office@test.example", DEMO_PASSWORD)
    assert kinds("/account/password") == ["username", "current-password", "new-password", "new-password"]


def test_the_invited_set_a_password_by_the_mailed_link(
    people: Flask, new_client: Callable[[], Client], client: Client
) -> None:
    operator = enter(new_client, "operator@test.example")
    answer = operator.submit("/users/invite", name="新秘书", email="new@test.example", role="office")
    assert answer.status_code == 303, readable(answer)
    assert "待设密码" in operator.page("/users").text
    [mail] = rows(people, OutboxMessage)
    path = "/password/" + mail.body.partition("/password/")[2].split()[0]
    answer = client.submit(path, password=PASSWORD, repeat_password=PASSWORD)
    assert answer.status_code == 303, readable(answer)
    client.sign_in("new@test.example", PASSWORD)
    assert client.get(path).status_code == 410


def test_asking_for_a_link_answers_strangers_and_members_alike(people: Flask, client: Client) -> None:
    answers = [client.submit("/password", email=email) for email in ("office@test.example", "stranger@test.example")]
    assert [(answer.status_code, answer.headers["Location"]) for answer in answers] == [(303, "/sign-in")] * 2
    assert [mail.recipient for mail in rows(people, OutboxMessage)] == ["office@test.example"]


def test_the_link_names_the_configured_host_not_the_one_of_the_request(people: Flask, client: Client) -> None:
    form = document(client.get("/password")).forms[-1]
    client.post("/password", data=form.values() | {"email": "office@test.example"}, headers={"Host": "evil.example"})
    assert all("evil.example" not in mail.body for mail in rows(people, OutboxMessage))


def test_a_person_changes_name_and_language_and_the_page_follows(
    people: Flask, new_client: Callable[[], Client]
) -> None:
    office = enter(new_client, "office@test.example")
    answer = office.submit("/account", form="/account", name="李秘书", language="en")
    assert answer.status_code == 303, readable(answer)
    assert office.page("/account").language == "en"
    stored = {user.email: (user.name, user.language) for user in rows(people, User)}
    assert stored["office@test.example"] == ("李秘书", "en")
    other_browser = enter(new_client, "office@test.example")
    assert other_browser.page("/account").language == "en"


def test_the_switch_on_every_page_is_kept_with_the_person(people: Flask, new_client: Callable[[], Client]) -> None:
    office = enter(new_client, "office@test.example")
    office.submit("/account", form="/language", press="en")
    assert {user.email: user.language for user in rows(people, User)}["office@test.example"] == "en"


def test_another_browser_is_signed_out_from_the_account_page(people: Flask, new_client: Callable[[], Client]) -> None:
    here, there = (enter(new_client, "office@test.example") for _ in range(2))
    there_id = max(session.id for session in rows(people, LoginSession))
    answer = here.submit("/account", form=f"/account/sessions/{there_id}/end")
    assert answer.status_code == 303
    assert there.get("/account").headers["Location"].startswith("/sign-in")
    assert here.get("/account").status_code == 200


def test_a_foreign_session_answers_like_an_unknown_one(people: Flask, new_client: Callable[[], Client]) -> None:
    office, operator = (enter(new_client, f"{name}@test.example") for name in ("office", "operator"))
    foreign = max(session.id for session in rows(people, LoginSession))
    token = document(office.get("/account")).forms[-1].values()["csrf_token"]
    for number in (foreign, 99999):
        assert office.post(f"/account/sessions/{number}/end", data={"csrf_token": token}).status_code == 404
    assert operator.get("/account").status_code == 200


def test_a_wrong_current_password_is_said_at_the_field_and_counted(
    people: Flask, new_client: Callable[[], Client]
) -> None:
    office = enter(new_client, "office@test.example")
    fields = {"current_password": "wrong", "password": PASSWORD, "repeat_password": PASSWORD}
    for _ in range(5):
        answer = office.submit("/account/password", **fields)
        assert answer.status_code == 422
        assert "当前密码不正确" in readable(answer)
    answer = office.submit("/account/password", **fields | {"current_password": DEMO_PASSWORD})
    assert "请等 15 分钟" in readable(answer)


def test_the_operator_grants_revokes_and_suspends(people: Flask, new_client: Callable[[], Client]) -> None:
    operator = enter(new_client, "operator@test.example")
    with people.app_context():
        office = db.session.scalars(select(User).where(User.email == "office@test.example")).one()
        url, grant_id = f"/users/{office.id}", office.grants[0].id
    refused = operator.submit(url, form=f"{url}/grants", role="recommender")
    assert refused.status_code == 422
    assert "请选择这位推荐员所属的推荐单位" in readable(refused)
    assert operator.submit(url, form=f"{url}/grants", role="supervisor").status_code == 303
    assert operator.submit(url, form=f"{url}/grants/{grant_id}/revoke").status_code == 303
    assert "监督员" in operator.page(url).text
    assert operator.submit(url, form=f"{url}/suspend").status_code == 303
    assert "已停用" in operator.page("/users?q=office").text
    assert operator.submit(url, form=f"{url}/restore").status_code == 303


def test_nobody_else_sees_the_users(people: Flask, new_client: Callable[[], Client]) -> None:
    office = enter(new_client, "office@test.example")
    assert [office.get(url).status_code for url in ("/users", "/users/invite", "/users/1", "/users/999")] == [
        403,
        403,
        404,
        404,
    ]
