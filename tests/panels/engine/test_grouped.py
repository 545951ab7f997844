"""Experts in groups: nothing unlawful, near a proven bound, the same whatever the order and the threads."""

from collections import Counter
from dataclasses import replace
from itertools import chain

import numpy as np
import pytest

from app.panels.engine.full import exact, grouped
from app.panels.engine.full.clones import cloned, served_by
from app.panels.engine.full.exact import Steps
from app.panels.engine.full.terms import Terms
from tests.panels.engine import by_hand
from tests.panels.engine.terms import award, plain, role


def _apart(terms: Terms) -> Terms:
    return replace(terms, group=np.zeros(0, dtype=np.int64), crossing=(0, 0))


def _crossing(terms: Terms, pairs: np.ndarray) -> tuple[int, list[set[int]]]:
    """Reviews away from home, and the sets of groups that experts in common join; in plain loops."""
    served: dict[int, Counter[int]] = {}
    for pair in pairs.tolist():
        served.setdefault(pair % terms.experts, Counter())[int(terms.group[pair // terms.experts])] += 1
    parts = [{group} for group in sorted(set(terms.group.tolist()))]
    for counts in served.values():
        whole = set[int]().union(*(part for part in parts if part & counts.keys()))
        parts = [whole, *(part for part in parts if not part & counts.keys())]
    return sum(counts.total() - max(counts.values()) for counts in served.values()), parts


@pytest.mark.parametrize("seed", range(8))
def test_separate_groups_are_lawful_and_the_best_there_are(seed: int) -> None:
    terms = award(60, 9, seed, group=np.arange(9) // 3)
    whole, found = exact.solve(terms), grouped.solve(terms)
    assert whole.proven
    assert not found.short
    assert not by_hand.faults(terms, found.pairs)
    assert found.bound >= whole.value - 1e-6
    assert found.value == pytest.approx(whole.value, abs=1)  # what parts equals is less than a basis point in all
    assert found.info["proven"]


@pytest.mark.parametrize("crossing", [(2, 4), (6, 6)])
@pytest.mark.parametrize("seed", range(4))
def test_as_many_reviews_cross_as_asked_and_join_all_groups(seed: int, crossing: tuple[int, int]) -> None:
    terms = award(60, 9, seed, group=np.arange(9) // 3, crossing=crossing)
    found = grouped.solve(terms)
    assert not by_hand.faults(_apart(terms), found.pairs)
    away, parts = _crossing(terms, found.pairs)
    assert crossing[0] <= away <= crossing[1]
    assert len(parts) == 1
    assert exact.solve(_apart(terms)).value <= found.bound + 1e-6
    assert found.value <= found.bound + 1e-6


def test_what_stands_and_what_is_promised_holds_in_groups() -> None:
    terms = award(60, 9, group=np.arange(9) // 3)
    eligible = terms.eligible.copy()
    eligible[[0, 1], 7] = True
    standing = np.array([7, terms.experts + 7])
    kept = replace(terms, eligible=eligible, standing=standing)
    found = grouped.solve(kept)
    assert np.isin(standing, found.pairs).all()
    assert not by_hand.faults(kept, found.pairs)


def test_uneven_loads_cost_what_the_steps_say() -> None:
    terms = award(60, 9, group=np.arange(9) // 3)
    steps = Steps(np.repeat(np.arange(60), 3), np.tile([0.0, 2_000.0, 4_000.0], 60))
    even, free = grouped.solve(terms, steps), grouped.solve(terms)
    loads = terms.loads(even.pairs)
    cost = sum([0, 0, 2_000, 6_000][load] for load in loads.tolist())
    assert even.value == pytest.approx(terms.value(even.pairs).sum() - cost)
    assert (loads > 1).sum() < (terms.loads(free.pairs) > 1).sum()


def test_groups_that_cannot_be_staffed_apart_are_named() -> None:
    """Two finance experts serve three groups of one dossier each: mixed it works, apart it does not."""
    finance = [True, True, *[False] * 10]
    terms = plain(12, 3, size=2, high=3, roles=(role("finance", [1, 1, 1], finance),), group=np.arange(3))
    assert not exact.solve(_apart(terms)).short
    found = grouped.solve(terms)
    assert found.short
    assert found.lacking.any()
    assert not grouped.solve(replace(terms, crossing=(2, 4))).short


@pytest.mark.parametrize("crossing", [(0, 0), (45, 45)])
def test_an_award_is_near_its_bound_and_the_same_each_time(crossing: tuple[int, int]) -> None:
    terms = award(500, 100, 5, group=np.arange(100) // 10, crossing=crossing)
    found = grouped.solve(terms)
    assert grouped.solve(terms).pairs.tolist() == found.pairs.tolist()
    assert not by_hand.faults(_apart(terms) if crossing[1] else terms, found.pairs)
    assert found.value >= 0.995 * found.bound


def test_clones_are_the_same_people() -> None:
    terms = award(60, 9, 2, group=np.arange(9) // 3, crossing=(4, 5))
    pairs = grouped.solve(terms).pairs
    clones = cloned(terms, served_by(terms, pairs), terms.worth.astype(float))
    assert clones.back(clones.over(pairs)).tolist() == pairs.tolist()
    assert clones.apart.value(clones.over(pairs)).sum() == terms.value(pairs).sum()
    assert not by_hand.faults(clones.apart, clones.over(pairs))
    dealt = clones.steps(Steps(np.repeat(np.arange(60), 3), np.arange(180.0)))
    read = np.bincount(clones.over(pairs) % len(clones.expert), minlength=len(clones.expert))
    first = [dealt.costs[dealt.experts == clone][:count].tolist() for clone, count in enumerate(read.tolist())]
    for expert in range(60):
        mine = [costs for clone, costs in enumerate(first) if clones.expert[clone] == expert]
        assert sorted(chain(*mine)) == [expert * 3.0 + at for at in range(int(terms.loads(pairs)[expert]))]


@pytest.mark.parametrize("seed", range(3))
def test_the_fewest_reviews_that_join_many_small_groups_are_found_near_the_relaxation(seed: int) -> None:
    """Fourteen groups and thirteen reviews that cross: they have to form a tree, and rows for parts alone would branch for minutes."""
    terms = award(120, 28, seed, group=np.arange(28) // 2, crossing=(13, 13))
    found = grouped.solve(terms)
    assert not by_hand.faults(_apart(terms), found.pairs)
    assert _crossing(terms, found.pairs) == (13, [set(range(14))])
    assert found.value >= 0.999 * float(found.info["relaxed"])
    assert int(found.info["rounds"]) < 40
