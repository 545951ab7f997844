"""Every schedule that could be part of a better choice: those that lose less at the prices than the choice lacks to its bound.

Offers name each expert's best schedule; here all are found that come near enough, by walking down what is worth most first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, islice

import numpy as np

from app.panels.engine.full.master import Master
from app.panels.engine.full.programme import Vector
from app.panels.engine.full.schedules import NEVER, Prices, Schedules, padded
from app.panels.engine.full.terms import Integers

MANY = 3_000  # more than so many are not looked at: to prove the best of them takes far longer than to come near it
Ranked = list[tuple[float, int]]  # what a dossier adds, the highest first


def within(master: Master, prices: Prices, lost: float) -> Schedules | None:
    """All schedules that lose no more than `lost`; none where they are too many."""
    found = list(islice(Reach(master, prices, lost).found(), MANY + 1))
    if len(found) > MANY:
        return None
    experts = np.array([expert for expert, _ in found], dtype=np.int64)
    schedules = Schedules(experts, padded([dossiers for _, dossiers in found], master.pricing.most))
    return schedules[np.flatnonzero(master.gains(schedules, prices) > -lost)]


@dataclass(frozen=True)
class Reach:
    master: Master
    prices: Prices
    lost: float

    @cached_property
    def gains(self) -> Vector:
        return self.master.pricing.claiming(self.prices)

    def found(self) -> Iterator[tuple[int, list[int]]]:
        """Expert and dossiers; what joining groups earns is taken at its highest, so some lose more."""
        pricing, crosses = self.master.pricing, bool(self.master.terms.crossing[1])
        worth = np.stack([offer.gains for offer in pricing.offers(self.prices)])
        worth = worth.reshape(len(pricing.members), 1 + crosses, -1).max(axis=1)
        for home, expert in zip(*np.nonzero(worth > -self.lost), strict=True):
            yield from self._of(int(home), int(expert))

    def _of(self, home: int, expert: int) -> Iterator[tuple[int, list[int]]]:
        pricing = self.master.pricing
        stays, visits = self._at_home(home, expert), self._away(home, expert)
        free = int(self.outside[home, expert])
        least = self.prices.experts[expert] + pricing.claimed[expert] - self.lost
        for away, load in combinations(range(pricing.most + 1), 2):
            if away <= max(load - away, free):
                floor = float(least + pricing.costs[load, expert])
                yield from ((expert, chosen) for chosen in _both(stays, load - away, visits, away, floor=floor))

    @cached_property
    def outside(self) -> Integers:
        """Groups × experts: how many seats of the expert stand in other groups."""
        pricing = self.master.pricing
        return np.stack([pricing.standing_outside(home) for home in range(len(pricing.members))])

    def _at_home(self, home: int, expert: int) -> Ranked:
        return _ranked(self.gains[self.master.pricing.members[home], expert], self.master.pricing.members[home])

    def _away(self, home: int, expert: int) -> Ranked:
        if not self.master.terms.crossing[1]:
            return []
        members = self.master.pricing.members
        others = [at for at in range(len(members)) if at != home]
        worth = [self.gains[members[at], expert] - self.prices.away + self.prices.earned(home, at) for at in others]
        return _ranked(np.concatenate(worth), np.concatenate([members[at] for at in others]))


def _ranked(worth: Vector, dossiers: Integers) -> Ranked:
    order = np.argsort(-worth, kind="stable")
    ranked = zip(worth[order].tolist(), dossiers[order].tolist(), strict=True)
    return [(value, dossier) for value, dossier in ranked if value > NEVER / 2]


def _both(stays: Ranked, stay: int, visits: Ranked, visit: int, *, floor: float) -> Iterator[list[int]]:
    """So many of either that are worth more than `floor` together."""
    for value, elsewhere in _taken(visits, visit, floor - _best(stays, stay)):
        yield from ([*here, *elsewhere] for _, here in _taken(stays, stay, floor - value))


def _best(ranked: Ranked, count: int) -> float:
    """What the first are worth together; out of the question where there are not so many."""
    return sum(value for value, _ in ranked[:count]) if len(ranked) >= count else NEVER


def _taken(ranked: Ranked, count: int, floor: float, first: int = 0) -> Iterator[tuple[float, list[int]]]:
    """All choices of so many that are worth more than `floor` together."""
    if not count:
        yield 0.0, []
        return
    for at in range(first, len(ranked) - count + 1):
        value, dossier = ranked[at]
        if value + sum(more for more, _ in ranked[at + 1 : at + count]) <= floor:
            return
        for rest, others in _taken(ranked, count - 1, floor - value, at + 1):
            yield value + rest, [dossier, *others]
