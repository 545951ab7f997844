"""Reading an uploaded spreadsheet as plain cells, after looking for what could hurt: bombs, macros, passwords."""

import csv
import io
import re
import string
import zipfile
from collections.abc import Iterator

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
    XmlError,
    ZipError,
)

from app.experts.rules.preview import Cell, TableRefused
from app.kernel.words import N_

MEGABYTE = 1024 * 1024
MOST_BYTES = 10 * MEGABYTE
MOST_UNPACKED = 120 * MEGABYTE
MOST_PARTS = 500
MOST_EXPERTS, MOST_COLUMNS = 20_000, 100
MOST_ROWS = MOST_EXPERTS + 10  # a title may stand above the heading
CHUNK = 256 * 1024

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml")
UNCOMPUTED = re.compile(
    rb"""<c\b[^>]*\br="([A-Z]+[0-9]+)"[^>]*>\s*<f\b[^>]*(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>"""
)
FAR_PLACE = re.compile(rb"""r(?<![\w:.-]r)\s*=\s*["']([A-Za-z]{2,}[0-9]*|[A-Za-z]*[0-9]{5,})["']""")
"""Places of cells and rows that may lie too far off; it starts with a letter, since only so the search leaps to it."""
DIGITS, LETTERS = string.digits.encode(), string.ascii_letters.encode()

Table = list[list[Cell]]


def look_over(filename: str, content: bytes) -> None:
    """Raise TableRefused for what can be told without reading the cells: empty, too large, locked, macros, a bomb."""
    if not content:
        raise TableRefused(N_("文件是空的。请选择填好的表格再上传。"))
    if len(content) > MOST_BYTES:
        raise TableRefused(
            N_("文件超过 %(limit)s MB。请删去表格以外的内容，或分几次导入。"), limit=MOST_BYTES // MEGABYTE
        )
    if content.startswith(OLE):
        raise TableRefused(N_("这是旧版 .xls 或加了密码的文件。请去掉密码，另存为 .xlsx 再上传。"))
    if content.startswith(ZIP):
        _look_into(content)
    elif not filename.lower().endswith((".csv", ".txt", ".tsv")) or b"\0" in content:
        raise TableRefused(N_("只能导入 .xlsx 或 .csv 文件。请用表格软件另存为其中一种再上传。"))


def read_table(filename: str, content: bytes) -> Table:
    """The cells of the first visible sheet, from the first row on. Raises TableRefused with a sentence for people."""
    look_over(filename, content)
    return read_cells(content)


def read_cells(content: bytes) -> Table:
    """The same for a file that has been looked over."""
    table = _workbook(content) if content.startswith(ZIP) else _text(content)
    if len(table) > MOST_ROWS:
        raise TableRefused(N_("表格超过 %(limit)s 行。请分几次导入。"), limit=MOST_EXPERTS)
    return table


# --- xlsx ---------------------------------------------------------------------------------------------------------


def _workbook(content: bytes) -> Table:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_index(_first_shown(book))
        return _unmerged(sheet, [list[Cell](row) for row in sheet.to_python(skip_empty_area=False)])
    except (CalamineError, XmlError, ZipError, ValueError, IndexError) as error:
        raise _damaged() from error


def _first_shown(book: CalamineWorkbook) -> int:
    """A hidden sheet is not what people mean by their table."""
    for place, about in enumerate(book.sheets_metadata):
        if about.visible == SheetVisibleEnum.Visible and about.typ == SheetTypeEnum.WorkSheet:
            return place
    raise TableRefused(N_("文件里的工作表都隐藏了。请取消隐藏要导入的那一张，再上传。"))


def _damaged() -> TableRefused:
    return TableRefused(N_("这个文件已损坏，或不是真正的 .xlsx 表格。请用表格软件打开，另存为 .xlsx 再上传。"))


def _look_into(content: bytes) -> None:
    """Before anything opens it: no macros, no bomb, no sheet whose far corner alone would fill the memory."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _refuse_strange_parts(archive.infolist())
            _look_into_parts(archive)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as error:
        raise _damaged() from error


def _is_locked(part: zipfile.ZipInfo) -> bool:
    return bool(part.flag_bits & 1)


def _may_run(part: zipfile.ZipInfo) -> bool:
    name = part.filename.lower()
    return "vbaproject" in name or name.endswith(".bin")


def _look_into_parts(archive: zipfile.ZipFile) -> None:
    unpacked = 0
    for part in archive.infolist():
        data = _unpack(archive, part, MOST_UNPACKED - unpacked)
        unpacked += len(data)
        _refuse_macro_type(part.filename, data)
        if SHEET_PART.fullmatch(part.filename):
            _refuse_odd_coding(data)
            _refuse_far_corner(data)
            _refuse_uncomputed(data)


def _refuse_strange_parts(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MOST_PARTS:
        raise TableRefused(N_("文件内部的部件过多，不像普通表格。请把数据复制到新的工作簿再上传。"))
    if any(map(_is_locked, parts)):
        raise TableRefused(N_("文件加了密码。请去掉密码再上传。"))
    if any(map(_may_run, parts)):
        raise TableRefused(N_("文件含有宏或二进制部件，不能导入。请另存为不含宏的 .xlsx 再上传。"))


def _refuse_macro_type(name: str, data: bytes) -> None:
    if name == "[Content_Types].xml" and b"macroenabled" in data.lower():
        raise TableRefused(N_("文件含有宏或二进制部件，不能导入。请另存为不含宏的 .xlsx 再上传。"))


def _unpack(archive: zipfile.ZipFile, part: zipfile.ZipInfo, room: int) -> bytes:
    """The part's bytes, counted while they unpack: the size that the archive declares may be a lie."""
    part.file_size = room + 2 * CHUNK
    unpacked = bytearray()
    with archive.open(part) as file:
        while chunk := file.read(CHUNK):
            unpacked += chunk
            if len(unpacked) > room:
                raise TableRefused(N_("文件解压后大得不合常理，已拒绝打开。请把数据复制到新的工作簿再上传。"))
    return bytes(unpacked)


def _refuse_odd_coding(sheet: bytes) -> None:
    """In another coding nothing below would find what it looks for."""
    if sheet.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in sheet[:200]:
        raise _damaged()


def _refuse_far_corner(sheet: bytes) -> None:
    places = FAR_PLACE.findall(sheet)
    if max(map(_row_number, {place.lstrip(LETTERS) for place in places}), default=0) > MOST_ROWS:
        raise TableRefused(N_("表格超过 %(limit)s 行。请分几次导入。"), limit=MOST_EXPERTS)
    if max(map(_column_number, {place.rstrip(DIGITS) for place in places}), default=0) > MOST_COLUMNS:
        raise TableRefused(N_("表格超过 %(limit)s 列。请只保留模板中的列。"), limit=MOST_COLUMNS)


def _refuse_uncomputed(sheet: bytes) -> None:
    """A program that writes formulas without their results leaves nothing to read there."""
    found = UNCOMPUTED.search(sheet) if b"<f" in sheet else None
    if found:
        raise TableRefused(
            N_("单元格 %(cell)s 是公式，文件里没有它的计算结果。请用表格软件打开并保存一次，或粘贴为数值。"),
            cell=found[1].decode(),
        )


def _row_number(digits: bytes) -> int:
    return int(digits[:9] or 0)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters[:4].upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def _reaches(table: Table, row: int, column: int) -> bool:
    return row < len(table) and column < len(table[row])


def _unmerged(sheet: CalamineSheet, table: Table) -> Table:
    """A merged cell's value stands in each of its rows: so people write one employer beside several names."""
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if left == right and _reaches(table, top, left):
            for row in range(top + 1, min(bottom + 1, len(table))):
                table[row][left] = table[top][left]
    return table


# --- csv ----------------------------------------------------------------------------------------------------------


def _text(content: bytes) -> Table:
    text = _decoded(content)
    try:
        rows = csv.reader(io.StringIO(text), delimiter=_delimiter(text), strict=True)
        return [list[Cell](row) for row in _first(rows)]
    except csv.Error as error:
        raise TableRefused(N_("CSV 文件的引号不配对，无法读取。请用表格软件另存一次再上传。")) from error


def _first(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    for number, row in enumerate(rows):
        if number > MOST_ROWS:
            raise TableRefused(N_("表格超过 %(limit)s 行。请分几次导入。"), limit=MOST_EXPERTS)
        yield row[:MOST_COLUMNS]


def _decoded(content: bytes) -> str:
    """UTF-8, or what Chinese spreadsheet programs write."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TableRefused(N_("无法识别文件的文字编码。请另存为 UTF-8 编码的 CSV 或 .xlsx 再上传。"))


def _delimiter(text: str) -> str:
    head = text[: text.find("\n")] if "\n" in text else text
    return max(",\t;", key=head.count)
