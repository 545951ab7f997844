"""The worst-off panel lifted under every rule, with a bound on how well any lawful list could treat its worst panel.

Dossiers below the bound gain weight and the weighted best is found anew; every list met is a start for exchanging members, and
the one whose worst panel ends best is kept. Every step is an exact answer for whole numbers, so the list depends on nothing
but the terms. The bound on the way is coarse; `proven` makes it sharper, which changes no list.
"""

from dataclasses import dataclass, replace

import numpy as np

from app.panels.engine.full import choice
from app.panels.engine.full.bound import alone, sharpened, values, weighted
from app.panels.engine.full.exact import Best, Steps
from app.panels.engine.full.lift import lifted
from app.panels.engine.full.terms import Integers, Terms

STEPS = 7
CLOSE = 99  # per cent of the bound at which no more is tried
UNIT, HEAVIEST = 1_000, 60_000
MOST, LEAST = 8, 5  # a dossier's weight grows by up to 8/5 in one step
FINE = 2_000  # what is short of the bound counts in about so many steps


@dataclass(frozen=True)
class Fair:
    """`floor` is what the worst panel is worth and `bound` what no lawful list's could exceed, in parts like the terms' worth."""

    pairs: Integers
    floor: int
    bound: int


def fairest(terms: Terms) -> Fair | Best:
    """A list with a worst panel as good as was found; the plain best, which is short, where there is no lawful list."""
    first = choice.best(terms, Steps())
    if first.short:
        return first
    reached, bound, weights = values(terms, first.pairs), int(alone(terms).min()), np.full(terms.dossiers, UNIT)
    found = _lifted(terms, first.pairs, bound)
    for _ in range(STEPS):
        if _is_close(terms, found, bound):
            break
        weights = _raised(weights, reached, bound)
        answer = choice.best(weighted(terms, weights), Steps())
        reached = values(terms, answer.pairs)
        bound = min(bound, int(np.ceil(answer.bound * terms.parts / weights.sum())))
        found = max(found, _lifted(terms, answer.pairs, bound), key=lambda pairs: _rank(terms, pairs))
    return Fair(found, _rank(terms, found)[0], bound)


def proven(terms: Terms, found: Fair) -> Fair:
    """The same list with a sharper bound, where its floor is not close to the one it has."""
    if _is_close(terms, found.pairs, found.bound):
        return found
    return replace(found, bound=sharpened(terms, found.pairs, found.bound, enough=found.floor))


def _lifted(terms: Terms, pairs: Integers, bound: int) -> Integers:
    """With reviews that cross groups by a fixed number, exchanges would change how many do: there the list stays."""
    return pairs if terms.crossing[1] else lifted(terms, pairs, -(-bound // terms.parts))


def _is_close(terms: Terms, pairs: Integers, bound: int) -> bool:
    return _rank(terms, pairs)[0] * 100 >= CLOSE * bound


def _raised(weights: Integers, reached: Integers, bound: int) -> Integers:
    """More for who is below the bound, in whole numbers, so that every machine counts alike."""
    low, unit = np.maximum(reached, 1), max(bound // FINE, 1)
    short, whole = low // unit + 1, bound // unit + 1
    grown = np.minimum(weights * whole**2 // short**2, weights * MOST // LEAST)
    raised = np.where(reached < bound, np.maximum(grown, weights), weights)
    bounded: Integers = np.maximum(raised * HEAVIEST // max(int(raised.max()), HEAVIEST), 1)
    return bounded


def _rank(terms: Terms, pairs: Integers) -> tuple[int, int]:
    found = values(terms, pairs)
    return int(found.min()), int(found.sum())
