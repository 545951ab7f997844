"""The role seats as one network: expert → the expert's type at a dossier → a seat that the type may fill.

Loads, sizes and roles hold exactly in every whole flow; employers and provinces are not in it (see `panels`).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from app.panels.engine.full.network import Arcs, arcs, joined, network
from app.panels.engine.full.terms import BLOCK, Integers, Mask, Terms
from app.panels.engine.matching import flow as flows

PENALTY = 40_000  # basis points: what an empty seat costs at first; raised until it cannot pay
HIGHEST = 4_000_000
START, PER_ROLE, PER_ROUND, BAND, NEAR, THINNED = 8, 4, 12, 300, 150, 12


@dataclass(frozen=True)
class Relaxed:
    """The best whole flow: the pairs taken, those that are near to paying, and a value that no lawful assignment exceeds.
    `short` seats stay empty in every one."""

    taken: Integers
    near: Integers
    bound: int
    short: int
    rounds: int


@dataclass(frozen=True)
class State:
    """A cheapest flow over the pairs held, with the prices that prove it."""

    pairs: Integers
    flow: Integers
    prices: Integers
    penalty: int
    short: int


@dataclass(frozen=True)
class Slots:
    """`most` is what one pair may carry: more than 1 where everything else is counted in parts too."""

    terms: Terms
    most: int = 1

    @cached_property
    def types(self) -> Integers:
        return np.array(self.terms.present, dtype=np.int64)

    @cached_property
    def place(self) -> Integers:
        """Where a type stands among those present."""
        found = np.zeros(1 << len(self.terms.roles), dtype=np.int64)
        found[self.types] = np.arange(len(self.types))
        return found

    @property
    def _first_seat(self) -> int:
        return self.terms.experts + self.terms.dossiers * len(self.types)

    @property
    def _source(self) -> int:
        return self._first_seat + self.terms.dossiers * (len(self.terms.roles) + 1)

    @cached_property
    def counts(self) -> Integers:
        """Dossiers × (roles, free): how many seats."""
        needed = [role.needed for role in self.terms.roles]
        return np.stack([*needed, self.terms.free], axis=1).astype(np.int64)

    def cell(self, pairs: Integers) -> Integers:
        return self.terms.split(pairs)[0] * len(self.types) + self.place[self.terms.types(pairs)]

    @cached_property
    def frame(self) -> Arcs:
        """All arcs but the pairs': from cells to seats, and the loads beyond the minimum."""
        terms, width = self.terms, self.counts.shape[1]
        parts = [arcs(np.full(terms.experts, self._source), np.arange(terms.experts), terms.high - terms.low)]
        for position, kind in enumerate(self.types.tolist()):
            for seat in range(width):
                if seat == width - 1 or kind >> seat & 1:
                    here = np.flatnonzero(self.counts[:, seat] > 0)
                    cells = terms.experts + here * len(self.types) + position
                    parts.append(arcs(cells, self._first_seat + here * width + seat, self.counts[here, seat]))
        return joined(parts)

    def slack(self, penalty: int) -> Arcs:
        """Seats that stay empty and minimum loads that are not met, through one more node."""
        relay, terms, seats = self._source + 1, self.terms, self.counts.reshape(-1)
        left = max(int(terms.size.sum() - terms.low.sum()), 0)
        empty = arcs(np.full(len(seats), relay), self._first_seat + np.arange(len(seats)), seats, penalty)
        idle = arcs(np.arange(terms.experts), np.full(terms.experts, relay), terms.high, penalty)
        return joined([empty, idle, arcs(np.array([self._source]), np.array([relay]), left, penalty)])

    @cached_property
    def supply(self) -> Integers:
        terms = self.terms
        supply = np.zeros(self._source + 2, dtype=np.int64)
        supply[: terms.experts] = terms.low
        supply[self._source] = terms.size.sum() - terms.low.sum()
        supply[self._first_seat : self._source] = -self.counts.reshape(-1)
        return supply

    def pair_arcs(self, pairs: Integers, values: Integers) -> Arcs:
        experts = self.terms.split(pairs)[1]
        return arcs(experts, self.terms.experts + self.cell(pairs), self.most, -values)

    # --- the exact relaxation -------------------------------------------------------------------------------------

    def solve(self, start: Integers | None = None) -> Relaxed:
        """Flow, prices, one scan of all pairs for those that would gain; until there are none."""
        state, rounds = self._begun(self.first() if start is None else start), 1
        while True:
            new, rounds = self._new(state), rounds + 1
            if len(new):
                state = self._next(state, new, state.penalty, thin=rounds < THINNED)
            elif state.short and state.penalty < HIGHEST * self.terms.parts:
                state = self._next(state, new, state.penalty * 4, thin=False)
            else:
                return self._finished(state, rounds - 1)

    def _new(self, state: "State") -> Integers:
        """Pairs that gain and are not held: some of each dossier, or all where those were held already."""
        more, cut = self._gaining(state, PER_ROUND)
        new = np.setdiff1d(more, state.pairs, assume_unique=True)
        if cut and not len(new):
            more, _ = self._gaining(state, None)
            new = np.setdiff1d(more, state.pairs, assume_unique=True)
        return new

    def worth(self, pairs: Integers) -> Integers:
        """A seat that stands is worth more than any other choice."""
        return self.terms.value(pairs) + np.isin(pairs, self.terms.standing) * (HIGHEST // 4 * self.terms.parts)

    def _begun(self, pairs: Integers) -> "State":
        penalty = PENALTY * self.terms.parts
        whole = self._network(pairs, penalty)
        flow = flows.cheapest(whole)
        assert flow is not None, "every seat may stay empty"
        return self._state(pairs, penalty, flow, prices=flows.potentials(whole, flow))

    def _next(self, state: "State", new: Integers, penalty: int, *, thin: bool) -> "State":
        """The cheapest flow with the new pairs; those far from paying go, and are found again if they pay again."""
        kept = state.flow[: len(state.pairs)] > 0
        kept |= not thin
        kept |= self._gain(state) > -BAND * self.terms.parts
        pairs = np.concatenate([state.pairs[kept], new])
        order = np.argsort(pairs, kind="stable")
        carried = np.concatenate([state.flow[: len(state.pairs)][kept], np.zeros(len(new), dtype=np.int64)])
        before = np.concatenate([carried[order], state.flow[len(state.pairs) :]])
        whole = self._network(pairs[order], penalty)
        flow = flows.improved(whole, before, state.prices)
        return self._state(pairs[order], penalty, flow, prices=flows.potentials(whole, flow, state.prices))

    def _network(self, pairs: Integers, penalty: int) -> flows.Network:
        return network([self.pair_arcs(pairs, self.worth(pairs)), self.frame, self.slack(penalty)], self.supply)

    def _state(self, pairs: Integers, penalty: int, flow: Integers, *, prices: Integers) -> "State":
        short = int(flow[len(pairs) + len(self.frame) :].sum())
        return State(pairs, flow, prices, penalty, short)

    def _cells(self, state: "State") -> Integers:
        return -state.prices[self.terms.experts : self._first_seat].reshape(self.terms.dossiers, -1)

    def _gain(self, state: "State") -> Integers:
        """What each pair held is worth above its prices."""
        prices = self._cells(state).reshape(-1)[self.cell(state.pairs)] + state.prices[state.pairs % self.terms.experts]
        return self.worth(state.pairs) - prices

    def _finished(self, state: "State", rounds: int) -> Relaxed:
        taken = state.pairs[state.flow[: len(state.pairs)] > 0]
        near = state.pairs[(self._gain(state) > -NEAR * self.terms.parts) | np.isin(state.pairs, taken)]
        return Relaxed(taken, near, int(self.terms.value(taken).sum()), state.short, rounds)

    def _gaining(self, state: "State", per: int | None) -> tuple[Integers, bool]:
        """The pairs worth more than their prices, sorted; with `per` about so many a dossier, and whether any were left out."""
        cells, experts = self._cells(state), state.prices[: self.terms.experts]
        found, cut = [np.zeros(0, dtype=np.int64)], False
        for kind in self.terms.kinds:
            column = self.place[self.terms.types_of(int(kind[0]))]
            for rows in _blocks(self.terms, kind):
                gains, mine = self._scan(rows, cells[rows], experts, column=column)
                if per and np.count_nonzero(mine) > 4 * per * len(rows):
                    mine &= gains >= _sampled(gains, mine, per)[:, None]
                    cut = True
                at, expert = np.nonzero(mine)
                pairs = self.terms.pairs(rows[at], expert)
                exact = self.terms.value(pairs) - cells[rows[at], column[expert]] - experts[expert]
                found.append(pairs[exact > 0])
        return np.sort(np.concatenate(found)), cut

    def _scan(self, rows: Integers, cells: Integers, experts: Integers, *, column: Integers) -> tuple[np.ndarray, Mask]:
        unit = np.float64(self.terms.unit)
        kind = self.terms.worth.dtype if self.terms.worth.dtype == np.float32 else np.dtype(np.float64)
        least = (0.6 / unit) if kind == np.float32 else 0.5 / unit
        gains = self.terms.worth[rows] - ((experts / unit) - least).astype(kind)
        threshold = (cells / unit).astype(kind)
        for position in range(len(self.types)):
            mine = np.flatnonzero(column == position)
            gains[:, mine] -= threshold[:, position : position + 1]
        return gains, (gains > 0) & self.terms.eligible[rows]

    # --- where to begin -------------------------------------------------------------------------------------------

    def first(self) -> Integers:
        """The best pairs of every dossier and some of every role, spread; what stands; a way out for every minimum load."""
        terms = self.terms
        found = [best_of(terms, np.arange(terms.dossiers), np.arange(terms.experts), START), terms.standing]
        for role in terms.roles:
            for kind in np.unique(role.kind):
                rows, who = np.flatnonzero((role.kind == kind) & (role.needed > 0)), np.flatnonzero(role.who[kind])
                found.append(_spread(terms, rows, who, PER_ROLE))
        found.append(_idle(terms, np.unique(np.concatenate(found))))
        return np.unique(np.concatenate(found))


def _blocks(terms: Terms, rows: Integers) -> list[Integers]:
    """The rows in parts of about `BLOCK` pairs."""
    return np.array_split(rows, max(1, -(-len(rows) * terms.experts // BLOCK)))


def _sampled(gains: np.ndarray, mine: Mask, per: int) -> np.ndarray:
    """About the gain of the `per`-th best pair of every row, from one column in eight."""
    step = 8 if gains.shape[1] > 400 else 1
    sample = np.where(mine[:, ::step], gains[:, ::step], -np.inf)
    last = sample.shape[1] - 1
    at = last - min(last, int(np.ceil(1.2 * per / step)) + 2)
    threshold: np.ndarray = np.partition(sample, at, axis=1)[:, at]
    return threshold


def best_of(terms: Terms, rows: Integers, who: Integers, count: int) -> Integers:
    """About `count` to twice as many of the best eligible pairs of every row among `who`."""
    if not len(rows) or not len(who):
        return np.zeros(0, dtype=np.int64)
    parts = np.array_split(rows, -(-len(rows) * len(who) // BLOCK))
    return np.concatenate([_best_of_rows(terms, part, who, count) for part in parts])


def _best_of_rows(terms: Terms, rows: Integers, who: Integers, count: int) -> Integers:
    columns = slice(None) if len(who) == terms.experts else who
    worth, lawful = terms.worth[rows][:, columns], terms.eligible[rows][:, columns]
    step = 16 if len(who) > 2_000 else 1
    sample = np.where(lawful[:, ::step], worth[:, ::step], -1)
    last = sample.shape[1] - 1
    at = last - min(last, -(-count * 3 // (2 * step)) + 1 if step > 1 else count - 1)
    threshold = np.partition(sample, at, axis=1)[:, at]
    chosen, expert = np.nonzero((worth >= threshold[:, None]) & lawful)
    return terms.pairs(rows[chosen], who[expert])


def _spread(terms: Terms, rows: Integers, who: Integers, count: int) -> Integers:
    """`count` eligible pairs a row, walking through `who` so that all are offered somewhere."""
    if not len(rows) or not len(who):
        return np.zeros(0, dtype=np.int64)
    step = np.arange(count) * max(len(who) // count, 1)
    expert = who[(np.arange(len(rows))[:, None] * 7_919 + step) % len(who)]
    lawful = terms.eligible[rows[:, None], expert]
    return terms.pairs(np.broadcast_to(rows[:, None], expert.shape)[lawful], expert[lawful])


def _idle(terms: Terms, pairs: Integers) -> Integers:
    """Pairs for experts who have to take something and were offered little."""
    idle = np.flatnonzero((terms.low > 0) & (terms.loads(pairs) < 3))
    if not len(idle):
        return np.zeros(0, dtype=np.int64)
    offered = []
    for part in np.array_split(idle, max(1, -(-len(idle) * terms.dossiers // BLOCK))):
        worth = np.where(terms.eligible[:, part], terms.worth[:, part], -1).T
        best = np.argsort(-worth, axis=1, kind="stable")[:, :8] if terms.dossiers <= 200 else _top(worth, 8)
        spread = (part[:, None] * 40_503 + np.arange(8) * 7_919) % terms.dossiers
        rows = np.concatenate([best, spread], axis=1)
        expert = np.broadcast_to(part[:, None], rows.shape)
        lawful = terms.eligible[rows, expert]
        offered.append(terms.pairs(rows[lawful], expert[lawful]))
    return np.concatenate(offered)


def _top(values: np.ndarray, count: int) -> Integers:
    return np.argpartition(-values, count - 1, axis=1)[:, :count]
