"""The worst-off panel lifted under every rule, with a bound on how well any lawful list could treat its worst panel.

Two bounds hold for every lawful list: the worst panel is no better than the best panel of any one dossier that chose alone;
and, for any weights of dossiers, no better than the highest weighted total divided by the sum of the weights. Dossiers below
the bound gain weight, the weighted best is found anew, and of all lists met the one with the best worst panel is kept. Every
step is an exact answer for whole-number weights, so the list depends on nothing but the terms.
"""

from dataclasses import dataclass, replace

import numpy as np

from app.panels.engine.full import choice
from app.panels.engine.full.exact import Best, Steps
from app.panels.engine.full.terms import Integers, Terms

STEPS = 10
UNIT, HEAVIEST = 1_000, 60_000
MOST, LEAST = 8, 5  # a dossier's weight grows by up to 8/5 in one step


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
    found, reached = first.pairs, _values(terms, first.pairs)
    bound, weights = int(_alone(terms).min()), np.full(terms.dossiers, UNIT)
    for _ in range(STEPS):
        weights = _raised(weights, reached, bound)
        if _values(terms, found).min() // terms.parts >= bound // terms.parts:
            break
        answer = choice.best(replace(terms, worth=terms.worth.astype(np.int64) * weights[:, None]), Steps())
        reached = _values(terms, answer.pairs)
        bound = min(bound, int(np.ceil(answer.bound * terms.parts / weights.sum())))
        found = max(found, answer.pairs, key=lambda pairs: _rank(terms, pairs))
    return Fair(found, int(_values(terms, found).min()), bound)


def _values(terms: Terms, pairs: Integers) -> Integers:
    """What every panel is worth."""
    found = np.zeros(terms.dossiers, dtype=np.int64)
    np.add.at(found, terms.split(pairs)[0], terms.value(pairs))
    return found


def _alone(terms: Terms) -> Integers:
    """What each panel would be worth if its dossier alone chose."""
    falling = -np.sort(-np.where(terms.eligible, terms.worth, 0), axis=1)
    sums: Integers = np.where(np.arange(terms.experts) < terms.size[:, None], falling, 0).sum(axis=1).astype(np.int64)
    return sums


def _raised(weights: Integers, reached: Integers, bound: int) -> Integers:
    """More for who is below the bound, in whole numbers, so that every machine counts alike."""
    low = np.maximum(reached, 1)
    grown = np.minimum(weights * (bound // 1_000 + 1) // (low // 1_000 + 1), weights * MOST // LEAST)
    raised = np.where(reached < bound, np.maximum(grown, weights), weights)
    bounded: Integers = np.maximum(raised * HEAVIEST // max(int(raised.max()), HEAVIEST), 1)
    return bounded


def _rank(terms: Terms, pairs: Integers) -> tuple[int, int]:
    values = _values(terms, pairs)
    return int(values.min()), int(values.sum())
