"""Who serves which group where the panels are drawn by lot: settled before the lot, the same for every seed.

Where no pair may have more than one chance in two, a group needs experts enough for panels twice as large; so many are
found at home there first, and the best panels among them say who reads how much elsewhere.
"""

from dataclasses import replace

import numpy as np

from app.panels.engine.full import choice
from app.panels.engine.full.clones import Clones, cloned, served_by
from app.panels.engine.full.terms import Integers, Terms, none


def settled(terms: Terms, share: tuple[int, int]) -> tuple[Clones, Integers] | None:
    """The clones among whom the lot decides, and one lawful set of panels of theirs; none where groups are too small."""
    wide = choice.best(_wider(terms, -(-share[1] // share[0])))
    if wide.short:
        return None
    at_home = served_by(terms, wide.pairs).T[terms.group] > 0
    at_home.reshape(-1)[terms.standing] = True
    model = choice.best(replace(terms, eligible=terms.eligible & at_home))
    if model.short:
        return None
    gains = terms.worth + at_home * (1.0 + float(np.abs(terms.worth).max(initial=0)) * 2)
    clones = cloned(terms, served_by(terms, model.pairs), gains)
    return clones, clones.over(model.pairs)


def _wider(terms: Terms, times: int) -> Terms:
    """Panels so many times as large, of experts who may read so many times as much."""
    return replace(
        terms,
        size=terms.size * times,
        low=terms.low * times,
        high=terms.high * times,
        roles=tuple(replace(role, needed=role.needed * times) for role in terms.roles),
        employer=none(),
        per_province=terms.per_province * times,
        crossing=(terms.crossing[0] * times, terms.crossing[1] * times),
    )
