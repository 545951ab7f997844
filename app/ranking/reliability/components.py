"""How much of the scores' variance lies between dossiers, between experts, and in chance.

The additive model y = mean + dossier + expert + chance with dossiers and experts random, by restricted maximum likelihood
(REML); in closed form (Henderson's third method) where there are very many experts. Sources: Bates, Mächler, Bolker and
Walker, Fitting linear mixed-effects models using lme4, Journal of Statistical Software 67 (2015), 3; Henderson, Estimation
of variance and covariance components, Biometrics 9 (1953).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, exp, log, pi, sqrt

import numpy as np

from app.ranking.calibration.data import Table, Vector
from app.ranking.calibration.fit import LARGEST_DENSE, closed_form

Ratios = tuple[float, float]
Simplex = list[tuple[float, Ratios]]
STARTS = ((1.0, 1.0), (1.5, 1.0), (1.0, 1.5))
MOST_STEPS = 500
NEAR = 1e-12
MOST_NEWTON, LONGEST, NEARBY = 8, 1.0, 0.03
"""Newton's steps; a step that is no longer to be trusted; one after which a last step may go by the bend already known: what is
left then is about its cube."""
APART, CLOSE = 1e-3, 1e-6
"""How far apart the points of a difference are, for second derivatives and for first ones alone."""
SMALL = 1e-3
"""The share of all variance from which a component is searched for beside zero."""
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
    """By Newton's steps over the two ratios of standard deviations, dossiers / chance and experts / chance, from where the
    closed form puts them; by a simplex where a variance is about none or the steps do not lead down."""
    model = _Model(table)
    found = _by_newton(model.cost, _in_closed_form(table, 1))
    return model.fit(_lowest(model.cost) if found is None else found)


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
    """`factor`: the lower triangle over experts, the mean and the scores, in which all sums of the likelihood stand."""

    ratios: Ratios
    factor: Vector
    logs: float
    freedom: int

    @property
    def chance(self) -> float:
        return float(self.factor[-1, -1] ** 2) / self.freedom

    @property
    def cost(self) -> float:
        inside = 2 * float(np.log(np.diag(self.factor)[:-1]).sum())
        return self.logs + inside + self.freedom * (1 + log(2 * pi * self.chance))


class _Model:
    """Henderson's equations in spherical effects, bordered by the mean and the scores, the dossiers (a diagonal block) taken
    out exactly: one triangle then holds both determinants and what is left of the squares (Bates and others 2015, section 3)."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.origin = float(table.y.mean())
        both = np.column_stack([np.ones(len(table)), table.y - self.origin])
        self.sums_of_dossiers = np.column_stack([table.over_dossiers(each) for each in both.T])
        self.sums_of_experts = np.column_stack([table.over_experts(each) for each in both.T])
        self.squares = both.T @ table.weigh(both.T).T
        self.squares[1, 1] += NEAR * (1 + self.squares[1, 1])  # where nothing is left to chance

    def cost(self, ratios: Ratios) -> float:
        return self.at(ratios).cost

    def at(self, ratios: Ratios) -> _Solved:
        """What the likelihood is where the standard deviations are these multiples of chance's."""
        u, b = abs(ratios[0]), abs(ratios[1])
        table, experts = self.table, len(self.table.experts)
        diagonal = u * u * table.per_dossier + 1
        taken = u * u * self.sums_of_dossiers / diagonal[:, None]
        whole = np.empty((experts + 2, experts + 2))
        np.multiply(table.shared(u * u / diagonal), -(b * b), out=whole[:experts, :experts])
        own = np.arange(experts)
        whole[own, own] += b * b * table.per_expert + 1
        whole[experts:, :experts] = b * (
            self.sums_of_experts.T - [table.over_experts(each[table.d]) for each in taken.T]
        )
        whole[experts:, experts:] = self.squares - self.sums_of_dossiers.T @ taken
        factor = np.asarray(np.linalg.cholesky(whole), dtype=np.float64)
        return _Solved((u, b), factor, float(np.log(diagonal).sum()), len(table) - 1)

    def fit(self, ratios: Ratios) -> Fitted:
        found = self.at(ratios)
        u, b = (0.0 if ratio < LEAST_RATIO else ratio for ratio in found.ratios)
        factor, weight = found.factor[:-2, :-2], float(found.factor[-2, -2])
        mean = float(found.factor[-1, -2]) / weight
        experts = np.linalg.solve(factor.T, found.factor[-1, :-2] - mean * found.factor[-2, :-2])
        own = np.asarray(experts, dtype=np.float64)
        off = self.sums_of_dossiers @ np.array([-mean, 1.0]) - b * self.table.over_dossiers(own[self.table.e])
        return Fitted(
            Components(u * u * found.chance, b * b * found.chance, found.chance),
            self.origin + mean,
            sqrt(found.chance) / weight,
            np.asarray(u * u * off / (u * u * self.table.per_dossier + 1), dtype=np.float64),
            b * own,
            found.cost,
        )


def _by_newton(cost: Callable[[Ratios], float], start: Components) -> Ratios | None:
    """The lowest point by Newton's steps in the logarithms of the ratios, slopes from differences; None where they fail."""
    if min(start.dossiers, start.experts, start.chance) <= SMALL * start.total:
        return None
    at = np.log([start.dossiers / start.chance, start.experts / start.chance]) / 2

    def in_logarithms(point: Vector) -> float:
        return cost((exp(point[0]), exp(point[1])))

    for _ in range(MOST_NEWTON):
        slope, bend = _slopes(in_logarithms, at)
        if bend[0, 0] <= 0 or np.linalg.det(bend) <= 0:
            return None
        step = np.linalg.solve(bend, -slope)
        if np.abs(step).max() > LONGEST:
            return None
        at = at + step
        if np.abs(step).max() < NEARBY:
            at = at - np.linalg.solve(bend, _slope(in_logarithms, at))
            return exp(at[0]), exp(at[1])
    return None


def _slopes(cost: Callable[[Vector], float], at: Vector) -> tuple[Vector, Vector]:
    """First and second derivatives in the plane, by central differences."""
    first, second = np.eye(2) * APART
    middle, both = cost(at), cost(at + first + second)
    ahead, behind = (np.array([cost(at + sign * each) for each in (first, second)]) for sign in (1, -1))
    bend = np.diag((ahead - 2 * middle + behind) / APART**2)
    bend[0, 1] = bend[1, 0] = (both - ahead.sum() + middle) / APART**2
    return (ahead - behind) / (2 * APART), bend


def _slope(cost: Callable[[Vector], float], at: Vector) -> Vector:
    """The first derivatives alone: close to the lowest point a difference to one side is exact enough."""
    middle = cost(at)
    return np.array([cost(at + each) - middle for each in np.eye(2) * CLOSE]) / CLOSE


def _lowest(cost: Callable[[Ratios], float]) -> Ratios:
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


def _stepped(simplex: Simplex, cost: Callable[[Ratios], float]) -> Simplex:
    best, second, worst = simplex
    middle = _between(best[1], second[1], 0.5)

    def moved(share: float) -> tuple[float, Ratios]:
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


def _between(one: Sequence[float], other: Sequence[float], share: float) -> Ratios:
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
