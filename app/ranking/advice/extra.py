"""Where another review would tell most: the dossiers at the borders. Only where the rulebook allows extra reviews does anything follow."""

from collections.abc import Mapping
from math import sqrt

from app.ranking.advice.data import Advice

PROPOSED = 5
MOST_REVIEWS = 9


def worth(advice: Advice, draws: int, reviews: Mapping[str, int]) -> list[tuple[str, float]]:
    """The dossiers with the largest sum over the cuts of p (1 − p) / √reviews, on both sides of a line alike."""
    found = [
        (each.dossier, sum(count * (draws - count) for count in each.within) / draws**2 / sqrt(reviews[each.dossier]))
        for each in advice.outlooks
        if reviews[each.dossier] < MOST_REVIEWS
    ]
    return [each for each in sorted(found, key=lambda pair: (-pair[1], pair[0]))[:PROPOSED] if each[1] > 0]
