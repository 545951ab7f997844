from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.panels.engine.matching import flow as flows
from app.panels.engine.matching.best import Optimum, Short, best
from app.panels.engine.matching.certificate import Verdict, checked
from app.panels.engine.matching.core import Core
from app.panels.engine.matching.instance import Instance, Worth
from tests.panels.engine.instances import by_network_simplex, instances, made
from tests.support.effort import examples


def found(core: Core) -> Optimum:
    answer = best(core)
    assert isinstance(answer, Optimum), answer
    return answer


def verdict(answer: Optimum) -> Verdict:
    return checked(answer.core, answer.pairs, answer.parts, answer.prices)


@settings(max_examples=examples(60), deadline=None)
@given(instances(), st.sampled_from((Worth(), Worth(1 << 20, 3))))
def test_the_total_is_the_highest_there_is_and_the_prices_prove_it(instance, worth):
    answer = found(Core(instance, worth))
    assert verdict(answer).is_optimal
    assert answer.value == by_network_simplex(answer.core)[0]


@settings(max_examples=examples(30), deadline=None)
@given(instances(), st.randoms(use_true_random=False))
def test_the_value_does_not_depend_on_the_order_of_people_and_dossiers(instance, random):
    rows, columns = list(range(instance.dossiers)), list(range(instance.experts))
    random.shuffle(rows)
    random.shuffle(columns)
    shuffled = Instance(
        np.ascontiguousarray(instance.affinity[rows][:, columns]),
        np.ascontiguousarray(instance.eligible[rows][:, columns]),
        instance.seats[rows],
        instance.lowest[columns],
        instance.highest[columns],
    )
    assert found(Core(shuffled)).value == found(Core(instance)).value


@pytest.mark.parametrize("experts", [40, 1_200])  # from a thousand on the first choice is judged by a sample
def test_fractions_of_one_and_basis_points_are_the_same_matrix(experts):
    points = made(5, dossiers=12, experts=experts)
    fractions = replace(points, affinity=(points.affinity / 10_000).astype(np.float32))
    assert found(Core(fractions)).value == found(Core(points)).value
    assert verdict(found(Core(fractions))).is_optimal


def test_a_scarce_industry_is_staffed_by_pairs_that_no_first_choice_holds():
    """Everybody's favourites are the same four experts, so nearly all seats go to pairs that have to be priced in."""
    instance = made(3, dossiers=40, experts=400, seats=4, lowest=0.9)
    instance.affinity[:, :4] = 10_000
    instance.eligible[:, :4] = True
    tight = replace(instance, highest=np.maximum(instance.lowest, 1))
    answer = found(Core(tight))
    assert verdict(answer).is_optimal
    assert np.bincount(answer.experts, minlength=400).max() == 1


def test_too_few_people_leave_a_counted_number_of_seats_open():
    instance = replace(made(1), highest=np.ones(14, dtype=np.int64))
    answer = best(Core(instance))
    assert isinstance(answer, Short)
    assert answer.seats.sum() == 18 - 14


def test_minimum_loads_that_cannot_be_met_are_counted():
    instance = made(1)
    instance.eligible[:, 13] = False
    answer = best(Core(replace(instance, lowest=np.eye(1, 14, 13, dtype=np.int64)[0])))
    assert isinstance(answer, Short)
    assert answer.loads.tolist() == [0] * 13 + [1]


def test_loads_that_contradict_each_other_are_refused():
    with pytest.raises(ValueError, match="lowest load"):
        replace(made(1), highest=np.zeros(14, dtype=np.int64))


def test_more_minimum_loads_than_seats_are_counted():
    answer = best(Core(replace(made(1), lowest=np.full(14, 2, dtype=np.int64))))
    assert isinstance(answer, Short)
    assert (answer.seats.sum(), answer.loads.sum()) == (0, 28 - 18)


def test_an_answer_without_dossiers_is_empty_and_proven():
    instance = replace(made(1, lowest=0), affinity=np.zeros((0, 14), dtype=np.int32))
    none = replace(instance, eligible=np.zeros((0, 14), dtype=bool), seats=np.zeros(0, dtype=np.int64))
    assert verdict(found(Core(none))) == Verdict(0, 0, 0)


@pytest.mark.parametrize("seed", range(8))
def test_the_certificate_refuses_another_answer_and_other_prices(seed):
    answer = found(Core(made(seed)))
    outside = np.setdiff1d(answer.core.instance.every, answer.pairs)
    same_dossier = outside[answer.core.instance.dossier(outside) == answer.dossiers[0]]
    swapped = np.sort(np.append(answer.pairs[1:], same_dossier[0]))
    assert not checked(answer.core, swapped, answer.parts, answer.prices).is_optimal
    dearer = replace(answer.prices, dossier=answer.prices.dossier + 10_000)
    assert not checked(answer.core, answer.pairs, answer.parts, dearer).is_optimal
    cheaper = replace(answer.prices, expert=answer.prices.expert - 10_000)
    assert not checked(answer.core, answer.pairs, answer.parts, cheaper).is_optimal


def test_the_certificate_counts_every_broken_rule():
    answer = found(Core(made(2)))
    twice = np.append(answer.pairs[:-1], answer.pairs[0])
    assert checked(answer.core, twice, answer.parts, answer.prices).faults
    core = replace(answer.core, instance=replace(answer.core.instance, eligible=answer.core.instance.eligible.copy()))
    core.instance.eligible.reshape(-1)[answer.pairs[0]] = False
    assert checked(core, answer.pairs, answer.parts, answer.prices).faults == 1
    assert checked(answer.core, answer.pairs, answer.parts * 2, answer.prices).faults


def test_prices_are_refused_for_a_flow_that_can_be_cheaper():
    network = flows.Network(*map(np.array, ([1, 0, -1], [0, 0, 1], [2, 1, 2], [1, 1, 1], [5, 1, 1])))
    assert flows.cheapest(network).tolist() == [0, 1, 1]
    with pytest.raises(flows.NotOptimal):
        flows.potentials(network, np.array([1, 0, 0]))


def test_a_flow_that_cannot_reach_its_demand_is_none_and_absurd_costs_are_refused():
    narrow = flows.Network(*map(np.array, ([2, -2], [0], [1], [1], [1])))
    assert flows.cheapest(narrow) is None
    with pytest.raises(flows.OutOfRange):
        flows.cheapest(replace(narrow, capacity=np.array([2]), cost=np.array([1 << 62])))


@pytest.mark.parametrize(
    ("capacity", "cost", "flow", "only"),
    [
        ([2, 2, 2, 2], [1, 1, 1, 1], [1, 1, 1, 1], False),  # both ways are open both ways: a ring
        ([1, 1, 1, 1], [1, 1, 1, 1], [1, 0, 1, 0], False),  # the other way is as cheap
        ([1, 1, 1, 1], [1, 1, 1, 2], [1, 0, 1, 0], True),
        ([2, 2, 2, 2], [1, 1, 1, 2], [1, 0, 1, 0], True),  # open both ways along one path only: a tree
    ],
)
def test_a_second_cheapest_flow_is_noticed(capacity, cost, flow, only):
    """0 → 1 → 3 and 0 → 2 → 3."""
    supply = [sum(flow[:2]), 0, 0, -sum(flow[:2])]
    network = flows.Network(*map(np.array, (supply, [0, 0, 1, 2], [1, 2, 3, 3], capacity, cost)))
    potential = flows.potentials(network, np.array(flow))
    assert flows.is_only(network, np.array(flow), potential) is only
