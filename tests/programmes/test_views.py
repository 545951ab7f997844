"""The office makes, plans and opens an edition on pages; the supervisor watches; everybody reads the rules."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask

from app.kernel import unit_of_work
from app.kernel.actor import Role
from tests.factories.accounts import office, person, supervisor
from tests.factories.programmes import draft_edition
from tests.support.client import Client, document, readable

Enter = Callable[[str], Client]


@pytest.fixture
def people(app: Flask) -> Flask:
    with app.app_context(), unit_of_work.transaction():
        office(email="office@demo.example", password=True)
        supervisor(email="supervisor@demo.example", password=True)
        person(Role.APPLICANT, email="applicant@demo.example", password=True)
    return app


@pytest.fixture
def edition(people: Flask) -> str:
    with people.app_context(), unit_of_work.transaction():
        return f"/editions/{draft_edition(office()).id}"


def test_the_office_makes_an_edition_and_opens_it(people: Flask, signed_in: Enter) -> None:
    desk = signed_in("office@demo.example")
    fields = {"rulebook_key": "shanxi-2021", "number": 4, "code": "SX2026", "starts": "2026-05-04"}
    made = desk.submit("/editions/new", **fields)
    assert made.status_code == 303, readable(made)
    url = made.headers["Location"]
    assert "第四届山西省质量奖" in desk.page(url).text
    opened = desk.submit(f"{url}/open", form="/open")
    assert opened.status_code == 303, readable(opened)
    assert "启动本届" not in desk.page(url).text
    again = desk.submit("/editions/new", **fields)
    assert again.status_code == 422
    assert "已经用过" in readable(again)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"number": "0"}, "1 到 99"),
        ({"number": "x"}, "不是有效的整数"),
        ({"code": "SX 2026"}, "只能用字母"),
        ({"starts": "tomorrow"}, "申报开始日期"),
        ({"code": ""}, "请填写届次代码"),
    ],
)
def test_a_wrong_field_is_said_and_nothing_typed_is_lost(
    people: Flask, signed_in: Enter, *, wrong: dict[str, str], sentence: str
) -> None:
    fields = {"rulebook_key": "shanxi-2021", "number": "4", "code": "SX2026", "starts": "2026-05-04"} | wrong
    answer = signed_in("office@demo.example").submit("/editions/new", **fields)
    assert answer.status_code == 422
    assert sentence in readable(answer)
    kept = document(answer).forms[-1].values()
    assert kept["number"] == [fields["number"]]


def test_the_calendar_is_edited_in_the_awards_zone(edition: str, signed_in: Enter) -> None:
    desk = signed_in("office@demo.example")
    answer = desk.submit(f"{edition}/calendar", application_closes_at="2026-07-01T17:00")
    assert answer.status_code == 303, readable(answer)
    assert "2026-07-01 17:00" in desk.page(edition).text
    refused = desk.submit(f"{edition}/calendar", application_closes_at="2020-01-01T17:00")
    assert refused.status_code == 422
    assert "结束时间必须晚于开始时间" in readable(refused)


def test_two_who_plan_at_once_are_both_heard(edition: str, signed_in: Enter) -> None:
    one, other = signed_in("office@demo.example"), signed_in("office@demo.example")
    stale = document(other.get(f"{edition}/calendar"))
    one.submit(f"{edition}/calendar", application_closes_at="2026-07-01T17:00")
    values = stale.forms[-1].values() | {"application_closes_at": "2026-07-02T17:00"}
    answer = other.post(f"{edition}/calendar", data=values)
    assert answer.status_code == 409
    shown = readable(answer)
    assert "2026-07-01" in shown
    assert "2026-07-02" in shown


def test_a_broken_rulebook_is_refused_with_every_error(edition: str, signed_in: Enter) -> None:
    desk = signed_in("office@demo.example")
    answer = desk.submit(f"{edition}/rulebook/replace", file=(b'key = "x"\nnonsense = 1\n', "x.toml"))
    assert answer.status_code == 422
    assert len(document(answer).all("div[@id='error-summary']//li")) > 2
    none = desk.submit(f"{edition}/rulebook/replace", form="/replace")
    assert "请选择规则文件" in readable(none)


def test_the_supervisor_sees_everything_and_no_button(edition: str, signed_in: Enter) -> None:
    watcher = signed_in("supervisor@demo.example")
    for url in ("/editions", edition, "/workdays"):
        page = watcher.page(url)
        assert [link for link in page.links() if link.endswith(("/new", "/open", "/calendar", "/replace"))] == []
    for url in ("/editions/new", f"{edition}/open", f"{edition}/calendar"):
        assert watcher.get(url).status_code == 403


def test_strangers_learn_nothing_of_a_draft(edition: str, signed_in: Enter, client: Client) -> None:
    applicant = signed_in("applicant@demo.example")
    assert applicant.get(edition).status_code == applicant.get("/editions/999").status_code == 404
    assert client.get("/rulebook/SX2026").status_code == 404
    assert client.get(edition).headers["Location"].startswith("/sign-in")


def test_everybody_reads_the_rules_of_a_call_in_both_languages(edition: str, signed_in: Enter, client: Client) -> None:
    signed_in("office@demo.example").submit(f"{edition}/open", form="/open")
    assert "评审规则" in client.page("/rulebook/SX2026").title
    client.set_cookie("language", "en")
    assert client.page("/rulebook/SX2026").language == "en"


@pytest.mark.parametrize("year", ["2026", "1", "99999999", "x"])
def test_the_calendar_of_working_days_answers_for_any_year(people: Flask, signed_in: Enter, year: str) -> None:
    assert signed_in("office@demo.example").get(f"/workdays?year={year}").status_code == 200


def test_the_calendar_of_working_days_leads_to_no_endless_years(
    people: Flask, signed_in: Enter, frozen_clock: object
) -> None:
    office = signed_in("office@demo.example")
    assert "/workdays?year=2036" in office.page("/workdays?year=2035").links()
    assert "/workdays?year=2037" not in office.page("/workdays?year=2036").links()


def test_a_day_is_marked_with_its_basis(people: Flask, signed_in: Enter) -> None:
    desk = signed_in("office@demo.example")
    assert desk.submit("/workdays?year=2026", day="2026-05-16", working="1").status_code == 422
    assert desk.submit("/workdays?year=2026", day="2026-05-16", working="1", note="国办通知").status_code == 303
    assert "国办通知" in desk.page("/workdays?year=2026").text


def test_the_list_costs_the_same_for_one_and_three(
    people: Flask, signed_in: Enter, count_queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    desk, counts = signed_in("office@demo.example"), []
    for number in (4, 5, 6):
        with people.app_context(), unit_of_work.transaction():
            draft_edition(office(), code=f"SX{number}", number=number)
        with count_queries() as statements:
            desk.page("/editions")
        counts.append(len(statements))
    assert counts[0] == counts[-1] <= 6
