"""The estimate is only a start: what is proven with it is what is proven without, from much fewer rounds."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.panels.engine.matching import best as matching
from app.panels.engine.matching import estimate
from app.panels.engine.matching.best import Optimum, Short, best
from app.panels.engine.matching.certificate import checked
from app.panels.engine.matching.core import Core
from app.panels.engine.matching.instance import Instance, Share, Worth
from app.panels.engine.matching.marginals import Marginals, marginals
from tests.panels.engine.instances import by_network_simplex, instances, made
from tests.support.effort import examples


@pytest.fixture
def always(monkeypatch) -> None:
    monkeypatch.setattr(matching, "LARGE", 0)


def contested(dossiers: int = 300, experts: int = 1_500) -> Instance:
    """Two of three dossiers want one industry in three, so that its experts' prices rise above the others'."""
    instance = made(11, dossiers=dossiers, experts=experts, seats=4, lowest=0.5)
    wanted, offered = np.arange(dossiers) % 3 > 0, np.arange(experts) % 3 == 0
    same = wanted[:, None] == offered
    points = (instance.affinity * 0.8 + same * 2_000).astype(np.int32)
    return replace(instance, affinity=points, highest=np.maximum(instance.lowest, 1))


def proven(core: Core) -> Optimum:
    answer = best(core)
    assert isinstance(answer, Optimum), answer
    assert checked(core, answer.pairs, answer.parts, answer.prices).is_optimal
    return answer


@pytest.mark.usefixtures("always")
@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(instances(), st.sampled_from((Worth(), Worth(1 << 20, 3))))
def test_an_answer_that_starts_from_an_estimate_is_the_highest_there_is(instance, worth):
    assert proven(Core(instance, worth)).value == by_network_simplex(Core(instance, worth))[0]


def test_the_first_network_holds_nearly_the_whole_answer_and_little_else(monkeypatch):
    core = Core(contested())
    without = proven(core)
    near = estimate.near_pairs(core, estimate.estimated(core))
    assert np.isin(without.pairs, near).mean() > 0.99
    assert len(near) < 20 * core.seats.sum()
    monkeypatch.setattr(matching, "LARGE", 0)
    with_it = proven(core)
    assert (with_it.value, with_it.rounds < without.rounds) == (without.value, True)


def test_shares_of_a_draw_are_the_same_with_and_without(monkeypatch):
    instance = contested(experts=2_000)
    without = marginals(instance, Share(1, 2))
    monkeypatch.setattr(matching, "LARGE", 0)
    with_it = marginals(instance, Share(1, 2))
    assert isinstance(without, Marginals)
    assert isinstance(with_it, Marginals)
    assert (with_it.pairs.tobytes(), with_it.parts.tobytes()) == (without.pairs.tobytes(), without.parts.tobytes())


@pytest.mark.usefixtures("always")
def test_fractions_and_weighted_matrices_are_estimated_alike():
    points = contested()
    fractions = replace(points, affinity=(points.affinity / 10_000).astype(np.float32))
    weighted = replace(points, affinity=points.affinity * 1_000)
    assert proven(Core(fractions)).value == proven(Core(points)).value
    assert proven(Core(weighted)).value == proven(Core(points)).value * 1_000


@pytest.mark.usefixtures("always")
def test_where_all_pairs_are_alike_only_a_part_of_them_is_looked_at(monkeypatch):
    monkeypatch.setattr(estimate, "MOST", 4_000)
    instance = made(4, dossiers=100, experts=600, lowest=0)
    level = replace(instance, affinity=np.full_like(instance.affinity, 5_000))
    core = Core(level)
    assert len(estimate.near_pairs(core, estimate.estimated(core))) <= 3 * 4_000
    assert proven(core).value == 100 * 3 * 5_000


@pytest.mark.usefixtures("always")
def test_open_seats_and_loads_are_counted_as_without():
    few = replace(made(1), highest=np.ones(14, dtype=np.int64))
    many = replace(made(1), lowest=np.full(14, 2, dtype=np.int64))
    short, idle = best(Core(few)), best(Core(many))
    assert isinstance(short, Short)
    assert isinstance(idle, Short)
    assert (short.seats.sum(), idle.seats.sum(), idle.loads.sum()) == (18 - 14, 0, 28 - 18)
