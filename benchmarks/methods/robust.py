"""Robust means of a few values, one of which may be a gross error.

Sources: ISO 13528, Annex C (algorithm A); Huber, Robust statistics (1981), as `huber` and `hubers` of R's package MASS.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import erf, exp, pi, sqrt

import numpy as np

SHARE = 1.5
"""How many scales from the middle a value may lie before it is drawn in."""
CLOSE = 1e-14
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Robust:
    """In the unit of the values."""

    mean: float
    scale: float


def algorithm_a(values: Sequence[float]) -> Robust:
    """A fixed point: the mean of the values drawn in to 1.5 scales, the scale 1.134 of their standard deviation."""
    x = np.asarray(values, dtype=np.float64)
    start = Robust(float(np.median(x)), 1.483 * _deviation(x))
    return _fixed(start, lambda at: _drawn(x, at, lambda drawn: 1.134 * float(drawn.std(ddof=1))))


def huber(values: Sequence[float]) -> Robust:
    """The mean drawn in to 1.5 scales, the scale kept at 1.4826 median deviations."""
    x = np.asarray(values, dtype=np.float64)
    start = Robust(float(np.median(x)), 1.4826 * _deviation(x))
    return _fixed(start, lambda at: _drawn(x, at, lambda _drawn_in: start.scale))


def huber_proposal_2(values: Sequence[float]) -> Robust:
    """Mean and scale together."""
    x = np.asarray(values, dtype=np.float64)
    within = erf(SHARE / sqrt(2))
    part = within + SHARE**2 * (1 - within) - 2 * SHARE * exp(-(SHARE**2) / 2) / sqrt(2 * pi)

    def step(at: Robust) -> Robust:
        drawn = np.clip(x, at.mean - SHARE * at.scale, at.mean + SHARE * at.scale)
        return Robust(float(drawn.mean()), sqrt(float(((drawn - at.mean) ** 2).sum()) / (len(x) - 1) / part))

    return _fixed(Robust(float(np.median(x)), 1.4826 * _deviation(x)), step)


def _deviation(x: np.ndarray) -> float:
    return float(np.median(abs(x - np.median(x))))


def _drawn(x: np.ndarray, at: Robust, scale: Callable[[np.ndarray], float]) -> Robust:
    drawn = np.clip(x, at.mean - SHARE * at.scale, at.mean + SHARE * at.scale)
    return Robust(float(drawn.mean()), scale(drawn))


def _fixed(at: Robust, step: Callable[[Robust], Robust]) -> Robust:
    for _ in range(MOST):
        found = step(at)
        moved = abs(found.mean - at.mean) + abs(found.scale - at.scale)
        at = found
        if moved <= CLOSE * at.scale:
            break
    return at
