"""The policy `fairest`: by the matching core where it knows all the rules, else under every rule; with a bound on the worst panel."""

import numpy as np

from app.panels.engine import shortages
from app.panels.engine.full.exact import Best
from app.panels.engine.full.fair import Fair, fairest, proven
from app.panels.engine.full.terms import Terms
from app.panels.engine.matching import fairest as core
from app.panels.engine.matching.best import Short
from app.panels.engine.pool import LOT_PARTS, Pool
from app.panels.engine.problem import Infeasible
from app.panels.engine.shares import plain_instance
from app.panels.engine.stated import is_plain, terms_of


def fair_pairs(pool: Pool) -> Fair | Infeasible:
    terms = terms_of(pool)
    found = _plain(terms) if is_plain(pool, terms) else fairest(terms)
    if isinstance(found, Best):
        return Infeasible(shortages.of_each(pool) or shortages.of_all(pool, terms, found.lacking))
    return found


def fair_bound(pool: Pool) -> int:
    """What no lawful list's worst panel could exceed, in parts of a basis point; 0 where there is no list."""
    terms = terms_of(pool)
    found = _plain(terms) if is_plain(pool, terms) else fairest(terms)
    return 0 if isinstance(found, Best) else proven(terms, found).bound


def _plain(terms: Terms) -> Fair | Best:
    """In whole basis points; where there is no answer the full rules say what is lacking."""
    found = core.fairest(plain_instance(terms))
    if isinstance(found, Short):
        return fairest(terms)
    return Fair(np.sort(found.pairs), found.floor * LOT_PARTS, found.bound * LOT_PARTS)
