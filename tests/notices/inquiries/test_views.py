"""Pages of an inquiry: the office's steps, the applicant's answer without a word of the objector, the objector's page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import User
from app.kernel import unit_of_work
from app.kernel.database import db
from app.notices.models import Objection
from tests.factories import decisions as committee
from tests.factories import notices as made
from tests.support.client import Client, document
from tests.support.server import FrozenClock

SignIn = Callable[[str], Client]
OFFICE, WATCHER, OWNER, OTHER = (
    f"{name}@example.org" for name in ("office", "supervisor", "owner-企业01", "owner-企业02")
)
SHOW = "/objections/1"


@pytest.fixture
def secret(app: Flask, frozen_clock: FrozenClock) -> str:
    """Objection 1, against the first dossier; what the objector follows it with."""
    with app.app_context(), unit_of_work.transaction():
        noticed = made.published(frozen_clock)
        committee.supervisor()
        committee.let_in(OFFICE, WATCHER, OWNER, OTHER)
        return made.objection(noticed, against=noticed.room.dossiers[0].id)[1]


def take_on(office: Client) -> None:
    handler = office.page(f"{SHOW}/handler").all("input[@name='handler_id']")[0].get("value")
    office.submit(f"{SHOW}/handler", form="handler", handler_id=handler)
    office.submit(f"{SHOW}/declare", form="declare", pledge="y")


def test_the_whole_inquiry_by_its_pages(secret: str, client: Client, signed_in: SignIn) -> None:
    office = signed_in(OFFICE)
    refused = office.submit(f"{SHOW}/handler", form="handler")
    assert (refused.status_code, "请选择办理人" in document(refused).text) == (422, True)
    take_on(office)
    assert "核查中" in office.page(SHOW).text
    asked = office.submit(f"{SHOW}/request", form="request", question="请说明事故。", due_on="2026-08-17")
    assert asked.status_code == 303

    applicant = signed_in(OWNER)
    assert "/objection-requests/1" in applicant.page("/desk").links()
    page = applicant.page("/objection-requests/1")
    assert "请说明事故。" in page.text
    assert "张三" not in page.source
    told = applicant.submit(
        "/objection-requests/1", form="objection-requests", answer="没有事故。", papers=[(made.pdf(), "说明.pdf")]
    )
    assert told.status_code == 303
    assert "/objection-requests/1" not in applicant.page("/desk").links()

    office = signed_in(OFFICE)
    assert "没有事故。" in office.page(SHOW).text
    with office.get("/objection-requests/1/files/1") as file:
        assert file.headers["Content-Disposition"].startswith("attachment")
    assert office.submit(f"{SHOW}/extension", form="extension", reason="须查证。").status_code == 303
    assert "规则不允许再延长" in office.page(SHOW).text
    followed = client.page(f"/objections/follow/{secret}")
    assert "答复期限延长到 2026-08-26" in followed.text
    assert "须查证。" in followed.text
    assert "答复期限" in office.page("/objections").text
    answer = office.submit(f"{SHOW}/finding", form="reject", finding="内部：查阅了通报。", answer="查无实据。")
    assert answer.status_code == 303
    followed = client.page(f"/objections/follow/{secret}")
    assert ("查无实据。" in followed.text, "查阅了通报" in followed.source) == (True, False)
    assert "拟奖名单不变" in followed.text
    assert "已答复" in signed_in(OFFICE).page("/objections").text


def test_a_request_belongs_to_its_applicant(secret: str, signed_in: SignIn) -> None:
    office = signed_in(OFFICE)
    take_on(office)
    office.submit(f"{SHOW}/request", form="request", question="请说明。", due_on="2026-08-17")
    other = signed_in(OTHER)
    assert other.get("/objection-requests/1").status_code == 404
    watcher = signed_in(WATCHER)
    page = watcher.page("/objection-requests/1")
    assert "请说明。" in page.text
    assert "提交说明" not in page.text
    for step in ("handler", "declare", "recuse", "request", "extension", "finding"):
        assert watcher.get(f"{SHOW}/{step}").status_code == 403, step


def test_who_cannot_handle_it_is_said_with_the_reason(secret: str, app: Flask, signed_in: SignIn) -> None:
    with app.app_context(), unit_of_work.transaction():
        user = db.session.scalars(select(User).where(User.email == OFFICE)).one()
        user.name = made.PERSON.name
    page = signed_in(OFFICE).page(f"{SHOW}/handler")
    assert "与异议人同名" in page.text
    assert "请系统运维员为另一人开通秘书处账号" in page.text
    assert not page.all("input[@name='handler_id']")


def test_the_handler_steps_back_by_the_page(secret: str, app: Flask, signed_in: SignIn) -> None:
    office = signed_in(OFFICE)
    take_on(office)
    assert office.submit(f"{SHOW}/recuse", form="recuse", reason="曾在该单位任职。").status_code == 303
    assert "曾在该单位任职。" in office.page(SHOW).text
    with app.app_context():
        assert db.session.get_one(Objection, 1).state == "received"
