"""What a list of the API is made of. A field says where its value comes from, what it means and what it looks like."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from app.kernel.actor import Actor
from app.kernel.words import LocalText
from app.policy.scopes import Scope

Schema = Mapping[str, Any]
TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
TRUTH: Schema = {"type": "boolean"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
DAY: Schema = {"type": "string", "format": "date"}
BOTH: Schema = {
    "type": "object",
    "properties": {"zh": TEXT, "en": TEXT},
    "required": ["zh", "en"],
    "additionalProperties": False,
}
POINTS: Schema = {"type": "string", "pattern": r"^\d+\.\d{2}$"}


def one_of(words: Iterable[str]) -> Schema:
    return {"type": "string", "enum": [str(word) for word in words]}


@dataclass(frozen=True)
class Asked:
    """Who asks, with which scopes, and for which part."""

    actor: Actor
    scopes: frozenset[Scope]
    after: int
    limit: int
    edition_id: int | None = None


@dataclass(frozen=True)
class Field:
    """`read` takes the value from a row; `parts` describe the objects of a nested list."""

    name: str
    schema: Schema
    about: str
    read: Callable[[Any], Any]
    empty: bool = False
    """Whether it may be null."""
    parts: tuple["Field", ...] = ()


@dataclass(frozen=True)
class Listing:
    """One list: `rows` gives at most `limit + 1` rows beyond the cursor, by rising `id`; all of them may be seen by who asks."""

    name: str
    scope: Scope
    title: str
    about: str
    fields: tuple[Field, ...]
    rows: Callable[[Asked], Sequence[Any]]
    more: tuple[Scope, ...] = field(default=())
    """Scopes that a token may have beside to see more in it."""


def written(value: Any) -> Any:
    """Times in UTC, names in both languages; anything else as JSON has it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, LocalText):
        return {"zh": value.zh, "en": value.en}
    return value


def record(row: Any, fields: Sequence[Field]) -> dict[str, Any]:
    return {each.name: _value(row, each) for each in fields}


def _value(row: Any, each: Field) -> Any:
    found = each.read(row)
    return [record(part, each.parts) for part in found] if each.parts else written(found)


def attribute(name: str) -> Callable[[Any], Any]:
    def read(row: Any) -> Any:
        return getattr(row, name)

    return read


def plain(name: str, schema: Schema, about: str, *, empty: bool = False, at: str = "") -> Field:
    """A field that is a column of the row, under the same name or `at`."""
    return Field(name, schema, about, attribute(at or name), empty)


def listed(name: str, about: str, parts: tuple[Field, ...], read: Callable[[Any], Iterable[Any]]) -> Field:
    return Field(name, {"type": "array"}, about, read, parts=parts)
