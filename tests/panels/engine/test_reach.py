"""What comes near enough to be part of a better choice, against all schedules there are."""

from itertools import chain, combinations

import numpy as np
import pytest

from app.panels.engine.full.exact import Steps
from app.panels.engine.full.master import Master
from app.panels.engine.full.reach import within
from app.panels.engine.full.schedules import Prices, Pricing, Schedules, joined, padded
from app.panels.engine.full.terms import Terms
from tests.panels.engine.terms import award


def _all(terms: Terms, most: int) -> Schedules:
    """Everything an expert could read, no more elsewhere than at home."""
    found = [
        (expert, list(chosen))
        for expert in range(terms.experts)
        for count in range(max(int(terms.low[expert]), 1), int(terms.high[expert]) + 1)
        for chosen in combinations(np.flatnonzero(terms.eligible[:, expert]).tolist(), count)
    ]
    experts = np.array([expert for expert, _ in found])
    schedules = Schedules(experts, padded([dossiers for _, dossiers in found], most))
    served = schedules.served(terms.group)
    lawful = 2 * served.max(axis=1) >= served.sum(axis=1) if terms.crossing[1] else served.max(1) == served.sum(1)
    return schedules[np.flatnonzero(lawful)]


def _rows(schedules: Schedules) -> set[tuple[int, ...]]:
    rows = zip(schedules.experts.tolist(), schedules.dossiers.tolist(), strict=True)
    return {tuple(chain((expert,), dossiers)) for expert, dossiers in rows}


@pytest.mark.parametrize("crossing", [(0, 0), (3, 5)])
@pytest.mark.parametrize("lost", [0.5, 400.0, 4_000.0])
def test_every_schedule_that_loses_little_is_found_and_no_other(lost: float, crossing: tuple[int, int]) -> None:
    terms = award(40, 8, 3, group=np.arange(8) // 2, crossing=crossing)
    pricing = Pricing(terms, Steps())
    free = Prices(terms.worth.astype(float), np.zeros(terms.experts))
    master = Master(pricing, joined([offer.schedules for offer in pricing.offers(free)]))
    prices = master.prices(master.run())
    every = _all(terms, pricing.most)
    near = every[np.flatnonzero(master.gains(every, prices) > -lost)]
    found = within(master, prices, lost)
    assert found is not None
    assert _rows(found) == _rows(near)
    assert len(near)
