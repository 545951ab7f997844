"""Arcs in bundles, put together into one network of `matching.flow`."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.panels.engine.full.terms import Integers
from app.panels.engine.matching.flow import Network


@dataclass(frozen=True)
class Arcs:
    tail: Integers
    head: Integers
    capacity: Integers
    cost: Integers

    def __len__(self) -> int:
        return len(self.tail)


def arcs(tail: Integers, head: Integers, capacity: Integers | int, cost: Integers | int = 0) -> Arcs:
    parts = np.broadcast_arrays(tail, head, capacity, cost)
    return Arcs(*(np.ascontiguousarray(part, np.int64) for part in parts))


def joined(bundles: Sequence[Arcs]) -> Arcs:
    return Arcs(
        np.concatenate([bundle.tail for bundle in bundles]),
        np.concatenate([bundle.head for bundle in bundles]),
        np.concatenate([bundle.capacity for bundle in bundles]),
        np.concatenate([bundle.cost for bundle in bundles]),
    )


def network(bundles: Sequence[Arcs], supply: Integers) -> Network:
    whole = joined(bundles)
    return Network(supply, whole.tail, whole.head, whole.capacity, whole.cost)
