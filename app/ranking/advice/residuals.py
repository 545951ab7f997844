"""Which single scores stand apart, and which experts' scores scatter more than others': to be looked at, proof of nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, exp, pi, sqrt

import numpy as np

from app.ranking.calibration.data import Table, Vector
from app.ranking.calibration.fit import LARGEST_DENSE, Variances, incidence, left_for_experts, offsets_of

APART = 2.576
"""Beyond it a clean score falls once in a hundred."""
FALSE = 0.10
"""The share of those named unusual who may be innocent (Benjamini and Hochberg)."""
FEWEST = 3
NORMAL_MEDIAN = 0.6745


@dataclass(frozen=True, slots=True)
class Manner:
    """How one expert scored. `offset`: against colleagues on shared dossiers, allowing for chance, with its standard error;
    `spread`: how far his scores lie apart, relative to the calibrated scores of the same dossiers; `misfit`: the mean square of
    his standardised residuals (1 is usual), with its `chance`; `is_unusual`: that chance is beyond what luck explains."""

    expert: str
    reviews: int
    offset: float
    error: float
    spread: float | None
    misfit: float
    chance: float
    is_unusual: bool

    @property
    def is_told(self) -> bool:
        """With fewer reviews an offset is used, and says nothing about the person."""
        return self.reviews >= FEWEST


def standardised(table: Table, found: Variances) -> Vector:
    """(Py)ᵢ / √Pᵢᵢ of every score, with dossiers fixed and experts random; nan with too many experts for a dense inverse.

    Divided by a robust scale, so that an erratic expert does not hide himself by widening the noise of all.
    """
    offsets, spread = offsets_of(table, found.ratio)
    if spread is None:
        return np.full(len(table), np.nan)
    values = table.over_dossiers(table.y - offsets[table.e]) / table.per_dossier
    residuals = table.y - values[table.d] - offsets[table.e]
    share = incidence(table) / table.per_dossier[:, None]
    turned = share @ spread
    own = (1.0 / table.per_dossier + (turned * share).sum(axis=1))[table.d]
    leverage = own + np.diag(spread)[table.e] - 2.0 * turned[table.d, table.e]
    scaled = residuals / np.sqrt(np.maximum(1.0 - leverage, 1e-9))
    scale = float(np.median(np.abs(scaled))) / NORMAL_MEDIAN
    return np.asarray(scaled / scale) if scale > 0 else np.zeros(len(table))


def manners(table: Table, found: Variances) -> tuple[Manner, ...]:
    """Every expert, by name."""
    squares = standardised(table, found) ** 2
    offsets, inverse = offsets_of(table, found.ratio)
    errors = np.full(len(offsets), np.nan) if inverse is None else np.sqrt(found.noise * np.diag(inverse))
    counts = table.over_experts(np.ones(len(table))).astype(int).tolist()
    sums = table.over_experts(squares).tolist()
    chances = [chi_square_tail(total, count) for total, count in zip(sums, counts, strict=True)]
    unusual = discoveries(chances)
    spreads = _spreads(table, offsets)
    return tuple(
        Manner(
            expert=name,
            reviews=counts[place],
            offset=float(offsets[place]),
            error=float(errors[place]),
            spread=spreads[place],
            misfit=sums[place] / counts[place],
            chance=chances[place],
            is_unusual=place in unusual,
        )
        for place, name in enumerate(table.experts)
    )


def _spreads(table: Table, offsets: Vector) -> list[float | None]:
    values = table.over_dossiers(table.y - offsets[table.e]) / table.per_dossier
    found: list[float | None] = []
    for place in range(len(table.experts)):
        mine = table.e == place
        others = float(np.std(values[table.d[mine]]))
        found.append(float(np.std(table.y[mine])) / others if mine.sum() >= FEWEST and others > 0 else None)
    return found


def chi_square_tail(value: float, freedom: int) -> float:
    """The chance that a χ² variable with a whole number of degrees of freedom is at least `value` (Abramowitz and Stegun 26.4.4–5)."""
    half = value / 2
    odd = freedom % 2
    tail = erfc(sqrt(half)) if odd else 0.0
    term = exp(-half) * (2 * sqrt(half / pi) if odd else 1.0)
    for step in range(freedom // 2):
        tail += term
        term *= half / (step + (1.5 if odd else 1.0))
    return min(1.0, tail)


def discoveries(chances: Sequence[float]) -> set[int]:
    """The places of those chances that are too small for luck, by Benjamini and Hochberg's rule."""
    order = sorted(range(len(chances)), key=lambda place: chances[place])
    kept = [rank for rank, place in enumerate(order, 1) if chances[place] <= FALSE * rank / len(order)]
    return set(order[: kept[-1]]) if kept else set()


def robust_weights(table: Table, found: Variances, freedom: float = 4.0) -> Vector:
    """Weights of a Student t with four degrees of freedom: a score that stands apart counts less; their mean is 1."""
    squares = standardised(table, found) ** 2
    weights = (freedom + 1) / (freedom + squares)
    return np.asarray(weights / weights.mean())


def is_dense(table: Table) -> bool:
    return len(table.experts) <= LARGEST_DENSE


def efficiency(table: Table) -> float | None:
    """(2 / r) ÷ the mean variance of a calibrated difference, in units of chance: 1 where severities are as good as known.

    Unshrunk, so that it speaks of the design alone; None where it cannot be computed or the graph falls into parts.
    """
    if not is_dense(table):
        return None
    spread = np.linalg.pinv(left_for_experts(table), rcond=1e-9, hermitian=True)
    share = incidence(table) / table.per_dossier[:, None]
    known = float((1.0 / table.per_dossier).sum())
    added = float(((share @ spread) * share).sum())
    common = share.sum(axis=0)
    count = len(table.dossiers)
    lost = count * added - float(common @ spread @ common)
    return (count - 1) * known / ((count - 1) * known + lost)
