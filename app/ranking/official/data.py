"""What goes into an official ranking and what comes out, as plain data. Totals are in twentieths of a point."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Literal

from app.kernel.exact import Rounding
from app.kernel.words import Message

Method = Literal["mean", "weighted_mean", "trimmed", "median", "group_z", "judge_z"]
Mode = Literal["addend", "correction"]
Fallback = Literal["mean", "median", "closest_pair"]
Spread = Literal["population", "sample"]
STANDARDISED: tuple[Method, ...] = ("group_z", "judge_z")
COMMITTEE, LOT = "committee", "lot"


@dataclass(frozen=True, slots=True)
class RoundRule:
    """How one round counts. `weight` is an addend's share among the addends; `bound` is how many points a correction may
    move the combined score towards its own value; `trim_each` are left out at both ends from `trim_from` scores on, and
    `fallback` says what holds of fewer. `spread`: which standard deviation a standardised score is measured in."""

    key: str
    minimum_reviews: int = 1
    method: Method = "mean"
    mode: Mode = "addend"
    weight: int = 100
    bound: int = 0
    role_weights: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    trim_from: int = 5
    trim_each: int = 1
    fallback: Fallback = "mean"
    spread: Spread = "sample"

    @property
    def needed(self) -> int:
        """Reviews without which a dossier is not ranked; an addend always needs one."""
        return max(self.minimum_reviews, 1) if self.mode == "addend" else self.minimum_reviews

    @property
    def is_standardised(self) -> bool:
        return self.method in STANDARDISED


@dataclass(frozen=True, slots=True)
class Level:
    """A line: so many seats for scores not below the floor (in points; None: no floor). Highest level first.

    `kinds` may have a seat (none named: all); of a kind in `limits` at most so many; `reserved` by tag: so many seats are kept
    for dossiers that carry it, and stay empty where none of them comes above the floor.
    """

    key: str
    seats: int
    floor: int | None = None
    kinds: tuple[str, ...] = ()
    limits: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    reserved: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def is_limited(self) -> bool:
        """Whether not everybody above the floor may have any of its seats."""
        return bool(self.kinds or self.limits or self.reserved)

    def admits(self, score: Fraction, kind: str) -> bool:
        return (self.floor is None or score >= self.floor) and (not self.kinds or kind in self.kinds)


@dataclass(frozen=True, slots=True)
class Traits:
    """What of a dossier itself a rule may look at: its industry group, the kind of its applicant, its tags."""

    group: str = ""
    kind: str = ""
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Facts:
    """What a ranking may need besides scores: traits by dossier, and the published seed of the lot (empty: none)."""

    traits: Mapping[str, Traits] = field(default_factory=lambda: MappingProxyType({}))
    seed: str = ""

    def of(self, dossier: str) -> Traits:
        return self.traits.get(dossier, Traits())


NOTHING_MORE = Facts()


@dataclass(frozen=True, slots=True)
class Rules:
    """`ties` is the chain: `results`, `median`, `head_to_head`, the key of a round; it ends with `committee`, to whom it leaves
    what is still open, with `lot`, or with both: then the lot parts whom the committee's votes do not."""

    rounds: tuple[RoundRule, ...]
    levels: tuple[Level, ...] = ()
    ties: tuple[str, ...] = ("results", "median", "head_to_head", COMMITTEE)
    decimals: int = 2
    rounding: Rounding = "half_even"

    @property
    def is_standardised(self) -> bool:
        return any(rule.is_standardised for rule in self.rounds)


@dataclass(frozen=True, slots=True)
class Review:
    """One valid score sheet, in twentieths of a point: its total, and the part of it for the results category."""

    dossier: str
    round: str
    reviewer: str
    total: int
    results: int = 0
    role: str = ""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a panel agreed on; it replaces the single totals of the round where the rulebook has consensus."""

    dossier: str
    round: str
    total: int
    results: int = 0


@dataclass(frozen=True, slots=True)
class Deduction:
    """Whole points off the value of a round, as for speaking too long in a hearing; a value never falls below nothing."""

    dossier: str
    round: str
    points: int


@dataclass(frozen=True, slots=True)
class Row:
    """`line` is the level a dossier is sure of; `straddles`: it belongs to a tie across a line that is still open."""

    dossier: str
    position: int
    rank: int | None
    score: Fraction | None
    shown: str
    tied: bool
    straddles: bool
    line: str
    reviews: int
    rounds: Mapping[str, Fraction]
    reason: Message | None = None
    advances: bool = False


@dataclass(frozen=True, slots=True)
class Cut:
    """What happened at a line. `tied`: the equal scores across it; `decided_by` the step that parted them, if any;
    `open`: those among whom the committee decides, for `open_seats` of them. `passed`: who had the score, but no seat that
    is not kept for others."""

    level: str
    seats: int
    filled: int
    tied: tuple[str, ...] = ()
    decided_by: str = ""
    open: tuple[str, ...] = ()
    open_seats: int = 0
    passed: tuple[str, ...] = ()

    @property
    def straddles(self) -> bool:
        return bool(self.tied)

    @property
    def vacant(self) -> int:
        return self.seats - self.filled - self.open_seats


@dataclass(frozen=True, slots=True)
class Ranking:
    rows: tuple[Row, ...]
    cuts: tuple[Cut, ...]

    def row(self, dossier: str) -> Row:
        (row,) = (row for row in self.rows if row.dossier == dossier)
        return row
