"""Reads a parsed TOML table into the frozen rows, noting every wrong value by its path instead of stopping at the first."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from difflib import get_close_matches
from enum import Enum, StrEnum
from fractions import Fraction
from functools import cache
from itertools import filterfalse
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from app.kernel.words import N_, LocalText, Message
from app.programmes.rules.errors import RulebookError
from app.programmes.rules.values import Before, Between, Matches, Name

FRACTION = re.compile(r"\d{1,6}(/[1-9]\d{0,5})?")
EXPECTED = {
    int: Message(N_("整数，不加引号")),
    bool: Message(N_("true 或 false，不加引号")),
    str: Message(N_("加引号的文字，不能为空")),
    Fraction: Message(N_('整数或加引号的分数，例如 "2/3"')),
    LocalText: Message(N_('中英文各一句：{ zh = "…", en = "…" }')),
    tuple: Message(N_("列表，写在方括号里")),
    dict: Message(N_("一个表，例如 [committee]")),
}


class Unread(Enum):
    """Stands where a value could not be read; the cross rules that would meet it are not asked."""

    UNREAD = "unread"


@dataclass(frozen=True)
class At:
    """A place in the file: as an error shows it (rounds[1].weight) and as a basis names it (rounds.site.weight)."""

    shown: str = ""
    named: str = ""

    def key(self, key: str) -> "At":
        return At(f"{self.shown}.{key}".lstrip("."), f"{self.named}.{key}".lstrip("."))

    def row(self, index: int, name: str) -> "At":
        return At(f"{self.shown}[{index}]", f"{self.named}.{name}")


@cache
def hints_of(kind: type) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


@cache
def naming_field(kind: type) -> str:
    """The field that identifies a row among its neighbours; every kind of row has one."""
    marked = (name for name, hint in hints_of(kind).items() if _names_its_row(getattr(hint, "__metadata__", ())))
    return next(marked)


def _names_its_row(marks: Iterable[object]) -> bool:
    return any(isinstance(mark, Name) for mark in marks)


@cache
def required_fields(kind: Any) -> frozenset[str]:
    return frozenset(entry.name for entry in fields(kind) if entry.default is MISSING)


def shown_value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)[:60]


@cache
def values_before(kind: type) -> Mapping[str, object]:
    """What held for the keys of this kind that came later, where a rulebook is older than they are."""
    marks = {name: _plain(hint)[1] for name, hint in hints_of(kind).items()}
    return {name: mark.value for name, each in marks.items() for mark in each if isinstance(mark, Before)}


@dataclass
class Reader:
    """`frozen`: the text was valid when an edition opened with it; keys that came later have the value that held before."""

    frozen: bool = False
    errors: list[RulebookError] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
    leaves: dict[str, str] = field(default_factory=dict)
    """Every value that needs a basis: its named path and its shown path."""
    places: set[str] = field(default_factory=set)
    completed: list[str] = field(default_factory=list)
    """The named paths of keys that a frozen text did not know yet."""

    def refuse(self, at: At, problem: Message, expected: Message) -> Unread:
        self.errors.append(RulebookError(at.shown, problem, expected))
        self.unread.add(at.shown)
        return Unread.UNREAD

    def mistyped(self, at: At, value: object, expected: Message) -> Unread:
        return self.refuse(at, Message(N_("写的是 %(value)s"), {"value": shown_value(value)}), expected)

    def read(self, hint: Any, value: object, at: At) -> Any:
        self.places.add(at.named)
        kind, marks = _plain(hint)
        if get_origin(kind) is tuple:
            return self._list(get_args(kind)[0], value, at)
        if kind is LocalText:
            return self.text(value, at)
        if is_dataclass(kind):
            return self.table(kind, value, at)
        if not _names_its_row(marks):
            self.leaves[at.named] = at.shown
        return self._scalar(kind, value, at, marks)

    def table(self, kind: Any, value: object, at: At, given: Mapping[str, object] | None = None) -> Any:
        if not isinstance(value, dict):
            return self.mistyped(at, value, EXPECTED[dict])
        filled: dict[str, Any] = dict(given or {})
        if self.frozen:
            filled |= self._of_old(kind, value, at)
        known = [entry.name for entry in fields(kind) if entry.name not in filled]
        missing = required_fields(kind) - {*value, *filled}
        misspelt = self._unknown_keys(value, known, missing, at)
        for name in known:
            if name in value:
                filled[name] = self.read(hints_of(kind)[name], value[name], at.key(name))
            elif name in missing:
                filled[name] = self._missing(hints_of(kind)[name], at.key(name), silent=name in misspelt)
        return kind(**filled)

    def _of_old(self, kind: Any, value: Mapping[str, object], at: At) -> dict[str, object]:
        unknown_then = {name: held for name, held in values_before(kind).items() if name not in value}
        self.completed += [at.key(name).named for name in unknown_then]
        return unknown_then

    def _unknown_keys(self, value: Mapping[str, object], known: list[str], missing: frozenset[str], at: At) -> set[str]:
        """Names each unknown key with its nearest known one; returns the missing keys thus explained."""
        explained: set[str] = set()
        absent = [name for name in known if name not in value]
        for key in filterfalse(known.__contains__, value):
            near = get_close_matches(key, sorted(missing), n=1) or get_close_matches(key, absent, n=1)
            explained.update(near)
            self.errors.append(RulebookError(at.key(key).shown, Message(N_("没有这个键")), _key_meant(near, known)))
        return explained

    def _missing(self, hint: Any, at: At, *, silent: bool) -> Unread:
        if silent:
            self.unread.add(at.shown)
            return Unread.UNREAD
        return self.refuse(at, Message(N_("缺少这一项")), expectation(hint))

    def _list(self, hint: Any, value: object, at: At) -> Any:
        if not isinstance(value, list):
            return self.mistyped(at, value, EXPECTED[tuple])
        if is_dataclass(hint) and hint is not LocalText:
            return self._rows(hint, value, at)
        before = dict(self.leaves)
        read = tuple(self.read(hint, entry, at.row(index, str(index))) for index, entry in enumerate(value))
        self.leaves = before  # the list is one value of the regulation, not each of its words
        if hint is not LocalText:
            self.leaves[at.named] = at.shown
        return read

    def _rows(self, kind: Any, value: list[object], at: At) -> Any:
        naming = naming_field(kind)
        rows: list[Any] = []
        seen: set[object] = set()
        for index, entry in enumerate(value):
            name = entry.get(naming) if isinstance(entry, dict) else None
            place = at.row(index, str(index if name is None else name))
            rows.append(self.table(kind, entry, self._visited(place)))
            if name is not None and str(name) in seen:
                expected = Message(N_("同一列表里每行的 %(key)s 各不相同"), {"key": naming})
                self.mistyped(place.key(naming), name, expected)
            seen.add(str(name))
        return tuple(rows)

    def _visited(self, at: At) -> At:
        self.places.add(at.named)
        return at

    def text(self, value: object, at: At) -> Any:
        parts = value if isinstance(value, dict) else {}
        if parts.keys() != {"zh", "en"} or not all(map(_says_something, parts.values())):
            return self.mistyped(at, value, EXPECTED[LocalText])
        return LocalText(**parts)

    def _scalar(self, kind: Any, value: object, at: At, marks: tuple[object, ...]) -> Any:
        read = scalar(kind, value)
        if read is None:
            return self.mistyped(at, value, expectation(kind))
        for mark in marks:
            if isinstance(mark, Between | Matches) and not mark.admits(read):
                return self.mistyped(at, value, mark.expected)
        return read


def _key_meant(near: list[str], known: list[str]) -> Message:
    if near:
        return Message(N_("是否想写 %(near)s？"), {"near": near[0]})
    return Message(N_("这里可用的键：%(known)s"), {"known": ", ".join(sorted(known))})


def _plain(hint: Any) -> tuple[Any, tuple[object, ...]]:
    """The type without "or nothing", and what marks it."""
    if get_origin(hint) in (Union, UnionType):
        (hint,) = (part for part in get_args(hint) if part is not NoneType)
    if get_origin(hint) is not Annotated:
        return hint, ()
    kind, *marks = get_args(hint)
    return kind, tuple(marks)


def _says_something(part: object) -> bool:
    return isinstance(part, str) and bool(part.strip())


def _fraction(value: object) -> Fraction | None:
    return Fraction(str(value)) if not isinstance(value, bool) and FRACTION.fullmatch(str(value)) else None


def scalar(kind: Any, value: object) -> Any:
    """The value as the field's own type; None when it is something else."""
    if kind is Fraction:
        return _fraction(value)
    if issubclass(kind, StrEnum):
        return kind(value) if value in list(kind) else None
    return value if type(value) is kind and value != "" else None


def expectation(hint: Any) -> Message:
    kind, marks = _plain(hint)
    limits = [mark.expected for mark in marks if isinstance(mark, Between | Matches)]
    return limits[0] if limits else _expected_of(kind)


def _expected_of(kind: Any) -> Message:
    if get_origin(kind) is tuple:
        return EXPECTED[tuple]
    if kind in EXPECTED:
        return EXPECTED[kind]
    if is_dataclass(kind):
        return EXPECTED[dict]
    return Message(N_("以下之一：%(choices)s"), {"choices": ", ".join(kind)})
