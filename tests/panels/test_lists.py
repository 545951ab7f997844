"""Panels from a spreadsheet and as in another round: every row told against its rule, nothing stored half."""

import csv
import io

import pytest
from flask import Flask
from sqlalchemy import select

from app import doctor
from app.experts.rules import TableRefused
from app.experts.spreadsheet import read_table
from app.kernel import unit_of_work
from app.kernel.database import db
from app.kernel.errors import NotReady
from app.panels import lists, queries, services
from app.panels.models import Assignment, SeatOrigin, SeatRole
from tests.factories import panels as made
from tests.factories.accounts import office
from tests.factories.experts import row
from tests.factories.panels import published, setting
from tests.support.client import document

OFFICE = "office@test.example"
HEADING = ["申报书编号", "专家编号", "角色"]


def sheet(*rows: list[str], heading: list[str] = HEADING) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([heading, *rows])
    return buffer.getvalue().encode()


GOOD = (["SX2026-001", "E003", "组长"], ["SX2026-001", "E004", ""], ["SX2026-001", "e010", "member"])
BAD = (
    ["SX2026-009", "E006", ""],
    ["SX2026-001", "E999", ""],
    ["SX2026-001", "E008", "主席"],
    ["SX2026-001", "E090", ""],
)


def arranged() -> made.Setting:
    home = row(90, employer_region="140200", residence_region="140200")
    return setting(1, rows=[home], actor=office(email=OFFICE, password=True))


def proposed(given: made.Setting, *rows: list[str]) -> lists.Proposal:
    return lists.propose(given.round, lists.read_list("panels.csv", sheet(*rows)))


def test_every_refused_row_says_its_column_and_its_rule(app_context: Flask) -> None:
    proposal = proposed(arranged(), *GOOD, GOOD[1], *BAD)
    assert [row.listed.row for row in proposal.lawful] == [2, 3, 4]
    told = [(each.listed.row, each.faults[0].column, str(each.faults[0].text)) for each in proposal.refused]
    assert [(row, column) for row, column, _text in told] == [
        (5, "expert"),
        (6, "dossier"),
        (7, "expert"),
        (8, "role"),
        (9, "expert"),
    ]
    assert "已经在这份申报书的专家组里" in told[0][2]
    assert "“SX2026-009”不是本轮评审中的申报书编号" in told[1][2]
    assert "没有编号“E999”" in told[2][2]
    assert "“主席”不是角色" in told[3][2]


@pytest.mark.databases
def test_a_list_is_taken_whole_or_by_choice_without_what_was_refused(app_context: Flask) -> None:
    given = arranged()
    proposal = proposed(given, *GOOD, *BAD)
    asked = {"origin": SeatOrigin.IMPORT, "reason": "省外专家组按名单", "detail": {"file": "panels.csv"}}
    with pytest.raises(NotReady) as missing:
        services.seat_list(given.office, given.round, proposal, without_refused=False, **asked)
    assert "有 4 行不合规，什么都没有写入" in str(missing.value.missing[0])
    assert db.session.scalars(select(Assignment)).all() == []

    written = services.seat_list(given.office, given.round, proposal, without_refused=True, **asked)
    assert [(seat.expert.number, seat.role) for seat in written] == [
        ("E003", SeatRole.LEADER),
        ("E004", SeatRole.MEMBER),
        ("E010", SeatRole.MEMBER),
    ]
    assert {seat.origin for seat in written} == {SeatOrigin.IMPORT}
    assert not any(finding.faults for finding in doctor.examine())
    with pytest.raises(NotReady) as missing:
        services.seat_list(given.office, given.round, proposed(given, *BAD), without_refused=True, **asked)
    assert "没有一行可以写入" in str(missing.value.missing[0])


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "文件是空的"),
        (b"a,b\n1,2\n", "找不到表头"),
        (sheet(["SX2026-001", "组长"], heading=["申报书编号", "角色"]), "缺少“专家编号”这一列"),
        (sheet(), "没有数据"),
        (sheet(*[list(GOOD[0])] * 3_001), "超过 3000 行"),
        (b"PK\x03\x04broken", "损坏"),
    ],
)
def test_a_bad_file_is_refused_in_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(TableRefused) as refused:
        lists.read_list("panels.xlsx" if content.startswith(b"PK") else "panels.csv", content)
    assert sentence in str(refused.value.message)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_template_is_read_as_it_is_filled_in(language: str) -> None:
    content = lists.template(language)
    assert read_table("t.xlsx", content)[0] == [name.in_language(language) for name in lists.COLUMNS.values()]
    with pytest.raises(TableRefused) as refused:
        lists.read_list("t.xlsx", content)
    assert "没有数据" in str(refused.value.message)


def test_full_width_digits_and_numbers_are_read_as_they_are_meant() -> None:
    (listed,) = lists.read_list("p.csv", sheet(["ＳＸ２０２６－００１", "ｅ００３", "组长"]))
    assert (listed.dossier, listed.expert) == ("SX2026-001", "E003")


# --- on the page --------------------------------------------------------------------------------------------------


@pytest.fixture
def first(app: Flask) -> int:
    with app.app_context(), unit_of_work.transaction():
        return arranged().round.id


def test_the_office_looks_at_a_list_and_then_confirms_it(signed_in, client, first: int) -> None:
    desk = signed_in(OFFICE)
    address = f"/rounds/{first}/panels/import"
    assert "请选择 .xlsx 或 .csv 文件" in document(desk.submit(address, form="/panels/import")).text
    assert "文件是空的" in document(desk.submit(address, file=(b"", "p.csv"))).text
    preview = document(desk.submit(address, file=(sheet(*GOOD, *BAD), "p.csv")))
    assert "山西省" in preview.text
    (form,) = [form for form in preview.forms if form.action.endswith("/panels/list")]

    refused = desk.send(form, address, "", {"reason": "省外专家组按名单"})
    assert refused.status_code == 422
    assert "有 4 行不合规，什么都没有写入" in document(refused).text
    broken = desk.send(form, address, "", {"reason": "x", "rows": "[[1]]"})
    assert broken.status_code == 422
    done = desk.send(form, address, "", {"reason": "省外专家组按名单", "without_refused": "y"})
    assert done.status_code == 303
    assert "按名单导入" in desk.page(f"/rounds/{first}/panels").text
    assert "省外专家组按名单" in client.get("/editions/SX2026/draws").text

    assert desk.get(f"/rounds/{first}/panels/import/template.xlsx").status_code == 200


def test_an_earlier_panel_is_copied_where_it_is_still_lawful(signed_in, app: Flask) -> None:
    with app.app_context(), unit_of_work.transaction():
        given = arranged()
        published(given)
        first, second = given.edition.rounds[0], given.edition.rounds[1]
        given.dossiers[0].round_id = second.id
        moved = queries.held_seats(first)[1].expert
        moved.available = False
        numbers = {seat.expert.number for seat in queries.held_seats(first)} - {moved.number}
        rounds = first.id, second.id
    desk = signed_in(OFFICE)
    listed = desk.page(f"/rounds/{rounds[1]}/panels/copy")
    assert f"/rounds/{rounds[1]}/panels/copy?source={rounds[0]}" in listed.links()
    address = f"/rounds/{rounds[1]}/panels/copy?source={rounds[0]}"
    assert "专家目前不可参加评审" in desk.page(address).text
    done = desk.submit(address, reason="现场评审沿用资料评审专家组", without_refused="y")
    assert done.status_code == 303, document(done).text
    with app.app_context():
        seats = db.session.scalars(select(Assignment).where(Assignment.round_id == rounds[1])).all()
        assert {seat.expert.number for seat in seats} == numbers
        assert {seat.origin for seat in seats} == {SeatOrigin.COPY}
    assert desk.get(f"/rounds/{rounds[1]}/panels/copy?source=999").status_code == 404
