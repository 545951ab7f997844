"""What recommending bodies, the office and the supervisor meet on their pages."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from app.intake.models import RecommendingBody
from app.kernel import clock, unit_of_work
from app.programmes.models import Edition
from tests.conftest import TestClock
from tests.factories import accounts
from tests.factories import applications as make
from tests.factories import intake as make_intake
from tests.support.client import document

OFFICE, SUPERVISOR, RECOMMENDER = "office@test.example", "supervisor@test.example", "recommender@test.example"


@dataclass
class Setting:
    edition: Edition
    body: RecommendingBody


@pytest.fixture(autouse=True)
def at(running_clock: TestClock) -> TestClock:
    running_clock.move_to(make.RECOMMENDING)
    return running_clock


@pytest.fixture
def arrange(app: Flask) -> Callable[[], Any]:
    @contextmanager
    def arranging() -> Iterator[Setting]:
        with app.app_context(), unit_of_work.transaction():
            accounts.office(email=OFFICE, password=True)
            accounts.supervisor(email=SUPERVISOR, password=True)
            setting = Setting(make.running_edition(), make_intake.recommending_body())
            make_intake.recommender(setting.body, email=RECOMMENDER, password=True)
            yield setting

    return arranging


def test_a_body_sees_its_places_and_recommends(arrange, signed_in) -> None:
    with arrange() as setting:
        number = make.submitted_application(setting.edition).id
    body = signed_in(RECOMMENDER)
    page = body.page("/recommendations")
    assert "已推荐 0 个，共 3 个" in page.text
    assert f"/recommendations/{number}" in page.links()
    assert "2026-05-05 17:00" in page.text
    assert make.TEXT in body.page(f"/recommendations/{number}").text
    url = f"/recommendations/{number}/recommend"
    short = body.submit(url, opinion="同意。", notice_from="2026-04-16", notice_until="2026-04-20")
    assert short.status_code == 422
    assert "至少要到 2026-04-23" in document(short).text
    assert "同意。" in document(short).text
    done = body.submit(url, opinion="同意。", notice_from="2026-04-16", notice_until="2026-04-24")
    assert done.status_code == 303
    assert "已推荐 1 个，共 3 个" in body.page("/recommendations").text


def test_a_used_up_quota_is_said_before_anything_is_filled_in(arrange, signed_in) -> None:
    with arrange() as setting:
        for _ in range(3):
            make_intake.recommended_application(setting.edition, setting.body)
        number = make.submitted_application(setting.edition).id
    body = signed_in(RECOMMENDER)
    assert "推荐名额已用完" in body.page(f"/recommendations/{number}").text
    page = body.page(f"/recommendations/{number}/recommend")
    assert [button.get("disabled") for button in page.all("button[@class='button primary']")] == [""]


@pytest.mark.parametrize("step", ["decline", "send-back"])
def test_a_body_says_no_only_with_a_reason(arrange, signed_in, step: str) -> None:
    with arrange() as setting:
        number = make.submitted_application(setting.edition).id
    body = signed_in(RECOMMENDER)
    assert body.submit(f"/recommendations/{number}/{step}", reason="").status_code == 422
    assert body.submit(f"/recommendations/{number}/{step}", reason="材料不实").status_code == 303


def test_an_applicant_chooses_a_department_and_its_recommender_decides(arrange, signed_in, at: TestClock) -> None:
    at.move_to(make.APPLYING)
    with arrange() as setting:
        department = make_intake.department()
        make_intake.recommender(department, email="department@test.example", password=True)
        make.complete_application(setting.edition, make.applicant_person(email="owner@test.example", password=True))
        foreign = make.complete_application(setting.edition).id
        body, chosen = str(setting.body.id), str(department.id)
    owner = signed_in("owner@test.example")
    url = next(
        link for link in owner.page("/applications").links() if link.startswith("/applications/") and link[-1].isdigit()
    )
    assert "大同市质量强市办" in owner.page(url).text
    page = owner.page(f"{url}/recommending-body")
    assert [each.get("value") for each in page.all("input[@type='radio']")] == [body, chosen]
    assert owner.submit(f"{url}/recommending-body", body=None).status_code == 422
    assert owner.get(f"/applications/{foreign}/recommending-body").status_code == 404
    owner.submit(f"{url}/recommending-body", body=chosen)
    assert "转给省商务厅审核推荐" in owner.page(f"{url}/submit").text
    owner.submit(f"{url}/submit", signatory="王五", declaration="y")
    assert owner.get(f"{url}/recommending-body").status_code == 403
    at.move_to(make.RECOMMENDING)
    city = signed_in(RECOMMENDER).page("/recommendations").links()
    assert not any(each.startswith("/recommendations/") for each in city)
    recommender = signed_in("department@test.example")
    listed = recommender.page("/recommendations")
    assert "共 2 个" in listed.text
    link = next(each for each in listed.links() if each.startswith("/recommendations/"))
    recommender.submit(f"{link}/recommend", opinion="同意。", notice_from="2026-04-16", notice_until="2026-04-24")
    assert "已推荐 1 个，共 2 个" in recommender.page("/recommendations").text


def test_a_body_without_work_reads_why(arrange, signed_in) -> None:
    with arrange():
        pass
    assert "没有等待推荐的申报书" in signed_in(RECOMMENDER).page("/recommendations").text


def test_a_dossier_of_another_region_does_not_exist_for_a_body(arrange, signed_in) -> None:
    with arrange() as setting:
        number = make.submitted_application(setting.edition, city="140100").id
    body = signed_in(RECOMMENDER)
    for path in ("", "/recommend", "/decline", "/send-back"):
        assert body.get(f"/recommendations/{number}{path}").status_code == 404
    assert body.get(f"/formal-checks/{number}").status_code == 404


def test_the_office_ticks_and_accepts_on_a_page_of_its_own(arrange, signed_in, at: TestClock) -> None:
    with arrange() as setting:
        application = make_intake.recommended_application(setting.edition, setting.body)
        with clock.fixed(make.CHECKING):
            make_intake.consulted(application)
        number, ticks = application.id, {f"met_{key}": "1" for key in make_intake.all_met(application)}
    at.move_to(make.CHECKING)
    office = signed_in(OFFICE)
    assert f"/formal-checks/{number}" in office.page("/formal-checks").links()
    url = f"/formal-checks/{number}"
    some = office.submit(url, form="ticks", press="accept", met_form="0", note_form="第 3 页缺")
    assert some.headers["Location"].endswith(f"{url}/accept")
    page = office.page(f"{url}/accept")
    assert "“申报表填写完整，空缺有说明”不通过" in page.text
    assert page.all("button[@class='button primary']")[0].get("disabled") == ""
    assert "已核对 1 / 14 项" in office.page(url).text
    office.submit(url, form="ticks", press="accept", **ticks)
    assert office.submit(f"{url}/accept", form="/accept").status_code == 303
    assert "已受理" in office.page(url).text
    assert office.page(f"{url}/accept").text.count("状态已经变化") == 1


def test_the_office_asks_the_departments_and_records_their_replies(arrange, signed_in, at: TestClock) -> None:
    with arrange() as setting:
        number = make_intake.recommended_application(setting.edition, setting.body).id
    at.move_to(make.CHECKING)
    office, url = signed_in(OFFICE), f"/formal-checks/{number}"
    assert office.page(url).text.count("未征求") == 7
    led = office.submit(url, form="ticks", press="consult", met_form="1")
    assert led.headers["Location"].endswith("/departments")
    office.submit(f"{url}/departments", form="/departments")
    assert "答复期限 2026-05-21 17:00" in office.page(url).text
    few = {"departments": ["tax"], "reply": "objection", "replied": "2026-05-08", "note": "欠税"}
    refused = office.submit(f"{url}/replies", form="/replies", **few)
    assert refused.status_code == 422
    assert "请上传它的书面意见" in document(refused).text
    assert "欠税" in document(refused).text
    office.submit(f"{url}/replies", form="/replies", file=(make.pdf("1").getvalue(), "税务意见.pdf"), **few)
    supervisor = signed_in(SUPERVISOR)
    page = supervisor.page(url)
    assert "有不同意见" in page.text
    link = next(each for each in page.links() if each.startswith("/consultations/"))
    with supervisor.get(link) as answer:
        assert answer.data.startswith(b"%PDF")
        assert "attachment" in answer.headers["Content-Disposition"]
    assert signed_in(RECOMMENDER).get(link).status_code == 404
    assert supervisor.get("/consultations/1/document").status_code == 404
    assert supervisor.get(f"{url}/replies").status_code == 403


def test_the_office_returns_with_words_and_refuses(arrange, signed_in, at: TestClock) -> None:
    with arrange() as setting:
        numbers = [make_intake.recommended_application(setting.edition, setting.body).id for _ in range(2)]
    at.move_to(make.CHECKING)
    office = signed_in(OFFICE)
    for number, step in zip(numbers, ("return", "refuse"), strict=True):
        url = f"/formal-checks/{number}/{step}"
        empty = office.submit(url, reason="")
        assert empty.status_code == 422
        assert "请写明理由" in document(empty).text
        assert office.submit(url, reason="请补充审计报告。").status_code == 303
    states = office.page("/formal-checks").text
    assert "待补正 1" in states
    assert "未予受理 1" in states
    assert "2026-05-14 17:00" in office.page(f"/formal-checks/{numbers[0]}").text


def test_the_supervisor_sees_everything_and_changes_nothing(arrange, signed_in, at: TestClock) -> None:
    with arrange() as setting:
        number = make_intake.recommended_application(setting.edition, setting.body).id
    at.move_to(make.CHECKING)
    watching = signed_in(SUPERVISOR)
    page = watching.page(f"/formal-checks/{number}")
    assert make.TEXT in page.text
    assert [form.action for form in page.forms if "/formal-checks" in form.action] == []
    for path in ("/accept", "/return", "/refuse"):
        assert watching.get(f"/formal-checks/{number}{path}").status_code == 403
    assert watching.get("/recommending-bodies/new").status_code == 403
    assert "大同市质量强市办" in watching.page("/recommending-bodies").text


def test_an_empty_list_says_why_and_a_filter_without_result_offers_a_way_out(arrange, signed_in) -> None:
    with arrange():
        pass
    office = signed_in(OFFICE)
    assert "草稿只有申报者自己能看到" in office.page("/formal-checks").text
    registered = office.submit("/recommending-bodies/new", name="太原市质量强市办", kind="city", region_code="140100")
    assert registered.status_code == 303
    assert "太原市质量强市办" in office.page("/recommending-bodies").text


def test_the_list_costs_few_statements_at_any_length(arrange, signed_in, count_queries) -> None:
    with arrange() as setting:
        for _ in range(3):
            make.submitted_application(setting.edition)
    office = signed_in(OFFICE)
    office.page("/formal-checks")
    with count_queries() as statements:
        page = office.page("/formal-checks?city=140200&state=submitted")
    assert len(page.all("table/tbody/tr")) == 3
    assert len(statements) <= 6, statements
    assert "没有符合条件" in office.page("/formal-checks?city=140100").text


@pytest.fixture
def look(window, browser_sign_in, assert_accessible) -> Callable[[str, str], None]:
    def look_at(email: str, path: str) -> None:
        browser_sign_in(window.page, email)
        window.page.goto(path)
        assert_accessible(window.page)

    return look_at


@pytest.mark.parametrize(("email", "path"), [(OFFICE, "/formal-checks/1"), (RECOMMENDER, "/recommendations")])
def test_the_pages_work_in_a_real_browser(arrange, look, email: str, path: str) -> None:
    with arrange() as setting:
        make_intake.recommended_application(setting.edition, setting.body)
    look(email, path)
