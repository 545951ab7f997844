"""What applicants meet on their pages, without scripts and with them."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.applications.models import Application, EvidenceFile
from app.applications.queries import texts_of
from app.audit.models import AuditEvent
from app.kernel import credit_code, unit_of_work
from app.kernel.actor import Actor
from app.kernel.database import db
from tests.conftest import TestClock
from tests.factories import accounts
from tests.factories import applications as make
from tests.factories import intake as make_intake
from tests.support.browser import PHONE
from tests.support.client import Client, document

OWNER, OTHER, OFFICE = "owner@test.example", "other@test.example", "office@test.example"
FETCH = {"X-Requested-With": "fetch"}

Arrange = Callable[[], Any]


@pytest.fixture(autouse=True)
def in_the_call(running_clock: TestClock) -> TestClock:
    running_clock.move_to(make.APPLYING)
    return running_clock


@pytest.fixture
def arrange(app: Flask) -> Arrange:
    @contextmanager
    def arranging() -> Iterator[Actor]:
        with app.app_context(), unit_of_work.transaction():
            accounts.office(email=OFFICE, password=True)
            make.applicant_person(email=OTHER, password=True)
            yield make.applicant_person(email=OWNER, password=True)

    return arranging


@pytest.fixture
def stored(app: Flask) -> Callable[[Callable[[], Any]], Any]:
    def read(question: Callable[[], Any]) -> Any:
        with app.app_context():
            return question()

    return read


def the_application() -> Application:
    return db.session.scalars(select(Application)).one()


def test_a_company_registers_starts_fills_in_and_hands_in(arrange: Arrange, signed_in, stored) -> None:
    with arrange():
        make.running_edition()
    owner = signed_in(OWNER)
    assert "还没有登记申报者" in owner.page("/applications").text
    registered = owner.submit(
        "/applicant",
        kind="organisation",
        name="云冈精密",
        credit_code=credit_code.make(5, "140200"),
        city="140200",
        county="云州区",
        industry_code="34",
        contact_name="李四",
        contact_phone="1380000",
    )
    assert registered.status_code == 303
    started = owner.submit("/applications/start", site_1="河北省石家庄市", parent_region="北京市")
    home = started.headers["Location"]
    page = owner.page(home)
    assert "装备制造与轨道交通" in page.text  # suggested by the industry
    assert "还缺 36 项" in page.text
    saved = owner.submit(f"{home}/form/profile", founded="2001年5月8日", employees="1,200", press="next")
    assert saved.headers["Location"].endswith("/form/figures")
    owner.submit(f"{home}/text/item:4.1.2", body="一\r\n二")
    uploaded = owner.submit(f"{home}/evidence", section_key="licence", file=(make.pdf().getvalue(), "执照.pdf"))
    assert uploaded.status_code == 303
    assert "还缺 32 项" in owner.page(home).text
    assert stored(lambda: texts_of(the_application())) == {"item:4.1.2": "一\n二"}
    assert stored(lambda: the_application().region_code) == "140215"
    assert "执照.pdf" in owner.page(f"{home}/preview").text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"credit_code": "91140000000000000A"}, "校验位不符"),
        ({"county": "朝阳区"}, "大同市没有“朝阳区”"),
        ({"name": ""}, "请填写名称或姓名"),
        ({"city": ""}, "请选择所在的市"),
    ],
)
def test_a_wrong_registration_keeps_what_was_typed(arrange: Arrange, signed_in, wrong, sentence: str) -> None:
    with arrange():
        make.running_edition()
    typed = {
        "kind": "organisation",
        "name": "云冈精密",
        "credit_code": credit_code.make(5, "140200"),
        "city": "140200",
        "county": "",
        "industry_code": "34",
        "contact_name": "李四",
        "contact_phone": "1380000",
    }
    answer = signed_in(OWNER).submit("/applicant", **{**typed, **wrong})
    assert answer.status_code == 422
    page = document(answer)
    assert sentence in page.text
    assert page.all("input[@name='contact_name']")[0].get("value") == "李四"


def test_an_autosave_answers_with_version_and_time_and_a_stale_one_with_both_texts(arrange: Arrange, signed_in) -> None:
    with arrange() as actor:
        home = f"/applications/{make.draft_application(make.running_edition(), actor).id}"
    owner = signed_in(OWNER)
    here = f"{home}/text/overview"
    fields = {"csrf_token": token(owner, here), "version": "0"}
    first = owner.post(here, data={**fields, "body": "甲"}, headers=FETCH)
    assert first.status_code == 200
    assert first.json is not None
    assert (first.json["version"], first.json["time"]) == (1, "09:00")
    assert first.json["saved_at"].startswith("2026-03-10T01:00")
    stale = owner.post(here, data={**fields, "body": "乙"}, headers=FETCH)
    assert stale.status_code == 409
    assert stale.json is not None
    assert (stale.json["stored"], stale.json["version"]) == ({"body": "甲"}, 1)
    page = owner.post(here, data={**fields, "body": "乙"})
    assert page.status_code == 409
    assert {"甲", "乙"} <= {(area.text or "").strip() for area in document(page).all("textarea")}


def test_an_autosave_of_something_unreadable_says_the_field(arrange: Arrange, signed_in) -> None:
    with arrange() as actor:
        home = f"/applications/{make.draft_application(make.running_edition(), actor).id}"
    owner = signed_in(OWNER)
    here = f"{home}/form/figures"
    answer = owner.post(
        here, data={"csrf_token": token(owner, here), "version": "1", "revenue_2025": "很多"}, headers=FETCH
    )
    assert answer.status_code == 422
    assert answer.json is not None
    assert "2025：“很多”不是一个数" in answer.json["error"]
    page = owner.submit(here, revenue_2025="很多", profit_2025="12")
    assert page.status_code == 422
    assert document(page).all("input[@name='profit_2025']")[0].get("value") == "12"


def test_a_save_costs_few_statements(arrange: Arrange, signed_in, count_queries) -> None:
    with arrange() as actor:
        home = f"/applications/{make.draft_application(make.running_edition(), actor).id}"
    owner = signed_in(OWNER)
    here = f"{home}/text/overview"
    fields = {"csrf_token": token(owner, here), "version": "0", "body": "甲"}
    with count_queries() as statements:
        owner.post(here, data=fields, headers=FETCH)
    assert len(statements) <= 8, statements


def test_a_refused_file_is_said_at_the_field(arrange: Arrange, signed_in) -> None:
    with arrange() as actor:
        home = f"/applications/{make.draft_application(make.running_edition(), actor).id}"
    answer = signed_in(OWNER).submit(f"{home}/evidence", section_key="licence", file=(b"MZ", "a.exe"))
    assert answer.status_code == 422
    assert "不接受“exe”格式" in document(answer).text


def test_a_file_is_sent_as_an_attachment_and_the_office_look_is_on_record(arrange: Arrange, signed_in, stored) -> None:
    with arrange() as actor:
        application = make.submitted_application(make.running_edition(), actor)
        url = f"/files/{application.files[0].id}"
    for email in (OWNER, OFFICE):
        answer = signed_in(email).get(url)
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.data.startswith(b"%PDF-")
        answer.close()
    looks = stored(
        lambda: list(db.session.scalars(select(AuditEvent).where(AuditEvent.action == "application.read_file")))
    )
    assert [look.subject_type for look in looks] == ["evidence_file"]


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/preview",
        "/form/profile",
        "/text/overview",
        "/evidence",
        "/identity",
        "/submit",
        "/withdraw",
        "/receipts/1",
    ],
)
def test_a_foreign_dossier_and_an_unknown_one_answer_alike(arrange: Arrange, signed_in, path: str) -> None:
    with arrange() as actor:
        foreign = make.submitted_application(make.running_edition(), actor).id
    other = signed_in(OTHER)
    answers = [other.get(f"/applications/{number}{path}") for number in (foreign, 99999)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert document(answers[0]).text == document(answers[1]).text


@pytest.mark.parametrize("path", ["/form/nothing", "/text/item:9.9", "/receipts/7"])
def test_a_section_that_is_none_is_not_found(arrange: Arrange, signed_in, path: str) -> None:
    with arrange() as actor:
        number = make.draft_application(make.running_edition(), actor).id
    assert signed_in(OWNER).get(f"/applications/{number}{path}").status_code == 404


def test_the_hand_in_page_asks_for_a_declaration_and_gives_a_receipt(arrange: Arrange, signed_in, stored) -> None:
    with arrange() as actor:
        number = make.complete_application(make.running_edition(), actor).id
    owner = signed_in(OWNER)
    refused = owner.submit(f"/applications/{number}/submit", signatory="王五")
    assert refused.status_code == 422
    assert "须作出声明" in document(refused).text
    answer = owner.submit(f"/applications/{number}/submit", signatory="王五", declaration="y")
    receipt = owner.page(answer.headers["Location"])
    digest = stored(lambda: the_application().receipts[0].digest)
    for words in (
        "SX2026-001",
        "2026-03-10 09:00",
        digest,
        stored(lambda: db.session.scalars(select(EvidenceFile)).first().sha256),
    ):
        assert words in receipt.text


def test_an_incomplete_dossier_lists_what_is_missing_before_the_button(arrange: Arrange, signed_in) -> None:
    with arrange() as actor:
        number = make.draft_application(make.running_edition(), actor).id
    owner = signed_in(OWNER)
    page = owner.page(f"/applications/{number}/submit")
    assert f"/applications/{number}/text/item:4.1.2" in page.links()
    assert [button.get("disabled") for button in page.all("button[@class='button primary']")] == [""]


def test_returned_words_and_due_time_are_on_the_first_page(arrange: Arrange, signed_in, in_the_call: TestClock) -> None:
    with arrange() as actor:
        body = make_intake.recommending_body()
        returned = make_intake.returned_application(
            make.running_edition(), body, reason="请补充审计报告。", actor=actor
        )
        number = returned.id
    in_the_call.move_to(make.CHECKING)
    page = signed_in(OWNER).page(f"/applications/{number}")
    assert "请补充审计报告。" in page.text
    assert "2026-05-14 17:00" in page.text  # Saturday 9 May is worked
    assert "还剩 6 天" in page.text


def test_a_withdrawal_asks_for_the_reason(arrange: Arrange, signed_in) -> None:
    with arrange() as actor:
        number = make.submitted_application(make.running_edition(), actor).id
    owner = signed_in(OWNER)
    assert owner.submit(f"/applications/{number}/withdraw", reason="").status_code == 422
    assert owner.submit(f"/applications/{number}/withdraw", reason="改制").status_code == 303
    assert "已撤回" in owner.page(f"/applications/{number}").text


def test_staff_have_no_applicant_pages(arrange: Arrange, signed_in) -> None:
    with arrange():
        make.running_edition()
    assert signed_in(OFFICE).get("/applications").status_code == 403


def token(client: Client, url: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(url).get_data(as_text=True))
    assert found is not None
    return found.group(1)


# --- in the browser -----------------------------------------------------------------------------------------------


def test_a_text_is_saved_while_typed(arrange: Arrange, window, browser_sign_in, assert_accessible) -> None:
    with arrange() as actor:
        number = make.draft_application(make.running_edition(), actor).id
    page = window.page
    browser_sign_in(page, OWNER)
    page.goto(f"/applications/{number}/text/overview")
    page.locator("[name=body]").fill("我们以质量为先。")
    page.locator("[data-saved-line]").filter(has_text="已保存").wait_for()
    assert "8 / 3000 字" in page.locator(".count").inner_text()
    assert_accessible(page)
    page.reload()
    assert page.locator("[name=body]").input_value() == "我们以质量为先。"


def test_a_section_is_saved_without_scripts_on_a_phone(arrange: Arrange, open_window, browser_sign_in, stored) -> None:
    with arrange() as actor:
        number = make.draft_application(make.running_edition(), actor).id
    page = open_window(viewport=PHONE, java_script_enabled=False).page
    browser_sign_in(page, OWNER)
    page.goto(f"/applications/{number}/form/profile")
    page.locator("[name=employees]").fill("1200")
    page.get_by_role("button", name="保存", exact=True).click()
    page.locator(".banner.done").wait_for()
    assert stored(lambda: the_application().answers["employees"]) == "1200"
