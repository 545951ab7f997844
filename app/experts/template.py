"""The empty spreadsheet to fill in: headings with drop-downs, and a sheet that explains every column."""

import io
from collections.abc import Iterable

import xlsxwriter

from app.experts.models import ExpertKind
from app.experts.queries.previews import WORDS
from app.experts.rules import COLUMNS, ExpertEntry
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
IN_WORDS = {(key, code): text for key, words in WORDS.items() for code, text in words.items()}
IN_WORDS |= dict(zip((("kind", kind.value) for kind in ExpertKind), KINDS, strict=True))
IN_WORDS |= {(key, str(True)): YES for key in ("may_lead", "available")}
IN_WORDS |= {(key, str(False)): NO for key in ("may_lead", "available")}
FILENAME = N_("专家库导入模板.xlsx")
EXPORT_NAME = N_("专家库.xlsx")


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


def exported(entries: Iterable[ExpertEntry], language: str) -> bytes:
    """Experts in the columns of an import, every cell a text."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, OPTIONS | {"constant_memory": True})
    heading = book.add_format({"bold": True, "bg_color": "#E8EDF3", "border": 1, "num_format": "@"})
    sheet = book.add_worksheet(SHEETS[0].in_language(language))
    sheet.freeze_panes(1, 2)
    for place, column in enumerate(COLUMNS):
        sheet.set_column(place, place, 18)
        sheet.write_string(0, place, column.name.in_language(language), heading)
    for row, entry in enumerate(entries, start=1):
        for place, column in enumerate(COLUMNS):
            sheet.write_string(row, place, _written(column.key, getattr(entry, column.key), language))
    book.close()
    return buffer.getvalue()


def _written(key: str, value: object, language: str) -> str:
    values = value if isinstance(value, tuple) else (value,)
    return ";".join(_word(key, str(each)).in_language(language) for each in values)


def _word(key: str, text: str) -> LocalText:
    return IN_WORDS.get((key, text)) or LocalText.same(text)
