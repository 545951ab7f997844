"""Which way to the best assignment: exact and proven up to a few hundred dossiers, by parts above."""

from dataclasses import replace

import numpy as np

from app.panels.engine.full import exact, near
from app.panels.engine.full.exact import Best, Steps
from app.panels.engine.full.terms import Terms

FEW = 300


def best(terms: Terms, steps: Steps | None = None) -> Best:
    return near.solve(terms) if steps is None and _falls_into_parts(terms) else exact.solve(terms, steps)


def _falls_into_parts(terms: Terms) -> bool:
    """Many dossiers, and no rule but employers and provinces that the role-seat flow does not know."""
    return terms.dossiers > FEW and terms.apart and terms.provinces < 3 and not len(terms.group)


def can_be_met(terms: Terms) -> bool:
    """Whether there is a lawful assignment at all, whatever it is worth."""
    return not best(replace(terms, worth=np.zeros(terms.worth.shape, dtype=np.int64), unit=1)).short
