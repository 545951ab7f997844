"""What the scores leave open: levels of dossiers as random around the mean of their group, experts random, drawn jointly.

y = mean of the group + dossier + expert + chance; the three variances are put in as estimated. The dossiers are taken out
exactly, so one dense system of the groups and the experts is left (Robinson, That BLUP is a good thing, Statistical Science 6, 1991).
"""

from dataclasses import dataclass
from functools import cached_property
from math import exp, inf, isnan, log, sqrt

import numpy as np
import numpy.typing as npt

from app.ranking.calibration.data import Places, Table, Vector
from app.ranking.calibration.fit import Variances, lowest

SPREADS = (log(1e-4), log(1e4))
LARGEST_RATIO = 1e7
BLOCK = 96
Draws = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Design:
    """The reviews, and for every dossier the place of the group around whose mean it lies."""

    table: Table
    group: Places

    @cached_property
    def groups(self) -> int:
        return int(self.group.max()) + 1

    def summed(self, offsets: Draws) -> Draws:
        """Over the experts of every dossier: experts × draws to dossiers × draws, first all first experts, then all second …"""
        experts, first, count = self.table.e, self.table.first, self.table.count
        found: Draws = offsets[experts[first]]
        for place in range(1, int(count.max())):
            more = np.flatnonzero(count > place)
            added = offsets[experts[first[more] + place]]
            if len(more) == len(found):
                found += added
            else:
                found[more] += added
        return found

    def over_groups(self, values: Vector) -> Vector:
        return np.bincount(self.group, values, self.groups).astype(np.float64, copy=False)


class System:
    """The equations of groups and experts for given ratios noise / quality and noise / severity."""

    def __init__(self, design: Design, quality: float, severity: float) -> None:
        table = design.table
        self.design, self.quality, self.severity = design, quality, severity
        self.weight = table.per_dossier + quality
        self.origin = float(table.y.mean())
        centred = table.y - self.origin
        self.sums = table.over_dossiers(centred)
        self.square = float(centred @ centred)
        self.factor: Vector = np.linalg.cholesky(self._matrix()).astype(np.float64, copy=False)
        self.wanted = np.concatenate(
            [
                design.over_groups(self.sums * quality / self.weight),
                table.over_experts(centred - (self.sums / self.weight)[table.d]),
            ]
        )

    def _matrix(self) -> Vector:
        design, table = self.design, self.design.table
        groups, experts = design.groups, len(table.experts)
        matrix = np.zeros((groups + experts, groups + experts))
        count, whole = table.per_dossier, np.arange(groups + experts)
        matrix[whole[:groups], whole[:groups]] = design.over_groups(count * self.quality / self.weight)
        flat = design.group[table.d] * experts + table.e
        shared = np.bincount(flat, (self.quality / self.weight)[table.d], groups * experts).reshape(groups, experts)
        matrix[:groups, groups:], matrix[groups:, :groups] = shared, shared.T
        matrix[groups:, groups:] -= table.shared(1.0 / self.weight)
        matrix[whole[groups:], whole[groups:]] += table.per_expert + self.severity
        return matrix

    @cached_property
    def solution(self) -> Vector:
        return np.asarray(self.triangle.back(self.triangle.forth(self.wanted[:, None]))[:, 0], dtype=np.float64)

    @cached_property
    def noise(self) -> float:
        """The variance of chance at which the likelihood is highest for these ratios."""
        explained = float(self.sums @ (self.sums / self.weight)) + float(self.wanted @ self.solution)
        return (self.square - explained) / (len(self.design.table) - self.design.groups)

    @cached_property
    def cost(self) -> float:
        """−2 log of the restricted likelihood, up to a constant."""
        table = self.design.table
        freedom = len(table) - self.design.groups
        inside = float(np.log(self.weight).sum()) + 2 * float(np.log(np.diag(self.factor)).sum())
        outside = len(table.dossiers) * log(self.quality) + len(table.experts) * log(self.severity)
        return inside - outside + freedom * log(self.noise)

    @cached_property
    def centre(self) -> Vector:
        """The mean of every dossier's level, in points."""
        design, table = self.design, self.design.table
        means, offsets = np.split(self.solution, [design.groups])
        own = means[design.group]
        left = self.sums - table.per_dossier * own - table.over_dossiers(offsets[table.e])
        return np.asarray(self.origin + own + left / self.weight)

    # --- draws ----------------------------------------------------------------------------------------------------

    @cached_property
    def triangle(self) -> "Triangle":
        return Triangle(self.factor)

    def draws(self, chance: np.random.Generator, count: int, kind: type[np.floating]) -> Draws:
        """`count` draws of all levels, dossiers × draws, in points: the equations' own error, and each dossier's beside it."""
        design, table = self.design, self.design.table
        scale = sqrt(self.noise)
        found = self.triangle.back(chance.standard_normal((len(self.factor), count), dtype=kind))
        means, offsets = np.split(found, [design.groups])
        shared = design.summed(offsets)
        weight = self.weight.astype(kind)[:, None]
        own = chance.standard_normal(shared.shape, dtype=kind)
        own /= np.sqrt(weight)
        shared += table.per_dossier.astype(kind)[:, None] * means[design.group]
        own -= shared / weight
        own += means[design.group]
        own *= kind(scale)
        own += self.centre.astype(kind)[:, None]
        return own


class Triangle:
    """A lower triangular factor L, to be solved by blocks: numpy has no triangular solver, and a general one costs four times
    as much."""

    def __init__(self, factor: Vector) -> None:
        self.factor = factor
        self.blocks = [slice(start, min(start + BLOCK, len(factor))) for start in range(0, len(factor), BLOCK)]
        self.inverses = [np.linalg.inv(factor[block, block]) for block in self.blocks]

    def forth(self, wanted: Draws) -> Draws:
        """L⁻¹ · wanted."""
        found = wanted.copy()
        for block, inverse in zip(self.blocks, self.inverses, strict=True):
            found[block] = inverse @ found[block]
            found[block.stop :] -= self.factor[block.stop :, block] @ found[block]
        return found

    def back(self, wanted: Draws) -> Draws:
        """L⁻ᵀ · wanted, in the precision of `wanted`; consumes it."""
        factor, inverses = self.factor.astype(wanted.dtype), [each.astype(wanted.dtype) for each in self.inverses]
        for block, inverse in zip(reversed(self.blocks), reversed(inverses), strict=True):
            wanted[block] = inverse.T @ wanted[block]
            wanted[: block.start] -= factor[block, : block.start].T @ wanted[block]
        return wanted


def fitted(design: Design, found: Variances) -> System:
    """The ratio of severity as the calibration found it; the spread of dossiers by restricted maximum likelihood beside it,
    or in closed form where the calibration has said it."""
    severity = min(found.ratio, LARGEST_RATIO)
    if design.groups == 1 and not isnan(found.quality):
        known = found.noise / found.quality if found.quality > 0 else inf
        return System(design, min(known, exp(SPREADS[1])), severity)

    def cost(logarithm: float) -> float:
        return System(design, exp(logarithm), severity).cost

    return System(design, exp(lowest(cost, SPREADS, steps=16, sharper=18)), severity)
