"""What goes into an official ranking and what comes out, as plain data. Totals are in twentieths of a point."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Literal

from app.kernel.exact import Rounding
from app.kernel.words import Message

Method = Literal["mean", "weighted_mean", "trimmed", "median"]
Mode = Literal["addend", "correction"]
Fallback = Literal["mean", "median", "closest_pair"]
COMMITTEE = "committee"


@dataclass(frozen=True, slots=True)
class RoundRule:
    """How one round counts. `weight` is an addend's share among the addends; `bound` is how many points a correction may
    move the combined score towards its own value; `trim_each` are left out at both ends from `trim_from` scores on, and
    `fallback` says what holds of fewer."""

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


@dataclass(frozen=True, slots=True)
class Level:
    """A line: so many seats for scores not below the floor (in points; None: no floor). Highest level first."""

    key: str
    seats: int
    floor: int | None = None

    def admits(self, score: Fraction) -> bool:
        return self.floor is None or score >= self.floor


@dataclass(frozen=True, slots=True)
class Rules:
    """`ties` is the chain: `results`, `median`, `head_to_head`, the key of a round, and `committee`, which ends it."""

    rounds: tuple[RoundRule, ...]
    levels: tuple[Level, ...] = ()
    ties: tuple[str, ...] = ("results", "median", "head_to_head", COMMITTEE)
    decimals: int = 2
    rounding: Rounding = "half_even"


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
    `open`: those among whom the committee decides, for `open_seats` of them."""

    level: str
    seats: int
    filled: int
    tied: tuple[str, ...] = ()
    decided_by: str = ""
    open: tuple[str, ...] = ()
    open_seats: int = 0

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
