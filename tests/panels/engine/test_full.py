"""The best under every rule at once: nothing lawful is better, nothing unlawful is returned."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.panels.engine.full import exact, faults, near
from app.panels.engine.full.choice import best, can_be_met
from app.panels.engine.full.slots import Slots
from app.panels.engine.full.terms import Role, Terms
from tests.panels.engine import by_hand
from tests.panels.engine.terms import award, plain, role
from tests.support.effort import examples


@st.composite
def small(draw: st.DrawFn) -> Terms:
    experts, dossiers = draw(st.integers(4, 6)), draw(st.integers(1, 2))

    def several(low: int, high: int, count: int) -> Any:
        return np.array(draw(st.lists(st.integers(low, high), min_size=count, max_size=count)), dtype=np.int64)

    roles = tuple(
        Role(name, several(0, 1, dossiers), several(0, 1, experts)[None, :] == 1, np.zeros(dossiers, dtype=np.int64))
        for name in ("leader", "finance")
    )
    return Terms(
        worth=several(0, 50, experts * dossiers).reshape(dossiers, experts),
        eligible=several(0, 4, experts * dossiers).reshape(dossiers, experts) > 0,
        size=several(2, 3, dossiers),
        low=several(0, 1, experts) * draw(st.integers(0, 1)),
        high=several(1, 2, experts),
        roles=roles,
        apart=draw(st.booleans()),
        employer=several(-1, 3, experts),
        province=several(0, 2, experts),
        provinces=draw(st.integers(0, 3)),
        per_province=draw(st.integers(0, 2)),
        group=np.arange(dossiers) if draw(st.booleans()) else np.zeros(0, dtype=np.int64),
    )


@settings(max_examples=examples(150), deadline=None)
@given(small())
def test_no_lawful_assignment_is_better_and_none_is_missed(terms: Terms) -> None:
    most = by_hand.best_value(terms)
    found = exact.solve(terms)
    if most is None:
        assert found.short
        return
    assert not by_hand.faults(terms, found.pairs)
    assert found.proven
    assert terms.value(found.pairs).sum() == most
    assert can_be_met(terms)


@settings(max_examples=examples(150), deadline=None)
@given(small(), st.data())
def test_the_count_of_faults_agrees_with_plain_loops(terms: Terms, data: st.DataObject) -> None:
    every = terms.dossiers * terms.experts
    pairs = np.unique(np.array(data.draw(st.lists(st.integers(0, every - 1), min_size=1, max_size=6)), dtype=np.int64))
    assert faults.lawful(terms, pairs) == (not by_hand.faults(terms, pairs))


@pytest.mark.parametrize("seed", range(6))
def test_by_parts_is_lawful_and_close_to_the_optimum_that_its_bound_bounds(seed: int) -> None:
    terms = award(80, 16, seed)
    whole, parts = exact.solve(terms), near.solve(terms)
    assert whole.proven
    assert not parts.short
    assert not by_hand.faults(terms, parts.pairs)
    assert parts.bound >= whole.value >= parts.value >= 0.97 * whole.value


def test_the_flow_prices_every_pair() -> None:
    """From hardly any pairs it reaches the same value as from all of them."""
    terms = award(80, 16)
    few, every = (
        Slots(terms).solve(np.flatnonzero(terms.eligible)[::40]),
        Slots(terms).solve(np.flatnonzero(terms.eligible)),
    )
    assert (few.bound, few.short) == (every.bound, 0)


def test_fractions_of_one_count_like_basis_points() -> None:
    terms = award()
    fractions = replace(terms, worth=(terms.worth / 10_000).astype(np.float32), unit=10_000)
    assert exact.solve(fractions).value == exact.solve(terms).value
    assert Slots(fractions).solve().bound == Slots(terms).solve().bound


@pytest.mark.parametrize("engine", [exact.solve, near.solve, best])
def test_what_stands_is_kept_and_what_is_forbidden_stays_out(engine: Any) -> None:
    terms = award()
    free = engine(terms)
    best_pair = int(free.pairs[0])
    worst = int(
        next(
            p
            for p in np.flatnonzero(terms.eligible)
            if p not in free.pairs and p // terms.experts == best_pair // terms.experts
        )
    )
    eligible = terms.eligible.copy()
    eligible.reshape(-1)[best_pair] = False
    found = engine(replace(terms, eligible=eligible, standing=np.array([worst])))
    assert worst in found.pairs
    assert best_pair not in found.pairs
    assert not by_hand.faults(replace(terms, eligible=eligible, standing=np.array([worst])), found.pairs)


def test_an_expert_serves_one_group() -> None:
    terms = award(60, 8)
    grouped = replace(terms, group=np.arange(8) % 2)
    found = exact.solve(grouped)
    assert not by_hand.faults(grouped, found.pairs)
    assert found.value <= exact.solve(terms).value


def test_a_member_fills_one_role_only_where_roles_are_apart() -> None:
    leads = [True, False, False, True]
    both = plain(4, 1, size=2, roles=(role("leader", [1], leads), role("finance", [1], [True, False, False, False])))
    assert exact.solve(both).pairs.tolist() == [0, 3]
    assert exact.solve(replace(both, apart=False)).pairs.tolist() == [0, 1]


def test_what_is_missing_is_counted() -> None:
    terms = plain(3, 2, size=2, roles=(role("finance", [1, 0], [False] * 3),))
    found = exact.solve(terms)
    assert found.missing == 1
    assert found.lacking.tolist() == [True, False]
    assert not found.proven
