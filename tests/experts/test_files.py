"""Spreadsheets as they really come: each is read, or refused with a sentence that says where and what to do."""

import io
import zipfile
from datetime import date
from typing import Any

import pytest
import xlsxwriter

from app.experts import spreadsheet
from app.experts.rules import COLUMNS, PoolFacts, RowVerdict, TableRefused, examine
from tests.factories.experts import HEADING, row

KEYS = [column.key for column in COLUMNS]


def book(*rows: list[Any], hide: tuple[int, ...] = (), sheets: int = 1, macro: bool = False) -> bytes:
    """A workbook with these rows in its last sheet; the ones before it are empty."""
    buffer = io.BytesIO()
    made = xlsxwriter.Workbook(buffer, {"in_memory": True})
    days = made.add_format({"num_format": "yyyy-mm-dd"})
    pages = [made.add_worksheet() for _number in range(sheets)]
    pages[-1].activate()
    for number in hide:
        pages[number].hide()
    for place, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if isinstance(cell, date):
                pages[-1].write_datetime(place, column, cell, days)
            else:
                pages[-1].write(place, column, cell)
    made.close()
    content = buffer.getvalue()
    return _as_macro_file(content) if macro else content


def _as_macro_file(content: bytes) -> bytes:
    """What a spreadsheet program stores as .xlsm."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
            new.writestr(name, part.replace(kind, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"))
    return buffer.getvalue()


def cells(**texts: Any) -> list[Any]:
    given = row() | texts
    return [given[key] for key in KEYS]


def read(*rows: list[Any], **how: Any) -> tuple[RowVerdict, ...]:
    return examine(spreadsheet.read_table("pool.xlsx", book(HEADING, *rows, **how)), PoolFacts()).rows


def test_a_hidden_sheet_is_passed_over() -> None:
    (judged,) = read(cells(), sheets=2, hide=(0,))
    assert judged.verdict == "new"


def test_a_date_cell_is_a_date_where_one_is_wanted_and_a_fault_elsewhere() -> None:
    good, bad = read(cells(employer_since=date(2019, 9, 1)), cells(number=date(2019, 9, 1), email="b@pool.example"))
    assert good.entry is not None
    assert good.entry.employer_since == "2019-09-01"
    assert [(r.column, "当成了日期" in str(r.text)) for r in bad.reasons] == [("number", True)]


def test_a_second_heading_is_one_fault_of_its_row() -> None:
    judged = read(cells(), HEADING)
    assert [(each.row, each.verdict, len(each.reasons)) for each in judged] == [(2, "new", 0), (3, "refused", 1)]
    assert "又是一个表头" in str(judged[1].reasons[0].text)


def test_a_macro_file_is_refused_whatever_its_name() -> None:
    with pytest.raises(TableRefused) as refused:
        spreadsheet.read_table("pool.xlsm", book(HEADING, cells(), macro=True))
    assert "宏" in str(refused.value.message)


def test_a_formula_without_its_result_is_named_by_its_cell() -> None:
    content = book(HEADING, cells())
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name.endswith("sheet1.xml"):
                part = part.replace(b"</row></sheetData>", b'<c r="Z2"><f>A2&amp;B2</f><v></v></c></row></sheetData>')
            new.writestr(name, part)
    with pytest.raises(TableRefused) as refused:
        spreadsheet.read_table("pool.xlsx", buffer.getvalue())
    assert "单元格 Z2 是公式" in str(refused.value.message)


def test_a_hundred_thousand_rows_are_refused_before_they_are_read() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"constant_memory": True}) as made:
        page = made.add_worksheet()
        for place in range(100_000):
            page.write_number(place, 0, place)
    with pytest.raises(TableRefused) as refused:
        spreadsheet.look_over("pool.xlsx", buffer.getvalue())
    assert "超过 20000 行" in str(refused.value.message)


WRITTEN = [
    ("former_regions", "320500（2012-03至2019-08）；310101", ("310101", "320500(2012-03-01~2019-08-31)")),
    ("former_regions", "３２０５００(2012.3~)", ("320500(2012-03-01~)",)),
    ("employer_since", "2019年9月", "2019-09-01"),
    ("registration_region", "", ""),
    ("registration_region", "110103", "110101"),
    ("degree", "学士", "bachelor"),
    ("languages", "英语；中文", ("zh", "en")),
    ("criteria", "测量、分析与改进；领导", ("leadership", "measurement")),
    ("certificates", "评审员，PS-1，2027-12；内审员,2026/5/1", ("内审员,,2026-05-01", "评审员,PS-1,2027-12-31")),
    ("blocked", "2026-05-01 至 2026-05-07;2026-06-01", ("2026-05-01~2026-05-07", "2026-06-01~2026-06-01")),
    ("min_load", "", 0),
]


@pytest.mark.parametrize(("column", "cell", "value"), WRITTEN)
def test_what_is_written_in_many_ways_is_kept_in_one(column: str, cell: str, value: Any) -> None:
    (judged,) = read(cells(**{column: cell}))
    assert judged.reasons == ()
    assert getattr(judged.entry, column) == value


REFUSED = [
    ("former_regions", "320500（2019至2012）", "不是日期"),
    ("former_regions", "320500（2019-01至2012-01）", "结束早于开始"),
    ("former_regions", "320500（2012-01至2013-01至2014-01）", "不是一段时间"),
    ("employer_since", "2026-13-01", "不是日历上的一天"),
    ("residence_since", "1026-01-01", "年份应在"),
    ("registration_region", "999999", "不存在"),
    ("degree", "高中", "不是学历学位"),
    ("languages", "火星语", "不在可选的语言之中"),
    ("criteria", "天文", "不是准则的类目"),
    ("certificates", "a,b,c,d", "不是一项证书"),
    ("blocked", "2026-05-01至", "不是一段时间"),
    ("min_load", "11", "大于承担上限"),
]


@pytest.mark.parametrize(("column", "cell", "sentence"), REFUSED)
def test_what_cannot_be_read_is_said_at_its_column(column: str, cell: str, sentence: str) -> None:
    (judged,) = read(cells(**{column: cell}))
    assert [(reason.column, sentence in str(reason.text)) for reason in judged.reasons] == [(column, True)]


def test_an_abolished_code_is_kept_as_it_was_typed_beside_its_successor() -> None:
    (judged,) = read(cells(former_regions="110103"))
    assert judged.entry is not None
    assert (judged.entry.former_regions, judged.entry.typed) == (("110101",), {"110101": "110103"})
