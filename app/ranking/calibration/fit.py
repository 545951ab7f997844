"""The additive model y = dossier + expert + chance with experts random and dossiers fixed, fitted and solved.

With R the reviews of each dossier, c those of each expert and A their 0/1 incidence (dossiers × experts), dossiers are taken out
exactly and S = diag(c) − AᵀR⁻¹A is left for the experts, with q the sums of an expert's deviations from his dossiers' means.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import exp, inf, log, nan, sqrt

import numpy as np

from app.kernel.words import N_, Message
from app.ranking.calibration.data import Calibration, Refusal, Review, Severity, Table, Vector
from app.ranking.calibration.graph import parts

FEWEST_REVIEWS, FEWEST_EXPERTS, FEWEST_FREE = 30, 5, 20
LARGEST_SEARCHED = 250
"""Experts up to which the restricted likelihood is searched; beyond, where one part holds all together, Henderson's third method
answers in closed form: with so many the two put dossiers in the same order."""
LARGEST_DENSE = 700
"""Experts up to which a dense inverse is made, for standard errors; beyond, everything is in closed form."""
ESTABLISHED = 2.706
"""Twice the log-likelihood gained: 5 % of the half-and-half mixture of 0 and χ²(1) that holds at the border of zero."""
RATIOS = (log(1e-4), log(1e7))
STEPS, SHARPER = 45, 50
EXACT, ROUGH = 1e-22, 1e-13
"""What may be left of a linear system, squared and relative; a sum of squares is exact to the square of that."""
GOLDEN = (sqrt(5) - 1) / 2


@dataclass(frozen=True, slots=True)
class Variances:
    """Squared points. `gain` is twice the log-likelihood above that of no difference in severity at all; `quality` the
    spread of dossiers around one common mean, which only the closed form says by the way."""

    noise: float
    severity: float
    gain: float
    quality: float = nan

    @property
    def ratio(self) -> float:
        return self.noise / self.severity if self.severity > 0 else inf


def calibrate(reviews: Iterable[Review]) -> Calibration | Refusal:
    """Take every expert's severity off. Refuses where there is too little to tell severity from chance."""
    table = Table.of(reviews)
    connected = parts(table)
    refused = refusal(table, len(connected))
    if refused is not None:
        return refused
    found = variances(table, len(connected))
    offsets, spread = offsets_of(table, found.ratio)
    values, errors = _values(table, offsets, spread, found.noise)
    return Calibration(
        values=dict(zip(table.dossiers, values.tolist(), strict=True)),
        errors=dict(zip(table.dossiers, errors.tolist(), strict=True)),
        experts=_severities(table, offsets, spread, found),
        noise=sqrt(found.noise),
        severity=sqrt(found.severity),
        is_established=found.gain > ESTABLISHED,
        parts=connected,
    )


def refusal(table: Table, count_of_parts: int) -> Refusal | None:
    """The conditions of the specification, in words; `count_of_parts` as `graph.parts` counts them."""
    if len(table) < FEWEST_REVIEWS:
        return Refusal(
            Message(
                N_("只有 %(n)s 份评分，少于 %(least)s 份，不能估计宽严差异。"),
                {"n": len(table), "least": FEWEST_REVIEWS},
            )
        )
    several = int((table.per_expert >= 2).sum())
    if several < FEWEST_EXPERTS:
        return Refusal(
            Message(
                N_("评过两份以上的专家只有 %(n)s 人，少于 %(least)s 人，不能估计宽严差异。"),
                {"n": several, "least": FEWEST_EXPERTS},
            )
        )
    free = len(table) - len(table.dossiers) - len(table.experts) + count_of_parts
    if free < FEWEST_FREE:
        return Refusal(
            Message(
                N_("评分份数相对于申报和专家太少（自由度 %(n)s，至少 %(least)s），不能把宽严和偶然差异分开。"),
                {"n": free, "least": FEWEST_FREE},
            )
        )
    return None


def variances(table: Table, count_of_parts: int) -> Variances:
    """Noise and severity, by restricted maximum likelihood, or in closed form where there are very many experts."""
    most = LARGEST_SEARCHED if count_of_parts == 1 else LARGEST_DENSE
    return closed_form(table, count_of_parts) if len(table.experts) > most else restricted_likelihood(table)


def restricted_likelihood(table: Table) -> Variances:
    """With dossiers fixed only the ratio noise / severity has to be searched, along the eigenvalues of S."""
    freedom = len(table) - len(table.dossiers)
    eigenvalues, vectors = np.linalg.eigh(left_for_experts(table))
    eigenvalues = np.maximum(eigenvalues, 0.0)
    turned = (vectors.T @ deviations(table)) ** 2
    whole = float(table.residuals @ table.weigh(table.residuals))

    def noise_at(ratio: float) -> float:
        return (whole - float((turned / (eigenvalues + ratio)).sum())) / freedom

    def cost(logarithm: float) -> float:
        ratio = exp(logarithm)
        return freedom * log(noise_at(ratio)) + float(np.log1p(eigenvalues / ratio).sum())

    none = freedom * log(whole / freedom)
    best = lowest(cost)
    gain = none - cost(best)
    if gain <= 1e-9:
        return Variances(whole / freedom, 0.0, 0.0)
    return Variances(noise_at(exp(best)), noise_at(exp(best)) / exp(best), gain)


def closed_form(table: Table, count_of_parts: int) -> Variances:
    """Henderson's third method: one linear system by conjugate gradients; a negative estimate becomes zero."""
    experts, dossiers, count = len(table.experts), len(table.dossiers), len(table)
    wanted = deviations(table)
    explained = float(wanted @ _conjugate_gradients(table, wanted, 0.0, ROUGH))
    freedom = count - dossiers - experts + count_of_parts
    noise = (float(table.residuals @ table.residuals) - explained) / freedom
    severity = max(0.0, (explained - (experts - count_of_parts) * noise) / (count - dossiers))
    gain = _gain(explained / noise, experts - count_of_parts)
    return Variances(noise, severity, gain, _quality(table, explained, noise, count_of_parts))


def _gain(explained: float, freedom: int) -> float:
    """In place of the likelihood's: how far above its mean the χ² lies that experts alike would give, in standard errors, squared."""
    return max(0.0, (explained - freedom) / sqrt(2 * freedom)) ** 2


def _quality(table: Table, explained: float, noise: float, count_of_parts: int) -> float:
    centred = table.y - table.y.mean()
    of_dossiers = table.over_dossiers(centred) ** 2 / table.per_dossier
    of_experts = table.over_experts(centred) ** 2 / table.per_expert
    between = float(of_dossiers.sum()) + explained - float(of_experts.sum())
    free = len(table) - len(table.experts)
    return max(0.0, (between - (len(table.dossiers) - count_of_parts) * noise) / free)


def offsets_of(table: Table, ratio: float) -> tuple[Vector, Vector | None]:
    """Every expert's offset, and (S + ratio·I)⁻¹ for the errors; None for those where there are very many experts."""
    experts = len(table.experts)
    if ratio == inf:
        return np.zeros(experts), np.zeros((experts, experts)) if experts <= LARGEST_DENSE else None
    if experts > LARGEST_DENSE:
        return _conjugate_gradients(table, deviations(table), ratio), None
    inverse = np.linalg.inv(left_for_experts(table) + ratio * np.eye(experts)).astype(np.float64)
    return inverse @ deviations(table), inverse


def deviations(table: Table) -> Vector:
    """q: the sum of each expert's deviations from his dossiers' means."""
    return table.over_experts(table.residuals)


def left_for_experts(table: Table) -> Vector:
    """S, experts × experts."""
    shared = incidence(table)
    return np.asarray(np.diag(table.per_expert) - shared.T @ (shared / table.per_dossier[:, None]))


def incidence(table: Table) -> Vector:
    """Dossiers × experts: 1 where one read the other (its weight where reviews are weighted)."""
    found = np.zeros((len(table.dossiers), len(table.experts)))
    found[table.d, table.e] = table.weigh(np.ones(len(table)))
    return found


def _values(table: Table, offsets: Vector, spread: Vector | None, noise: float) -> tuple[Vector, Vector]:
    """Means of (score − offset), and their standard errors; the errors are nan where `spread` was not computed."""
    values = table.over_dossiers(table.y - offsets[table.e]) / table.per_dossier
    if spread is None:
        return values, np.full(len(values), np.nan)
    share = incidence(table) / table.per_dossier[:, None]
    return values, np.sqrt(noise * (1.0 / table.per_dossier + ((share @ spread) * share).sum(axis=1)))


def _severities(table: Table, offsets: Vector, spread: Vector | None, found: Variances) -> dict[str, Severity]:
    own = np.full(len(offsets), np.nan) if spread is None else np.sqrt(found.noise * np.diag(spread))
    rows = zip(table.experts, offsets.tolist(), own.tolist(), table.per_expert.tolist(), strict=True)
    return {name: Severity(offset, error, int(count)) for name, offset, error, count in rows}


def _conjugate_gradients(table: Table, wanted: Vector, ratio: float, enough: float = EXACT) -> Vector:
    """Solve (S + ratio·I) b = wanted, preconditioned by the diagonal; S alone is singular and `wanted` lies in its range."""
    diagonal = table.per_expert + ratio

    def times(vector: Vector) -> Vector:
        shared = table.over_dossiers(vector.take(table.e)) / table.per_dossier
        return np.asarray(diagonal * vector - table.over_experts(shared.take(table.d)))

    found, left = np.zeros_like(wanted), wanted.copy()
    scaled = left / diagonal
    direction, size = scaled.copy(), float(left @ scaled)
    enough *= size
    for _ in range(len(wanted)):
        if size <= enough:
            break
        moved = times(direction)
        step = size / float(direction @ moved)
        found += step * direction
        left -= step * moved
        scaled = left / diagonal
        size, before = float(left @ scaled), size
        direction = scaled + (size / before) * direction
    return found


def lowest(
    cost: Callable[[float], float], between: tuple[float, float] = RATIOS, *, steps: int = STEPS, sharper: int = SHARPER
) -> float:
    """The lowest point of a function that is smooth in the ratio's logarithm: a coarse walk, then golden sections."""
    low, high = between
    width = (high - low) / steps
    coarse = min((low + width * step for step in range(steps + 1)), key=cost)
    low, span = coarse - width, 2 * width
    left, right = cost(low + (1 - GOLDEN) * span), cost(low + GOLDEN * span)
    for _ in range(sharper):
        span *= GOLDEN
        if left <= right:
            left, right = cost(low + (1 - GOLDEN) * span), left
        else:
            low += (1 - GOLDEN) / GOLDEN * span
            left, right = right, cost(low + GOLDEN * span)
    return low + span / 2
