"""The empty spreadsheet to fill in: headings with drop-downs, and a sheet that explains every column."""

import io

import xlsxwriter

from app.experts.rules import COLUMNS
from app.kernel.words import N_, LocalText

OPTIONS = {"constant_memory": False, "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
FILLED_ROWS = 1_000
SHEETS = (LocalText("专家", "Experts"), LocalText("填写说明", "How to fill in"))
HEADINGS = (LocalText("列名", "Column"), LocalText("必填", "Required"), LocalText("怎样填写", "What to write"))
EXAMPLE, YES, NO = LocalText("示例", "Example"), LocalText("是", "Yes"), LocalText("否", "No")
KINDS = (
    LocalText("质量管理评审员", "quality examiner"),
    LocalText("行业专家", "industry expert"),
    LocalText("财务专家", "finance expert"),
)
FILENAME = N_("专家库导入模板.xlsx")


def workbook(language: str) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, OPTIONS)
    heading = book.add_format({"bold": True, "bg_color": "#E8EDF3", "border": 1, "num_format": "@"})
    text = book.add_format({"num_format": "@"})
    _experts(book, heading, text, language=language)
    _explanation(book, heading, language=language)
    book.close()
    return buffer.getvalue()


def _experts(book: xlsxwriter.Workbook, heading: object, text: object, *, language: str) -> None:
    sheet = book.add_worksheet(SHEETS[0].in_language(language))
    sheet.freeze_panes(1, 2)
    yes_or_no = [YES.in_language(language), NO.in_language(language)]
    choices = {"kind": [kind.in_language(language) for kind in KINDS], "may_lead": yes_or_no, "available": yes_or_no}
    for place, column in enumerate(COLUMNS):
        sheet.set_column(place, place, 18, text)
        sheet.write_string(0, place, column.name.in_language(language), heading)
        if column.key in choices:
            rule = {"validate": "list", "source": choices[column.key]}
            sheet.data_validation(1, place, FILLED_ROWS, place, rule)


def _explanation(book: xlsxwriter.Workbook, heading: object, *, language: str) -> None:
    sheet = book.add_worksheet(SHEETS[1].in_language(language))
    sheet.set_column(0, 0, 26)
    sheet.set_column(2, 2, 90)
    sheet.set_column(3, 3, 26)
    for place, title in enumerate((*HEADINGS, EXAMPLE)):
        sheet.write_string(0, place, title.in_language(language), heading)
    for row, column in enumerate(COLUMNS, start=1):
        needed = YES if column.needed else NO
        cells = (column.name, needed, column.note, LocalText.same(column.example))
        for place, cell in enumerate(cells):
            sheet.write_string(row, place, cell.in_language(language))
