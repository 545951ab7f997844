"""Seats lost by a decline, a recusal or an illness are drawn again under the same rules; nobody else moves unless it must.

First the lost seats alone, out of free capacity: one small flow where each panel lost one seat, else a small programme. Where
that cannot be, as few other seats as possible move with them, then the worth decides; the neighbourhood grows until it works.
Equal answers are parted by the seed's lots, so that input, standing seats, lost seats and seed determine the answer.
"""

from dataclasses import dataclass, replace

import numpy as np

from app.kernel.randomness import Stream
from app.panels.engine.full.faults import overloaded
from app.panels.engine.full.network import arcs, network
from app.panels.engine.full.openings import addable, completing, members
from app.panels.engine.full.programme import Programme
from app.panels.engine.full.terms import Integers, Mask, Terms
from app.panels.engine.matching import flow as flows

LOTS = 1 << 16  # one part of worth is so many lots
FEW, OFFERED, NEIGHBOURS, GROWTH = 12, 60, 30, 3


@dataclass(frozen=True)
class Repaired:
    """All seats as they now are; `changed` of them are new. `moved` counts seats that had to change although not lost."""

    pairs: Integers
    changed: int
    moved: int


@dataclass(frozen=True)
class Loss:
    """`held` seats stand; on the panels of `dossiers` `open` seats are lost. `terms` never seats who lost one there again."""

    terms: Terms
    held: Integers
    lost: Integers

    @property
    def dossiers(self) -> Integers:
        return np.unique(self.lost // self.terms.experts)

    @property
    def open(self) -> Integers:
        rows = self.dossiers
        return self.terms.size[rows] - np.bincount(self.held // self.terms.experts, minlength=self.terms.dossiers)[rows]


def lose(terms: Terms, pairs: Integers, lost: Integers) -> Loss:
    """The loss of some seats; whoever lost one is promised no more than what is left."""
    held = np.setdiff1d(pairs, lost)
    rows = np.unique(lost // terms.experts)
    eligible = terms.eligible.copy()
    eligible.reshape(-1)[lost] = False
    losers = np.unique(lost % terms.experts)
    low = terms.low.copy()
    low[losers] = np.minimum(low[losers], terms.loads(held)[losers])
    standing = np.setdiff1d(terms.standing, lost)
    assert len(rows), "something is lost"
    return Loss(replace(terms, eligible=eligible, low=low, standing=standing), held, lost)


def decline(terms: Terms, pairs: Integers, experts: Integers) -> Loss:
    """Experts who serve no more: all their seats are lost."""
    high, low = terms.high.copy(), terms.low.copy()
    high[experts], low[experts] = 0, 0
    return lose(replace(terms, high=high, low=low), pairs, pairs[np.isin(pairs % terms.experts, experts)])


def repair(loss: Loss, seed: bytes) -> Repaired | None:
    """The seats filled again; none where the rules cannot be met, however many move."""
    found = _from_spare(loss, seed)
    if found is None:
        found = _moving(loss, seed)
    if found is None:
        return None
    changed = int((~np.isin(found, loss.held)).sum())
    return Repaired(found, changed, changed - int(loss.open.sum()))


def lots(terms: Terms, rows: Integers, seed: bytes) -> Integers:
    """Rows × experts: the seed's lot of every pair, two bytes each of a stream for the dossier."""
    drawn = [Stream(seed, f"repair|{row}").bytes(2 * terms.experts) for row in rows.tolist()]
    return np.frombuffer(b"".join(drawn), dtype=">u2").astype(np.int64).reshape(len(rows), terms.experts)


# --- out of free capacity -----------------------------------------------------------------------------------------


def _from_spare(loss: Loss, seed: bytes) -> Integers | None:
    """Panels that lost several seats first, by a small programme; then those that lost one, by a flow. If that leaves a seat
    empty, all of them together."""
    if overloaded(replace(loss.terms, low=np.zeros_like(loss.terms.low)), loss.held).any():
        return None
    rows, several = loss.dossiers, loss.open > 1
    if len(loss.terms.group):
        several |= True
    held: Integers | None = loss.held
    if several.any():
        held = _by_programme(loss, rows[several], FEW, seed)
    if held is not None and not several.all():
        held = _by_flow(replace(loss, held=held), rows[~several], seed)
    return _by_programme(loss, rows, loss.terms.experts, seed) if held is None and several.any() else held


def _addable(loss: Loss, rows: Integers) -> Mask:
    return addable(loss.terms, rows, *members(loss.terms, loss.held, rows))


def _by_flow(loss: Loss, rows: Integers, seed: bytes) -> Integers | None:
    """One seat a panel: who completes it, within free loads, worth most in total."""
    terms, free = loss.terms, loss.terms.high - loss.terms.loads(loss.held)
    sitting = members(terms, loss.held, rows)
    lawful = addable(terms, rows, *sitting) & completing(terms, rows, *sitting) & (free > 0)
    at, experts = np.nonzero(lawful & _among_the_best(terms, rows, lawful, len(rows)))
    who, place = np.unique(experts, return_inverse=True)
    pairs = terms.pairs(rows[at], experts)
    worth = terms.value(pairs) * LOTS + lots(terms, rows, seed)[at, experts]
    source, first = len(who), len(who) + 1
    supply = np.zeros(first + len(rows), dtype=np.int64)
    supply[source], supply[first:] = len(rows), -1
    loads = arcs(np.full(len(who), source), np.arange(len(who)), free[who])
    flow = flows.cheapest(network([arcs(place, first + at, 1, -worth), loads], supply))
    return None if flow is None else np.union1d(loss.held, pairs[flow[: len(pairs)] > 0])


def _among_the_best(terms: Terms, rows: Integers, lawful: Mask, count: int) -> Mask:
    """The `count` best of every row and their equals. With as many as there are rows, others could not matter: of every
    row's own list one is always left."""
    if lawful.shape[1] <= count:
        return lawful
    worth = np.where(lawful, terms.worth[rows], -1)
    least = np.partition(worth, -count, axis=1)[:, -count]
    best: Mask = lawful & (worth >= least[:, None])
    return best


def _by_programme(loss: Loss, rows: Integers, count: int, seed: bytes) -> Integers | None:
    """The lost seats of `rows` alone, all others standing, out of the `count` best of every row and role."""
    terms = loss.terms
    lawful = _addable(loss, rows) & (terms.loads(loss.held) < terms.high)
    few = _among_the_best(terms, rows, lawful, count)
    for role in terms.roles:
        few |= _among_the_best(terms, rows, lawful & role.who[role.kind[rows]], count)
    return _anew(replace(loss, terms=replace(terms, standing=loss.held)), rows, terms.pairs(*_at(rows, few)), seed)


def _at(rows: Integers, mask: Mask) -> tuple[Integers, Integers]:
    at, experts = np.nonzero(mask)
    return rows[at], experts


# --- with others moving -------------------------------------------------------------------------------------------


def _moving(loss: Loss, seed: bytes) -> Integers | None:
    """Fewest changes first: a seat kept is worth more than anything else. Minimal where one more than the losses changes."""
    terms, count = loss.terms, NEIGHBOURS
    while True:
        focus = _around(loss, count)
        everything = len(focus) == terms.dossiers
        lawful = terms.eligible[focus]
        offered = lawful if everything else lawful & _best_few(terms, focus, lawful, loss)
        found = _anew(loss, focus, terms.pairs(*_at(focus, offered)), seed)
        if found is not None or everything:
            return found
        count *= GROWTH


def _around(loss: Loss, count: int) -> Integers:
    """The dossiers that lost a seat and those that hold most of the experts who could follow."""
    terms, rows = loss.terms, loss.dossiers
    wanted: Mask = np.any(_addable(loss, rows), axis=0)
    dossiers, experts = terms.split(loss.held)
    holding = np.bincount(dossiers[wanted[experts]], minlength=terms.dossiers)
    holding[rows] = 0
    return np.unique(np.concatenate([rows, np.argsort(-holding, kind="stable")[:count]]))


def _best_few(terms: Terms, focus: Integers, lawful: Mask, loss: Loss) -> Mask:
    """Spare experts first, then the best; every one of them at the dossiers that lost a seat."""
    spare = terms.loads(loss.held) < terms.high
    worth = np.where(lawful, terms.worth[focus] / max(float(terms.worth.max(initial=1)), 1.0) + spare, -1.0)
    least = np.partition(worth, -min(OFFERED, terms.experts), axis=1)[:, -min(OFFERED, terms.experts)]
    few: Mask = (worth >= least[:, None]) | np.isin(focus, loss.dossiers)[:, None]
    return few


def _anew(loss: Loss, focus: Integers, offered: Integers, seed: bytes) -> Integers | None:
    terms = loss.terms
    within = np.isin(loss.held // terms.experts, focus)
    part = terms.part(focus, loss.held[~within])
    candidates = np.union1d(offered, loss.held[within])
    dossiers, experts = terms.split(candidates)
    at = np.searchsorted(focus, dossiers)
    local = part.pairs(at, experts)
    allowed = part.eligible.reshape(-1)[local] | np.isin(candidates, loss.held)
    local, at, experts, candidates = local[allowed], at[allowed], experts[allowed], candidates[allowed]
    lot = lots(terms, focus, seed)[at, experts] / LOTS
    worth = (part.value(local) + lot) / part.parts
    kept = np.isin(candidates, loss.held) * (2.0 * float(worth.max(initial=0.0)) * len(loss.lost) + 2.0)
    solved = Programme(part, local, worth + kept).solve(integral=True)
    if solved.short:
        return None
    return np.union1d(loss.held[~within], candidates[solved.taken > 0.5])
