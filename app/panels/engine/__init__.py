"""The assignment: experts to dossiers under every rule at once, best in total, the same for the same input and seed."""

import numpy as np

from app.panels import rules
from app.panels.engine import shortages
from app.panels.engine.check import check, composition_faults
from app.panels.engine.pool import Mask, Pool
from app.panels.engine.problem import (
    Assignment,
    Infeasible,
    Panel,
    Problem,
    Seat,
    Shape,
    Shortage,
    UnlawfulPanel,
)
from app.panels.engine.solver import solve

__all__ = [
    "Assignment",
    "Infeasible",
    "Panel",
    "Pool",
    "Problem",
    "Seat",
    "Shape",
    "Shortage",
    "UnlawfulPanel",
    "assign",
    "check",
    "composition_faults",
]


def assign(problem: Problem) -> Assignment | Infeasible:
    """The panels of highest total weight (affinity and lot, less the cost of uneven loads); or why there are none.

    Forbidden pairs are left out before the choice; the answer is checked again by `check`, which knows no solver.
    """
    pool = Pool(problem)
    if short := shortages.of_each(pool):
        return Infeasible(short)
    if not pool.dossiers:
        return Assignment(())
    choice = solve(pool)
    if choice.missing.any():
        return Infeasible(shortages.of_all(pool, choice))
    assignment = Assignment(
        tuple(_panel(pool, choice.chosen[:, column], column) for column in range(len(pool.dossiers)))
    )
    check(problem, assignment)
    return assignment


def _panel(pool: Pool, chosen: Mask, column: int) -> Panel:
    members = [int(row) for row in np.nonzero(chosen)[0]]
    return Panel(
        pool.dossiers[column].id, tuple(pool.experts[row].id for row in members), _leader(pool, members, column)
    )


def _fixed_leader(pool: Pool, dossier: str) -> str:
    return "".join(seat.expert for seat in pool.problem.fixed if seat.is_leader and seat.dossier == dossier)


def _leader(pool: Pool, members: list[int], column: int) -> str:
    """The fixed leader, else of those who may lead the one with the highest weight, where the shape asks for one."""
    dossier = pool.dossiers[column].id
    fixed = _fixed_leader(pool, dossier)
    if fixed or not pool.problem.shape.leader:
        return fixed
    leaders = [row for row in members if rules.may_lead(pool.experts[row], pool.problem.rule)]
    return pool.experts[max(leaders, key=lambda row: int(pool.weights[row, column]))].id
