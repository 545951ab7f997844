"""Why there is no lawful assignment: the smallest set of dossiers found whose eligible experts cannot carry it (Hall, 1935).

Seats are matched to experts as far as possible; from a seat that stays empty, alternating paths reach exactly the dossiers
and experts that hold it up. Where one seat is missing, that set is minimal as it stands; otherwise dossiers are left out
one by one while the rest still fails.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from ortools.graph.python import max_flow

from app.panels.engine.full.terms import Integers, Mask, Role, Terms, none

OFFERED, TRIED, FILTERED = 24, 40, 400


@dataclass(frozen=True)
class Demand:
    """What is to be filled: `needed[d]` seats of dossier d by experts in `lawful[d]`; `roles` are the names asked for
    (none: any seat)."""

    roles: tuple[str, ...]
    needed: Integers
    lawful: Mask


@dataclass(frozen=True)
class Witness:
    """`dossiers` need `needed` seats of `roles`; the `experts` who may fill them can take `capacity` of these seats, which is
    less. `short` seats stay empty over all dossiers whatever is done."""

    roles: tuple[str, ...]
    dossiers: Integers
    experts: Integers
    needed: int
    capacity: int
    short: int


def demands(terms: Terms) -> Iterator[Demand]:
    """Every role by itself, the sets of roles that one person could fill, then all seats."""
    for bits, needed in terms.coverings():
        yield _of_roles(terms, tuple(role for bit, role in enumerate(terms.roles) if bits >> bit & 1), needed)
    yield Demand((), terms.size, terms.eligible)


def _of_roles(terms: Terms, chosen: tuple[Role, ...], needed: Integers) -> Demand:
    able = np.any([role.who[role.kind] for role in chosen], axis=0)
    lawful: Mask = terms.eligible & able
    return Demand(tuple(role.name for role in chosen), needed, lawful)


def find(terms: Terms) -> tuple[Witness, ...]:
    """The demands that cannot be met by themselves, each with a minimal set of dossiers: every role that is short, else what
    several roles ask for together, else all seats."""
    found: list[Witness] = []
    for demand in demands(terms):
        if found and len(demand.roles) != 1:
            break
        if witness := of(demand, terms.high):
            found.append(witness)
    return tuple(found)


def of(demand: Demand, high: Integers) -> Witness | None:
    matching = Matching(demand, high)
    matching.fill()
    short = demand.needed - matching.filled
    if not short.any():
        return None
    wanting = np.flatnonzero(short)
    wanting = wanting[np.argsort(short[wanting], kind="stable")][:TRIED]
    dossiers = min((matching.reached(int(dossier)) for dossier in wanting), key=len)
    return stated(demand, high, _filtered(demand, high, dossiers), int(short.sum()))


def stated(demand: Demand, high: Integers, dossiers: Integers, short: int) -> Witness:
    chances = demand.lawful[dossiers].sum(axis=0)
    experts = np.flatnonzero(chances)
    needed, capacity = int(demand.needed[dossiers].sum()), int(np.minimum(chances, high)[experts].sum())
    return Witness(demand.roles, dossiers, experts, needed, capacity, short)


def fails(demand: Demand, high: Integers, dossiers: Integers) -> bool:
    """Whether these dossiers alone cannot be filled."""
    part = Demand(demand.roles, demand.needed[dossiers], demand.lawful[dossiers])
    matching = Matching(part, high)
    matching.fill()
    return bool((matching.filled < part.needed).any())


def _filtered(demand: Demand, high: Integers, dossiers: Integers) -> Integers:
    """Without the dossiers that the failure does not need: those left fail, and no longer when any one goes."""
    kept = dossiers
    if len(kept) > FILTERED or demand.needed[kept].max() == 1:
        return kept
    for dossier in dossiers:
        rest = kept[kept != dossier]
        kept = rest if fails(demand, high, rest) else kept
    return kept


class Matching:
    """Experts on seats, as many as possible, each pair once."""

    def __init__(self, demand: Demand, high: Integers) -> None:
        self.demand, self.high = demand, high
        self.taken: Mask = np.zeros_like(demand.lawful)
        self.dead: Mask = np.zeros(len(high), dtype=bool)  # experts from whom no path leads to a free one, now or later

    @property
    def filled(self) -> Integers:
        count: Integers = self.taken.sum(axis=1)
        return count

    def fill(self) -> None:
        """A maximum flow over some pairs a dossier, then one alternating path after the other over all of them."""
        self._begin()
        for dossier in np.flatnonzero(self.filled < self.demand.needed):
            while self.taken[dossier].sum() < self.demand.needed[dossier] and self._augment(int(dossier)):
                pass

    def _begin(self) -> None:
        dossiers, experts = np.nonzero(self._offered())
        count, width = self.demand.lawful.shape
        source, sink = count + width, count + width + 1
        solver = max_flow.SimpleMaxFlow()
        solver.add_arcs_with_capacity(np.full(width, source), np.arange(width), self.high)
        solver.add_arcs_with_capacity(width + np.arange(count), np.full(count, sink), self.demand.needed)
        pairs = solver.add_arcs_with_capacity(experts, width + dossiers, np.ones(len(dossiers), dtype=np.int64))
        solver.solve(source, sink)
        used = np.asarray(solver.flows(pairs)) > 0
        self.taken[dossiers[used], experts[used]] = True

    def _offered(self) -> Mask:
        """About `OFFERED` lawful pairs a dossier, other ones at every dossier."""
        count, width = self.demand.lawful.shape
        if width <= 4 * OFFERED:
            return self.demand.lawful
        rows = np.arange(count)[:, None]
        order = np.cumsum(self.demand.lawful, axis=1, dtype=np.int64)
        chances = np.maximum(order[:, -1:], 1)
        turned = (order + rows * 7_919) % chances
        offered: Mask = self.demand.lawful & (turned % np.maximum(chances // OFFERED, 1) == 0)
        return offered

    def _layers(self, dossier: int, *, past: Mask | None = None) -> Iterator[tuple[Integers, Integers]]:
        """Dossiers and the experts they lead to, layer by layer: to whom a seat could go, and from whom he would have to come."""
        seen = np.zeros(len(self.demand.lawful), dtype=bool)
        known = np.zeros(len(self.high), dtype=bool) if past is None else past.copy()
        front = np.array([dossier])
        while len(front):
            seen[front] = True
            experts = np.flatnonzero((self.demand.lawful[front] & ~self.taken[front]).any(axis=0) & ~known)
            yield front, experts
            known[experts] = True
            front = np.flatnonzero(self.taken[:, experts].any(axis=1) & ~seen)

    def reached(self, dossier: int) -> Integers:
        return np.sort(np.concatenate([front for front, _ in self._layers(dossier)]))

    def _augment(self, dossier: int) -> bool:
        """One more seat of the dossier filled, by moving others along a path; whether there was one."""
        loads, path = self.taken.sum(axis=0), []
        for front, experts in self._layers(dossier, past=self.dead):
            path.append((front, experts))
            spare = experts[loads[experts] < self.high[experts]]
            if len(spare):
                self._move(path, int(spare[0]))
                return True
        for _, experts in path:
            self.dead[experts] = True
        return False

    def _move(self, path: list[tuple[Integers, Integers]], expert: int) -> None:
        for depth in range(len(path) - 1, -1, -1):
            front = path[depth][0]
            (gaining,) = front[self.demand.lawful[front, expert] & ~self.taken[front, expert]][:1]
            self.taken[gaining, expert] = True
            if depth:
                before = path[depth - 1][1]
                (expert_before,) = before[self.taken[gaining, before]][:1]
                self.taken[gaining, expert_before] = False
                expert = int(expert_before)


# --- rules that clash only together -------------------------------------------------------------------------------


def without(terms: Terms) -> Iterator[tuple[str, Terms]]:
    """The same with one family of rules left out."""
    for bit, role in enumerate(terms.roles):
        if role.needed.any():
            yield role.name, replace(terms, roles=terms.roles[:bit] + terms.roles[bit + 1 :])
    if (terms.employer >= 0).any():
        yield "employer", replace(terms, employer=none())
    if terms.provinces or terms.per_province:
        yield "province", replace(terms, provinces=0, per_province=0)
    if terms.low.any():
        yield "minimum", replace(terms, low=np.zeros_like(terms.low))
    if len(terms.group):
        yield "group", replace(terms, group=none())
    if len(terms.standing):
        yield "fixed", replace(terms, standing=none())
    yield "load", replace(terms, high=np.full_like(terms.high, terms.dossiers))
