"""The assignment of highest total, exact over all pairs, though only a few ever enter the network.

A flow over promising pairs gives prices; one look at the whole matrix finds the pairs that beat them; these join, and what
has long been too dear leaves. When no pair beats the prices, the prices prove the answer (`certificate`). In a large matrix
the first pairs are those near estimated prices (`estimate`), which leaves little to price in.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from app.panels.engine.matching import flow as flows
from app.panels.engine.matching.core import Core
from app.panels.engine.matching.estimate import LARGE, estimated, near_pairs
from app.panels.engine.matching.instance import Instance, Integers, Prices
from app.panels.engine.matching.pricing import first_pairs, profitable

EACH = 8  # pairs of a dossier that join in one round
KEPT, OF = 3, 100  # part of the most a pair is worth; further below its prices it leaves the network
PATIENT = 6  # rounds after which none leaves any more
FIRST_PENALTY, DEARER = 4, 8  # times the most that a pair is worth


@dataclass(frozen=True)
class Optimum:
    """`pairs` in rising order carry `parts` of `share.whole`; `prices` prove that no other answer is worth more."""

    core: Core
    pairs: Integers
    parts: Integers
    prices: Prices
    rounds: int = 0

    @property
    def value(self) -> int:
        """In the objective's units, times `share.whole`."""
        return int((self.core.worth.of(self.core.instance, self.pairs) * self.parts).sum())

    @property
    def experts(self) -> Integers:
        return self.core.instance.expert(self.pairs)

    @property
    def dossiers(self) -> Integers:
        return self.core.instance.dossier(self.pairs)


@dataclass(frozen=True)
class Short:
    """There is no answer: seats and minimum loads that the best attempt leaves open, in parts of `share.whole`."""

    seats: Integers
    loads: Integers


@dataclass(frozen=True)
class Attempt:
    """A cheapest flow over some pairs; `penalty` 0: it leaves nothing open and needs no relief."""

    core: Core
    pairs: Integers
    parts: Integers
    potential: Integers
    penalty: int = 0
    rounds: int = 1
    prices: Prices = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "prices", self.core.prices(self.potential))

    @property
    def short(self) -> Short:
        missing = self.core.seats - self.core.filled(self.pairs, self.parts)
        return Short(missing, np.maximum(0, self.core.lowest - self.core.loads(self.pairs, self.parts)))

    @property
    def is_short(self) -> bool:
        short = self.short
        return bool(short.seats.any() or short.loads.any())


def best(core: Core) -> Optimum | Short:
    """The highest total; or what stays open where the rules leave no answer."""
    attempt = started(core)
    limit = (
        core.instance.highest_points * core.worth.unit * 2 * (min(core.instance.experts, core.instance.dossiers) + 1)
    )
    while True:
        attempt = priced_out(attempt)
        if not attempt.penalty:
            return _optimum(attempt)
        if attempt.penalty > limit:  # one open seat costs more than any way to fill it: nobody fills it
            return attempt.short
        attempt = _relieved(core, attempt.pairs, attempt.penalty * DEARER, attempt.rounds)


def started(core: Core) -> Attempt:
    penalty = FIRST_PENALTY * core.instance.highest_points * core.worth.unit
    if core.instance.affinity.size >= LARGE:
        prices = estimated(core)
        return _relieved(core, near_pairs(core, prices), penalty, 0, start=core.potential(prices))
    each = max(16, -(-int(core.instance.seats.max(initial=1)) * 8 * core.share.whole // (5 * core.share.most)))
    return _relieved(core, first_pairs(core.instance, each), penalty, 0)


def priced_out(attempt: Attempt) -> Attempt:
    """The same until no pair of the whole matrix beats the prices."""
    core = attempt.core
    while True:
        used = np.sort(attempt.pairs[attempt.parts == core.share.most])
        found = profitable(core.instance, core.worth, attempt.prices, known=used, each=EACH)
        if not len(found.pairs):
            return attempt
        attempt = _joined(attempt, found.pairs)


def _joined(attempt: Attempt, fresh: Integers) -> Attempt:
    """The cheapest flow after `fresh` pairs came in."""
    core, kept = attempt.core, attempt.parts > 0
    if attempt.rounds < PATIENT:
        below = attempt.prices.of(core.instance, attempt.pairs) - core.worth.of(core.instance, attempt.pairs)
        kept |= below <= core.instance.highest_points * core.worth.unit * KEPT // OF
    else:
        kept[:] = True
    pairs = np.concatenate([attempt.pairs[kept], fresh])
    if attempt.penalty:
        return _relieved(core, pairs, attempt.penalty, attempt.rounds)
    parts = np.concatenate([attempt.parts[kept], np.zeros(len(fresh), dtype=np.int64)])
    network = core.network(pairs)
    flow = flows.improved(network, core.flow(pairs, parts), attempt.potential)
    potential = flows.potentials(network, flow, attempt.potential)
    return replace(attempt, pairs=pairs, parts=flow[: len(pairs)], potential=potential, rounds=attempt.rounds + 1)


def _relieved(core: Core, pairs: Integers, penalty: int, rounds: int, *, start: Integers | None = None) -> Attempt:
    network = core.relieved(pairs, penalty)
    start = np.zeros(network.nodes, dtype=np.int64) if start is None else np.append(start, 0)
    flow = flows.cheapest(replace(network, cost=flows.reduced(network, start)))
    assert flow is not None, "the relief node makes every demand possible"
    attempt = Attempt(core, pairs, flow[: len(pairs)], flows.potentials(network, flow, start), penalty, rounds + 1)
    return attempt if attempt.is_short else replace(attempt, penalty=0, potential=attempt.potential[:-1])


def _optimum(attempt: Attempt) -> Optimum:
    taken = np.flatnonzero(attempt.parts)
    order = taken[np.argsort(attempt.pairs[taken])]
    return Optimum(attempt.core, attempt.pairs[order], attempt.parts[order], attempt.prices, attempt.rounds)


def assigned(instance: Instance) -> Optimum | Short:
    """The plain assignment of highest total affinity."""
    return best(Core(instance))
