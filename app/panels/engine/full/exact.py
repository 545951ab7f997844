"""The best assignment under every rule, exactly, for some hundred dossiers: column generation.

The programme holds a score of promising pairs for each dossier. Its linear relaxation prices all other pairs; those that
could improve it join until none can, so its value bounds every solution. When the relaxation is integral, as it nearly
always is, that is the optimum over all pairs. Otherwise the programme is solved in integers, and every pair that the bound
does not exclude joins once more.
"""

from dataclasses import dataclass, field

import numpy as np

from app.panels.engine.full.programme import TOLERANCE, UNFILLED, Programme, Solved, Vector
from app.panels.engine.full.slots import Slots
from app.panels.engine.full.terms import Integers, Mask, Terms, none

FIRST_PER_DOSSIER, FIRST_PER_ROLE, MORE_PER_DOSSIER = 16, 6, 16


@dataclass(frozen=True)
class Best:
    """`value` in basis points, and `bound`: no lawful assignment is worth more. In a solution no dossier is `lacking` a seat
    or a role, and nothing else is `missing`."""

    pairs: Integers
    value: float
    bound: float
    lacking: Mask
    missing: float = 0.0
    info: dict[str, int | float | str] = field(default_factory=dict)

    @property
    def proven(self) -> bool:
        return not self.short and self.bound - self.value < 1e-4

    @property
    def short(self) -> bool:
        return self.missing > 0


@dataclass(frozen=True)
class Steps:
    """What every dossier costs that an expert takes: the expert and the cost, the cheapest first."""

    experts: Integers = field(default_factory=none)
    costs: Vector = field(default_factory=lambda: np.zeros(0))


def solve(terms: Terms, steps: Steps | None = None, start: Integers | None = None) -> Best:
    """`start`: pairs to begin with; whatever they are, none is overlooked."""
    steps = steps or Steps()
    worth = terms.worth * (np.float64(terms.unit) / terms.parts)
    if terms.provinces >= 3 or len(terms.group):  # rows that link pairs are not priced: all pairs at once
        lawful = np.union1d(np.flatnonzero(terms.eligible), terms.standing)
        programme = _programme(terms, lawful, steps)
        solved = programme.solve(integral=True)
        return _read(programme, solved, solved.value, 1)
    begun = _start(terms, worth, steps) if start is None else start
    return _whole(*_relaxed(terms, worth, steps, begun), worth=worth, steps=steps)


def priced(terms: Terms, steps: Steps) -> tuple[Solved, Vector]:
    """The relaxation over all pairs, and what each pair gains at its prices (−∞ where it is not lawful)."""
    worth = terms.worth * (np.float64(terms.unit) / terms.parts)
    programme, relaxed, _ = _relaxed(terms, worth, steps, _start(terms, worth, steps))
    return relaxed, programme.reduced_costs(relaxed, worth)


def _relaxed(terms: Terms, worth: Vector, steps: Steps, start: Integers) -> tuple[Programme, Solved, int]:
    """The best of the relaxation over all pairs: those that gain join until there are none."""
    pairs, rounds = np.union1d(start, terms.standing), 0
    while True:
        rounds += 1
        programme = _programme(terms, pairs, steps)
        relaxed = programme.solve(integral=False)
        gaining = _gaining(terms, programme.reduced_costs(relaxed, worth), worth)
        more = np.setdiff1d(gaining, pairs, assume_unique=True)
        if not len(more):
            return programme, relaxed, rounds
        pairs = np.union1d(pairs, more)


def _whole(programme: Programme, relaxed: Solved, rounds: int, *, worth: Vector, steps: Steps) -> Best:
    """The best in whole seats, which the relaxation bounds: a pair that costs more than the gap cannot be in it."""
    if relaxed.short or relaxed.whole:
        return _read(programme, relaxed, relaxed.value, rounds)
    solved = programme.solve(integral=True)
    costs = programme.reduced_costs(relaxed, worth)
    possible = np.flatnonzero(costs >= solved.value - relaxed.value - TOLERANCE)
    if len(np.setdiff1d(possible, programme.pairs)):
        programme = _programme(programme.terms, np.union1d(programme.pairs, possible), steps)
        solved = programme.solve(integral=True)
    return _read(programme, solved, solved.value, rounds)


def _programme(terms: Terms, pairs: Integers, steps: Steps) -> Programme:
    return Programme(terms, pairs, terms.value(pairs) / terms.parts, steps.experts, steps.costs)


def _read(programme: Programme, solved: Solved, bound: float, rounds: int) -> Best:
    missing = [np.where(part < UNFILLED, 0.0, part) for part in solved.missing]
    lacking = np.sum(missing[: 1 + len(programme.coverings)], axis=0) > 0
    info: dict[str, int | float | str] = {"rounds": rounds, "pairs": len(programme.pairs)}
    total = float(sum(part.sum() for part in missing))
    return Best(programme.pairs[solved.taken > 0.5], solved.value, bound, lacking, total, info)


def _gaining(terms: Terms, costs: Vector, worth: Vector) -> Integers:
    rows = best_in_rows(np.where(costs > TOLERANCE, worth, -np.inf), MORE_PER_DOSSIER)
    return terms.pairs(*np.nonzero(rows))


def best_in_rows(values: Vector, count: int) -> Mask:
    """The `count` highest finite values of each row, the first of equals."""
    mask = np.zeros(values.shape, dtype=bool)
    np.put_along_axis(mask, np.argsort(-values, axis=1, kind="stable")[:, :count], values=True, axis=1)
    best: Mask = mask & np.isfinite(values)
    return best


def _start(terms: Terms, worth: Vector, steps: Steps) -> Integers:
    """What the role-seat flow finds near its optimum; or, where one member may fill several roles, the best few."""
    if terms.apart and not len(steps.experts) and (terms.free >= 0).all():
        return Slots(terms).solve().near
    values = np.where(terms.eligible, worth, -np.inf)
    first = best_in_rows(values, FIRST_PER_DOSSIER)
    for role in terms.roles:
        first |= best_in_rows(np.where(role.who[role.kind], values, -np.inf), FIRST_PER_ROLE)
    return terms.pairs(*np.nonzero(first))
