"""Draws against the textbook's dense formulas, ranks against counting, and promises about both on simulated editions."""

from collections.abc import Callable
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ranking.advice import ranks
from app.ranking.advice.posterior import Design, System, Triangle, fitted
from app.ranking.advice.ranks import tally
from app.ranking.calibration.data import Table, Vector
from app.ranking.calibration.fit import Variances, closed_form, restricted_likelihood
from tests.factories.reviews import edition
from tests.support.effort import examples


def uneven(seed: int) -> Table:
    """Dossiers with one to five reviews each."""
    chance = Random(seed)
    return Table.of(row for row in edition(seed, dossiers=18, experts=11, reads=5) if chance.random() < 0.8)


def grouped(table: Table, groups: int) -> Design:
    return Design(table, np.arange(len(table.dossiers)) % groups)


def dense(design: Design, quality: float, severity: float) -> tuple[Vector, Vector, float]:
    """Means and covariance of dossiers' levels and −2 log restricted likelihood, by inverting V (Robinson 1991)."""
    table = design.table
    z, w = np.eye(len(table.dossiers))[table.d], np.eye(len(table.experts))[table.e]
    groups = np.eye(design.groups)[design.group]
    x = z @ groups
    v = np.eye(len(table)) + z @ z.T / quality + w @ w.T / severity
    inverse = np.linalg.inv(v)
    information = x.T @ inverse @ x
    fixed = np.linalg.solve(information, x.T @ inverse @ table.y)
    projected = inverse - inverse @ x @ np.linalg.solve(information, x.T @ inverse)
    noise = float(table.y @ projected @ table.y) / (len(table) - design.groups)
    blup = groups @ fixed + z.T @ inverse @ (table.y - x @ fixed) / quality
    own = np.eye(len(table.dossiers)) / quality - z.T @ projected @ z / quality**2
    cross = groups @ np.linalg.solve(information, x.T @ inverse @ z) / quality
    spread = own + groups @ np.linalg.inv(information) @ groups.T - cross - cross.T
    cost = np.linalg.slogdet(v)[1] + np.linalg.slogdet(information)[1] + (len(table) - design.groups) * np.log(noise)
    return blup, noise * spread, float(cost)


@pytest.mark.parametrize("groups", [1, 3])
def test_means_are_the_best_linear_predictions(groups: int) -> None:
    design = grouped(uneven(1), groups)
    system = System(design, 0.4, 0.7)
    means, _spread, cost = dense(design, 0.4, 0.7)
    assert system.centre == pytest.approx(means, abs=1e-8)
    other = System(design, 0.9, 0.3)
    assert system.cost - other.cost == pytest.approx(cost - dense(design, 0.9, 0.3)[2], abs=1e-8)


@pytest.mark.parametrize("groups", [1, 3])
def test_draws_have_the_covariance_of_what_is_unknown(groups: int) -> None:
    design = grouped(uneven(2), groups)
    system = System(design, 0.4, 0.7)
    means, spread, _cost = dense(design, 0.4, 0.7)
    drawn = system.draws(np.random.default_rng(1), 40_000, np.float64)
    assert drawn.mean(axis=1) == pytest.approx(means, abs=0.8)
    scale = np.sqrt(np.outer(np.diag(spread), np.diag(spread)))
    assert np.abs((np.cov(drawn) - spread) / scale).max() < 0.04


def test_the_spread_of_dossiers_is_the_one_that_the_likelihood_likes_best() -> None:
    design = grouped(uneven(3), 1)
    system = fitted(design, restricted_likelihood(design.table))
    costs = [System(design, system.quality * factor, system.severity).cost for factor in (0.7, 0.9, 1.1, 1.4)]
    assert min(costs) > system.cost


def test_in_closed_form_the_spread_is_nearly_the_same() -> None:
    table = Table.of(edition(4, dossiers=200, experts=60, reads=5))
    system = fitted(grouped(table, 1), closed_form(table, 1))
    assert np.sqrt(system.noise / system.quality) == pytest.approx(90, rel=0.15)


@pytest.mark.parametrize("quality", [0.0, 5000.0])
def test_dossiers_all_alike_are_drawn_alike(quality: float) -> None:
    design = grouped(uneven(5), 1)
    system = fitted(design, Variances(2500, 0, 0, quality))
    assert np.ptp(system.centre) < (1 if quality == 0 else 500)


def test_a_triangle_is_solved_both_ways() -> None:
    chance = np.random.default_rng(3)
    factor = np.tril(chance.normal(size=(230, 230))) + 40 * np.eye(230)
    wanted = chance.normal(size=(230, 4))
    triangle = Triangle(factor)
    assert factor @ triangle.forth(wanted) == pytest.approx(wanted)
    assert factor.T @ triangle.back(wanted.copy()) == pytest.approx(wanted)


def drawn(dossiers: int) -> Callable[[int, int], Vector]:
    def sample(number: int, count: int) -> Vector:
        return np.random.default_rng(number).normal(np.arange(dossiers)[:, None] % 7, 3, (dossiers, count))

    return sample


def test_ranks_are_counted_draw_by_draw() -> None:
    found = tally(drawn(9), 9, 130, (2, 5))
    levels = np.concatenate([drawn(9)(0, 125), drawn(9)(1, 5)], axis=1)
    by_hand = (levels[None, :, :] > levels[:, None, :]).sum(axis=1) + 1
    assert (found.ranks == np.sort(by_hand, axis=1)).all()
    assert (found.within[2] == (by_hand <= 2).sum(axis=1)).all()
    assert found.within[5].sum() == 5 * 130
    low, high = found.interval(0.9)
    kept = (by_hand >= low[:, None]) & (by_hand <= high[:, None])
    assert (kept.mean(axis=1) >= 0.9).all()


def test_two_threads_say_what_one_says(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = tally(drawn(30), 30, 400, (3,))
    monkeypatch.setattr(ranks, "SMALL", 0)
    together = tally(drawn(30), 30, 400, (3,))
    assert (alone.ranks == together.ranks).all()
    assert (alone.within[3] == together.within[3]).all()


@settings(max_examples=examples(20), deadline=None)
@given(st.integers(2, 40), st.integers(1, 300))
def test_every_rank_is_given_once_a_draw(dossiers: int, draws: int) -> None:
    found = tally(drawn(dossiers), dossiers, draws, (1,))
    assert np.bincount(found.ranks.ravel(), minlength=dossiers + 1)[1:].tolist() == [draws] * dossiers
