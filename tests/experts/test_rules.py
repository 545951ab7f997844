"""What the spreadsheet may say: every broken cell named at its column, every row judged against the pool."""

import io
import zipfile
from datetime import date
from typing import Any

import pytest
import xlsxwriter

from app.experts import spreadsheet, template
from app.experts.rules import COLUMNS, PoolFacts, TableRefused, compared, examine, examine_again, parse_entry
from app.experts.rules.preview import Cell
from app.kernel.credit_code import make
from tests.factories.experts import HEADING, row, sheet

CODE = make(1, "330000")


def table(*rows: dict[str, Any], columns: tuple[str, ...] = ()) -> list[list[Cell]]:
    wanted = [column for column in COLUMNS if not columns or column.key in columns]
    return [[column.name.zh for column in wanted], *([each.get(column.key, "") for column in wanted] for each in rows)]


def workbook(rows: list[list[Any]], *, merge: tuple[int, int, int, int, Any] | None = None) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    page = book.add_worksheet()
    days = book.add_format({"num_format": "yyyy-mm-dd"})
    for place, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if isinstance(cell, date):
                page.write_datetime(place, column, cell, days)
            elif isinstance(cell, tuple):
                page.write_formula(place, column, cell[0], value=cell[1])
            else:
                page.write(place, column, cell)
    if merge is not None:
        page.merge_range(*merge)
    book.close()
    return buffer.getvalue()


# --- cells --------------------------------------------------------------------------------------------------------

BROKEN: list[tuple[str, Any, str]] = [
    ("number", "", "没有填写"),
    ("number", "E 专 1", "不能作编号"),
    ("number", "E" * 21, "最多 20 个"),
    ("number", date(2026, 3, 1), "当成了日期"),
    ("name", " ", "没有填写"),
    ("name", "张" * 61, "最多 60 个"),
    ("name", "张\x07三", "控制字符"),
    ("email", "zhang", "不是有效的邮箱地址"),
    ("email", "a..b@example.org", "不是有效的邮箱地址"),
    ("email", "a@b", "不是有效的邮箱地址"),
    ("kind", "专家", "不是专家类别"),
    ("employer", "", "没有填写"),
    ("employer_code", "1234", "应为 18 位"),
    ("employer_code", CODE[:-1] + ("0" if CODE[-1] != "0" else "1"), "校验位不符"),
    ("employer_code", 9.1140100000000e17, "15 位以后已经丢失"),
    ("employer_region", "", "没有填写"),
    ("employer_region", "浙江", "应为 6 位"),
    ("employer_region", "3301", "应为 6 位"),
    ("residence_region", "999999", "不存在"),
    ("former_regions", "320500;1", "应为 6 位"),
    ("industries", "C", "不是行业大类代码"),
    ("industries", "98", "不是行业大类代码"),
    ("industries", "", "行业专家至少要有一个"),
    ("may_lead", "也许", "请填“是”或“否”"),
    ("max_load", "0", "1 至 50"),
    ("max_load", "51", "1 至 50"),
    ("max_load", "十", "1 至 50"),
    ("max_load", 2.5, "1 至 50"),
    ("available", "？", "请填“是”或“否”"),
]


@pytest.mark.parametrize(("column", "cell", "sentence"), BROKEN)
def test_a_broken_cell_is_named_at_its_column(column: str, cell: Any, sentence: str) -> None:
    (judged,) = examine(table({**row(), column: cell}), PoolFacts()).rows

    assert judged.verdict == "refused"
    assert [reason.column for reason in judged.reasons] == [column]
    assert sentence in str(judged.reasons[0].text)


def test_every_fault_of_a_row_is_told_at_once_in_the_order_of_the_columns() -> None:
    broken = row() | {"max_load": "many", "email": "x", "employer_region": "1"}

    (judged,) = examine(table(broken), PoolFacts()).rows

    assert [reason.column for reason in judged.reasons] == ["email", "employer_region", "max_load"]


READ: list[tuple[str, Any, Any]] = [
    ("number", "e００1", "E001"),
    ("number", 1001.0, "1001"),
    ("email", "Ｚhang＠Example.org", "zhang@example.org"),
    ("kind", "Quality examiner", "quality"),
    ("kind", "财务专家", "finance"),
    ("employer", " 示例（集团）公司 ", "示例（集团）公司"),
    ("employer_code", f" {CODE[:9]}-{CODE[9:].lower()}", CODE),
    ("employer_region", 330100.0, "330100"),
    ("employer_region", "３３０１００", "330100"),
    ("industries", "C34；3811、38", ("34", "38")),
    ("former_regions", "320500, 310101", ("310101", "320500")),
    ("may_lead", True, True),
    ("may_lead", "YES", True),
    ("may_lead", "", False),
    ("max_load", "", 10),
    ("max_load", "１２", 12),
    ("available", "", True),
    ("available", "否", False),
]


@pytest.mark.parametrize(("column", "cell", "value"), READ)
def test_ways_of_typing_are_not_errors(column: str, cell: Any, value: Any) -> None:
    (judged,) = examine(table({**row(), column: cell}), PoolFacts()).rows

    assert judged.verdict == "new"
    assert getattr(judged.entry, column) == value


def test_an_abolished_region_is_kept_as_its_successor() -> None:
    entry, reasons = parse_entry(row(employer_region="110103"))

    assert not reasons
    assert entry is not None
    assert entry.employer_region == "110101"


# --- rows and the pool --------------------------------------------------------------------------------------------


def known(**texts: str) -> PoolFacts:
    entry, _reasons = parse_entry(row(**texts))
    assert entry is not None
    return PoolFacts({entry.number: entry}, accounts=frozenset({entry.email}))


def test_a_change_is_told_field_by_field() -> None:
    (judged,) = examine(table(row(employer="新单位", industries="34")), known()).rows

    assert judged.verdict == "changed"
    assert [(c.column, c.old, c.new) for c in judged.changes] == [
        ("employer", "示例大学1", "新单位"),
        ("industries", ("34", "38"), ("34",)),
    ]


def test_an_unchanged_row_is_the_same() -> None:
    assert examine(table(row()), known()).counts == {"new": 0, "changed": 0, "same": 1, "refused": 0}


def test_a_column_that_is_left_out_keeps_what_is_known() -> None:
    needed = tuple(column.key for column in COLUMNS if column.needed)
    (judged,) = examine(table(row(), columns=needed), known(title="院士", max_load="3")).rows

    assert judged.verdict == "same"


def test_rows_with_the_same_number_or_mail_are_all_refused() -> None:
    rows = (row(1), row(2, number="e001"), row(3), row(4, email="EXPERT3@pool.example"))
    preview = examine(table(*rows), PoolFacts())

    assert [judged.verdict for judged in preview.rows] == ["refused"] * 4
    assert [str(judged.reasons[0].text)[:6] for judged in preview.rows] == [
        "与第 3 行",
        "与第 2 行",
        "与第 5 行",
        "与第 4 行",
    ]


CLASHES = [
    (PoolFacts(removed=frozenset({"E001"})), row(), "number", "已移出专家库"),
    (known(number="E009"), row(), "email", "已属于专家 E009"),
    (PoolFacts(foreign=frozenset({"expert1@pool.example"})), row(), "email", "已是别人的账号"),
    (
        PoolFacts(known().entries, accounts=frozenset({"expert1@pool.example", "other@pool.example"})),
        row(email="other@pool.example"),
        "email",
        "已是别人的账号",
    ),
]


@pytest.mark.parametrize(("pool", "given", "column", "sentence"), CLASHES)
def test_a_row_that_clashes_with_the_pool_is_refused(
    pool: PoolFacts, given: dict[str, str], column: str, sentence: str
) -> None:
    (judged,) = examine(table(given), pool).rows

    assert [(r.column, sentence in str(r.text)) for r in judged.reasons] == [(column, True)]


def test_a_stored_row_is_judged_again_against_the_pool_of_today() -> None:
    (again,) = examine_again([(7, row(name="新名"))], known()).rows

    assert (again.row, again.verdict, [c.column for c in again.changes]) == (7, "changed", ["name"])


def test_nothing_differs_between_equal_entries() -> None:
    entry = known().entries["E001"]
    assert compared(entry, entry) == ()


# --- the table as a whole -----------------------------------------------------------------------------------------


def test_a_title_above_the_heading_and_empty_rows_do_not_matter() -> None:
    given = [["山西省质量奖专家库"], *table(row()), [""], *table(row(2))[1:]]

    preview = examine(given, PoolFacts())

    assert [(judged.row, judged.verdict) for judged in preview.rows] == [(3, "new"), (5, "new")]


def test_unknown_headings_are_named_and_english_ones_known() -> None:
    heading = [column.name.en.upper() for column in COLUMNS]
    given: list[list[Cell]] = [[*heading, "备注"], [*table(row())[1], "x"]]

    preview = examine(given, PoolFacts())

    assert preview.ignored == ("备注",)
    assert preview.counts["new"] == 1


REFUSED_TABLES = [
    ([], "没有找到表头"),
    ([["甲", "乙"], ["1", "2"]], "没有找到表头"),
    ([HEADING], "没有任何一行数据"),
    ([["编号", "姓名", "邮箱"], ["1", "2", "3"]], "缺少必需的列：类别、工作单位、单位所在地代码、常住地代码"),
    ([[*HEADING, "姓名（曾用）"], ["1"]], "“姓名”出现了两次"),
]


@pytest.mark.parametrize(("given", "sentence"), REFUSED_TABLES)
def test_a_table_that_cannot_be_read_says_what_to_do(given: list[list[Cell]], sentence: str) -> None:
    with pytest.raises(TableRefused) as refused:
        examine(given, PoolFacts())
    assert sentence in str(refused.value.message)


# --- files --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_template_is_read_back_with_its_own_headings(language: str) -> None:
    given = spreadsheet.read_table("template.xlsx", template.workbook(language))

    assert given[0] == [column.name.in_language(language) for column in COLUMNS]
    with pytest.raises(TableRefused, match="没有任何一行数据"):
        examine(given, PoolFacts())


def test_formulas_are_read_as_values_merged_cells_are_filled_and_errors_are_empty() -> None:
    first = [row(1)[column.key] for column in COLUMNS]
    second = [row(2)[column.key] for column in COLUMNS]
    first[0], second[1] = ("=1+1", 2), ("=1/0", "#DIV/0!")
    employer = [column.key for column in COLUMNS].index("employer")

    content = workbook([HEADING, first, second], merge=(1, employer, 2, employer, "同一单位"))
    preview = examine(spreadsheet.read_table("pool.xlsx", content), PoolFacts())

    assert [judged.texts["employer"] for judged in preview.rows] == ["同一单位", "同一单位"]
    assert preview.rows[0].entry is not None
    assert preview.rows[0].entry.number == "2"
    assert [reason.column for reason in preview.rows[1].reasons] == ["name"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_is_read_in_the_encodings_and_separators_that_programs_write(encoding: str, separator: str) -> None:
    text = sheet(row(industries="34")).decode("utf-8-sig").replace(",", separator)

    assert examine(spreadsheet.read_table("pool.csv", text.encode(encoding)), PoolFacts()).counts["new"] == 1


def zipped(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def with_part(name: str, data: bytes, content: bytes = b"") -> bytes:
    with zipfile.ZipFile(io.BytesIO(content or workbook([HEADING, list(row().values())]))) as archive:
        parts = {each: archive.read(each) for each in archive.namelist()}
    return zipped(parts | {name: data})


def lying_bomb() -> bytes:
    """Its directory says that the part is small; it unpacks to more than is allowed."""
    content = bytearray(zipped({"xl/worksheets/sheet1.xml": b"\0" * (spreadsheet.MOST_UNPACKED + 10)}))
    place = content.rindex(b"PK\x01\x02")
    content[place + 24 : place + 28] = (1000).to_bytes(4, "little")
    return bytes(content)


FAR_CELL = b'<worksheet><sheetData><row r="1"><c r="%s"/></row></sheetData></worksheet>'
BAD_FILES = [
    ("pool.xlsx", b"", "文件是空的"),
    ("pool.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 100, "旧版 .xls 或加了密码"),
    ("pool.pdf", b"%PDF-1.7", "只能导入"),
    ("pool.csv", b"a\0b", "只能导入"),
    ("pool.csv", b"\xff\xff\xff", "无法识别文件的文字编码"),
    ("pool.csv", '编号,姓名\n"1,2'.encode(), "引号不配对"),
    ("pool.csv", b"a\n" * (spreadsheet.MOST_ROWS + 5), "超过 20000 行"),
    ("pool.csv", b"a" * (spreadsheet.MOST_BYTES + 1), "超过 10 MB"),
    ("pool.xlsx", b"PK\x03\x04 broken", "已损坏"),
    ("pool.xlsx", zipped({"a.txt": b"x"}), "已损坏"),
    ("pool.xlsx", with_part("xl/vbaProject.bin", b"x"), "宏"),
    ("pool.xlsx", with_part("[Content_Types].xml", b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"), "宏"),
    ("pool.xlsx", zipped({f"part{n}": b"" for n in range(600)}), "部件过多"),
    ("pool.xlsx", lying_bomb(), "大得不合常理"),
    ("pool.xlsx", with_part("xl/worksheets/sheet1.xml", FAR_CELL % b"A1048576"), "超过 20000 行"),
    ("pool.xlsx", with_part("xl/worksheets/sheet1.xml", FAR_CELL % b"XFD1"), "超过 100 列"),
    ("pool.xlsx", with_part("xl/worksheets/sheet1.xml", FAR_CELL.decode().encode("utf-16")), "已损坏"),
]


@pytest.mark.parametrize(("name", "content", "sentence"), BAD_FILES, ids=range(len(BAD_FILES)))
def test_a_file_that_could_hurt_is_refused_before_it_is_opened(name: str, content: bytes, sentence: str) -> None:
    with pytest.raises(TableRefused) as refused:
        spreadsheet.read_table(name, content)
    assert sentence in str(refused.value.message)
