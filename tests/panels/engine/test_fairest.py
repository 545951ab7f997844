from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest

from app.panels.engine.matching.best import Short
from app.panels.engine.matching.fairest import Fairest, fairest
from app.panels.engine.matching.instance import Instance
from tests.panels.engine.instances import made


def found(instance: Instance) -> Fairest:
    answer = fairest(instance)
    assert isinstance(answer, Fairest), answer
    return answer


def values(answer: Fairest) -> list[int]:
    points = answer.instance.basis_points(answer.pairs)
    return np.bincount(answer.instance.dossier(answer.pairs), weights=points).astype(int).tolist()


def faults(answer: Fairest) -> int:
    instance, pairs = answer.instance, answer.pairs
    loads = np.bincount(instance.expert(pairs), minlength=instance.experts)
    filled = np.bincount(instance.dossier(pairs), minlength=instance.dossiers)
    broken = (filled != instance.seats, loads < instance.lowest, loads > instance.highest)
    return sum(map(np.count_nonzero, (*broken, ~instance.eligible.reshape(-1)[pairs]))) + len(pairs) - len(set(pairs))


def highest_floor(instance: Instance) -> int:
    """By trying every lawful list of panels."""
    panels = [
        [team for team in combinations(range(instance.experts), int(seats)) if instance.eligible[row, list(team)].all()]
        for row, seats in enumerate(instance.seats)
    ]
    best = 0
    for teams in product(*panels):
        loads = np.bincount(np.concatenate(teams), minlength=instance.experts)
        if (instance.lowest <= loads).all() and (loads <= instance.highest).all():
            best = max(best, min(int(instance.affinity[row, list(team)].sum()) for row, team in enumerate(teams)))
    return best


@pytest.mark.parametrize("seed", range(6))
def test_the_floor_and_the_bound_enclose_the_truth(seed):
    plain = made(seed, dossiers=3, experts=6, seats=2, lowest=0.4)
    instance = replace(plain, highest=np.maximum(1, plain.highest - 1))
    answer = found(instance)
    assert faults(answer) == 0
    assert answer.floor == min(values(answer))
    assert answer.floor <= highest_floor(instance) <= answer.bound
    assert answer.floor >= 0.9 * highest_floor(instance)


@pytest.mark.parametrize("seed", range(4))
def test_a_scarce_pool_is_shared_out_and_the_price_is_stated(seed):
    scarce = made(seed, dossiers=30, experts=60, seats=3, lowest=0.5)
    answer = found(replace(scarce, highest=np.full(60, 2, dtype=np.int64)))
    assert faults(answer) == 0
    assert answer.floor >= 0.9 * answer.bound
    assert 0.9 * answer.highest <= answer.total <= answer.highest
    assert answer.total == sum(values(answer))


def test_where_there_is_no_answer_there_is_no_fair_one():
    assert isinstance(fairest(replace(made(1), highest=np.ones(14, dtype=np.int64))), Short)


def test_without_dossiers_there_is_nothing_to_share_out():
    empty = {"affinity": np.zeros((0, 14), dtype=np.int32), "eligible": np.zeros((0, 14), dtype=bool)}
    assert found(replace(made(1, lowest=0), **empty, seats=np.zeros(0, dtype=np.int64))).floor == 0
