"""What goes into the advice about a ranking and what comes out, as plain data. Points as floats; nothing here is official."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from app.kernel.words import Message
from app.ranking.calibration import Review

Numbers = npt.NDArray[np.floating]
INSIDE, BORDER, OUTSIDE = "inside", "border", "outside"
SURE, UNLIKELY = 0.9, 0.1


@dataclass(frozen=True)
class Part:
    """The independent sheets of one round, of all dossiers that it had, and how the round counts (as in `official.RoundRule`).

    `kept`: points by dossier that talk or a deduction moved its value away from the mean of its sheets. `planned`: how many
    sheets there should have been.
    """

    key: str
    reviews: tuple[Review, ...]
    groups: Mapping[str, str]
    mode: str = "addend"
    weight: int = 100
    bound: int = 0
    planned: int = 0
    kept: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Place:
    """A cut: the first `places` of the official ranking."""

    key: str
    places: int


@dataclass(frozen=True)
class Question:
    """`dossiers` in their official order, the ranked ones only, with their exact official scores."""

    dossiers: Mapping[str, Fraction]
    parts: tuple[Part, ...]
    cuts: tuple[Place, ...]
    seed: int
    draws: int = 4_000
    share: float = 0.9
    """Of the draws that a rank interval holds."""


@dataclass(frozen=True)
class Outlook:
    """One dossier: its calibrated score, in how many draws it was within each cut, between which ranks it lies."""

    dossier: str
    calibrated: float
    within: tuple[int, ...]
    low: int
    high: int
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fit:
    """What one round says about severity, in points; `efficiency` and `crossing` as shares, None where they cannot be said."""

    key: str
    severity: float
    noise: float
    quality: float
    reviews: int
    experts: int
    efficiency: float | None
    crossing: float
    parts: int


@dataclass(frozen=True)
class Advice:
    """Either `refusals` say why there is none, or there is one outlook a dossier, in official order.

    `wrong[k]`: how many of the first places of the k-th cut would be expected to go to another dossier if everything were known.
    """

    refusals: tuple[Message, ...] = ()
    notices: tuple[Message, ...] = ()
    outlooks: tuple[Outlook, ...] = ()
    wrong: tuple[float, ...] = ()
    fits: tuple[Fit, ...] = ()


def combined(values: Sequence[Numbers], parts: Sequence[Part]) -> Numbers:
    """Rounds to one score as the official layer does it: addends by weight, then each correction within its bound.

    One array a round, the same shape for all; nan where a round has nothing about a dossier.
    """
    addends = [(part.weight, value) for part, value in zip(parts, values, strict=True) if part.mode == "addend"]
    score = sum(weight * value for weight, value in addends) / sum(weight for weight, _value in addends)
    for part, value in zip(parts, values, strict=True):
        if part.mode == "correction":
            score = score + np.nan_to_num(np.clip(value - score, -part.bound, part.bound))
    return np.asarray(score)


def band(chance: float) -> str:
    if chance >= SURE:
        return INSIDE
    return OUTSIDE if chance <= UNLIKELY else BORDER
