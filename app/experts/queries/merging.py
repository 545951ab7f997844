"""Merges of two entries of the pool: what is proposed, what would come of it, what stands against it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from app.experts import obstacles
from app.experts.models import Expert, ExpertMerge
from app.experts.queries.entries import entry_of
from app.experts.queries.previews import Shown, shown
from app.experts.rules import COLUMNS, ExpertEntry
from app.experts.rules.merging import PUT_TOGETHER, WITH_REGION, to_choose, united
from app.kernel import clock
from app.kernel.database import db
from app.kernel.words import N_, LocalText, Message
from app.workflow import MergeState

PERSON_ID = func.coalesce(Expert.merged_into_id, Expert.id)
"""Who an entry stands for: itself, or the entry that goes on for it. Rules that count for a person count by this."""


@dataclass(frozen=True)
class MergedField:
    """One column as both entries say it and, where it is known, as the survivor will; `how`: choose, both, alike."""

    key: str
    name: LocalText
    values: tuple[list[Shown], list[Shown]]
    how: str
    result: list[Shown]


def find_merge(merge_id: int) -> ExpertMerge | None:
    return db.session.get(ExpertMerge, merge_id)


def open_merges() -> Sequence[ExpertMerge]:
    """Those that wait for a second person."""
    wanted = select(ExpertMerge).where(ExpertMerge.state == MergeState.PROPOSED)
    people = (ExpertMerge.survivor, ExpertMerge.other, ExpertMerge.proposer)
    return db.session.scalars(wanted.options(*map(joinedload, people)).order_by(ExpertMerge.id)).all()


def open_merge_of(*experts: Expert) -> ExpertMerge | None:
    ids = [expert.id for expert in experts]
    touched = or_(ExpertMerge.survivor_id.in_(ids), ExpertMerge.other_id.in_(ids))
    return db.session.scalars(select(ExpertMerge).where(ExpertMerge.state == MergeState.PROPOSED, touched)).first()


def merge_by_which(expert: Expert) -> ExpertMerge | None:
    """How this entry was merged into another one."""
    confirmed = select(ExpertMerge).where(ExpertMerge.other_id == expert.id, ExpertMerge.state == MergeState.CONFIRMED)
    return db.session.scalars(confirmed).first()


def missing_to_merge(survivor: Expert, other: Expert) -> list[Message]:
    """Everything that stands against making these two entries one."""
    found = [
        Message(N_("编号 %(number)s 已并入 %(into)s，不能再合并。"), {"number": e.number, "into": e.merged_into.number})
        for e in (survivor, other)
        if e.merged_into is not None
    ]
    if not found and survivor.removed_at is not None:
        text = N_("编号 %(number)s 已移出专家库，不能作为保留的编号。请保留另一个编号，或先恢复入库。")
        found.append(Message(text, {"number": survivor.number}))
    return found or obstacles.against(survivor, other)


def has_changed(merge: ExpertMerge) -> bool:
    """Whether either entry is no more what the proposer saw."""
    return (merge.survivor.version, merge.other.version) != (merge.survivor_version, merge.other_version)


def fields_to_merge(first: Expert, second: Expert) -> list[MergedField]:
    """Before anybody has chosen."""
    one, other = entry_of(first), entry_of(second)
    return _fields(one, other, one)


def fields_of(merge: ExpertMerge) -> list[MergedField]:
    """As they were proposed; of a confirmed merge as the entries were until then."""
    one, other = entries_of(merge)
    day = clock.today() if merge.confirmed_at is None else merge.confirmed_at.astimezone(clock.BEIJING).date()
    return _fields(one, other, united(one, other, merge.taken, day=day))


def entries_of(merge: ExpertMerge) -> tuple[ExpertEntry, ExpertEntry]:
    if not merge.before:
        return entry_of(merge.survivor), entry_of(merge.other)
    return _as_it_was(merge.before["survivor"]), _as_it_was(merge.before["other"])


def _as_it_was(kept: dict[str, object]) -> ExpertEntry:
    return ExpertEntry(**{key: tuple(value) if isinstance(value, list) else value for key, value in kept.items()})  # type: ignore[arg-type]  # as it was kept


def _fields(one: ExpertEntry, other: ExpertEntry, result: ExpertEntry) -> list[MergedField]:
    open_ = to_choose(one, other)
    return [
        MergedField(
            column.key,
            column.name,
            (_said(one, column.key), _said(other, column.key)),
            _how(column.key, open_, is_alike=getattr(one, column.key) == getattr(other, column.key)),
            _said(result, column.key),
        )
        for column in COLUMNS
        if column.key != "number"
    ]


def _how(key: str, open_: Collection[str], *, is_alike: bool) -> str:
    if key in open_:
        return "choose"
    if is_alike:
        return "alike"
    return "both" if key in PUT_TOGETHER else "region" if key in WITH_REGION else "alike"


def _said(entry: ExpertEntry, column: str) -> list[Shown]:
    value = getattr(entry, column)
    return [shown(column, part) for part in (value if isinstance(value, tuple) else [value])]
