"""A public draw under every rule: chances that are best in expectation, none above a share, and one outcome by the seed.

The chances are a cheapest flow in a network whose whole flows are all lawful (`seating`); rounding it along cycles keeps every
chance exactly and every outcome lawful. Ties are broken by the pair alone, so the chances do not depend on the seed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from app.panels.engine.full.seating import Seating
from app.panels.engine.full.slots import Slots, best_of
from app.panels.engine.full.terms import Integers, Terms
from app.panels.engine.matching.flow import cheapest
from app.panels.engine.matching.instance import Worth
from app.panels.engine.matching.rounding import rounded

TIES = 1 << 20  # what a basis point is parted into, so that equals are told apart
ALL, PER_DOSSIER, PER_ROLE = 200_000, 24, 12


@dataclass(frozen=True)
class Chances:
    """`parts` of `seating.whole` is the chance of every pair of `seating`; `expected` is the value to be expected in basis
    points, `before` what it would be if employers and provinces were not looked at."""

    seating: Seating
    flow: Integers
    expected: float
    before: float

    @property
    def parts(self) -> Integers:
        return self.flow[: len(self.seating.pairs)]


def chances(
    terms: Terms, share: tuple[int, int], model: Integers, steps: tuple[Integers, Integers] | None = None
) -> Chances | None:
    """The best chances with none above `share`; none where no flow meets them. `model` is one lawful assignment."""
    seating = _begun(terms, share, model)
    if steps is not None:
        seating = replace(seating, step_experts=steps[0], step_costs=steps[1] * _ties(terms))
    values: list[float] = []
    while (flow := cheapest(seating.network)) is not None:
        chosen = terms.value(seating.pairs) * flow[: len(seating.pairs)]
        values.append(float(chosen.sum()) / seating.whole / terms.parts)
        tighter = seating.tightened(flow)
        if tighter is seating:
            if not _all_stand(seating, flow):
                return None
            return Chances(seating, flow, values[-1], values[0])
        seating = tighter
    return None


def _all_stand(seating: Seating, flow: Integers) -> bool:
    """Whether every seat that stands is certain: in the network it is worth more than any other, but not compelled."""
    stands = np.isin(seating.pairs, seating.terms.standing)
    return bool((flow[: len(seating.pairs)][stands] == seating.whole).all())


def _ties(terms: Terms) -> int:
    return max(TIES // terms.parts, 1)


def _begun(terms: Terms, share: tuple[int, int], model: Integers) -> Seating:
    most, whole = share
    pairs = np.unique(np.concatenate([_offered(terms, most, whole), terms.standing, model]))
    ties = _ties(terms)
    worth = terms.value(pairs) * ties + Worth(ties).tie_break(pairs)
    worth += np.isin(pairs, terms.standing) * (20_000 * terms.parts * ties)
    return Seating(terms, pairs, worth, most, whole, model)


def _offered(terms: Terms, most: int, whole: int) -> Integers:
    """Every lawful pair of a small instance; else those near to paying for chances without the employers and provinces."""
    if terms.eligible.size <= ALL or not terms.apart:
        return np.flatnonzero(terms.eligible)
    scaled = replace(
        terms,
        size=terms.size * whole,
        low=terms.low * whole,
        high=terms.high * whole,
        roles=tuple(replace(role, needed=role.needed * whole) for role in terms.roles),
    )
    return np.unique(np.concatenate([Slots(scaled, most).solve().near, *_best_of_each_role(terms)]))


def _best_of_each_role(terms: Terms) -> Iterator[Integers]:
    yield best_of(terms, np.arange(terms.dossiers), np.arange(terms.experts), PER_DOSSIER)
    for role in terms.roles:
        for kind in np.unique(role.kind):
            yield best_of(terms, np.flatnonzero(role.kind == kind), np.flatnonzero(role.who[kind]), PER_ROLE)


def drawn(found: Chances, seed: str) -> Integers:
    """One outcome: the pairs chosen, sorted."""
    network = found.seating.network
    arcs = list(zip(network.tail.tolist(), network.head.tolist(), found.flow.tolist(), strict=True))
    times = rounded(arcs, found.seating.whole, seed)[: len(found.seating.pairs)]
    return found.seating.pairs[np.array(times, dtype=np.int64) > 0]
