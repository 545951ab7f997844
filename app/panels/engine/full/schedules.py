"""Schedules: what one expert could read under the group rule, and which of them would gain at given prices."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from app.panels.engine.full.exact import Steps
from app.panels.engine.full.programme import Vector
from app.panels.engine.full.terms import Integers, Terms

NEVER = -1e12
STANDS = 1e9  # what a seat that stands gains in pricing, so that no schedule without it is offered


@dataclass(frozen=True)
class Schedules:
    """One row a schedule: the expert, and his dossiers in rising order, filled up with −1."""

    experts: Integers
    dossiers: Integers

    def __len__(self) -> int:
        return len(self.experts)

    def __getitem__(self, chosen: Integers) -> "Schedules":
        return Schedules(self.experts[chosen], self.dossiers[chosen])

    @property
    def sizes(self) -> Integers:
        sizes: Integers = (self.dossiers >= 0).sum(axis=1)
        return sizes

    def seats(self) -> tuple[Integers, Integers, Integers]:
        """Row of the schedule, dossier and expert of every seat."""
        rows, places = np.nonzero(self.dossiers >= 0)
        return rows, self.dossiers[rows, places], self.experts[rows]

    def served(self, group: Integers) -> Integers:
        """Schedules × groups: how many dossiers of each."""
        rows, dossiers, _ = self.seats()
        counts = np.zeros((len(self), int(group.max()) + 1), dtype=np.int64)
        np.add.at(counts, (rows, group[dossiers]), 1)
        return counts


def joined(parts: list[Schedules]) -> Schedules:
    return Schedules(
        np.concatenate([part.experts for part in parts]), np.concatenate([part.dossiers for part in parts])
    )


@dataclass(frozen=True)
class Top:
    """The best of some dossiers for every expert, `prefix[n]` worth the first n of them together."""

    dossiers: Integers
    prefix: Vector


@dataclass(frozen=True)
class Join:
    """The groups dealt into parts (`part[g]`): a schedule that reads in several of them earns `price` for each beyond the first."""

    part: Integers
    price: float = 0.0

    def least(self, group: Integers) -> float:
        """So often at least, for the parts of these dossiers' groups to be one."""
        return len(np.unique(self.part[group])) - 1.0

    def joined(self, served: Integers) -> Integers:
        """Of every schedule, the parts beyond the first."""
        within = [(served[:, self.part == one] > 0).any(axis=1) for one in np.unique(self.part)]
        beyond: Integers = np.maximum(np.sum(within, axis=0) - 1, 0)
        return beyond


@dataclass(frozen=True)
class Prices:
    """What a seat of a pair gains (`gains`, dossiers × experts) and every expert's own price; a review away from the home
    group costs `away`, and the `joins` earn."""

    gains: Vector
    experts: Vector
    away: float = 0.0
    joins: tuple[Join, ...] = ()

    def earned(self, home: int, group: int) -> float:
        """For the first review in a group, at most: two groups of one part earn once."""
        return sum(join.price for join in self.joins if join.part[home] != join.part[group])


@dataclass(frozen=True)
class Offer:
    """For every home group and expert the best schedule, what it is worth, and that less the expert's own price."""

    schedules: Schedules
    gains: Vector


@dataclass(frozen=True)
class Pricing:
    terms: Terms
    steps: Steps

    @cached_property
    def most(self) -> int:
        """Nobody can read more than this."""
        return int(min(self.terms.high.max(initial=0), self.terms.dossiers))

    @cached_property
    def members(self) -> list[Integers]:
        return [np.flatnonzero(self.terms.group == one) for one in range(int(self.terms.group.max()) + 1)]

    @cached_property
    def costs(self) -> Vector:
        """Loads × experts: what a load costs by the steps; beyond the limits of an expert it is out of the question."""
        loads = np.arange(self.most + 1)[:, None]
        costs = np.zeros((self.most + 1, self.terms.experts))
        if len(self.steps.experts):
            first = np.searchsorted(self.steps.experts, np.arange(self.terms.experts))
            place = np.arange(len(self.steps.experts)) - first[self.steps.experts]
            within = place < self.most
            costs[place[within] + 1, self.steps.experts[within]] = self.steps.costs[within]
            costs = np.cumsum(costs, axis=0)
        costs[(loads > self.terms.high) | (loads < self.terms.low)] = -NEVER
        return costs

    @cached_property
    def standing(self) -> tuple[Integers, Integers]:
        return self.terms.split(self.terms.standing)

    @cached_property
    def claimed(self) -> Vector:
        """What the seats that stand add to every expert's schedule, to be taken off again."""
        return np.bincount(self.standing[1], minlength=self.terms.experts).astype(np.float64) * STANDS

    def claiming(self, prices: Prices) -> Vector:
        """What every pair gains, with the claim of those that stand; NEVER where it is not lawful."""
        gains = np.where(self.terms.eligible, prices.gains, NEVER)
        gains[self.standing] += STANDS
        return gains

    def offers(self, prices: Prices) -> Iterator[Offer]:
        """Group by group as home: everybody's best schedule in it alone and, where the rule lets experts cross, the best one
        that reads elsewhere too, no more there than at home."""
        gains = self.claiming(prices)
        tops = [_top(gains, dossiers, self.most) for dossiers in self.members]
        for home, top in enumerate(tops):
            yield self._within(top, prices)
            if self.terms.crossing[1]:
                yield from self._across(tops, home, prices)

    def _within(self, top: Top, prices: Prices) -> Offer:
        count = len(top.prefix)
        worth = top.prefix - self.costs[:count] - self.claimed
        worth[0] = NEVER
        load = worth.argmax(axis=0)
        return self._offer(load, worth[load, np.arange(len(load))] - prices.experts, [(top.dossiers, load)])

    def _across(self, tops: list[Top], home: int, prices: Prices) -> Iterator[Offer]:
        """Seats that stand elsewhere may be more than those at home, as where somebody lost seats there."""
        held = self.standing_outside(home)
        most_held = int(held.max(initial=0))
        top, away = tops[home], _visits(tops, home, max(self.most // 2, most_held), prices)
        best = np.full(self.terms.experts, NEVER)
        stay, visit = np.zeros((2, self.terms.experts), dtype=np.int64)
        for visits in range(1, len(away.prefix)):
            for stays in range(1 if visits <= most_held else visits, min(len(top.prefix), self.most - visits + 1)):
                allowed = (visits <= held) | (visits <= stays)
                worth = top.prefix[stays] + away.prefix[visits] - self.costs[stays + visits]
                better = (worth > best) & allowed
                best = np.where(better, worth, best)
                stay, visit = np.where(better, stays, stay), np.where(better, visits, visit)
        worth = best - self.claimed - prices.experts
        yield self._offer(stay + visit, worth, [(top.dossiers, stay), (away.dossiers, visit)])

    def standing_outside(self, home: int) -> Integers:
        dossiers, experts = self.standing
        return np.bincount(experts[self.terms.group[dossiers] != home], minlength=self.terms.experts)

    def _offer(self, loads: Integers, gains: Vector, parts: list[tuple[Integers, Integers]]) -> Offer:
        experts = np.arange(self.terms.experts)
        dossiers = np.full((len(experts), self.most), -1)
        filled = np.zeros(len(experts), dtype=np.int64)
        for ranked, count in parts:
            for place in range(int(count.max(initial=0))):
                taking = np.flatnonzero(count > place)
                dossiers[taking, filled[taking]] = ranked[place, taking]
                filled[taking] += 1
        return Offer(Schedules(experts, _in_order(dossiers)), np.where(loads > 0, gains, NEVER))


def padded(dossiers: list[list[int]], most: int) -> Integers:
    """As rows of schedules."""
    rows = np.array([row + [-1] * (most - len(row)) for row in dossiers], dtype=np.int64)
    return _in_order(rows.reshape(-1, most))


def _in_order(dossiers: Integers) -> Integers:
    ordered = np.sort(np.where(dossiers < 0, np.iinfo(np.int64).max, dossiers), axis=1)
    return np.where(ordered == np.iinfo(np.int64).max, -1, ordered)


def _top(gains: Vector, dossiers: Integers, count: int) -> Top:
    mine = gains[dossiers]
    order = np.argsort(-mine, axis=0, kind="stable")[:count]
    return _prefixed(dossiers[order], np.take_along_axis(mine, order, axis=0))


def _visits(tops: list[Top], home: int, count: int, prices: Prices) -> Top:
    """The best dossiers away from home: the first of a group earns what serving that group does."""
    others = [at for at in range(len(tops)) if at != home]
    single = [np.diff(tops[at].prefix[: count + 1], axis=0) - prices.away for at in others]
    for at, worth in zip(others, single, strict=True):
        worth[:1] += prices.earned(home, at)
    worth = np.concatenate(single)
    dossiers = np.concatenate([tops[at].dossiers[:count] for at in others])
    order = np.argsort(-worth, axis=0, kind="stable")[:count]
    return _prefixed(np.take_along_axis(dossiers, order, axis=0), np.take_along_axis(worth, order, axis=0))


def _prefixed(dossiers: Integers, worth: Vector) -> Top:
    return Top(dossiers, np.concatenate([np.zeros((1, worth.shape[1])), np.cumsum(worth, axis=0)]))
