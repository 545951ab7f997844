"""A network in which every whole flow is a lawful set of panels, employers and provinces included.

Expert → (one employer's experts of one type at a dossier, one at most) → type at the dossier → seat. An employer whose
experts have several types at a dossier keeps one of them; and where a panel could come from one province too often, some of
its seats are closed to that province. Both lose a little of what could be chosen; nothing unlawful is left.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations

import numpy as np

from app.panels.engine.full.network import Arcs, arcs, network
from app.panels.engine.full.terms import Integers, Mask, Terms
from app.panels.engine.matching.flow import Network

Closed = tuple[int, frozenset[int]]  # so many seats of a dossier, for these provinces


@dataclass(frozen=True)
class Seats:
    """One row a kind of seat at a dossier: the roles it asks for, the closures it obeys (as bits), how many there are."""

    dossier: Integers
    need: Integers
    closed: Integers
    count: Integers


@dataclass(frozen=True)
class Seating:
    """`pairs` may be chosen, each up to `most` of `whole` parts; `closed[d]` names what seats of dossier d are closed to.
    `model` is a lawful assignment: it says which seats to close."""

    terms: Terms
    pairs: Integers
    worth: Integers
    most: int
    whole: int
    model: Integers
    closed: dict[int, tuple[Closed, ...]] = field(default_factory=dict)
    step_experts: Integers = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    step_costs: Integers = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @cached_property
    def sides(self) -> Integers:
        """For every pair the closures of its dossier that hold for the expert, as bits."""
        found = np.zeros(len(self.pairs), dtype=np.int64)
        dossiers, experts = self.terms.split(self.pairs)
        for dossier, closures in self.closed.items():
            here = np.flatnonzero(dossiers == dossier)
            for bit, (_, provinces) in enumerate(closures):
                found[here] |= np.isin(self.terms.province[experts[here]], list(provinces)).astype(np.int64) << bit
        return found

    @cached_property
    def codes(self) -> Integers:
        return self.terms.types(self.pairs) | self.sides << len(self.terms.roles)

    @cached_property
    def seats(self) -> Seats:
        rows = [row for dossier in range(self.terms.dossiers) for row in self._seats_of(dossier)]
        return Seats(*(np.array(column, dtype=np.int64) for column in zip(*rows, strict=True)))

    def _seats_of(self, dossier: int) -> Iterator[tuple[int, int, int, int]]:
        needs = plan_of(self.terms, dossier)
        closures = self.closed.get(dossier, ())
        bits = self._closed_bits(dossier, needs, closures) if closures else [0] * len(needs)
        for (need, closed), count in sorted(Counter(zip(needs, bits, strict=True)).items()):
            yield dossier, need, closed, count

    def _closed_bits(self, dossier: int, needs: list[int], closures: tuple[Closed, ...]) -> list[int]:
        """For every seat the closures it obeys: those that the panel known to be lawful obeys there too, so that this panel
        stays possible."""
        members = self.model[self.model // self.terms.experts == dossier]
        home = self.terms.province[members % self.terms.experts]
        usual = np.bincount(home).argmax()
        order = np.argsort(home != usual, kind="stable")
        types = self.terms.types(members[order]).tolist()
        sitting = seated(needs, types)
        bits = [0] * len(needs)
        for bit, (count, provinces) in enumerate(closures):
            away = _away(home[order][sitting].tolist(), provinces) or list(range(len(needs)))
            for seat in sorted(away, key=lambda seat: (-bits[seat].bit_count(), needs[seat], seat))[:count]:
                bits[seat] |= 1 << bit
        return bits

    # --- the network ----------------------------------------------------------------------------------------------

    @cached_property
    def network(self) -> Network:
        bundles, supply = self._built
        return network(bundles, supply)

    @cached_property
    def _built(self) -> tuple[list[Arcs], Integers]:
        terms, whole = self.terms, self.whole
        dossiers, experts = terms.split(self.pairs)
        cells, cell = np.unique(dossiers << 32 | self.codes, return_inverse=True)
        desks, first, desk = self._desks(cell)
        at_desk, at_cell = terms.experts, terms.experts + len(desks)
        at_seat = at_cell + len(cells)
        source = at_seat + len(self.seats.need)
        most = np.where(np.isin(self.pairs, terms.standing), whole, self.most)
        cell_of, seat_of = self._joins(cells)
        bundles = [
            arcs(experts, at_desk + desk, most, -self.worth),
            arcs(at_desk + np.arange(len(desks)), at_cell + cell[first], self._room(desk, len(desks)) * whole),
            arcs(at_cell + cell_of, at_seat + seat_of, self.seats.count[seat_of] * whole),
            self._loads(source),
        ]
        supply = np.zeros(source + 1, dtype=np.int64)
        supply[: terms.experts], supply[at_seat:source] = terms.low * whole, -self.seats.count * whole
        supply[source] = (self.seats.count.sum() - terms.low.sum()) * whole
        return bundles, supply

    def _desks(self, cell: Integers) -> tuple[Integers, Integers, Integers]:
        """One desk for all pairs of an employer in a cell; whoever has no employer on record shares the cell's own."""
        label = (
            self.terms.employer[self.pairs % self.terms.experts] if len(self.terms.employer) else np.full(len(cell), -1)
        )
        return np.unique(cell << 32 | (label + 1), return_index=True, return_inverse=True)

    def _room(self, desk: Integers, desks: int) -> Integers:
        sharing = np.bincount(desk, minlength=desks)
        if not len(self.terms.employer):
            return sharing
        known = np.zeros(desks, dtype=bool)
        known[desk] = self.terms.employer[self.pairs % self.terms.experts] >= 0
        return np.where(known, 1, sharing)

    def _joins(self, cells: Integers) -> tuple[Integers, Integers]:
        """Every (cell, seat) of one dossier where the type has what the seat asks for and no closure is broken."""
        seats, roles = self.seats, len(self.terms.roles)
        dossier, code = cells >> 32, cells & 0xFFFFFFFF
        starts = np.searchsorted(seats.dossier, dossier, side="left")
        counts = np.searchsorted(seats.dossier, dossier, side="right") - starts
        cell = np.repeat(np.arange(len(cells)), counts)
        seat = np.arange(len(cell)) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(starts, counts)
        types, sides = code[cell] & ((1 << roles) - 1), code[cell] >> roles
        fits = ((types & seats.need[seat]) == seats.need[seat]) & ((sides & seats.closed[seat]) == 0)
        return cell[fits], seat[fits]

    def _loads(self, source: int) -> Arcs:
        terms = self.terms
        if len(self.step_experts):
            tail = np.full(len(self.step_experts), source)
            return arcs(tail, self.step_experts, self.whole, self.step_costs)
        tail = np.full(terms.experts, source)
        return arcs(tail, np.arange(terms.experts), (terms.high - terms.low) * self.whole)

    # --- what could still go wrong in some outcome ----------------------------------------------------------------

    def tightened(self, flow: Integers) -> "Seating":
        """Less what could break a rule in an outcome of this flow; itself where nothing could."""
        used = np.flatnonzero(flow[: len(self.pairs)] > 0)
        banned = self._mixed(used, flow)
        closed = dict(self.closed)
        for dossier, closures in self._dangers(used, flow):
            closed[dossier] = (*closed.get(dossier, ()), *closures)
        if not banned.any() and closed == self.closed:
            return self
        return replace(self, pairs=self.pairs[~banned], worth=self.worth[~banned], closed=closed)

    def _mixed(self, used: Integers, flow: Integers) -> Mask:
        """Pairs of an employer whose experts are used in several types at one dossier: all but the type that carries most."""
        banned = np.zeros(len(self.pairs), dtype=bool)
        if not len(self.terms.employer):
            return banned
        dossiers, experts = self.terms.split(self.pairs)
        label = self.terms.employer[experts]
        key = np.where(label < 0, -1, dossiers * (int(label.max(initial=0)) + 1) + label)
        mine = used[key[used] >= 0]
        kinds, kind = np.unique(np.stack([key[mine], self.codes[mine]]), axis=1, return_inverse=True)
        worth = np.bincount(kind.reshape(-1), weights=(flow[mine] * self.worth[mine]).astype(float))
        order = np.lexsort((-worth, kinds[0]))
        firsts = order[np.flatnonzero(np.diff(kinds[0][order], prepend=-2))]
        several = np.isin(kinds[0][firsts], kinds[0][order[np.flatnonzero(np.diff(kinds[0][order], prepend=-2) == 0)]])
        for at in firsts[several]:
            banned |= (key == kinds[0][at]) & (self.codes != kinds[1][at])
        return banned

    def _dangers(self, used: Integers, flow: Integers) -> Iterator[tuple[int, list[Closed]]]:
        """Dossiers of which an outcome could hold too many from some provinces, and what to close against it."""
        terms = self.terms
        if not len(terms.province):
            return
        order = used[np.argsort(self.pairs[used], kind="stable")]
        cut = np.searchsorted(self.pairs[order] // terms.experts, np.arange(terms.dossiers + 1))
        for dossier in range(terms.dossiers):
            if found := list(self._dangers_at(dossier, order[cut[dossier] : cut[dossier + 1]], flow)):
                yield dossier, found

    def _dangers_at(self, dossier: int, mine: Integers, flow: Integers) -> Iterator[Closed]:
        done = {provinces for _, provinces in self.closed.get(dossier, ())}
        found = list(self._exceeding(dossier, mine, flow))
        if found and self.terms.provinces > 2:
            found = self._parted(dossier)
        return (closure for closure in found if closure[1] not in done)

    def _exceeding(self, dossier: int, mine: Integers, flow: Integers) -> Iterator[Closed]:
        for provinces, most in self._ceilings(dossier, mine):
            if self._possible(mine, flow, provinces) > most:
                yield int(self.terms.size[dossier]) - most, provinces

    def _parted(self, dossier: int) -> list[Closed]:
        """Three provinces or more: all of them dealt into as many classes, and a seat of its own for each; the model's members
        sit in different ones."""
        members = self.model[self.model // self.terms.experts == dossier]
        apart = list(dict.fromkeys(self.terms.province[members % self.terms.experts].tolist()))[: self.terms.provinces]
        others = [label for label in np.unique(self.terms.province).tolist() if label not in apart]
        classes = [{label, *others[at :: len(apart)]} for at, label in enumerate(apart)]
        every = {*apart, *others}
        parts: list[Closed] = [(1, frozenset(every - one)) for one in classes]
        if self.terms.per_province:
            size = int(self.terms.size[dossier])
            parts += [(size - self.terms.per_province, frozenset({label})) for label in sorted(every)]
        return parts

    def _ceilings(self, dossier: int, mine: Integers) -> Iterator[tuple[frozenset[int], int]]:
        """Sets of provinces and how many members may come from them."""
        terms, size = self.terms, int(self.terms.size[dossier])
        labels = np.unique(terms.province[self.pairs[mine] % terms.experts]).tolist()
        if terms.per_province:
            yield from ((frozenset({label}), terms.per_province) for label in labels)
        least = min(terms.provinces, size)
        if least >= 2:
            yield from ((frozenset(chosen), size - 1) for chosen in combinations(labels, min(least - 1, len(labels))))

    def _possible(self, mine: Integers, flow: Integers, provinces: frozenset[int]) -> int:
        """How many of these provinces an outcome could hold at most: one an employer, and never in place of a sure seat."""
        terms = self.terms
        experts = self.pairs[mine] % terms.experts
        within = np.isin(terms.province[experts], list(provinces))
        sure = int(((flow[mine] == self.whole) & ~within).sum())
        size = int(terms.size[self.pairs[mine[0]] // terms.experts]) if len(mine) else 0
        if not len(terms.employer):
            return min(int(within.sum()), size - sure)
        label = terms.employer[experts[within]]
        return min(len(np.unique(label[label >= 0])) + int((label < 0).sum()), size - sure)


def _away(home: list[int], provinces: frozenset[int]) -> list[int]:
    return [seat for seat, label in enumerate(home) if label not in provinces]


def plan_of(terms: Terms, dossier: int) -> list[int]:
    """What roles each seat asks for (as bits), the free seats last. Where roles may overlap and ask for more seats than there
    are, seats of the first roles ask for a second one too."""
    needs = [1 << bit for bit, role in enumerate(terms.roles) for _ in range(int(role.needed[dossier]))]
    size = int(terms.size[dossier])
    while len(needs) > size and not terms.apart and len(needs) > 1:
        first = needs.pop(0)
        partner = next((at for at in range(len(needs) - 1, -1, -1) if not needs[at] & first), len(needs) - 1)
        needs[partner] |= first
    return needs + [0] * (size - len(needs))


def seated(needs: list[int], types: list[int]) -> list[int]:
    """Which member sits on which seat, the first that fits and leaves a seat for all others; empty where they do not fit,
    as when one of them fills two roles."""

    def from_seat(seat: int, left: list[int]) -> list[int] | None:
        if seat == len(needs):
            return []
        able = (at for at in left if not needs[seat] & ~types[at])
        ways = (with_rest(at, from_seat(seat + 1, [other for other in left if other != at])) for at in able)
        return next(filter(None, ways), None)

    def with_rest(at: int, rest: list[int] | None) -> list[int] | None:
        return None if rest is None else [at, *rest]

    return from_seat(0, list(range(len(types)))) or []
