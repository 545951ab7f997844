"""Why it cannot be: a set of dossiers that really cannot be carried, and none of it to spare."""

from dataclasses import replace
from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from app.panels.engine.full import exact, witness
from app.panels.engine.full.choice import can_be_met
from app.panels.engine.full.terms import Integers, Mask
from app.panels.engine.full.witness import Demand, Witness
from tests.panels.engine.terms import award, plain, role
from tests.support.effort import examples


def carries(demand: Demand, high: Integers, dossiers: tuple[int, ...]) -> bool:
    """Hall's condition, by looking at every subset."""
    return all(
        demand.needed[list(some)].sum() <= np.minimum(demand.lawful[list(some)].sum(axis=0), high).sum()
        for count in range(1, len(dossiers) + 1)
        for some in combinations(dossiers, count)
    )


@settings(max_examples=examples(200), deadline=None)
@given(st.integers(2, 6), st.integers(2, 6), st.data())
def test_a_witness_violates_and_is_minimal_and_none_is_missed(dossiers: int, experts: int, data: st.DataObject) -> None:
    def several(high: int, count: int) -> Integers:
        return np.array(data.draw(st.lists(st.integers(0, high), min_size=count, max_size=count)), dtype=np.int64)

    lawful: Mask = several(2, dossiers * experts).reshape(dossiers, experts) > 0
    demand, high = Demand((), several(3, dossiers), lawful), several(3, experts)
    found = witness.of(demand, high)
    if found is None:
        assert carries(demand, high, tuple(range(dossiers)))
        return
    assert found.needed > found.capacity
    assert found.needed == demand.needed[found.dossiers].sum()
    assert found.capacity == np.minimum(lawful[found.dossiers].sum(axis=0), high).sum()
    for left in found.dossiers.tolist():
        assert carries(demand, high, tuple(other for other in found.dossiers.tolist() if other != left))


def test_a_planted_set_is_named() -> None:
    """Seven dossiers may be read by the same fourteen experts, who take two each: six of them already need too many."""
    terms = award(200, 40, roles=(), provinces=0, low=np.zeros(200, dtype=np.int64), size=np.full(40, 5))
    planted, few = np.arange(3, 31, 4), np.arange(5, 145, 10)
    eligible, high = terms.eligible.copy(), terms.high.copy()
    eligible[planted] = np.isin(np.arange(200), few)
    high[few] = 2
    (found,) = witness.find(replace(terms, eligible=eligible, high=high))
    assert set(found.dossiers.tolist()) < set(planted.tolist())
    assert (len(found.dossiers), found.needed, found.capacity, found.short) == (6, 30, 28, 7)
    assert found.experts.tolist() == few.tolist()


def test_every_short_role_is_named() -> None:
    leads, money = [True, False, False, False, False, False], [False, True, True, False, False, False]
    terms = plain(6, 3, high=1, roles=(role("leader", [1, 1, 0], leads), role("finance", [1, 1, 1], money)))
    leader, finance = witness.find(terms)
    assert (leader.roles, leader.dossiers.tolist(), leader.needed, leader.capacity) == (("leader",), [0, 1], 2, 1)
    assert (finance.roles, finance.needed, finance.capacity) == (("finance",), 3, 2)


def test_roles_that_one_person_would_have_to_fill_are_named_together() -> None:
    one = [True, False, False]
    (found,) = witness.find(plain(3, 1, roles=(role("leader", [1], one), role("finance", [1], one))))
    assert isinstance(found, Witness)
    assert (found.roles, found.needed, found.capacity) == (("leader", "finance"), 2, 1)


def test_all_seats_are_looked_at_last() -> None:
    eligible = np.array([[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1]], dtype=bool)
    (found,) = witness.find(plain(4, 3, high=1, eligible=eligible))
    assert (found.roles, found.dossiers.tolist(), found.experts.tolist()) == ((), [0, 1], [0, 1])


def test_rules_that_clash_only_together_are_found_by_leaving_one_out() -> None:
    terms = plain(3, 1, size=2, employer=np.array([7, 7, 7]), province=np.zeros(3, dtype=np.int64))
    assert not witness.find(terms)
    assert exact.solve(terms).short
    assert [name for name, left in witness.without(terms) if can_be_met(left)] == ["employer"]


def test_every_family_can_be_left_out() -> None:
    terms = award(standing=np.array([0]), group=np.arange(12))
    names = [name for name, _ in witness.without(terms)]
    assert names == ["leader", "finance", "industry", "employer", "province", "minimum", "group", "fixed", "load"]
