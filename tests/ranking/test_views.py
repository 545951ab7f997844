"""The ranking's pages: who reads them, what they say, what they cost, and the files they give."""

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import openpyxl
import pytest
from flask import Flask

from app.kernel import unit_of_work
from app.kernel.actor import Role
from app.ranking import services
from tests.factories import decisions, scoring
from tests.factories.ranking import long_ranking, ranked
from tests.support.client import Client, document
from tests.support.effort import ROWS

OFFICE, SUPERVISOR, EXPERT = "office@example.org", "supervisor@example.org", "expert1@example.org"
SCORES = [(75, 70, 70), (65, 60, 70), (60, 60, 60), (60, 60, 60), (40, 40, 40)]


@pytest.fixture
def arrange(app: Flask) -> Callable[[], object]:
    """`with arrange(): …` sets up in one transaction and leaves the context."""

    @contextmanager
    def arranging() -> Iterator[None]:
        with app.app_context(), unit_of_work.transaction():
            for email, role in ((OFFICE, Role.OFFICE), (SUPERVISOR, Role.SUPERVISOR)):
                scoring.person(email, role)
            yield

    return arranging


def test_from_the_closed_round_to_the_confirmed_ranking(arrange, signed_in) -> None:
    with arrange():
        scoring.reviewed(SCORES)
    desk: Client = signed_in(OFFICE)
    assert "还没有计算排名" in desk.page("/rankings").text
    answer = desk.submit("/rankings", form="/rounds/1/ranking")
    assert answer.location == "/rankings/1"
    page = desk.page("/rankings/1")
    assert "716.67" in page.text
    assert "入围线：以上 4 家进入下一轮（名额 30 家，同分一并入围）" in page.text
    assert "以下得分低于 600 分" in page.text
    assert page.text.count("并列") >= 2
    confirming = desk.page("/rankings/1/confirm")
    assert "进入下一轮的 4 家" in confirming.text
    assert "不进入下一轮的 1 家" in confirming.text
    assert desk.submit("/rankings/1/confirm", form="confirm").status_code == 303
    assert "已确认并冻结" in desk.page("/rankings/1").text
    assert not [form for form in desk.page("/rankings").forms if "/ranking" in form.action]


def test_what_cannot_be_confirmed_says_why_and_changes_nothing(arrange, signed_in) -> None:
    with arrange():
        made, _ranking = ranked(SCORES)
        services.compute(decisions.office(), made.round)
    desk = signed_in(OFFICE)
    assert desk.submit("/rankings/2/confirm", form="confirm").status_code == 303
    again = desk.post("/rankings/1/confirm", data={"csrf_token": guard(desk)})
    assert again.status_code == 409


def guard(client: Client) -> str:
    return next(form for form in client.page("/rankings").forms).values()["csrf_token"]


@pytest.mark.parametrize(("who", "status"), [(OFFICE, 200), (SUPERVISOR, 200), (EXPERT, 404)])
def test_experts_do_not_see_the_ranking(arrange, signed_in, who: str, status: int) -> None:
    with arrange():
        ranked(SCORES)
    assert signed_in(who).get("/rankings/1").status_code == status


@pytest.mark.parametrize("confirmed", [True, False])
def test_the_committee_reads_a_ranking_once_it_is_confirmed(arrange, signed_in, *, confirmed: bool) -> None:
    with arrange():
        made, _ranking = ranked(SCORES, confirm=confirmed)
        scoring.person("member@example.org", Role.COMMITTEE, edition_id=made.edition.id)
    member = signed_in("member@example.org")
    assert member.get("/rankings/1").status_code == (200 if confirmed else 404)
    assert member.get("/rankings/1.csv").status_code == (403 if confirmed else 404)


@pytest.mark.parametrize("rows", ROWS)
def test_the_ranking_costs_four_statements(arrange, signed_in, count_queries, rows: int) -> None:
    with arrange():
        long_ranking(rows)
    desk = signed_in(OFFICE)
    desk.page("/rankings/1")
    with count_queries() as statements:
        page = desk.page("/rankings/1")
    assert len(page.all("table[@id='ranking']/tbody/tr")) >= rows
    assert len(statements) == 4


def test_the_exports_hold_text_only_and_run_nothing(arrange, signed_in) -> None:
    with arrange():
        made, _ranking = ranked(SCORES)
        made.dossiers[0].name = "=HYPERLINK(1)"
    desk = signed_in(OFFICE)
    book = openpyxl.load_workbook(io.BytesIO(desk.get("/rankings/1.xlsx").data))
    first = [cell.value for cell in book["排名"][2]]
    assert first[:8] == ["1", "=HYPERLINK(1)", "SX2026-001", "太原市", "煤炭与煤化工", "716.67", "2150/3", "3"]
    assert {cell.data_type for row in book["排名"].iter_rows() for cell in row} <= {"s", "n"}
    assert any("SHA-256" in str(cell.value) for row in book["计算说明"].iter_rows() for cell in row)
    answer = desk.get("/rankings/1.csv")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[1][1] == "'=HYPERLINK(1)"
    assert len(rows) == 6
    assert "attachment" in answer.headers["Content-Disposition"]


def test_nothing_to_rank_yet_says_what_must_happen_first(arrange, signed_in) -> None:
    with arrange():
        scoring.panel(1, 1)
    desk = signed_in(OFFICE)
    page = desk.page("/rankings")
    assert "结束本轮评分后才能计算排名" in page.text
    answer = desk.post("/rounds/1/ranking", data={"csrf_token": page.forms[0].values()["csrf_token"]})
    assert answer.status_code == 422
    assert "评分还没有结束" in document(answer).text
