"""The worst-off panel under every rule: lawful, near a bound that holds, the same whatever the order."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from app.panels.engine.full.bound import alone, values
from app.panels.engine.full.exact import Best
from app.panels.engine.full.fair import Fair, fairest, proven
from app.panels.engine.full.lift import lifted
from app.panels.engine.full.terms import Terms
from tests.panels.engine import by_hand
from tests.panels.engine.terms import award, plain
from tests.panels.engine.test_full import small
from tests.support.effort import examples


def found(terms: Terms) -> Fair:
    answer = fairest(terms)
    assert isinstance(answer, Fair), answer
    return proven(terms, answer)


@settings(max_examples=examples(80), deadline=None)
@given(small())
def test_floor_and_bound_enclose_the_best_there_is(terms: Terms) -> None:
    highest = by_hand.highest_floor(terms)
    answer = fairest(terms)
    assert isinstance(answer, Best) == (highest is None)
    if isinstance(answer, Fair) and highest is not None:
        assert not by_hand.faults(terms, answer.pairs)
        assert (
            answer.floor == values(terms, answer.pairs).min() <= highest <= proven(terms, answer).bound <= answer.bound
        )


@pytest.mark.parametrize("seed", [2, 6, 7])
def test_a_tight_pool_is_near_its_bound(seed: int) -> None:
    """Two in three of all the reviews that experts may take are needed; the bound is sharper than the first one."""
    terms = award(44, 16, seed)
    answer = found(terms)
    assert not by_hand.faults(terms, answer.pairs)
    assert answer.floor >= 0.97 * answer.bound


def test_seats_that_stand_and_groups_are_kept_while_others_are_exchanged() -> None:
    terms = award(80, 8, 2)
    first = lifted(terms, found(terms).pairs, 0)
    standing = replace(terms, standing=first[:6], group=np.arange(8) % 2)
    answer = found(standing)
    assert np.isin(first[:6], answer.pairs).all()
    assert not by_hand.faults(standing, answer.pairs)


def test_nobody_is_better_off_than_by_choosing_alone() -> None:
    """Expert 0 is worth most to all; by himself every dossier would take him."""
    terms = plain(6, 3, size=2, high=1)
    assert alone(terms).tolist() == [11, 11, 11]
    answer = found(terms)
    assert (answer.floor, answer.bound) == (7, 7)
