"""The shares of a public draw: the best total in which no pair has more than a given chance, and only one such answer.

The capped problem is a flow in parts of one. A tie-break below one basis point makes its optimum unique; that it is unique
is checked, and where it is not the tie-break's counter is raised. A unique optimum depends on no solver, version, order
of rows or number of threads, so anybody can find the same shares, and `certificate` proves them without a search.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.kernel.canonical import Record
from app.panels.engine.matching import flow as flows
from app.panels.engine.matching.best import Optimum, Short, best
from app.panels.engine.matching.core import Core
from app.panels.engine.matching.instance import BASIS_POINTS, Instance, Integers, Prices, Share, Worth
from app.panels.engine.matching.rounding import rounded

FORMAT = "zhiheng-marginals/1"
TIE_UNIT = 1 << 26  # 12 bits left ties in public data of four bid levels, 26 none so far
ATTEMPTS = 16


class NeverUnique(Exception):
    """No tie-break made the optimum unique: a fault of the program."""


@dataclass(frozen=True)
class Marginals:
    """`pairs` in rising order have `parts` of `core.share.whole`; `prices` prove it."""

    core: Core
    pairs: Integers
    parts: Integers
    prices: Prices

    @property
    def expected(self) -> float:
        """Basis points of an average draw."""
        return float((self.core.instance.basis_points(self.pairs) * self.parts).sum()) / self.core.share.whole


def marginals(instance: Instance, share: Share) -> Marginals | Short:
    for counter in range(ATTEMPTS):
        found = best(Core(instance, Worth(TIE_UNIT, counter), share))
        if isinstance(found, Short):
            return found
        if is_only(found):
            return Marginals(found.core, found.pairs, found.parts, found.prices)
    raise NeverUnique


def is_only(found: Optimum) -> bool:
    """Whether no other shares are worth as much, over all pairs: those that the prices leave open are looked at."""
    core = found.core
    tight = _at_the_price(found)
    parts = np.zeros(len(tight), dtype=np.int64)
    parts[np.searchsorted(tight, found.pairs)] = found.parts
    return flows.is_only(core.network(tight), core.flow(tight, parts), core.potential(found.prices))


def _at_the_price(found: Optimum) -> Integers:
    """The pairs in use and all others that are worth exactly their prices, in rising order."""
    instance, worth, prices = found.core.instance, found.core.worth, found.prices
    chosen = [found.pairs]
    scale, margin = worth.unit * instance.unit, 1.6 / instance.unit
    expert = (prices.expert / scale).astype(np.float32)
    nearly = (prices.dossier / scale - margin).astype(np.float32)[:, None]
    for block in instance.blocks():
        mask = instance.rows(block) - expert > nearly[block]
        mask &= instance.eligible[block]
        near = np.flatnonzero(mask) + block.start * instance.experts
        chosen.append(near[worth.of(instance, near) == prices.of(instance, near)])
    rising = np.sort(np.concatenate(chosen))
    return rising[np.diff(rising, prepend=-1) > 0]


# --- the draw itself ----------------------------------------------------------------------------------------------


def arcs(found: Marginals) -> list[tuple[int, int, int]]:
    """The network that is rounded: experts, then dossiers, then a node that takes what an expert's shares lack to a whole.

    Sorted by tail and head.
    """
    core = found.core
    lacking = -core.loads(found.pairs, found.parts) % core.share.whole
    some = np.flatnonzero(lacking)
    tail = np.concatenate([core.instance.expert(found.pairs), some])
    head = np.concatenate([core.instance.experts + core.instance.dossier(found.pairs), np.full(len(some), core.source)])
    carried = np.concatenate([found.parts, lacking[some]])
    order = np.lexsort((head, tail))
    return list(zip(tail[order].tolist(), head[order].tolist(), carried[order].tolist(), strict=True))


def drawn(found: Marginals, seed: str) -> Integers:
    """The pairs of this draw, in rising order."""
    network, experts = arcs(found), found.core.instance.experts
    used = zip(network, rounded(network, found.core.share.whole, seed), strict=True)
    chosen = [
        (head - experts) * experts + tail for (tail, head, _), times in used if times and head < found.core.source
    ]
    return np.sort(np.array(chosen, dtype=np.int64))


def record(found: Marginals, experts: Sequence[str], dossiers: Sequence[str]) -> Record:
    """What is published before the seed can be known (docs/draw.md); names in the order of the matrix, which is rising."""
    core = found.core
    names = [f"e|{name}" for name in experts] + [f"d|{name}" for name in dossiers] + ["rest"]
    points = np.where(core.instance.eligible, core.instance.affinity, 0)
    if core.instance.unit > 1:
        points = np.rint(points * BASIS_POINTS)
    rows = np.where(core.instance.eligible, points.astype(np.int64), -1)
    loads = zip(experts, core.instance.lowest.tolist(), core.instance.highest.tolist(), strict=True)
    return {
        "format": FORMAT,
        "most": core.share.most,
        "whole": core.share.whole,
        "unit": core.worth.unit,
        "counter": core.worth.counter,
        "experts": [list(entry) for entry in loads],
        "dossiers": [list(entry) for entry in zip(dossiers, core.instance.seats.tolist(), strict=True)],
        "affinity": rows.tolist(),
        "prices": {"dossiers": found.prices.dossier.tolist(), "experts": found.prices.expert.tolist()},
        "arcs": [
            [names[tail], names[head], parts, *_seat(names[tail], names[head])] for tail, head, parts in arcs(found)
        ],
    }


def _seat(tail: str, head: str) -> tuple[str, str]:
    """Expert and dossier of an arc that seats one, else nobody."""
    return (tail[2:], head[2:]) if head.startswith("d|") else ("", "")


def replayed(published: Record, seed: str) -> list[tuple[str, str]]:
    """Dossier and expert of every seat that a published network and a seed lead to, in rising order."""
    network = published["arcs"]
    times = rounded([(tail, head, parts) for tail, head, parts, *_ in network], published["whole"], seed)
    return sorted(
        (dossier, expert) for (*_, expert, dossier), used in zip(network, times, strict=True) if used and expert
    )
