"""Who serves which group where the panels are drawn by lot: settled before the lot, the same for every seed.

Where no pair may have more than one chance in two, a group needs experts enough for panels twice as large; so many are
found at home there first, and the best panels among them say who reads how much elsewhere. Seats that stand are certain
anyway: only what is free beside them is widened, and where enough of them cross already no further visitor is asked for.
"""

from dataclasses import replace

import numpy as np

from app.panels.engine.full import choice
from app.panels.engine.full.clones import Clones, cloned, served_by
from app.panels.engine.full.terms import Integers, Role, Terms, none
from app.panels.engine.matching.instance import Worth


def settled(terms: Terms, share: tuple[int, int], attempt: int = 0) -> tuple[Clones, Integers] | None:
    """The clones among whom the lot decides, and one lawful set of panels of theirs; none where groups are too small. Each
    `attempt` decides otherwise between equals."""
    terms = _without_visitors(_otherwise(terms, attempt) if attempt else terms)
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


def _otherwise(terms: Terms, attempt: int) -> Terms:
    """With less than a basis point more for every pair, by its number and the attempt."""
    ties = Worth(terms.parts, attempt).tie_break(np.arange(terms.eligible.size)).reshape(terms.eligible.shape)
    return replace(terms, worth=terms.worth.astype(np.int64) + ties)


def _without_visitors(terms: Terms) -> Terms:
    """Where reviews that stand cross: no more of them than have to."""
    crossing = _crossing(terms)
    if not crossing or not terms.crossing[1]:
        return terms
    enough = max(terms.crossing[0], crossing)
    return replace(terms, crossing=(enough, enough))


def _crossing(terms: Terms) -> int:
    """How many of the reviews that stand cross."""
    served = served_by(terms, terms.standing)
    return int((served.sum(axis=1) - served.max(axis=1)).sum())


def _wider(terms: Terms, times: int) -> Terms:
    """Panels with so many times as many free seats, of experts who may read so many times as much beside what they hold."""
    held = np.bincount(terms.split(terms.standing)[0], minlength=terms.dossiers)
    crossing = _crossing(terms)
    return replace(
        terms,
        size=_widened(terms.size, held, times),
        low=_widened(terms.low, terms.loads(terms.standing), times),
        high=terms.high * times,
        roles=tuple(replace(role, needed=_widened(role.needed, _held_in(terms, role), times)) for role in terms.roles),
        employer=none(),
        per_province=terms.per_province * times,
        crossing=(
            crossing + max(terms.crossing[0] - crossing, 0) * times,
            crossing + max(terms.crossing[1] - crossing, 0) * times,
        ),
    )


def _widened(wanted: Integers, held: Integers, times: int) -> Integers:
    """What is held once, the rest so many times."""
    free = np.maximum(wanted - held, 0)
    wide: Integers = wanted - free + free * times
    return wide


def _held_in(terms: Terms, role: Role) -> Integers:
    """Seats that stand and could fill the role, by dossier."""
    dossiers, experts = terms.split(terms.standing)
    able = role.who[role.kind[dossiers], experts]
    return np.bincount(dossiers[able], minlength=terms.dossiers)
