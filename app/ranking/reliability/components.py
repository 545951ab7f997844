"""How much of the scores' variance lies between dossiers, between experts, and in chance.

The additive model y = mean + dossier + expert + chance with dossiers and experts random, by restricted maximum likelihood
(REML); in closed form (Henderson's third method) where there are very many experts. Sources: Bates, Mächler, Bolker and
Walker, Fitting linear mixed-effects models using lme4, Journal of Statistical Software 67 (2015), 3; Henderson, Estimation
of variance and covariance components, Biometrics 9 (1953).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, log, pi, sqrt

import numpy as np

from app.ranking.calibration.data import Table, Vector
from app.ranking.calibration.fit import LARGEST_DENSE, closed_form, incidence

Simplex = list[tuple[float, tuple[float, float]]]
STARTS = ((1.0, 1.0), (1.5, 1.0), (1.0, 1.5))
MOST_STEPS = 500
NEAR = 1e-12
LEAST_RATIO = 1e-4
"""Of chance's standard deviation; what is smaller is none, where the search came to its end beside zero."""


@dataclass(frozen=True, slots=True)
class Components:
    """Variances in squared points; none is below zero."""

    dossiers: float
    experts: float
    chance: float

    @property
    def total(self) -> float:
        return self.dossiers + self.experts + self.chance


@dataclass(frozen=True)
class Fitted:
    """The fit of the restricted likelihood: `effects` are the best linear predictions of dossiers and of experts, in points
    from the `mean`, in the order of the table; `cost` is −2 log restricted likelihood."""

    components: Components
    mean: float
    error_of_mean: float
    dossier_effects: Vector
    expert_effects: Vector
    cost: float


def components(table: Table, count_of_parts: int) -> Components:
    """`count_of_parts`: of the graph of dossiers and experts (`calibration.graph.parts`)."""
    if len(table.experts) > LARGEST_DENSE:
        return _in_closed_form(table, count_of_parts)
    return fitted(table).components


def fitted(table: Table) -> Fitted:
    """By a simplex over the two ratios of standard deviations, dossiers / chance and experts / chance."""
    model = _Model(table)
    return model.fit(_lowest(lambda ratios: model.at(ratios).cost))


def _in_closed_form(table: Table, count_of_parts: int) -> Components:
    count, dossiers, experts = len(table), len(table.dossiers), len(table.experts)
    found = closed_form(table, count_of_parts)
    centred = table.y - table.y.mean()
    explained = float(table.residuals @ table.residuals) - found.noise * (count - dossiers - experts + count_of_parts)
    by_dossier = float((table.over_dossiers(centred) ** 2 / table.per_dossier).sum())
    by_expert = float((table.over_experts(centred) ** 2 / table.per_expert).sum())
    between = by_dossier + explained - by_expert - (dossiers - count_of_parts) * found.noise
    return Components(max(0.0, between / (count - experts)), found.severity, found.noise)


@dataclass(frozen=True)
class _Solved:
    cost: float
    weight: float
    mean: float
    chance: float
    ratios: tuple[float, float]
    left: Vector
    factor: Vector


class _Model:
    """Henderson's equations in spherical effects, the dossiers (a diagonal block) taken out exactly."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.shared = incidence(table)
        ones = np.ones(len(table))
        self.sums_of_dossiers = np.column_stack([table.over_dossiers(each) for each in (ones, table.y)])
        self.sums_of_experts = np.column_stack([table.over_experts(each) for each in (ones, table.y)])
        both = np.column_stack([ones, table.y])
        self.squares = both.T @ both

    def at(self, ratios: tuple[float, float]) -> _Solved:
        """What the likelihood is where the standard deviations are these multiples of chance's."""
        u, b = abs(ratios[0]), abs(ratios[1])
        diagonal = u * u * self.table.per_dossier + 1
        joined = u * b * self.shared / diagonal[:, None]
        schur = np.diag(b * b * self.table.per_expert + 1) - u * b * self.shared.T @ joined
        factor = np.asarray(np.linalg.cholesky(schur), dtype=np.float64)
        left = b * self.sums_of_experts - joined.T @ (u * self.sums_of_dossiers)
        halved = np.linalg.solve(factor, left)
        taken = (u * self.sums_of_dossiers).T @ (u * self.sums_of_dossiers / diagonal[:, None]) + halved.T @ halved
        rest = self.squares - taken
        freedom, mean = len(self.table) - 1, float(rest[0, 1] / rest[0, 0])
        chance = max(float(rest[1, 1] - rest[0, 1] * mean), NEAR * float(self.squares[1, 1]) + NEAR) / freedom
        logs = float(np.log(diagonal).sum() + 2 * np.log(np.diag(factor)).sum()) + log(rest[0, 0])
        cost = logs + freedom * (1 + log(2 * pi * chance))
        return _Solved(cost, float(rest[0, 0]), mean, chance, (u, b), left, factor)

    def fit(self, ratios: tuple[float, float]) -> Fitted:
        found = self.at(ratios)
        u, b = (0.0 if ratio < LEAST_RATIO else ratio for ratio in found.ratios)
        off = np.array([-found.mean, 1.0])
        experts = np.linalg.solve(found.factor.T, np.linalg.solve(found.factor, found.left @ off))
        diagonal = u * u * self.table.per_dossier + 1
        dossiers = (u * self.sums_of_dossiers @ off - u * b * self.shared @ experts) / diagonal
        effects = np.asarray(u * dossiers, dtype=np.float64), np.asarray(b * experts, dtype=np.float64)
        return Fitted(
            Components(u * u * found.chance, b * b * found.chance, found.chance),
            found.mean,
            sqrt(found.chance / found.weight),
            *effects,
            found.cost,
        )


def _lowest(cost: Callable[[tuple[float, float]], float]) -> tuple[float, float]:
    """Nelder and Mead's simplex in the plane; the sign of a ratio has no meaning, so zero is no wall."""
    simplex: Simplex = sorted((cost(start), start) for start in STARTS)
    for _ in range(MOST_STEPS):
        if simplex[-1][0] - simplex[0][0] < NEAR * (1 + abs(simplex[0][0])) and _width(simplex) < 1e-7:
            break
        simplex = sorted(_stepped(simplex, cost))
    return simplex[0][1]


def _width(simplex: Simplex) -> float:
    points = np.array([point for _cost, point in simplex])
    return float(np.ptp(points, axis=0).max())


def _stepped(simplex: Simplex, cost: Callable[[tuple[float, float]], float]) -> Simplex:
    best, second, worst = simplex
    middle = _between(best[1], second[1], 0.5)

    def moved(share: float) -> tuple[float, tuple[float, float]]:
        point = _between(middle, worst[1], share)
        return cost(point), point

    mirrored = moved(-1)
    if mirrored[0] < best[0]:
        return [best, second, min(mirrored, moved(-2))]
    if mirrored[0] < second[0]:
        return [best, second, mirrored]
    nearer = min(moved(-0.5), moved(0.5))
    if nearer[0] < min(worst[0], mirrored[0]):
        return [best, second, nearer]
    return [best, *((cost(point), point) for point in (_between(best[1], each[1], 0.5) for each in simplex[1:]))]


def _between(one: Sequence[float], other: Sequence[float], share: float) -> tuple[float, float]:
    return one[0] + share * (other[0] - one[0]), one[1] + share * (other[1] - one[1])


def reviews_needed(components: Components, goal: float, *, calibrated: bool) -> int | None:
    """How many reviews a dossier needs so that their mean has this reliability; None where dossiers do not differ."""
    noise = _noise(components, calibrated=calibrated)
    if components.dossiers <= 0:
        return None
    return max(1, ceil(goal * noise / ((1 - goal) * components.dossiers)))


def reliability_of_mean(components: Components, reviews: float, *, calibrated: bool) -> float:
    """The share of the variance of a mean of so many reviews that lies between dossiers; calibrated: an upper bound."""
    whole = components.dossiers + _noise(components, calibrated=calibrated) / reviews
    return components.dossiers / whole if whole > 0 else 0.0


def _noise(components: Components, *, calibrated: bool) -> float:
    return components.chance + (0.0 if calibrated else components.experts)
