"""Which way to the best assignment: exact and proven up to a few hundred dossiers, by parts above; groups by schedules."""

from dataclasses import replace

import numpy as np

from app.panels.engine.full import exact, grouped, near
from app.panels.engine.full.exact import Best, Steps
from app.panels.engine.full.terms import Terms

FEW = 300
FEW_PAIRS = 1_500  # up to here the group rule is met exactly, over all pairs at once


def best(terms: Terms, steps: Steps | None = None) -> Best:
    if len(terms.group) and (terms.crossing[1] or terms.eligible.size > FEW_PAIRS):
        return grouped.solve(terms, steps)
    return near.solve(terms) if steps is None and _falls_into_parts(terms) else exact.solve(terms, steps)


def _falls_into_parts(terms: Terms) -> bool:
    """Many dossiers, and no rule but employers and provinces that the role-seat flow does not know."""
    return terms.dossiers > FEW and terms.apart and terms.provinces < 3 and not len(terms.group)


def can_be_met(terms: Terms) -> bool:
    """Whether there is a lawful assignment at all, whatever it is worth."""
    return not best(replace(terms, worth=np.zeros(terms.worth.shape, dtype=np.int64), unit=1)).short
