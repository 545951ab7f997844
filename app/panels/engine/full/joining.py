"""Which groups the experts in common leave apart, and what has to be asked of the programme so that all become one.

For any deal of the groups into parts, a schedule that reads in n of the parts joins n − 1 times; parts − 1 are needed. What is
asked for one by one, where a choice breaks it: a row for every deal would be too many.
"""

from collections.abc import Iterator

import numpy as np

from app.panels.engine.full.programme import TOLERANCE, Vector
from app.panels.engine.full.schedules import Join, Schedules
from app.panels.engine.full.terms import Integers


def broken(schedules: Schedules, taken: Vector, group: Integers) -> list[Integers]:
    """Deals into parts that are not joined often enough when so much of every schedule is `taken`: the groups are put together
    by the weight of the experts they share, and after every step the clusters so far, and the newest beside all others
    alone, are looked at."""
    chosen = np.flatnonzero(taken > TOLERANCE)
    served, weight = schedules[chosen].served(group), taken[chosen]
    crossing = np.flatnonzero((served > 0).sum(axis=1) > 1)
    served, weight = served[crossing], weight[crossing]
    found = {deal.tobytes(): deal for deal in _deals(served, weight)}
    return [deal for deal in found.values() if _lacks(Join(deal), served, weight, group)]


def _lacks(join: Join, served: Integers, weight: Vector, group: Integers) -> bool:
    return float(join.joined(served) @ weight) < join.least(group) - 1e-4


def _deals(served: Integers, weight: Vector) -> Iterator[Integers]:
    """All groups alone, then as the heaviest bond between two clusters makes them one, up to those that share nobody."""
    part = single = np.arange(served.shape[1])
    yield single
    shared = _bonds(served, weight)
    while shared.max(initial=0.0) > TOLERANCE:
        one, other = sorted(divmod(int(shared.argmax()), len(single)))
        part = np.where(part == other, one, part)
        yield part
        yield np.where(part == one, one, single)
        shared[one] += shared[other]
        shared[:, one] += shared[:, other]
        shared[other] = shared[:, other] = shared[one, one] = 0.0


def _bonds(served: Integers, weight: Vector) -> Vector:
    """Groups × groups: how much of the schedules taken reads in both."""
    present = (served > 0).astype(float)
    bonds: Vector = np.rint((present.T * weight) @ present * 1e6) / 1e6
    np.fill_diagonal(bonds, 0.0)
    return bonds
