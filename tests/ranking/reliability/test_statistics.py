"""What must hold of the statistics whatever the data, and where they have no value. Published figures: tests/ranking/test_cases.py."""

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ranking.calibration import Review
from app.ranking.calibration.data import Table
from app.ranking.calibration.graph import parts
from app.ranking.reliability import (
    Undefined,
    components,
    intraclass,
    kendall_w,
    krippendorff_alpha,
    quadratic,
    quadratic_kappa,
    weighted_kappa,
)
from app.ranking.reliability.distributions import chi2_tail, f_quantile

# --- distributions, against printed tables ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "freedom", "tail"),
    [
        (3.841459, 1, 0.05),
        (6.634897, 1, 0.01),
        (18.307038, 10, 0.05),
        (124.342113, 100, 0.05),
        (0.5, 3, 0.918891),
        (0, 4, 1),
    ],
)
def test_the_upper_tail_of_chi_squared(value: float, freedom: int, tail: float) -> None:
    assert chi2_tail(value, freedom) == pytest.approx(tail, abs=1e-6)


@pytest.mark.parametrize(
    ("above", "below", "value"),
    [(1, 1, 647.7890), (4, 6, 6.2272), (10, 20, 2.7737), (120, 60, 1.5810), (5, 2.5, 24.9475)],
)
def test_quantiles_of_f(above: float, below: float, value: float) -> None:
    """Tables of the 97.5 % points; the last, with broken degrees of freedom, only as the reciprocal of its mirror image."""
    found = f_quantile(0.975, above, below)
    assert found == pytest.approx(1 / f_quantile(0.025, below, above), rel=1e-9)
    if below == int(below):
        assert found == pytest.approx(value, rel=1e-4)


def test_a_quantile_that_is_very_far_out_is_still_a_number() -> None:
    assert 1e6 < f_quantile(0.975, 5, 0.02) < float("inf")


# --- alpha --------------------------------------------------------------------------------------------------------

units = st.lists(st.lists(st.integers(1, 6), min_size=1, max_size=5), min_size=3, max_size=9)
METRICS = ("nominal", "ordinal", "interval", "ratio")


@given(units, st.sampled_from(METRICS), st.randoms(use_true_random=False))
def test_alpha_is_at_most_one_and_order_does_not_matter(rows: list[list[int]], metric: str, chance: Random) -> None:
    mixed = [chance.sample(row, len(row)) for row in chance.sample(rows, len(rows))]
    try:
        found = krippendorff_alpha(rows, metric)  # type: ignore[arg-type]
    except Undefined:
        with pytest.raises(Undefined):
            krippendorff_alpha(mixed, metric)  # type: ignore[arg-type]
        return
    assert found <= 1
    assert krippendorff_alpha(mixed, metric) == pytest.approx(found, abs=1e-12)  # type: ignore[arg-type]
    assert krippendorff_alpha([*rows, [3]], metric) == pytest.approx(found, abs=1e-12)  # type: ignore[arg-type]


@given(units, st.integers(1, 9), st.integers(-50, 50))
def test_an_interval_scale_has_no_unit_and_no_zero(rows: list[list[int]], unit: int, zero: int) -> None:
    moved = [[unit * value + zero for value in row] for row in rows]
    try:
        found = krippendorff_alpha(rows, "interval")
    except Undefined:
        return
    assert krippendorff_alpha(moved, "interval") == pytest.approx(found, abs=1e-9)


@pytest.mark.parametrize(
    ("rows", "said"), [([[1, 2], [3]], "不足两家"), ([[4, 4], [4, 4]], "全部评分相同")], ids=["one unit", "all alike"]
)
def test_alpha_has_no_value(rows: list[list[int]], said: str) -> None:
    with pytest.raises(Undefined, match=said):
        krippendorff_alpha(rows, "interval")


# --- W, ICC, kappa ------------------------------------------------------------------------------------------------


def test_judges_who_rank_alike_agree_wholly_and_opposites_not_at_all() -> None:
    alike = np.array([[1, 10, 100], [2, 20, 200], [3, 30, 300], [4, 40, 400]])
    assert kendall_w(alike).w == pytest.approx(1)
    assert kendall_w(np.array([[1, 4], [2, 3], [3, 2], [4, 1]])).w == pytest.approx(0)
    assert 0 <= kendall_w(alike).p <= 1


@pytest.mark.parametrize("statistic", [kendall_w, intraclass])
def test_a_table_needs_two_of_each(statistic) -> None:
    with pytest.raises(ValueError, match="at least two"):
        statistic(np.array([[1.0, 2.0]]))


def test_scores_that_are_all_alike_have_no_order() -> None:
    with pytest.raises(Undefined, match="没有次序"):
        kendall_w(np.ones((4, 3)))


def test_a_constant_distance_between_judges_leaves_no_error() -> None:
    with pytest.raises(Undefined, match="组内相关没有意义"):
        intraclass(np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]))


def test_a_severe_judge_lowers_agreement_but_not_consistency() -> None:
    chance = np.random.default_rng(3)
    table = chance.normal(550, 90, (30, 1)) + chance.normal(0, 30, (30, 4))
    severe = table - np.array([0, 0, 0, 200])
    fair, shifted = intraclass(table), intraclass(severe)
    assert shifted.three_single.value == pytest.approx(fair.three_single.value)
    assert shifted.two_single.value < fair.two_single.value - 0.2
    for each in (fair.one_single, fair.two_single, fair.three_mean, shifted.two_mean):
        assert each.low < each.value < each.high


@pytest.mark.parametrize(
    ("first", "second", "kappa"),
    [([0, 1, 2, 3], [0, 1, 2, 3], 1), ([0, 1, 2, 3], [3, 2, 1, 0], -1), ([0, 0, 3, 3], [0, 3, 0, 3], 0)],
)
def test_kappa_of_two_judges(first: list[int], second: list[int], kappa: float) -> None:
    assert quadratic_kappa(first, second, 4) == pytest.approx(kappa)


def test_a_kappa_does_not_depend_on_how_often_the_table_was_counted() -> None:
    table = np.array([[5.0, 1, 0], [2, 7, 1], [0, 2, 6]])
    assert weighted_kappa(10 * table, quadratic(3)) == pytest.approx(weighted_kappa(table, quadratic(3)))


def test_kappa_has_no_value() -> None:
    with pytest.raises(Undefined, match="同一个比例"):
        quadratic_kappa([2, 2], [2, 2], 4)
    with pytest.raises(ValueError, match="as many"):
        quadratic_kappa([2], [], 4)


# --- components ---------------------------------------------------------------------------------------------------


def edition(seed: int, *, quality: float = 90, severity: float = 60, noise: float = 50) -> Table:
    chance = Random(seed)
    lean = [chance.gauss(0, severity) for _ in range(24)]
    rows = []
    for dossier in range(60):
        level = chance.gauss(550, quality)
        for expert in chance.sample(range(24), 4):
            score = level + lean[expert] + chance.gauss(0, noise)
            rows.append(Review(f"D{dossier:03}", f"E{expert:03}", round(20 * score)))
    return Table.of(rows)


@pytest.mark.parametrize("seed", range(3))
def test_the_search_finds_the_lowest_cost(seed: int) -> None:
    table = edition(seed)
    found = components.fitted(table)
    model, parts_ = components._Model(table), found.components
    at = ((parts_.dossiers / parts_.chance) ** 0.5, (parts_.experts / parts_.chance) ** 0.5)
    for step in ((1.002, 1), (0.998, 1), (1, 1.002), (1, 0.998)):
        assert model.at((at[0] * step[0], at[1] * step[1])).cost > found.cost


@pytest.mark.parametrize(("quality", "severity"), [(90, 60), (60, 90), (200, 15), (30, 30)])
def test_newton_and_the_simplex_end_at_one_point(quality: float, severity: float) -> None:
    table = edition(7, quality=quality, severity=severity)
    cost = components._Model(table).cost
    quick, slow = components._by_newton(cost, components._in_closed_form(table, 1)), components._lowest(cost)
    assert quick == pytest.approx(slow, rel=1e-5)


def test_where_a_component_is_nothing_newton_leaves_it_to_the_simplex() -> None:
    table = edition(5, quality=90, severity=0)
    assert components._by_newton(components._Model(table).cost, components.Components(90.0**2, 0.0, 50.0**2)) is None
    assert components.fitted(table).components.experts < 0.05 * components.fitted(table).components.chance


@pytest.mark.parametrize("seed", range(3))
def test_closed_form_and_likelihood_agree_on_a_mixed_design(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    table = edition(seed)
    searched = components.components(table, len(parts(table)))
    monkeypatch.setattr(components, "LARGEST_DENSE", 10)
    closed = components.components(table, len(parts(table)))
    for name in ("dossiers", "experts", "chance"):
        assert getattr(closed, name) ** 0.5 == pytest.approx(getattr(searched, name) ** 0.5, rel=0.1)


def test_what_is_not_there_is_found_to_be_nothing() -> None:
    found = components.fitted(edition(5, quality=0, severity=0)).components
    assert (found.dossiers + found.experts) / found.total < 0.05
    assert components.reviews_needed(components.Components(0, 10, 10), 0.9, calibrated=True) is None
    assert components.reliability_of_mean(components.Components(0, 0, 0), 5, calibrated=True) == 0
