"""Accepts or refuses an answer together with its prices, by one look at every pair; no solver is asked.

Prices u of dossiers and w of experts bound what *any* lawful answer can be worth (linear programming duality):
Σ seats·u + Σ (highest·w where w > 0, lowest·w where w < 0) + Σ over eligible pairs of what a pair is worth above u + w.
"""

from dataclasses import dataclass

import numpy as np

from app.panels.engine.matching.core import Core
from app.panels.engine.matching.instance import Integers, Prices
from app.panels.engine.matching.pricing import profitable


@dataclass(frozen=True, slots=True)
class Verdict:
    """`faults`: broken rules; `value` and `bound` in the objective's units times `share.whole`."""

    faults: int
    value: int
    bound: int

    @property
    def is_optimal(self) -> bool:
        return not self.faults and self.value == self.bound


def checked(core: Core, pairs: Integers, parts: Integers, prices: Prices) -> Verdict:
    instance, loads = core.instance, core.loads(pairs, parts)
    faults = (
        np.count_nonzero(np.diff(np.sort(pairs)) == 0),
        np.count_nonzero((parts < 1) | (parts > core.share.most)),
        np.count_nonzero(~instance.eligible.reshape(-1)[pairs]),
        np.count_nonzero(core.filled(pairs, parts) != core.seats),
        np.count_nonzero((loads < core.lowest) | (loads > core.lowest + core.spare)),
    )
    value = int((core.worth.of(instance, pairs) * parts).sum())
    above = profitable(instance, core.worth, prices, known=np.zeros(0, dtype=np.int64)).profit
    carried = np.where(prices.expert > 0, core.lowest + core.spare, core.lowest) * prices.expert
    bound = int((core.seats * prices.dossier).sum()) + int(carried.sum()) + core.share.most * int(above.sum())
    return Verdict(int(sum(faults)), value, bound)
