"""The assignment: experts to dossiers under every rule at once, best in total, the same for the same input and seed."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from app.kernel.canonical import Record
from app.panels import rules
from app.panels.engine import shortages
from app.panels.engine.check import check, composition_faults
from app.panels.engine.fairness import fair_bound, fair_pairs
from app.panels.engine.full import choice
from app.panels.engine.full.repair import lose, repair
from app.panels.engine.full.terms import Integers, Terms
from app.panels.engine.matching.best import Short, best
from app.panels.engine.matching.core import Core
from app.panels.engine.matching.instance import Weighed
from app.panels.engine.pool import LOT_PARTS, Pool
from app.panels.engine.problem import (
    Assignment,
    Infeasible,
    Panel,
    Policy,
    Problem,
    Seat,
    Shape,
    Shortage,
    UnlawfulPanel,
)
from app.panels.engine.shares import pairs_drawn, plain_instance, shares
from app.panels.engine.stated import is_plain, steps_of, terms_of

__all__ = [
    "Assignment",
    "Infeasible",
    "Panel",
    "Policy",
    "Pool",
    "Problem",
    "Seat",
    "Shape",
    "Shortage",
    "UnlawfulPanel",
    "assign",
    "chances_of",
    "check",
    "composition_faults",
    "drawn_from",
    "restore",
    "worst_possible",
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
    if problem.policy == "random":
        return _at_random(problem)
    if problem.policy == "fairest":
        found = fair_pairs(pool)
        return found if isinstance(found, Infeasible) else _checked(pool, terms_of(pool), found.pairs)
    return _chosen(pool, terms_of(pool))


def _chosen(pool: Pool, terms: Terms) -> Assignment | Infeasible:
    best = _plain_best(pool, terms) if is_plain(pool, terms) else None
    if best is not None:
        return _checked(pool, terms, best)
    found = choice.best(terms, steps_of(pool))
    if found.short:
        return Infeasible(shortages.of_all(pool, terms, found.lacking))
    return _checked(pool, terms, found.pairs)


def _plain_best(pool: Pool, terms: Terms) -> Integers | None:
    """The same answer by the matching core, which is faster where it knows all the rules; none where there is none."""
    worth = Weighed(LOT_PARTS, rests=np.asarray(pool.weights.T % LOT_PARTS).reshape(-1))
    found = best(Core(plain_instance(terms), worth))
    return None if isinstance(found, Short) else found.pairs


def chances_of(problem: Problem) -> Record | Infeasible:
    """What a random draw publishes before its seed can be known (docs/draw.md); the seed plays no part in it."""
    return shares(Pool(problem))


def worst_possible(problem: Problem) -> int:
    """What no lawful list's worst panel could exceed, in basis points; 0 where there is no list."""
    return fair_bound(Pool(problem)) // LOT_PARTS if problem.dossiers else 0


def drawn_from(problem: Problem, published: Record) -> Assignment:
    """The panels that published chances and the problem's seed lead to."""
    pool = Pool(problem)
    return _checked(pool, terms_of(pool), pairs_drawn(pool, published, problem.seed))


def _at_random(problem: Problem) -> Assignment | Infeasible:
    published = chances_of(problem)
    return published if isinstance(published, Infeasible) else drawn_from(problem, published)


def restore(problem: Problem, standing: Sequence[Seat], lost: Sequence[Seat]) -> Assignment | Infeasible:
    """All panels after seats were lost: those lost are filled under the same rules, by the lots of the problem's own (fresh)
    seed, and nobody else moves unless it must. Whoever lost a seat does not come back to it."""
    pool = Pool(replace(problem, policy="best"))  # the lots of a random draw's chances are the same for every seed
    terms = terms_of(pool)
    held, gone = _pairs(pool, standing), _pairs(pool, lost)
    loss = lose(terms, np.union1d(held, gone), gone)
    repaired = repair(loss, problem.seed.encode())
    if repaired is None:
        return Infeasible(
            shortages.of_each(pool) or shortages.of_all(pool, loss.terms, np.zeros(len(pool.dossiers), dtype=bool))
        )
    leaders = tuple(seat for seat in standing if seat.is_leader)
    return _checked(pool, terms, repaired.pairs, leaders)


def _pairs(pool: Pool, seats: Sequence[Seat]) -> Integers:
    experts = len(pool.experts)
    numbers = [pool.dossier_at[seat.dossier] * experts + pool.expert_at[seat.expert] for seat in seats]
    return np.unique(np.array(numbers, dtype=np.int64))


def _checked(pool: Pool, terms: Terms, pairs: Integers, leaders: Sequence[Seat] = ()) -> Assignment:
    dossiers, experts = terms.split(pairs)
    assignment = Assignment(
        tuple(
            _panel(pool, experts[dossiers == column].tolist(), column, leaders) for column in range(len(pool.dossiers))
        )
    )
    check(pool.problem, assignment)
    return assignment


def _panel(pool: Pool, members: list[int], column: int, leaders: Sequence[Seat]) -> Panel:
    named = tuple(pool.experts[row].id for row in members)
    return Panel(pool.dossiers[column].id, named, _leader(pool, members, column, leaders))


def _leader(pool: Pool, members: list[int], column: int, standing: Sequence[Seat]) -> str:
    """The leader who stands, else of those who may lead the one with the highest weight, where the shape asks for one."""
    dossier = pool.dossiers[column].id
    held = {seat.expert for seat in (*pool.problem.fixed, *standing) if seat.is_leader and seat.dossier == dossier}
    fixed = "".join(name for row in members if (name := pool.experts[row].id) in held)
    if fixed or not pool.problem.shape.leader:
        return fixed
    leaders = [row for row in members if rules.may_lead(pool.experts[row], pool.problem.rule)]
    return pool.experts[max(leaders, key=lambda row: int(pool.weights[row, column]))].id
