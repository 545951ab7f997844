"""The core rules as a network: every dossier its seats, every expert between lowest and highest, no pair twice.

Nodes: experts, then dossiers, then the source that feeds what experts serve beyond their lowest load. While an answer may
be short, a relief node lends seats and takes unused minimum loads at a penalty. Flows count in parts of `share.whole`.
"""

from dataclasses import dataclass

import numpy as np

from app.panels.engine.matching.flow import Network
from app.panels.engine.matching.instance import PLAIN, WHOLE, Instance, Integers, Prices, Share, Worth


@dataclass(frozen=True, slots=True)
class Core:
    instance: Instance
    worth: Worth = PLAIN
    share: Share = WHOLE

    @property
    def source(self) -> int:
        return self.instance.experts + self.instance.dossiers

    @property
    def seats(self) -> Integers:
        return self.instance.seats * self.share.whole

    @property
    def lowest(self) -> Integers:
        return self.instance.lowest * self.share.whole

    @property
    def spare(self) -> Integers:
        return (self.instance.highest - self.instance.lowest) * self.share.whole

    def network(self, pairs: Integers) -> Network:
        """One arc a pair, then one from the source to each expert."""
        experts = np.arange(self.instance.experts)
        return Network(
            np.concatenate([self.lowest, -self.seats, [self.seats.sum() - self.lowest.sum()]]),
            np.concatenate([self.instance.expert(pairs), np.full(len(experts), self.source)]),
            np.concatenate([len(experts) + self.instance.dossier(pairs), experts]),
            np.concatenate([np.full(len(pairs), self.share.most), self.spare]),
            np.concatenate([-self.worth.of(self.instance, pairs), np.zeros(len(experts), dtype=np.int64)]),
        )

    def relieved(self, pairs: Integers, penalty: int) -> Network:
        """The same with the relief node, which makes any demand possible at a price."""
        plain = self.network(pairs)
        experts, relief = self.instance.experts, self.source + 1
        seats, highest = self.seats, self.lowest + self.spare
        dossiers, ends, rest = np.arange(experts, self.source), [self.source, relief], int(plain.supply[self.source])
        supply = np.concatenate([plain.supply, [0]])
        return Network(
            supply,
            np.concatenate([plain.tail, np.full(len(seats), relief), np.arange(experts), ends]),
            np.concatenate([plain.head, dossiers, np.full(experts, relief), ends[::-1]]),
            np.concatenate([plain.capacity, seats, highest, [max(0, rest), max(0, -rest)]]),
            np.concatenate([plain.cost, np.full(len(seats) + experts + 1, penalty), [0]]),
        )

    def flow(self, pairs: Integers, parts: Integers) -> Integers:
        """What every arc of `network` carries where the pairs carry `parts`."""
        return np.concatenate([parts, self.loads(pairs, parts) - self.lowest])

    def loads(self, pairs: Integers, parts: Integers) -> Integers:
        return _sums(self.instance.expert(pairs), parts, self.instance.experts)

    def filled(self, pairs: Integers, parts: Integers) -> Integers:
        return _sums(self.instance.dossier(pairs), parts, self.instance.dossiers)

    def prices(self, potential: Integers) -> Prices:
        level = potential - potential[self.source]
        return Prices(-level[self.instance.experts : self.source], level[: self.instance.experts])

    def potential(self, prices: Prices) -> Integers:
        """Of every node of `network`: what `prices` reads from it."""
        return np.concatenate([prices.expert, -prices.dossier, [0]])


def _sums(places: Integers, parts: Integers, length: int) -> Integers:
    return np.bincount(places, weights=parts, minlength=length).astype(np.int64)
