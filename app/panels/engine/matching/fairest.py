"""The assignment whose worst panel is as good as can be found, with a proof of how good any could be.

Two bounds are valid for every lawful answer: the worst panel is no better than the best panel of any one dossier chosen
freely; and, for any weights λ ≥ 0 of dossiers, no better than the highest Σ λ·value divided by Σ λ. The weights are raised
where panels are poor (multiplicative weights); the assignments found on the way are starts for exchanging members. Where the
floor is not close to that bound, `floors` makes it sharper, which changes no list.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from app.panels.engine.matching.best import Optimum, Short, best
from app.panels.engine.matching.core import Core
from app.panels.engine.matching.floors import FINEST, sharpened, undemanding, weighted
from app.panels.engine.matching.instance import Instance, Integers
from app.panels.engine.matching.swaps import Panels

Weights = npt.NDArray[np.float64]

CONTESTED = 300  # dossiers whose competition the bound looks at
STEPS, STARTS, FEW_STARTS = 24, 12, 3
CLOSE = 0.99
MANY, LARGEST = 3_000_000, 30_000_000  # pairs; beyond the first, few other starts are tried, beyond the second none


@dataclass(frozen=True)
class Fairest:
    """All in basis points. `floor` is the worst panel's value, and no lawful answer's is above `bound`; `total` is what
    this answer is worth and `highest` what the best total would be."""

    instance: Instance
    pairs: Integers
    floor: int
    bound: int
    total: int
    highest: int


def fairest(instance: Instance) -> Fairest | Short:
    optimum = best(Core(instance))
    if isinstance(optimum, Short):
        return optimum
    if not instance.dossiers:
        return Fairest(instance, optimum.pairs, 0, 0, 0, 0)
    alone = _best_alone(instance)
    bound = int(alone.min())
    found = _lifted(instance, optimum.pairs, bound)
    if found.values.min() < bound:
        bound = _bound_by_weights(instance, optimum, alone, int(found.values.min()))
        found = _from_other_starts(instance, optimum, found, bound)
        worst = int(found.values.min())
        if worst < CLOSE * bound:
            values = np.minimum(_values(instance, optimum), alone)
            bound = sharpened(instance, optimum, values, bound, enough=worst)
    total = int(found.points.sum())
    return Fairest(instance, found.pairs, int(found.values.min()), bound, total, optimum.value)


def _best_alone(instance: Instance) -> Integers:
    """What each dossier's panel would be worth if it alone chose."""
    most = int(instance.seats.max())
    values = []
    for block in instance.blocks():
        losses = np.where(instance.eligible[block], -instance.rows(block), np.float32(0))
        values.append(-np.sort(np.partition(losses, min(most, instance.experts - 1), axis=1)[:, :most], axis=1))
    tops = np.rint(np.concatenate(values) * instance.unit).astype(np.int64)
    sums: Integers = np.where(np.arange(tops.shape[1]) < instance.seats[:, None], tops, 0).sum(axis=1)
    return sums


def _lifted(instance: Instance, pairs: Integers, goal: int) -> Panels:
    panels = Panels(instance, pairs)
    panels.lift(goal)
    return panels


def _values(instance: Instance, optimum: Optimum) -> Integers:
    points = instance.basis_points(optimum.pairs)
    return np.bincount(optimum.dossiers, weights=points, minlength=instance.dossiers).astype(np.int64)


def _bound_by_weights(instance: Instance, optimum: Optimum, alone: Integers, floor: int) -> int:
    """The best bound that weights on the most contested dossiers give; the others make no demands here. It is not driven
    further than `floor` asks."""
    values = np.minimum(_values(instance, optimum), alone)
    some = np.sort(np.argsort(values, kind="stable")[:CONTESTED])
    part = undemanding(instance, some)
    weights, eager, bound = np.ones(len(some)), 4.0, int(alone.min())
    for _ in range(STEPS):
        if floor >= CLOSE * bound:
            break
        whole = _whole(weights)
        answer = best(Core(weighted(part, whole)))
        assert isinstance(answer, Optimum), "fewer demands than the whole instance, which has an answer"
        bound = min(bound, answer.value // int(whole.sum()))
        reached = _values(part, replace(answer, core=Core(part)))
        weights, eager = _raised(weights, reached, eager), eager * 0.9
    return bound


def _whole(weights: Weights) -> Integers:
    whole: Integers = np.maximum(1, np.rint(weights * (FINEST / weights.max()))).astype(np.int64)
    return whole


def _raised(weights: Weights, reached: Integers, eager: float) -> Weights:
    raised = weights * np.exp(-eager * (reached - reached.mean()) / reached.mean())
    bounded: Weights = np.clip(raised / raised.mean(), 1e-3, 50)
    return bounded


def _from_other_starts(instance: Instance, optimum: Optimum, found: Panels, bound: int) -> Panels:
    """Weights that favour whatever is below the bound, each answer lifted; the best floor wins, then the best total."""
    weights, reached = np.ones(instance.dossiers), _values(instance, optimum)
    for _ in range(_starts(instance.affinity.size)):
        if found.values.min() >= CLOSE * bound:
            break
        weights *= np.clip((bound / np.maximum(reached, 1)) ** 1.5, 1.0, 1.6)
        answer = best(Core(weighted(instance, _whole(weights))))
        assert isinstance(answer, Optimum), "weights do not change who may serve where"
        reached = _values(instance, replace(answer, core=Core(instance)))
        found = max(found, _lifted(instance, answer.pairs, bound), key=_rank)
    return found


def _starts(pairs: int) -> int:
    if pairs > LARGEST:
        return 0
    return STARTS if pairs <= MANY else FEW_STARTS


def _rank(panels: Panels) -> tuple[int, int]:
    return int(panels.values.min()), int(panels.points.sum())
