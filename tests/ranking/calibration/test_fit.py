"""Calibration against published tables, the textbook's dense formulas, and what must hold whatever the data."""

import json
from fractions import Fraction
from math import inf, log, sqrt
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ranking.calibration import Calibration, Refusal, Review, calibrate, fit
from app.ranking.calibration.data import Table, Vector
from app.ranking.calibration.fit import closed_form, incidence, offsets_of, restricted_likelihood
from tests.factories.reviews import edition
from tests.support.effort import examples

CASES = Path(__file__).parents[2] / "data" / "scoring"


def calibrated(reviews: list[Review]) -> Calibration:
    found = calibrate(reviews)
    assert isinstance(found, Calibration)
    return found


def test_penicillin_the_published_components_of_a_crossed_table() -> None:
    """Davies and Goldsmith (1972), table 6.6; balanced, so the restricted likelihood is the same with plates fixed."""
    case = json.loads((CASES / "lmm_penicillin.json").read_text())
    table = Table.of(Review(plate, sample, 20 * diameter) for plate, sample, diameter in case["input"]["rows"])
    found = restricted_likelihood(table)
    expected, near = case["expected"]["sd"], case["tolerance"]["sd"]
    assert sqrt(found.severity) == pytest.approx(expected["sample"], abs=near)
    assert sqrt(found.noise) == pytest.approx(expected["residual"], abs=near)
    in_closed_form = closed_form(table, 1)
    assert sqrt(in_closed_form.severity) == pytest.approx(expected["sample"], abs=near)
    assert sqrt(in_closed_form.noise) == pytest.approx(expected["residual"], abs=near)


def test_a_balanced_incomplete_block_has_its_published_adjusted_effects() -> None:
    """The catalyst example of Montgomery, Design and Analysis of Experiments: unshrunk effects −9/8, −7/8, −4/8, 20/8."""
    blocks = [(0, 1, 3), (1, 2, 3), (0, 1, 2), (0, 2, 3)]
    yields = [(73, 74, 71), (75, 67, 72), (73, 75, 68), (75, 72, 75)]
    rows = [
        Review(f"d{dossier}", f"e{expert}", 20 * value)
        for dossier, (block, values) in enumerate(zip(blocks, yields, strict=True))
        for expert, value in zip(block, values, strict=True)
    ]
    table = Table.of(rows)
    offsets, _spread = offsets_of(table, 1e-9)
    adjusted = table.over_dossiers(table.y - offsets[table.e]) / table.per_dossier
    assert adjusted - adjusted.mean() == pytest.approx([-9 / 8, -7 / 8, -4 / 8, 20 / 8], abs=1e-6)


def dense_cost(table: Table, ratio: float) -> float:
    """−2 log restricted likelihood by the textbook: log|V| + log|X'V⁻¹X| + (N − n) log s², V = I + ZZ'/ratio."""
    count, n = len(table), len(table.dossiers)
    x, z = np.eye(n)[table.d], np.eye(len(table.experts))[table.e]
    v = np.eye(count) + z @ z.T / ratio
    inverse = np.linalg.inv(v)
    information = x.T @ inverse @ x
    projected = inverse - inverse @ x @ np.linalg.inv(information) @ x.T @ inverse
    scale = float(table.y @ projected @ table.y) / (count - n)
    return float(np.linalg.slogdet(v)[1] + np.linalg.slogdet(information)[1] + (count - n) * log(scale))


@pytest.mark.parametrize("seed", range(4))
def test_the_ratio_is_the_one_that_the_dense_likelihood_likes_best(seed: int) -> None:
    table = Table.of(edition(seed, dossiers=20, experts=12))
    found = restricted_likelihood(table)
    best = dense_cost(table, found.ratio)
    assert all(best <= dense_cost(table, found.ratio * factor) + 1e-9 for factor in (0.5, 0.9, 0.99, 1.01, 1.1, 2))
    assert found.gain == pytest.approx(dense_cost(table, 1e12) - best, abs=1e-4)


@pytest.mark.parametrize("seed", range(4))
def test_values_and_errors_are_generalised_least_squares(seed: int) -> None:
    reviews = edition(seed, dossiers=20, experts=12)
    table, found = Table.of(reviews), calibrated(reviews)
    x, z = np.eye(len(table.dossiers))[table.d], np.eye(len(table.experts))[table.e]
    v: Vector = found.noise**2 * np.eye(len(table)) + found.severity**2 * z @ z.T
    information = x.T @ np.linalg.inv(v) @ x
    values = np.linalg.solve(information, x.T @ np.linalg.inv(v) @ table.y)
    assert list(found.values.values()) == pytest.approx(values.tolist(), abs=1e-6)
    assert list(found.errors.values()) == pytest.approx(np.sqrt(np.diag(np.linalg.inv(information))).tolist(), abs=1e-6)


def test_conjugate_gradients_say_what_the_dense_solution_says(monkeypatch: pytest.MonkeyPatch) -> None:
    table = Table.of(edition(5))
    dense, _spread = offsets_of(table, 0.7)
    monkeypatch.setattr(fit, "LARGEST_DENSE", 3)
    sparse, nothing = offsets_of(table, 0.7)
    assert nothing is None
    assert sparse == pytest.approx(dense, abs=1e-8)


def test_closed_form_and_likelihood_order_dossiers_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    reviews = edition(6)
    by_likelihood = calibrated(reviews).values
    monkeypatch.setattr(fit, "LARGEST_SEARCHED", 3)
    in_closed_form = calibrated(reviews).values
    top = [sorted(found, key=lambda name: -found[name])[:5] for found in (by_likelihood, in_closed_form)]
    assert top[0] == top[1]


@pytest.mark.parametrize(("severity", "established"), [(1e-6, False), (60, True)])
def test_in_closed_form_a_difference_is_established_only_beyond_chance(
    monkeypatch: pytest.MonkeyPatch, severity: float, *, established: bool
) -> None:
    monkeypatch.setattr(fit, "LARGEST_SEARCHED", 3)
    found = [calibrated(edition(seed, severity=severity)).is_established for seed in range(10)]
    assert found.count(established) >= 8


def test_a_lenient_expert_is_recognised_and_taken_off() -> None:
    reviews = [
        Review(row.dossier, row.expert, row.twentieths + (2_000 if row.expert == "E003" else 0))
        for row in edition(7, severity=1e-6)
    ]
    found = calibrated(reviews)
    assert max(found.experts, key=lambda name: found.experts[name].offset) == "E003"
    assert found.is_established
    assert found.experts["E003"].offset > 2 * found.experts["E003"].error


def test_without_a_difference_the_calibrated_score_is_the_mean() -> None:
    reviews = [
        Review(f"D{n:02}", f"E{(n + k) % 12:02}", 20 * (500 + n) + (-1) ** k * 200) for n in range(24) for k in range(4)
    ]
    found, table = calibrated(reviews), Table.of(reviews)
    assert (found.severity, found.is_established) == (0, False)
    assert list(found.values.values()) == pytest.approx(table.means.tolist())


def test_nothing_is_corrected_between_separate_groups() -> None:
    """In each part the offsets sum to zero: a part's own level is left where the plain mean has it."""
    left = [Review(f"A{row.dossier}", f"A{row.expert}", row.twentieths + 1_000) for row in edition(8)]
    right = [Review(f"B{row.dossier}", f"B{row.expert}", row.twentieths) for row in edition(9)]
    found = calibrated(left + right)
    assert len(found.parts) == 2
    for letter in "AB":
        assert sum(s.offset for name, s in found.experts.items() if name[0] == letter) == pytest.approx(0, abs=1e-8)


@settings(max_examples=examples(15), deadline=None)
@given(st.randoms(use_true_random=False), st.integers(-4_000, 4_000))
def test_order_does_not_matter_and_a_shift_shifts(chance: Random, shift: int) -> None:
    reviews = edition(10, dossiers=15, experts=8)
    shuffled = list(reviews)
    chance.shuffle(shuffled)
    found = calibrated(reviews)
    assert calibrated(shuffled) == found
    moved = calibrated([Review(row.dossier, row.expert, row.twentieths + shift) for row in reviews])
    by = float(Fraction(shift, 20))
    assert list(moved.values.values()) == pytest.approx([value + by for value in found.values.values()], abs=1e-5)


@pytest.mark.parametrize(
    ("reviews", "said"),
    [
        (edition(1, dossiers=7), "少于 %(least)s 份"),
        ([Review(f"D{n}", f"E{n if n > 7 else n % 4}", 10_000 + n) for n in range(40)], "评过两份以上的专家"),
        ([Review(f"D{n // 2}", f"E{n % 20}", 10_000 + n) for n in range(40)], "自由度"),
    ],
)
def test_too_little_is_refused_in_words(reviews: list[Review], said: str) -> None:
    found = calibrate(reviews)
    assert isinstance(found, Refusal)
    assert said in found.reason.text


def test_two_totals_of_one_expert_are_refused() -> None:
    with pytest.raises(ValueError, match="two totals"):
        Table.of([Review("D", "E", 1), Review("D", "E", 2)])


def test_an_infinite_ratio_leaves_every_score_alone() -> None:
    table = Table.of(edition(11))
    offsets, spread = offsets_of(table, inf)
    assert not offsets.any()
    assert spread is not None
    assert incidence(table).sum() == len(table)
