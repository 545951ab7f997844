"""How well any lawful list could treat its worst panel: two bounds that hold for every lawful list.

The worst panel is no better than the best lawful panel of any one dossier that chose alone; and, for any weights of dossiers,
no better than the highest weighted total divided by the sum of the weights. The sharpest weights are the prices of a relaxed
programme that raises the floor itself; whatever they are, the weighted total is proven.
"""

from dataclasses import replace

import highspy
import numpy as np

from app.panels.engine.full import choice, exact
from app.panels.engine.full.exact import Steps, best_in_rows
from app.panels.engine.full.programme import OPTIONS, Programme, Vector
from app.panels.engine.full.terms import Integers, Terms, none

TOGETHER = 100  # dossiers in one programme
ROUNDS, FINEST = 4, 1_000
OFFERED, OFFERED_PER_ROLE = 30, 8


def values(terms: Terms, pairs: Integers) -> Integers:
    """What every panel is worth."""
    found = np.zeros(terms.dossiers, dtype=np.int64)
    np.add.at(found, terms.split(pairs)[0], terms.value(pairs))
    return found


def weighted(terms: Terms, weights: Integers) -> Terms:
    return replace(terms, worth=terms.worth.astype(np.int64) * weights[:, None])


def alone(terms: Terms) -> Integers:
    """What each panel would be worth if its dossier alone chose among all lawful panels: without loads and groups, nothing
    links the dossiers, so that the best total is the best of each."""
    free = np.full_like(terms.high, terms.dossiers)
    unbound = replace(_undemanding(terms), high=free)
    found = []
    for first in range(0, terms.dossiers, TOGETHER):
        part = unbound.part(np.arange(first, min(first + TOGETHER, terms.dossiers)), none())
        found.append(values(part, exact.solve(part).pairs))
    return np.concatenate(found)


def sharpened(terms: Terms, pairs: Integers, bound: int, *, enough: int) -> int:
    """A bound at most as high, by the competition of the panels that are worst off in a list; not driven below `enough`."""
    worst = np.sort(np.argsort(values(terms, pairs), kind="stable")[:TOGETHER])
    part = _undemanding(terms).part(worst, none())
    dossiers, experts = terms.split(pairs[np.isin(pairs // terms.experts, worst)])
    offered = np.union1d(_promising(part), part.pairs(np.searchsorted(worst, dossiers), experts))
    for _ in range(ROUNDS):
        weights = _prices(part, np.union1d(offered, part.standing))
        answer = choice.best(weighted(part, weights), Steps())
        bound = min(bound, int(np.ceil(answer.bound * terms.parts / weights.sum())))
        if bound <= enough or np.isin(answer.pairs, offered).all():
            break
        offered = np.union1d(offered, answer.pairs)
    return bound


def _undemanding(terms: Terms) -> Terms:
    """Without minimum loads and groups: whatever is lawful under the terms is lawful here."""
    return replace(terms, low=np.zeros_like(terms.low), group=none(), crossing=(0, 0))


def _promising(terms: Terms) -> Integers:
    worth = np.where(terms.eligible, terms.worth.astype(float), -np.inf)
    few = best_in_rows(worth, OFFERED)
    for role in terms.roles:
        few |= best_in_rows(np.where(role.who[role.kind], worth, -np.inf), OFFERED_PER_ROLE)
    return terms.pairs(*np.nonzero(few))


def _prices(terms: Terms, pairs: Integers) -> Integers:
    """Whole weights of the dossiers: what a little more for each would cost the highest floor over these pairs."""
    programme = Programme(terms, pairs, terms.value(pairs) / terms.parts)
    model = programme.written(integral=False)
    costs = np.array(model.col_cost_)
    costs[: len(pairs)] = 0.0
    model.col_cost_ = costs
    floors = _floored(model, programme.dossier, programme.values, terms.dossiers)
    weights: Integers = np.rint(floors * (FINEST / max(float(floors.max()), 1e-9))).astype(np.int64)
    return weights if weights.any() else np.ones(terms.dossiers, dtype=np.int64)


def _floored(model: highspy.HighsLp, dossier: Integers, worth: Vector, count: int) -> Vector:
    """The prices of the rows that hold every panel above one floor, which is made as high as can be."""
    solver = highspy.Highs()
    for option, value in OPTIONS.items():
        solver.setOptionValue(option, value)
    solver.passModel(model)
    floor, rows = model.num_col_, model.num_row_
    solver.addCol(1.0, 0.0, highspy.kHighsInf, 0, np.zeros(0, dtype=np.int32), np.zeros(0))
    for row in range(count):
        mine = np.flatnonzero(dossier == row)
        columns = np.append(mine, floor).astype(np.int32)
        solver.addRow(0.0, highspy.kHighsInf, len(columns), columns, np.append(worth[mine], -1.0))
    solver.run()
    prices: Vector = np.abs(np.array(solver.getSolution().row_dual)[rows:])
    return prices
