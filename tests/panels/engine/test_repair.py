"""Lost seats are filled again; nobody else moves unless it must."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.panels.engine.full import exact
from app.panels.engine.full.repair import decline, lose, repair
from tests.panels.engine import by_hand
from tests.panels.engine.terms import award, plain
from tests.support.effort import examples

SEED = b"a fresh seed"


@settings(max_examples=examples(40), deadline=None)
@given(st.integers(0, 20), st.integers(1, 4), st.randoms(use_true_random=False))
def test_a_repair_is_lawful_and_with_spare_capacity_changes_what_was_lost(seed: int, gone: int, lot: object) -> None:
    terms = award(90, 12, seed, high=np.full(90, 3))
    before = exact.solve(terms)
    serving = sorted(set((before.pairs % terms.experts).tolist()))
    loss = decline(terms, before.pairs, np.array(lot.sample(serving, gone)))  # type: ignore[attr-defined]
    found = repair(loss, SEED)
    assert found is not None
    assert not by_hand.faults(loss.terms, found.pairs)
    assert np.isin(loss.held, found.pairs).all()
    assert (found.changed, found.moved) == (len(loss.lost), 0)


def test_several_seats_of_one_panel_are_filled_together() -> None:
    terms = award(90, 12, high=np.full(90, 3))
    before = exact.solve(terms)
    loss = lose(terms, before.pairs, before.pairs[:3])
    assert loss.open.tolist() == [3]
    found = repair(loss, SEED)
    assert found is not None
    assert not by_hand.faults(loss.terms, found.pairs)
    assert found.moved == 0


def test_the_loser_does_not_come_back_to_the_seat() -> None:
    terms = plain(4, 1)
    found = repair(lose(terms, np.array([0, 1]), np.array([0])), SEED)
    assert found is not None
    assert found.pairs.tolist() == [1, 2]


def test_equal_candidates_are_parted_by_the_seed_alone() -> None:
    terms = plain(40, 1, worth=np.ones((1, 40), dtype=np.int64))
    loss = lose(terms, np.array([0, 1]), np.array([1]))

    def follower(seed: bytes) -> list[int]:
        found = repair(loss, seed)
        assert found is not None
        return found.pairs.tolist()

    assert follower(SEED) == follower(SEED)
    assert len({tuple(follower(bytes([number]))) for number in range(20)}) > 5


def test_one_other_seat_moves_where_only_that_helps() -> None:
    """Expert 3 alone is free but may not sit on panel 0; expert 2 may and is replaced on panel 1."""
    eligible = np.array([[1, 1, 1, 0], [0, 0, 1, 1]], dtype=bool)
    terms = plain(4, 2, size=1, high=1, eligible=eligible)
    terms = replace(terms, size=np.array([2, 1]))
    found = repair(decline(terms, np.array([0, 1, 4 + 2]), np.array([0])), SEED)
    assert found is not None
    assert found.pairs.tolist() == [1, 2, 4 + 3]
    assert (found.changed, found.moved) == (2, 1)


@pytest.mark.parametrize("seed", range(4))
def test_no_repair_with_fewer_changes_exists(seed: int) -> None:
    """Tight loads: every answer that keeps more seats is tried."""
    terms = award(30, 6, seed, low=np.zeros(30, dtype=np.int64), high=np.full(30, 1), roles=(), provinces=0)
    terms = replace(terms, size=np.full(6, 4))
    before = exact.solve(terms)
    loss = decline(terms, before.pairs, np.unique(before.pairs % 30)[:2])
    found = repair(loss, SEED)
    assert found is not None
    kept = replace(loss.terms, worth=np.isin(np.arange(180), loss.held).reshape(6, 30).astype(np.int64))
    assert np.isin(loss.held, found.pairs).sum() == exact.solve(kept).value


def test_nobody_left_is_said() -> None:
    assert repair(decline(plain(2, 1), np.array([0, 1]), np.array([0])), SEED) is None


def test_a_promise_shrinks_with_what_was_lost() -> None:
    terms = plain(4, 1, low=np.array([1, 0, 0, 0]))
    found = repair(lose(terms, np.array([0, 1]), np.array([0])), SEED)
    assert found is not None


def test_groups_bind_a_repair_too() -> None:
    terms = award(80, 8, group=np.arange(8) % 2, high=np.full(80, 3), low=np.zeros(80, dtype=np.int64))
    before = exact.solve(terms)
    loss = decline(terms, before.pairs, before.pairs[:1] % 80)
    found = repair(loss, SEED)
    assert found is not None
    assert not by_hand.faults(loss.terms, found.pairs)
    assert found.moved == 0
