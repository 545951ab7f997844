from dataclasses import replace

import numpy as np
import pytest

from app.panels.engine.matching.best import Optimum, best
from app.panels.engine.matching.core import Core
from app.panels.engine.matching.floors import sharpened, undemanding, weighted
from app.panels.engine.matching.instance import Instance, Integers
from tests.panels.engine.instances import made
from tests.panels.engine.test_fairest import highest_floor

LOOSE = 1_000_000


def worths(instance: Instance, optimum: Optimum) -> Integers:
    points = instance.basis_points(optimum.pairs)
    return np.bincount(optimum.dossiers, weights=points, minlength=instance.dossiers).astype(np.int64)


def bound(instance: Instance, *, enough: int = 0) -> int:
    optimum = best(Core(instance))
    assert isinstance(optimum, Optimum), optimum
    return sharpened(instance, optimum, worths(instance, optimum), LOOSE, enough=enough)


@pytest.mark.parametrize("seed", range(8))
def test_no_lawful_list_treats_its_worst_panel_better(seed):
    plain = made(seed, dossiers=3, experts=6, seats=2, lowest=0.4)
    instance = replace(plain, highest=np.maximum(1, plain.highest - 1))
    truth = highest_floor(instance)
    assert truth <= bound(instance) <= 1.35 * truth


def test_dossiers_that_compete_for_the_same_experts_bring_the_bound_down():
    affinity = np.full((4, 8), 100, dtype=np.int32)
    affinity[:, :2] = 9_000
    one = np.ones(8, dtype=np.int64)
    instance = Instance(affinity, np.ones((4, 8), dtype=bool), np.full(4, 2), 0 * one, one)
    # Each could have 18 000 alone; two good experts among four panels leave some panel without either. Shares of them,
    # which the bound allows, make it half a good one for each.
    assert bound(instance) == (2 * 9_000 + 6 * 100) // 4


def test_it_is_not_driven_below_what_was_reached():
    instance = made(3, dossiers=6, experts=12, seats=2)
    assert bound(instance, enough=LOOSE) == LOOSE


def test_a_weight_multiplies_what_a_dossier_counts_and_a_part_makes_no_demands_on_experts():
    instance = made(5, dossiers=4, experts=12, seats=2, lowest=0.5)
    heavy = weighted(instance, np.array([1, 2, 3, 4]))
    assert (heavy.affinity == instance.affinity * np.array([[1], [2], [3], [4]])).all()
    part = undemanding(instance, np.array([1, 3]))
    assert part.dossiers == 2
    assert not part.lowest.any()
