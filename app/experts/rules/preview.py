"""What a spreadsheet would do to the pool: every row new, changed, the same, or refused with each of its reasons."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from app.experts.rules.columns import BY_KEY, COLUMNS, column_named, required_columns
from app.experts.rules.entry import EMAIL, NUMBER, ExpertEntry, Reason, parse_entry
from app.kernel.words import N_, Message

NEW, CHANGED, SAME, REFUSED = "new", "changed", "same", "refused"
HEADING_ROWS = 10
EXACT_DIGITS = 10**15

Cell = str | int | float | bool | date | time | timedelta | None


class TableRefused(Exception):
    """The file as a whole cannot be read; `message` says why and what to do."""

    def __init__(self, sentence: str, /, **values: object) -> None:
        super().__init__(sentence)
        self.message = Message(sentence, values)


@dataclass(frozen=True)
class RawRow:
    """`row` as the spreadsheet program counts it; `faults` are cells that cannot be read at all."""

    row: int
    texts: Mapping[str, str]
    faults: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Change:
    column: str
    old: object
    new: object


@dataclass(frozen=True)
class RowVerdict:
    row: int
    texts: Mapping[str, str]
    verdict: str
    entry: ExpertEntry | None = None
    reasons: tuple[Reason, ...] = ()
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Preview:
    rows: tuple[RowVerdict, ...]
    ignored: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        return {verdict: sum(row.verdict == verdict for row in self.rows) for verdict in (NEW, CHANGED, SAME, REFUSED)}

    @property
    def good(self) -> tuple[RowVerdict, ...]:
        return tuple(row for row in self.rows if row.verdict != REFUSED)


@dataclass(frozen=True)
class PoolFacts:
    """The pool as it stands, by number. `accounts` are the mail addresses of all accounts, `foreign` those of applicants and
    of people who run or watch the award: no expert may share one."""

    entries: Mapping[str, ExpertEntry] = field(default_factory=dict)
    removed: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    foreign: frozenset[str] = frozenset()


def _unknown_headings(heading: Sequence[Cell]) -> Iterator[str]:
    for cell in heading:
        if str(cell or "").strip() and column_named(str(cell)) is None:
            yield str(cell).strip()


def read_rows(table: Sequence[Sequence[Cell]]) -> tuple[list[RawRow], tuple[str, ...]]:
    """The rows below the heading, and headings that nobody knows. Raises TableRefused."""
    place = _heading_row(table)
    columns = _columns(table[place])
    ignored = tuple(_unknown_headings(table[place]))
    rows = [
        _raw(number, {key: _cell(cells, at) for key, at in columns.items()})
        for number, cells in enumerate(table[place + 1 :], start=place + 2)
        if any(cell not in (None, "") for cell in cells)
    ]
    if not rows:
        raise TableRefused(N_("表头下面没有任何一行数据。请从第二行起填写专家，再上传。"))
    return rows, ignored


def examine(table: Sequence[Sequence[Cell]], pool: PoolFacts) -> Preview:
    rows, ignored = read_rows(table)
    return Preview(_judged(rows, pool), ignored)


def examine_again(rows: Iterable[tuple[int, Mapping[str, str]]], pool: PoolFacts) -> Preview:
    """The rows of a stored preview against the pool of today."""
    return Preview(_judged([RawRow(row, texts) for row, texts in rows], pool))


def compared(old: ExpertEntry, new: ExpertEntry) -> tuple[Change, ...]:
    return tuple(
        Change(key, getattr(old, key), getattr(new, key)) for key in BY_KEY if getattr(old, key) != getattr(new, key)
    )


# --- reading ------------------------------------------------------------------------------------------------------


def _heading_row(table: Sequence[Sequence[Cell]]) -> int:
    """The first of the top rows that names at least two needed columns; a title above it does not matter."""
    needed = {column.key for column in required_columns()}
    for place, cells in enumerate(table[:HEADING_ROWS]):
        named = map(column_named, (cell for cell in cells if isinstance(cell, str)))
        if len({column.key for column in filter(None, named)} & needed) > 1:
            return place
    raise TableRefused(N_("前 10 行中没有找到表头（编号、姓名、邮箱……）。请下载模板，按模板的列名填写。"))


def _columns(heading: Sequence[Cell]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, cell in enumerate(heading):
        column = column_named(str(cell)) if cell not in (None, "") else None
        if column is None:
            continue
        if column.key in places:
            raise TableRefused(N_("表头里“%(name)s”出现了两次。请只保留一列。"), name=column.name)
        places[column.key] = place
    _demand_needed(places)
    return {column.key: places[column.key] for column in COLUMNS if column.key in places}


def _demand_needed(places: Mapping[str, int]) -> None:
    missing = tuple(column.name for column in required_columns() if column.key not in places)
    if missing:
        raise TableRefused(N_("缺少必需的列：%(names)s。请按模板补齐。"), names=missing)


def _cell(cells: Sequence[Cell], place: int) -> Cell:
    return cells[place] if place < len(cells) else None


def _raw(row: int, cells: Mapping[str, Cell]) -> RawRow:
    faults = tuple(Reason(key, fault) for key, cell in cells.items() if (fault := _unreadable(cell)))
    return RawRow(row, {key: _text(cell) for key, cell in cells.items()}, faults)


def _unreadable(cell: Cell) -> Message | None:
    if isinstance(cell, (date, time, timedelta)):
        return Message(
            N_("表格软件把它当成了日期（%(text)s）。请把单元格设为“文本”，重新输入。"), {"text": _text(cell)}
        )
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and abs(cell) >= EXACT_DIGITS:
        return Message(N_("表格软件把它当成了数字，15 位以后已经丢失。请把单元格设为“文本”，重新输入。"))
    return None


def _text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "是" if cell else "否"
        case float() if cell.is_integer():
            return str(int(cell))
        case date():
            return cell.isoformat()[:10]
    return str(cell).strip()


# --- judging ------------------------------------------------------------------------------------------------------


def _judged(rows: Sequence[RawRow], pool: PoolFacts) -> tuple[RowVerdict, ...]:
    numbers = _first_rows(rows, "number", NUMBER.fullmatch)
    emails = _first_rows(rows, "email", EMAIL.fullmatch)
    owners = {entry.email: number for number, entry in pool.entries.items()}
    return tuple(_verdict(raw, pool, (numbers, emails, owners)) for raw in rows)


Places = dict[str, list[int]]


def _first_rows(rows: Sequence[RawRow], key: str, is_usable: Callable[[str], object]) -> Places:
    """Where each value of a column that must be unique stands."""
    places: Places = {}
    for raw in rows:
        value = _key_of(raw, key)
        if value and is_usable(value):
            places.setdefault(value, []).append(raw.row)
    return places


def _key_of(raw: RawRow, key: str) -> str:
    value = "".join(unicodedata.normalize("NFKC", raw.texts.get(key, "")).split())
    return value.upper() if key == "number" else value.lower()


def _verdict(raw: RawRow, pool: PoolFacts, seen: tuple[Places, Places, Mapping[str, str]]) -> RowVerdict:
    numbers, emails, owners = seen
    known = pool.entries.get(_key_of(raw, "number"))
    entry, reasons = parse_entry(raw.texts, known)
    faulty = {fault.column for fault in raw.faults}
    reasons = (
        *raw.faults,
        *(reason for reason in reasons if reason.column not in faulty),
        *_repeated(raw, "number", numbers),
        *_repeated(raw, "email", emails),
        *_clashes(raw, pool, owners),
    )
    if entry is None or reasons:
        reasons = tuple(sorted(reasons, key=lambda reason: list(BY_KEY).index(reason.column)))
        return RowVerdict(raw.row, raw.texts, REFUSED, reasons=reasons)
    changes = compared(known, entry) if known else ()
    verdict = NEW if known is None else CHANGED if changes else SAME
    return RowVerdict(raw.row, raw.texts, verdict, entry, changes=changes)


def _repeated(raw: RawRow, key: str, places: Places) -> list[Reason]:
    others = [row for row in places.get(_key_of(raw, key), ()) if row != raw.row]
    text = N_("与第 %(row)s 行重复。每位专家只能有一行，编号和邮箱都不能重复。")
    return [Reason(key, Message(text, {"row": others[0]}))] if others else []


def _clashes(raw: RawRow, pool: PoolFacts, owners: Mapping[str, str]) -> list[Reason]:
    number, email = _key_of(raw, "number"), _key_of(raw, "email")
    found: list[Reason] = []
    if number in pool.removed:
        found.append(
            Reason("number", Message(N_("编号 %(number)s 的专家已移出专家库，不能再导入。"), {"number": number}))
        )
    if owners.get(email, number) != number:
        text = N_("这个邮箱已属于专家 %(number)s。请核对编号或邮箱。")
        found.append(Reason("email", Message(text, {"number": owners[email]})))
    elif email in pool.foreign or _takes_over(email, pool.entries.get(number), pool):
        text = N_("这个邮箱已是别人的账号，不能用作这位专家的邮箱。请换一个邮箱。")
        found.append(Reason("email", Message(text)))
    return found


def _takes_over(email: str, known: ExpertEntry | None, pool: PoolFacts) -> bool:
    """A known expert's mail address may not become one that somebody already signs in with."""
    return known is not None and known.email != email and email in pool.accounts
