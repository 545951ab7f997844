"""Tables as files: text in every cell, so that no program recalculates an official number or runs a formula."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import xlsxwriter

OPTIONS = {
    "in_memory": True,
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
RISKY = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""What a spreadsheet program takes for the beginning of a formula, in half and in full width."""
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
NOT_IN_A_TAB = re.compile(r"[\[\]:*?/\\']")
TAB_LENGTH = 31
USUAL_WIDTH = 14
NOTE_WIDTH = 110
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE = "text/csv; charset=utf-8"

Rows = Iterable[Sequence[str]]


@dataclass(frozen=True)
class Table:
    """Headings and rows (read once), and the notes that say how the numbers came about."""

    title: str
    notes_title: str
    headings: Sequence[str]
    rows: Rows
    notes: Sequence[str]
    widths: Sequence[int] = ()


def as_xlsx(table: Table) -> io.BytesIO:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, OPTIONS)
    heading = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    text = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
    sheet = book.add_worksheet(tab(table.title))
    sheet.freeze_panes(1, 2)
    for place, name in enumerate(table.headings):
        sheet.set_column(place, place, table.widths[place] if place < len(table.widths) else USUAL_WIDTH, text)
        sheet.write_string(0, place, name, heading)
    for number, row in enumerate(table.rows, start=1):
        for place, cell in enumerate(row):
            sheet.write_string(number, place, cell, text)
    notes = book.add_worksheet(tab(table.notes_title))
    notes.set_column(0, 0, NOTE_WIDTH)
    for number, note in enumerate(table.notes):
        notes.write_string(number, 0, note)
    book.close()
    buffer.seek(0)
    return buffer


def tab(name: str) -> str:
    """The name of a tab, without what a workbook does not allow there."""
    return NOT_IN_A_TAB.sub(" ", name).strip()[:TAB_LENGTH]


def as_csv(table: Table) -> io.BytesIO:
    """With a byte order mark, which Excel needs to read Chinese; what could be taken for a formula is quoted away."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(map(harmless, table.headings))
    writer.writerows([harmless(cell) for cell in row] for row in table.rows)
    return io.BytesIO(buffer.getvalue().encode("utf-8-sig"))


def harmless(cell: str) -> str:
    """Blanks before the sign do not make it harmless; a plain number is no formula."""
    begun = cell.lstrip()
    return f"'{cell}" if begun.startswith(RISKY) and not NUMBER.fullmatch(begun) else cell


FORMATS: dict[str, tuple[Callable[[Table], io.BytesIO], str]] = {
    "xlsx": (as_xlsx, XLSX_TYPE),
    "csv": (as_csv, CSV_TYPE),
}
