"""An import and its rows, as they are shown before anything is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.experts.models import EXPERT_KIND_LABELS, PoolImport, PoolImportRow
from app.experts.rules import BY_KEY
from app.experts.rules.cells import CRITERIA, DEGREES, LANGUAGES, Place
from app.kernel import industries, regions
from app.kernel.database import db
from app.kernel.words import N_, LocalText, Message
from app.workflow import PoolImportState

PREVIEW_ROWS = 100
YES, NO = Message(N_("是")), Message(N_("否"))
WORDS: dict[str, dict[str, LocalText]] = {"degree": DEGREES, "languages": LANGUAGES, "criteria": CRITERIA}
SHOWN: dict[tuple[str, str], Message | LocalText] = {
    (key, code): text for key, words in WORDS.items() for code, text in words.items()
}
SHOWN |= {("kind", kind.value): Message(label) for kind, label in EXPERT_KIND_LABELS.items()}
SHOWN |= {(key, str(flag)): YES if flag else NO for key in ("may_lead", "available") for flag in (True, False)}
REGION_COLUMNS = frozenset({"employer_region", "residence_region", "registration_region", "former_regions"})

Shown = str | Message | LocalText


@dataclass(frozen=True)
class ShownChange:
    column: LocalText
    old: list[Shown]
    new: list[Shown]


@dataclass(frozen=True)
class ShownRow:
    """One row of a preview: its number in the file, whom it is about, and what is wrong or would change."""

    row: int
    number: str
    name: str
    reasons: list[tuple[LocalText, Message]]
    changes: list[ShownChange]
    values: list[tuple[LocalText, str]]
    notes: list[Message]


def find_import(import_id: int) -> PoolImport | None:
    return db.session.get(PoolImport, import_id)


def recent_imports() -> Sequence[PoolImport]:
    return db.session.scalars(select(PoolImport).order_by(PoolImport.id.desc()).limit(10)).all()


def waiting_imports() -> Sequence[int]:
    """What the clock has to read or to carry out, the oldest first."""
    waiting = PoolImport.state.in_((PoolImportState.RECEIVED, PoolImportState.APPLYING))
    return db.session.scalars(select(PoolImport.id).where(waiting).order_by(PoolImport.id)).all()


def import_rows(pool_import: PoolImport, verdict: str, *, start: int = 0) -> list[ShownRow]:
    """One page of the rows with that verdict."""
    found = (
        select(PoolImportRow.row, PoolImportRow.content)
        .where(PoolImportRow.import_id == pool_import.id, PoolImportRow.verdict == verdict)
        .order_by(PoolImportRow.row)
    )
    return [_shown_row(row, content) for row, content in db.session.execute(found.offset(start).limit(PREVIEW_ROWS))]


def _shown_row(row: int, content: dict[str, Any]) -> ShownRow:
    texts = content["texts"]
    return ShownRow(
        row,
        texts.get("number", ""),
        texts.get("name", ""),
        list(map(_reason, content["reasons"])),
        list(map(_change, content["changes"])),
        [(BY_KEY[key].name, text) for key, text in texts.items() if text],
        [abolished(old, new) for new, old in content.get("typed", {}).items()],
    )


def _reason(told: dict[str, Any]) -> tuple[LocalText, Message]:
    return BY_KEY[told["column"]].name, Message(told["text"], told["values"])


def _change(told: dict[str, Any]) -> ShownChange:
    return ShownChange(BY_KEY[told["column"]].name, _values(told, "old"), _values(told, "new"))


def abolished(old: str, new: str) -> Message:
    """An abolished code beside the one that stands for it."""
    values = {"old": old, "old_name": regions.full_name(old), "new": new, "new_name": regions.full_name(new)}
    return Message(N_("代码 %(old)s（%(old_name)s）已撤销，按现行的 %(new)s（%(new_name)s）登记。"), values)


def _values(change: dict[str, Any], side: str) -> list[Shown]:
    value = change[side]
    return [shown(change["column"], part) for part in (value if isinstance(value, list) else [value])]


def shown(column: str, value: Any) -> Shown:
    """One value as a person reads it: codes with their names, yes and no in words."""
    if column in REGION_COLUMNS and value:
        return Message("%(code)s %(name)s", {"code": value, "name": regions.full_name(Place.parse(value).code)})
    if column == "industries" and (industry := industries.find(value)):
        return Message("%(code)s %(name)s", {"code": value, "name": industry.name})
    return SHOWN.get((column, str(value)), str(value))
