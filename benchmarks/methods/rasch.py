"""The many-facet Rasch model with a rating scale: log(P_k / P_k−1) = ability − severity − threshold_k.

Source: Linacre, Many-facet Rasch measurement (1989); joint maximum likelihood without correction of its bias, by Newton's
method over the free parameters. Severities and thresholds each sum to zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Rasch:
    """All in log odds; `likelihood` is the logarithm."""

    abilities: np.ndarray
    severities: np.ndarray
    thresholds: np.ndarray
    likelihood: float


def many_facet_rasch(scores: Sequence[Sequence[int]]) -> Rasch:
    """`scores`: subjects × raters, categories from 1, each of them used; no subject with only the lowest or the highest."""
    x = np.asarray(scores, dtype=np.intp) - 1
    subjects, raters = x.shape
    steps = int(x.max())
    statistics = _statistics(subjects, raters, steps)
    observed = statistics[np.repeat(np.arange(subjects), raters), np.tile(np.arange(raters), subjects), x.ravel()].sum(
        0
    )
    free, likelihood = np.zeros(statistics.shape[-1]), -np.inf
    for _ in range(200):
        found, chances = _chances(statistics, free)
        expected = np.einsum("nrk,nrkp->nrp", chances, statistics)
        information = np.einsum("nrk,nrkp,nrkq->pq", chances, statistics, statistics)
        information -= np.einsum("nrp,nrq->pq", expected, expected)
        step = np.linalg.solve(information, observed - expected.sum((0, 1)))
        likelihood = float(observed @ free) - found
        free = free + step
        if abs(step).max() < 1e-12:
            break
    ability, severity, threshold = np.split(free, [subjects, subjects + raters - 1])
    return Rasch(ability, _closed(severity), _closed(threshold), likelihood)


def _closed(free: np.ndarray) -> np.ndarray:
    return np.append(free, -free.sum())


def _statistics(subjects: int, raters: int, steps: int) -> np.ndarray:
    """Subject × rater × category × free parameter: what the log odds of a category are made of."""
    category = np.arange(steps + 1)
    rater = np.vstack([np.eye(raters - 1), -np.ones(raters - 1)])
    scale = np.vstack([np.eye(steps - 1), -np.ones(steps - 1)])
    found = np.zeros((subjects, raters, steps + 1, subjects + raters - 1 + steps - 1))
    for subject in range(subjects):
        found[subject, :, :, subject] = category
    found[..., subjects : subjects + raters - 1] = -category[:, None] * rater[:, None, :]
    found[..., subjects + raters - 1 :] = -np.vstack([np.zeros(steps - 1), np.cumsum(scale, axis=0)])
    return found


def _chances(statistics: np.ndarray, free: np.ndarray) -> tuple[float, np.ndarray]:
    """The sum of the logarithms of the normalising sums, and the probability of each category."""
    odds = statistics @ free
    highest = odds.max(axis=-1, keepdims=True)
    weights = np.exp(odds - highest)
    sums = weights.sum(axis=-1, keepdims=True)
    return float((np.log(sums) + highest).sum()), weights / sums
