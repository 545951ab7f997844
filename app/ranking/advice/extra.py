"""Where another review would tell most, the dossiers at the borders, and whose would. Only where the rules allow extra reviews does
anything follow."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt

from app.ranking.advice.data import Advice

PROPOSED = 5
MOST_REVIEWS = 9


@dataclass(frozen=True)
class Reader:
    """An expert who may lawfully read a dossier. `tells`: what his review is worth in per cent of one by an expert whose severity is
    known; `reviews`: those of the round from which it is known; `fit` in basis points; `is_unusual`: his scores scatter."""

    expert: str
    tells: int
    error: float
    reviews: int
    fit: int
    load: int
    limit: int
    is_unusual: bool


def tells(noise: float, error: float) -> int:
    """Noise over noise and doubt about the expert's severity, as variances, in per cent; both are standard deviations."""
    return round(100 * noise**2 / (noise**2 + error**2))


def first_choices(readers: Iterable[Reader]) -> list[Reader]:
    """Whose review tells most; among equals who knows the field, then who has least to read. Who is to be looked at comes last."""
    return sorted(readers, key=_order)[:PROPOSED]


def _order(each: Reader) -> tuple[bool, int, int, int, str]:
    return each.is_unusual, -each.tells, -each.fit, each.load, each.expert


def worth(advice: Advice, draws: int, reviews: Mapping[str, int]) -> list[tuple[str, float]]:
    """The dossiers with the largest sum over the cuts of p (1 − p) / √reviews, on both sides of a line alike."""
    found = [
        (each.dossier, sum(count * (draws - count) for count in each.within) / draws**2 / sqrt(reviews[each.dossier]))
        for each in advice.outlooks
        if reviews[each.dossier] < MOST_REVIEWS
    ]
    return [each for each in sorted(found, key=lambda pair: (-pair[1], pair[0]))[:PROPOSED] if each[1] > 0]
