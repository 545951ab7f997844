"""The best assignment under every rule for thousands of dossiers: the role-seat flow is exact but for employers and
provinces; the few panels that break those are composed anew, each time with their neighbours, by small exact programmes."""

from dataclasses import dataclass

import numpy as np

from app.panels.engine.full import exact
from app.panels.engine.full.exact import Best
from app.panels.engine.full.faults import broken
from app.panels.engine.full.slots import Slots
from app.panels.engine.full.terms import Integers, Terms

FOCUS, GROWTH = 40, 1.6


@dataclass(frozen=True)
class Found:
    """The panels as they now are; `calls` programmes were solved; `short` seats stay empty in any case."""

    pairs: Integers
    calls: int
    short: float


def solve(terms: Terms) -> Best:
    relaxed = Slots(terms).solve()
    clashes = len(broken(terms, relaxed.taken))
    found = Found(relaxed.taken, 0, relaxed.short)
    if not relaxed.short:
        found = composed(terms, relaxed.taken, relaxed.near)
    value = float(terms.value(found.pairs).sum()) / terms.parts
    info: dict[str, int | float | str] = {"rounds": relaxed.rounds, "clashes": clashes, "calls": found.calls}
    lacking = np.zeros(terms.dossiers, dtype=bool)
    lacking[broken(terms, found.pairs)] = True
    return Best(found.pairs, value, relaxed.bound / terms.parts, lacking, found.short, info)


def composed(terms: Terms, pairs: Integers, offered: Integers) -> Found:
    """The same panels with those that break a rule composed anew, beginning with the pairs `offered`."""
    calls, size = 0, FOCUS
    while len(wrong := broken(terms, pairs)):
        focus = _neighbourhood(terms, pairs, offered, core=wrong[: max(1, size // 4)], size=size)
        anew, short = _again(terms, pairs, offered, focus)
        calls += 1
        if not short:
            pairs = anew
        elif len(focus) == terms.dossiers:
            return Found(pairs, calls, short)
        else:
            size = int(size * GROWTH) + 1
    return Found(pairs, calls, 0.0)


def _neighbourhood(terms: Terms, pairs: Integers, offered: Integers, *, core: Integers, size: int) -> Integers:
    """The core and the dossiers that hold most of the experts offered to it."""
    dossiers, experts = terms.split(offered)
    wanted = np.zeros(terms.experts, dtype=bool)
    wanted[experts[np.isin(dossiers, core)]] = True
    holders, held = terms.split(pairs)
    counts = np.bincount(holders[wanted[held]], minlength=terms.dossiers)
    counts[core] = 0
    order = np.argsort(-counts, kind="stable")[: max(size - len(core), 0)]
    return np.unique(np.concatenate([core, order]))


def _again(terms: Terms, pairs: Integers, offered: Integers, focus: Integers) -> tuple[Integers, float]:
    """The panels of the focus chosen anew, out of all pairs, while all others stay; and how much is missing."""
    within = np.isin(pairs // terms.experts, focus)
    held = pairs[~within]
    part = terms.part(focus, held)
    candidates = np.union1d(offered[np.isin(offered // terms.experts, focus)], pairs[within])
    dossiers, experts = terms.split(candidates)
    local = part.pairs(np.searchsorted(focus, dossiers), experts)
    solved = exact.solve(part, start=local[part.eligible.reshape(-1)[local]])
    chosen, experts = part.split(solved.pairs)
    return np.sort(np.concatenate([held, terms.pairs(focus[chosen], experts)])), solved.missing
