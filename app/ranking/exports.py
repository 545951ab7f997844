"""The ranking as a file: text in every cell, so that no program recalculates an official number or runs a formula."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

import xlsxwriter

OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
RISKY = ("=", "+", "-", "@", "\t", "\r")
WIDTHS = (8, 36, 18, 14, 14, 12, 22, 10)
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE = "text/csv; charset=utf-8"

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Table:
    """Headings and rows, and the notes that say how the numbers came about."""

    title: str
    notes_title: str
    headings: Sequence[str]
    rows: Rows
    notes: Sequence[str]


def as_xlsx(table: Table) -> io.BytesIO:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, OPTIONS)
    heading = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    text = book.add_format({"num_format": "@", "valign": "top"})
    sheet = book.add_worksheet(table.title[:31])
    sheet.freeze_panes(1, 2)
    for place, name in enumerate(table.headings):
        sheet.set_column(place, place, WIDTHS[place] if place < len(WIDTHS) else 14, text)
        sheet.write_string(0, place, name, heading)
    for number, row in enumerate(table.rows, start=1):
        for place, cell in enumerate(row):
            sheet.write_string(number, place, cell, text)
    notes = book.add_worksheet(table.notes_title[:31])
    notes.set_column(0, 0, 110)
    for number, note in enumerate(table.notes):
        notes.write_string(number, 0, note)
    book.close()
    buffer.seek(0)
    return buffer


def as_csv(table: Table) -> io.BytesIO:
    """With a byte order mark, which Excel needs to read Chinese; what could be taken for a formula is quoted away."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(table.headings)
    writer.writerows([harmless(cell) for cell in row] for row in table.rows)
    return io.BytesIO(buffer.getvalue().encode("utf-8-sig"))


def harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(RISKY) else cell
