"""Pages of notices and objections, by visitors, the office and the supervisor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.kernel import unit_of_work
from app.kernel.database import db
from app.kernel.idempotency import StoredAnswer
from tests.factories import decisions as committee
from tests.factories import notices as made
from tests.support.client import Client, document
from tests.support.server import FrozenClock

SignIn = Callable[[str], Client]
OFFICE, WATCHER = "office@example.org", "supervisor@example.org"


@pytest.fixture
def drafted(app: Flask, frozen_clock: FrozenClock) -> int:
    with app.app_context(), unit_of_work.transaction():
        noticed = made.draft()
        committee.supervisor()
        committee.let_in(OFFICE, WATCHER)
        frozen_clock.move_to(made.PUBLISHED)
        return noticed.notice.id


@pytest.fixture
def published(app: Flask, frozen_clock: FrozenClock) -> int:
    with app.app_context(), unit_of_work.transaction():
        noticed = made.published(frozen_clock)
        committee.supervisor()
        committee.let_in(OFFICE, WATCHER)
        return noticed.notice.id


def filled(**change: object) -> dict[str, object]:
    return {
        "is_unit": "0",
        "name": "张三",
        "identity": "110101199003070000",
        "contact_name": "张三",
        "contact": "z@example.org",
        "application_id": "0",
        "statement": "程序有误。",
        "evidence": (made.pdf(), "证据.pdf"),
        "pledge": "y",
    } | change


def take_on(office: Client) -> None:
    """The only person of the office names himself and declares."""
    handler = office.page("/objections/1/handler").all("input[@name='handler_id']")[0].get("value")
    assert office.submit("/objections/1/handler", form="handler", handler_id=handler).status_code == 303
    assert office.submit("/objections/1/declare", form="declare", pledge="y").status_code == 303


def test_a_draft_is_seen_by_the_office_and_published_by_it(drafted: int, client: Client, signed_in: SignIn) -> None:
    assert "/sign-in" in client.get(f"/notices/{drafted}").location
    office = signed_in(OFFICE)
    assert "这是预览，尚未发布" in office.page(f"/notices/{drafted}").text
    assert office.submit(f"/notices/{drafted}/publish", form="publish").status_code == 303
    page = client.page(f"/notices/{drafted}")
    assert "到 2026-08-19（周三） 24:00 为止，还剩 5 个工作日" in page.text
    assert "企业01" in page.text
    assert "企业03" not in page.text
    assert "排名不分先后" in page.text


def test_closing_early_is_refused_with_the_day(published: int, signed_in: SignIn) -> None:
    answer = signed_in(OFFICE).submit(f"/notices/{published}/close", form="close")
    assert answer.status_code == 422
    assert "公示期到 2026-08-19 24:00 为止" in document(answer).text


def test_the_supervisor_reads_and_cannot_publish(drafted: int, signed_in: SignIn) -> None:
    watcher = signed_in(WATCHER)
    assert "发布公示" not in watcher.page(f"/notices/{drafted}").text
    assert watcher.get(f"/notices/{drafted}/publish").status_code == 403
    assert watcher.page("/notices").title.startswith("公示")


def test_a_visitor_objects_gets_a_receipt_and_follows_the_answer(
    published: int, app: Flask, client: Client, signed_in: SignIn
) -> None:
    answer = client.submit(f"/notices/{published}/objection", **filled())
    assert answer.status_code == 303
    receipt = client.page(answer.location)
    assert "SX2026-YY-001" in receipt.text
    link = next(link for link in receipt.links() if "/objections/follow/" in link)
    assert "正在核查" in client.page(link).text
    assert "110*************00" in client.page(link).text
    with app.app_context():
        kept = [row.location for row in db.session.scalars(select(StoredAnswer))]
    token = link.rpartition("/")[2]
    assert not [location for location in kept if token in location], "no stored answer holds the secret"

    office = signed_in(OFFICE)
    assert "SX2026-YY-001" in office.page("/objections").text
    page = office.page("/objections/1")
    assert "110101199003070000" not in page.text
    take_on(office)
    answer = office.submit("/objections/1/finding", form="reject", finding="查阅了材料。", answer="查无实据。")
    assert answer.status_code == 303
    assert "查无实据。" in client.page(link).text


def test_a_link_that_is_not_one_leads_nowhere(published: int, client: Client) -> None:
    assert client.get("/objections/follow/wrong").status_code == 404
    assert client.get("/objections/received").status_code == 404
    assert "/sign-in" in client.get("/objections").location


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "异议须实名提出"),
        ({"identity": "匿名"}, "请填写 18 位居民身份证号码"),
        ({"is_unit": "1"}, "统一社会信用代码"),
        ({"statement": ""}, "请写明异议的事实和理由"),
        ({"evidence": None}, "异议须附书面证据"),
        ({"evidence": (b"x", "x.pdf")}, "内容却不是这种格式"),
        ({"pledge": None}, "提交前须勾选"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    published: int, client: Client, change: dict[str, object], sentence: str
) -> None:
    answer = client.submit(f"/notices/{published}/objection", **filled(contact="0351-1234567", **change))
    assert answer.status_code == 422
    assert sentence in document(answer).text
    assert "0351-1234567" in document(answer).source


def test_after_the_term_the_form_is_gone(published: int, client: Client, frozen_clock: FrozenClock) -> None:
    frozen_clock.move_to(datetime(2026, 8, 19, 16, 0, tzinfo=UTC))
    assert "不在公示期内" in client.page(f"/notices/{published}/objection").text
    assert "公示期已满" in client.page(f"/notices/{published}").text


def test_looking_at_an_objection_and_its_evidence_is_on_record(
    published: int, app: Flask, client: Client, signed_in: SignIn
) -> None:
    client.submit(f"/notices/{published}/objection", **filled())
    watcher = signed_in(WATCHER)
    assert not [
        link for link in watcher.page("/objections/1").links() if "/objections/1/" in link and "evidence" not in link
    ]
    evidence = watcher.get("/objections/1/evidence")
    assert evidence.headers["Content-Disposition"].startswith("attachment")
    evidence.close()
    with app.app_context():
        looks = db.session.scalars(
            select(AuditEvent.action).where(AuditEvent.action.startswith("objection.read"))
        ).all()
    assert looks == ["objection.read", "objection.read_evidence"]


def test_an_upheld_objection_says_that_a_new_vote_is_due(published: int, client: Client, signed_in: SignIn) -> None:
    first = next(
        option.get("value", "")
        for option in client.page(f"/notices/{published}/objection").all("select[@name='application_id']/option")
        if option.text == "企业01"
    )
    client.submit(f"/notices/{published}/objection", **filled(application_id=first))
    office = signed_in(OFFICE)
    take_on(office)
    page = office.page("/objections/1/finding")
    assert "由评审委员会重新表决；其他申报者不递补" in page.text
    form = next(form for form in page.forms if form.action.endswith("/reject"))
    given = form.values() | {"finding": ["查实。"], "answer": ["属实。"]}
    assert office.post("/objections/1/uphold", data=given).status_code == 303
    assert "待表决的申报 1 件" in office.page("/committee").text
