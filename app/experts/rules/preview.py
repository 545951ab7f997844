"""What a spreadsheet would do to the pool: every row new, changed, the same, or refused with each of its reasons."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from app.experts.rules.cells import Place, narrow
from app.experts.rules.columns import BY_KEY, COLUMNS, column_named, required_columns
from app.experts.rules.entry import EMAIL, NUMBER, ExpertEntry, Reason, parse_entry
from app.kernel.words import N_, Message

NEW, CHANGED, SAME, REFUSED = "new", "changed", "same", "refused"
HEADING_ROWS = 10
EXACT_DIGITS = 10**15
TELL_EVERY = 200
KEYS = 50_000

Cell = str | int | float | bool | date | time | timedelta | None
Tell = Callable[[int, int], None]
"""Told how many of how many rows are done, now and then."""


def to_nobody(_done: int, _total: int) -> None:
    pass


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
        counted = Counter(row.verdict for row in self.rows)
        return {verdict: counted[verdict] for verdict in (NEW, CHANGED, SAME, REFUSED)}


@dataclass(frozen=True)
class PoolFacts:
    """The pool as it stands, by number. `accounts` are the mail addresses of all accounts, `foreign` those of applicants and
    of people who run or watch the award: no expert may share one. `merged` leads from a number that was given up to the
    one that goes on for it."""

    entries: Mapping[str, ExpertEntry] = field(default_factory=dict)
    removed: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    foreign: frozenset[str] = frozenset()
    merged: Mapping[str, str] = field(default_factory=dict)

    @property
    def owners(self) -> dict[str, str]:
        """Whose each mail address is."""
        return {entry.email: number for number, entry in self.entries.items()}


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


def examine(table: Sequence[Sequence[Cell]], pool: PoolFacts, tell: Tell = to_nobody) -> Preview:
    rows, ignored = read_rows(table)
    return Preview(_judged(rows, pool, tell), ignored)


def examine_again(rows: Iterable[tuple[int, Mapping[str, str]]], pool: PoolFacts, tell: Tell = to_nobody) -> Preview:
    """The rows of a stored preview against the pool of today."""
    return Preview(_judged([RawRow(row, texts) for row, texts in rows], pool, tell))


def examine_one(texts: Mapping[str, str], known: ExpertEntry, pool: PoolFacts) -> RowVerdict:
    """A form about one expert of the pool: it says everything, so what it leaves out of a list is taken out."""
    entry, reasons = parse_entry(texts, known)
    raw = RawRow(0, {**texts, "number": known.number})
    if "email" in texts:
        reasons = (*reasons, *_clashes(raw, pool, pool.owners))
    if entry is None or reasons:
        return RowVerdict(0, texts, REFUSED, reasons=reasons)
    changes = compared(known, entry)
    return RowVerdict(0, texts, CHANGED if changes else SAME, entry, changes=changes)


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
    texts = {key: cell.strip() if isinstance(cell, str) else _text(cell) for key, cell in cells.items()}
    return RawRow(row, texts, tuple(_faults(cells)))


def _faults(cells: Mapping[str, Cell]) -> Iterator[Reason]:
    for key, cell in cells.items():
        fault = None if isinstance(cell, str) else _unreadable(cell, dated=BY_KEY[key].dated)
        if fault:
            yield Reason(key, fault)


def _unreadable(cell: Cell, *, dated: bool) -> Message | None:
    if isinstance(cell, (date, time, timedelta)) and not (dated and isinstance(cell, date)):
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
        case datetime() | date():
            return cell.isoformat()[:10]
    return str(cell).strip()


# --- judging ------------------------------------------------------------------------------------------------------


Places = dict[str, list[int]]


@dataclass(frozen=True)
class _Seen:
    """What a row is held against: where each number and mail address stands in the file, and whose each address is."""

    pool: PoolFacts
    numbers: Places
    emails: Places
    owners: Mapping[str, str]


def _judged(rows: Sequence[RawRow], pool: PoolFacts, tell: Tell) -> tuple[RowVerdict, ...]:
    seen = _Seen(
        pool,
        _first_rows(rows, "number", NUMBER.fullmatch),
        _first_rows(rows, "email", EMAIL.fullmatch),
        pool.owners,
    )
    verdicts = []
    for done, raw in enumerate(rows):
        if done % TELL_EVERY == 0:
            tell(done, len(rows))
        verdicts.append(_verdict(raw, seen))
    tell(len(rows), len(rows))
    return tuple(verdicts)


def _first_rows(rows: Sequence[RawRow], key: str, is_usable: Callable[[str], object]) -> Places:
    """Where each value of a column that must be unique stands."""
    places: Places = {}
    for raw in rows:
        value = _key_of(raw, key)
        if value and is_usable(value):
            places.setdefault(value, []).append(raw.row)
    return places


def _key_of(raw: RawRow, key: str) -> str:
    return _plain_key(raw.texts.get(key, ""), key)


@lru_cache(maxsize=KEYS)
def _plain_key(text: str, key: str) -> str:
    value = "".join(narrow(text).split())
    return value.upper() if key == "number" else value.lower()


def _verdict(raw: RawRow, seen: _Seen) -> RowVerdict:
    known = seen.pool.entries.get(_key_of(raw, "number"))
    entry, reasons = parse_entry(raw.texts, known)
    faulty = {fault.column for fault in raw.faults}
    reasons = (
        *raw.faults,
        *(reason for reason in reasons if reason.column not in faulty),
        *_repeated(raw, "number", seen.numbers),
        *_repeated(raw, "email", seen.emails),
        *_clashes(raw, seen.pool, seen.owners),
    )
    if entry is None or reasons:
        return RowVerdict(raw.row, raw.texts, REFUSED, reasons=_told_in_order(raw, reasons))
    entry = _remembering(known, entry) if known else entry
    changes = compared(known, entry) if known else ()
    verdict = NEW if known is None else CHANGED if changes else SAME
    return RowVerdict(raw.row, raw.texts, verdict, entry, changes=changes)


def _told_in_order(raw: RawRow, reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """A second heading is one fault, not one in each of its cells."""
    if sum(column_named(text) is not None for text in raw.texts.values() if text) > 2:
        return (Reason("number", Message(N_("这一行又是一个表头。请只保留最上面的一个，删去这一行。"))),)
    return tuple(sorted(reasons, key=lambda reason: list(BY_KEY).index(reason.column)))


def _remembering(known: ExpertEntry, entry: ExpertEntry) -> ExpertEntry:
    """A file adds earlier employers' places and takes none away: a list that lacks one says nothing against it."""
    by_code = {Place.parse(text).code: text for text in (*known.former_regions, *entry.former_regions)}
    return replace(entry, former_regions=tuple(sorted(by_code.values())))


def _repeated(raw: RawRow, key: str, places: Places) -> list[Reason]:
    others = [row for row in places.get(_key_of(raw, key), ()) if row != raw.row]
    text = N_("与第 %(row)s 行重复。每位专家只能有一行，编号和邮箱都不能重复。")
    return [Reason(key, Message(text, {"row": others[0]}))] if others else []


def _clashes(raw: RawRow, pool: PoolFacts, owners: Mapping[str, str]) -> list[Reason]:
    number, email = _key_of(raw, "number"), _key_of(raw, "email")
    found: list[Reason] = []
    if number in pool.removed:
        found.append(Reason("number", _gone(number, pool)))
    if owners.get(email, number) != number:
        text = N_("这个邮箱已属于专家 %(number)s。请核对编号或邮箱。")
        found.append(Reason("email", Message(text, {"number": owners[email]})))
    elif email in pool.foreign or _takes_over(email, pool.entries.get(number), pool):
        text = N_("这个邮箱已是别人的账号，不能用作这位专家的邮箱。请换一个邮箱。")
        found.append(Reason("email", Message(text)))
    return found


def _gone(number: str, pool: PoolFacts) -> Message:
    if number in pool.merged:
        values = {"number": number, "into": pool.merged[number]}
        return Message(N_("编号 %(number)s 已并入 %(into)s。请把这一行的编号改为 %(into)s。"), values)
    return Message(N_("编号 %(number)s 的专家已移出专家库，不能再导入。"), {"number": number})


def _takes_over(email: str, known: ExpertEntry | None, pool: PoolFacts) -> bool:
    """A known expert's mail address may not become one that somebody already signs in with."""
    return known is not None and known.email != email and email in pool.accounts
