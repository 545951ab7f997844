"""Entries of the pool that may be one person, and two of them side by side."""

from dataclasses import dataclass

from sqlalchemy import select

from app.experts.models import Expert
from app.experts.queries.entries import entries, entry_of
from app.experts.queries.previews import Shown, shown
from app.experts.rules import COLUMNS, ExpertEntry
from app.experts.rules.duplicates import Suspicion, suspicions
from app.kernel.database import db
from app.kernel.words import LocalText

SUSPICIONS_A_PAGE = 50


@dataclass(frozen=True)
class SuspectedPairs:
    pairs: tuple[Suspicion, ...]
    total: int
    first: int

    @property
    def last(self) -> int:
        return self.first + len(self.pairs) - 1


@dataclass(frozen=True)
class ComparedField:
    """One column of the pool, as two entries say it."""

    name: LocalText
    first: list[Shown]
    second: list[Shown]
    is_alike: bool


def suspected_pairs(page: int) -> SuspectedPairs:
    """One page of them; entries that have left the pool are not asked about."""
    found = suspicions(entries(Expert.removed_at.is_(None)).values())
    start = (max(page, 1) - 1) * SUSPICIONS_A_PAGE
    return SuspectedPairs(found[start : start + SUSPICIONS_A_PAGE], len(found), start + 1)


def two_experts(first: str, second: str) -> tuple[Expert, Expert] | None:
    found = {each.number: each for each in db.session.scalars(select(Expert).where(Expert.number.in_((first, second))))}
    return (found[first], found[second]) if len(found) == 2 else None


def side_by_side(first: Expert, second: Expert) -> tuple[list[ComparedField], tuple[str, ...]]:
    """Field by field, and what speaks for one person."""
    one, other = entry_of(first), entry_of(second)
    fields = [
        ComparedField(
            column.name,
            _said(one, column.key),
            _said(other, column.key),
            getattr(one, column.key) == getattr(other, column.key),
        )
        for column in COLUMNS
        if column.key != "number"
    ]
    return fields, next((found.reasons for found in suspicions((one, other))), ())


def _said(entry: ExpertEntry, column: str) -> list[Shown]:
    value = getattr(entry, column)
    return [shown(column, part) for part in (value if isinstance(value, tuple) else [value])]
