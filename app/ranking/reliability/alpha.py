"""Krippendorff's alpha: agreement beyond chance of any number of coders, where not everybody has coded everything.

Source: Krippendorff, Computing Krippendorff's alpha-reliability (2011).
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from app.kernel.words import N_, Message
from app.ranking.reliability.undefined import Undefined

Vector = npt.NDArray[np.float64]
Metric = Literal["nominal", "ordinal", "interval", "ratio"]
Distance = Callable[[Vector, Vector], Vector]


def krippendorff_alpha(units: Iterable[Sequence[float]], metric: Metric) -> float:
    """`units`: of each unit the values it was given, a missing one left out; a unit with fewer than two does not count.

    From 1 (all alike) over 0 (as by chance) to below; for `ratio` values are above zero. Raises Undefined where fewer than
    two units count, or all values are alike.
    """
    counted = [np.asarray(unit, dtype=np.float64) for unit in units if len(unit) > 1]
    if len(counted) < 2:
        raise Undefined(Message(N_("有两份以上评分的申报不足两家，不能计算一致性。")))
    values, counts = np.unique(np.concatenate(counted), return_counts=True)
    distance = _distance(metric, values, counts)
    expected = _expected(values, counts, distance)
    if expected == 0:
        raise Undefined(Message(N_("全部评分相同，一致性没有意义。")))
    total = int(counts.sum())
    observed = sum(float(distance(unit[:, None], unit[None]).sum()) / (len(unit) - 1) for unit in counted)
    return 1 - (total - 1) * observed / expected


def _expected(values: Vector, counts: npt.NDArray[np.intp], distance: Distance) -> float:
    """Over all pairs of values given anywhere; row by row, since there may be thousands of different ones."""
    return sum(
        float(count * (counts * distance(value, values)).sum())
        for value, count in zip(values[:, None], counts.tolist(), strict=True)
    )


def _distance(metric: Metric, values: Vector, counts: npt.NDArray[np.intp]) -> Distance:
    if metric == "nominal":
        return lambda one, other: np.asarray(one != other, dtype=np.float64)
    if metric == "ordinal":
        middle = np.cumsum(counts) - counts / 2
        return lambda one, other: _squared(_place(one, values, middle) - _place(other, values, middle))
    if metric == "ratio":
        return lambda one, other: _squared((one - other) / (one + other))
    return lambda one, other: _squared(one - other)


def _place(given: Vector, values: Vector, middle: Vector) -> Vector:
    return np.asarray(middle[np.searchsorted(values, given)])


def _squared(difference: Vector) -> Vector:
    return np.asarray(difference**2)
