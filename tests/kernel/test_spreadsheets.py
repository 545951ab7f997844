"""Tables as files: nothing in them runs, and nothing in them is another number than the product's."""

import csv
import io

import openpyxl
import pytest

from app.kernel.spreadsheets import Table, as_csv, as_xlsx, harmless, tab

FORMULAS = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r\n=1+1",
    "  =1",
    "＝1＋1",
    "＋1a",
    "－x",
    "＠x",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_looks_like_a_formula_is_quoted_away(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "示例公司", "-3.50", "+12", "716.65", "a=b", "—"])
def test_numbers_and_plain_texts_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text


def table(*rows: list[str]) -> Table:
    return Table("初评/2026:[1]", "说明", ["编号", "意见"], rows, ["共一行"])


def test_a_csv_begins_with_the_mark_that_excel_needs_and_keeps_lines_and_quotes() -> None:
    content = as_csv(table(["1", '含"引号"\n和换行，还有逗号'])).getvalue()
    assert content.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))[1] == [
        "1",
        '含"引号"\n和换行，还有逗号',
    ]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_workbook_holds_texts_only(text: str) -> None:
    book = openpyxl.load_workbook(as_xlsx(table(["00123", text])))
    sheet = book.worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s"}
    assert sheet["A2"].value == "00123"
    assert book.sheetnames == ["初评 2026  1", "说明"]


def test_the_name_of_a_tab_is_one_that_a_workbook_allows() -> None:
    assert tab("a/b\\c?d*e[f]g:h'i" + "x" * 40) == "a b c d e f g h i" + "x" * 14
