"""The public draw: every outcome is lawful, no chance is above its share, and the chances are kept."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from app.panels.engine.full import exact
from app.panels.engine.full.lottery import chances, drawn
from app.panels.engine.full.seating import plan_of, seated
from app.panels.engine.full.terms import Terms
from tests.panels.engine import by_hand
from tests.panels.engine.terms import award, plain, role


def chances_of(terms: Terms, share: tuple[int, int] = (1, 2)) -> Any:
    found = chances(terms, share, exact.solve(terms).pairs)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("seed", "parts"),
    [
        (0, {}),
        (1, {}),
        (2, {"per_province": 2}),
        (3, {"provinces": 3, "province": np.arange(100) % 5}),
        (4, {"employer": np.zeros(0, dtype=np.int64)}),
        (5, {}),
    ],
)
def test_every_outcome_is_lawful_and_no_chance_is_above_its_share(seed: int, parts: dict[str, Any]) -> None:
    terms = award(100, 10, seed, **parts)
    found = chances_of(terms)
    assert found.parts.max() == 1
    for number in range(60):
        assert not by_hand.faults(terms, drawn(found, str(number)))


def test_the_same_seed_draws_the_same_panels_and_another_one_others() -> None:
    found = chances_of(award(100, 10))
    assert drawn(found, "one").tolist() == drawn(found, "one").tolist()
    assert drawn(found, "one").tolist() != drawn(found, "two").tolist()


def test_every_pair_is_drawn_as_often_as_its_chance_says() -> None:
    found = chances_of(award(120, 6), (1, 3))
    times = sum(np.isin(found.seating.pairs, drawn(found, str(number))) for number in range(600))
    share = found.parts / found.seating.whole
    spread = np.sqrt(np.maximum(600 * share * (1 - share), 1e-9))
    assert np.abs(times - 600 * share).max() <= 4.5 * spread.max()
    assert (times[found.parts == 0] == 0).all()


def test_who_stands_is_sure_of_the_seat() -> None:
    terms = award(100, 10)
    worst = int(np.flatnonzero(terms.eligible)[0])
    terms = replace(terms, standing=np.array([worst]))
    found = chances_of(terms)
    assert all(worst in drawn(found, str(number)) for number in range(10))


def test_a_share_that_is_too_small_has_no_chances() -> None:
    assert chances(plain(3, 1, size=2), (1, 2), np.array([0, 1])) is None


def test_closing_seats_to_a_province_costs_little_and_is_said() -> None:
    terms = award(100, 10, 3)
    found = chances_of(terms)
    assert found.seating.closed
    assert found.before >= found.expected > 0.9 * found.before


def test_overlapping_roles_share_a_seat_where_there_are_too_few() -> None:
    everyone = [True] * 4
    terms = plain(4, 1, size=2, roles=(role("leader", [1], everyone), role("industry", [2], everyone)), apart=False)
    assert plan_of(terms, 0) == [2, 3]
    assert plan_of(replace(terms, size=np.array([4])), 0) == [1, 2, 2, 0]
    assert seated([2, 3], [3, 2]) == [1, 0]
    assert seated([1, 1], [3, 2]) == []
