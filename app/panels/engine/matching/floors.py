"""A sharp bound on how well any lawful answer could treat its worst panel.

A relaxed programme raises the floor of the dossiers that are worst off, who choose among their best pairs; the prices of its
rows are weights λ of these dossiers. Whatever the weights, the highest Σ λ·value over all pairs, divided by Σ λ, is a bound
for every lawful answer, and that total is exact. So a rough answer of the programme costs sharpness, never truth.
"""

from dataclasses import replace

import highspy
import numpy as np
import numpy.typing as npt

from app.panels.engine.matching.best import Optimum, best
from app.panels.engine.matching.core import Core
from app.panels.engine.matching.instance import Instance, Integers

CROWDS = (300, 600, 1_200, 2_400)  # dossiers that compete in the programme; more of them make it sharper and slower
OFFERED = 60  # pairs of a dossier
FINEST = 1_600  # weights as whole numbers: affinity × weight stays exact in float32
NEGLIGIBLE = 1e-3  # of the heaviest: no weight
OPTIONS: dict[str, bool | int | str] = {
    "output_flag": False,
    "threads": 1,
    "parallel": "off",
    "random_seed": 0,
    "solver": "ipm",
    "run_crossover": "off",
}
Vector = npt.NDArray[np.float64]


def weighted(instance: Instance, weights: Integers) -> Instance:
    """The same pairs, each dossier's worth multiplied by its weight."""
    points = np.empty(instance.affinity.shape, dtype=np.int32)
    for block in instance.blocks():
        points[block] = np.rint(instance.rows(block) * instance.unit) * weights[block, None]
    return replace(instance, affinity=points)


def undemanding(instance: Instance, some: Integers) -> Instance:
    """These dossiers alone, without least loads: whatever all others make of it, they can do no better than this allows."""
    return Instance(
        instance.affinity[some], instance.eligible[some], instance.seats[some], 0 * instance.lowest, instance.highest
    )


def sharpened(instance: Instance, optimum: Optimum, values: Integers, bound: int, *, enough: int) -> int:
    """A bound at most as high. `values`: what the panels are worth where no care is taken of the worst; not driven below `enough`."""
    order = np.argsort(values, kind="stable")
    for crowd in CROWDS:
        if bound <= enough:
            break
        some = np.sort(order[:crowd])
        weights = _prices(instance, optimum, some)
        bound = min(bound, _proven(undemanding(instance, some[weights > 0]), weights[weights > 0]))
        if crowd >= instance.dossiers:
            break
    return bound


def _proven(part: Instance, weights: Integers) -> int:
    answer = best(Core(weighted(part, weights)))
    assert isinstance(answer, Optimum), "fewer demands than the whole instance, which has an answer"
    return answer.value // int(weights.sum())


def _prices(instance: Instance, optimum: Optimum, some: Integers) -> Integers:
    """Whole weights of these dossiers: what a little more for each would cost the highest floor over the pairs offered."""
    pairs = _offered(instance, optimum, some)
    floors = _floor_prices(instance, pairs, some)
    weights: Integers = np.rint(floors * (FINEST / max(float(floors.max()), 1e-9))).astype(np.int64)
    weights[floors < NEGLIGIBLE * floors.max()] = 0
    return weights if weights.any() else np.ones(len(some), dtype=np.int64)


def _offered(instance: Instance, optimum: Optimum, some: Integers) -> Integers:
    """Each dossier's best pairs once the experts' time has its price, and the pairs of the best answer, which can be seated."""
    cost = np.maximum(optimum.prices.expert, 0) // max(optimum.core.worth.unit, 1)
    found = [optimum.pairs[np.isin(optimum.dossiers, some)]]
    for dossier in some.tolist():
        mine = dossier * instance.experts + np.flatnonzero(instance.eligible[dossier])
        gain = instance.basis_points(mine) - cost[instance.expert(mine)]
        found.append(mine[np.argsort(-gain, kind="stable")[:OFFERED]])
    return np.unique(np.concatenate(found))


def _floor_prices(instance: Instance, pairs: Integers, some: Integers) -> Vector:
    """The prices of the rows that hold every dossier's value above one floor, which is made as high as can be."""
    solver = highspy.Highs()
    for option, value in OPTIONS.items():
        solver.setOptionValue(option, value)
    solver.passModel(_model(instance, pairs, some))
    solver.run()
    rows = np.array(solver.getSolution().row_dual)
    prices: Vector = np.abs(rows[len(some) : 2 * len(some)])
    return prices


def _model(instance: Instance, pairs: Integers, some: Integers) -> highspy.HighsLp:
    """Columns: the pairs, then the floor. Rows: seats, values above the floor, experts' time."""
    count, columns = len(some), len(pairs)
    row = np.searchsorted(some, instance.dossier(pairs))
    experts, place = np.unique(instance.expert(pairs), return_inverse=True)
    worth = instance.basis_points(pairs) / max(1, int(instance.basis_points(pairs).max()))
    seats, high = instance.seats[some].astype(float), instance.highest[experts].astype(float)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = columns + 1, 2 * count + len(experts)
    model.col_cost_ = np.append(np.zeros(columns), -1.0)
    model.col_lower_, model.col_upper_ = np.zeros(columns + 1), np.append(np.ones(columns), highspy.kHighsInf)
    model.row_lower_ = np.concatenate([seats, np.zeros(count), np.full(len(experts), -highspy.kHighsInf)])
    model.row_upper_ = np.concatenate([seats, np.full(count, highspy.kHighsInf), high])
    matrix = model.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kColwise
    matrix.start_ = np.append(np.arange(columns + 1) * 3, 3 * columns + count).astype(np.int32)
    entries = np.stack([row, count + row, 2 * count + place], axis=1).ravel()
    matrix.index_ = np.concatenate([entries, count + np.arange(count)]).astype(np.int32)
    ones = np.ones(columns)
    matrix.value_ = np.concatenate([np.stack([ones, worth, ones], axis=1).ravel(), np.full(count, -1.0)])
    return model
