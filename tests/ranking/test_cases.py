"""Every case of tests/data/scoring: published or exactly derivable figures, each within the tolerance that the case states."""

import json
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.kernel.exact import display, from_text, rounded, score_twentieths
from app.ranking.calibration import Review as Total
from app.ranking.calibration.data import Table
from app.ranking.official import RoundRule, aggregate, competition_ranks
from app.ranking.reliability import (
    components,
    intraclass,
    kendall_w,
    krippendorff_alpha,
    quadratic,
    quadratic_kappa,
    weighted_kappa,
)
from benchmarks.methods import confidence, pairwise, rasch, robust

FOLDER = Path(__file__).parents[1] / "data" / "scoring"
FILES = sorted(FOLDER.glob("*.json"))
METRICS = ("nominal", "ordinal", "interval", "ratio")

Case = dict[str, Any]


def near(expected: Any, tolerance: float) -> Any:
    return pytest.approx(expected, abs=tolerance, rel=0)


# --- agreement ----------------------------------------------------------------------------------------------------

COEFFICIENTS = {
    "ICC(1,1)": "one_single",
    "ICC(1,k)": "one_mean",
    "ICC(2,1)": "two_single",
    "ICC(2,k)": "two_mean",
    "ICC(3,1)": "three_single",
    "ICC(3,k)": "three_mean",
}


def intraclass_correlation(case: Case) -> None:
    found, expected, precise = intraclass(np.array(case["input"]["x"])), case["expected"], case["tolerance"]["precise"]
    for name, field in COEFFICIENTS.items():
        coefficient = getattr(found, field)
        assert coefficient.value == near(expected["published"][name], case["tolerance"]["published"])
        assert coefficient.value == near(expected["precise"][name], precise)
        assert [coefficient.low, coefficient.high] == near(expected["ci95"][name], precise)
    squares = {"BMS": found.between, "JMS": found.judges, "EMS": found.error}
    assert squares == near(expected["mean_squares"], 1e-6)  # printed to six digits
    assert found.between / found.within == near(expected["F"]["one_way"], precise)
    assert found.between / found.error == near(expected["F"]["two_way"], 1e-6)


def alpha(case: Case) -> None:
    units = [[value for value in unit if value is not None] for unit in zip(*case["input"]["x"], strict=True)]
    found = {metric: krippendorff_alpha(units, metric) for metric in METRICS}
    assert found == near(case["expected"]["precise"], case["tolerance"]["precise"])
    for metric, value in case["expected"]["published"].items():
        assert found[metric] == near(value, case["tolerance"]["published"])


def concordance(case: Case) -> None:
    table, expected, tolerance = np.array(case["input"]["x"]), case["expected"], case["tolerance"]
    table = table.T if "judges" in case["input"] else table
    corrected, plain = kendall_w(table), kendall_w(table, ties_corrected=False)
    assert corrected.w == near(expected["W_ties_corrected"], tolerance["W"])
    assert corrected.chi2 == near(expected["chi2_corrected"], tolerance["chi2"])
    assert corrected.p == near(expected["p_corrected"], 1e-10)
    assert corrected.freedom == expected["df"]
    assert plain.w == near(expected["W_uncorrected"], tolerance["W"])
    assert plain.chi2 == near(expected["chi2_uncorrected"], tolerance["chi2"])
    if "rank_sums" in expected:
        assert list(corrected.rank_sums) == expected["rank_sums"]


def kappa(case: Case) -> None:
    given, precise = case["input"], case["tolerance"]["precise"]
    table = np.array(given["proportions"])
    found = {
        "kappa": weighted_kappa(table, 1 - np.eye(3)),
        "kw_a": weighted_kappa(table, np.array(given["weights_a"])),
        "kw_b": weighted_kappa(table, np.array(given["weights_b"])),
        "quadratic": weighted_kappa(table, quadratic(3)),
    }
    assert found == near(case["expected"]["precise"], precise)
    for name, value in case["expected"]["published"].items():
        assert found[name] == near(value, case["tolerance"]["published"])
    first, second = ([each - 1 for each in given["pair_example"][name]] for name in ("rater1", "rater2"))
    assert quadratic_kappa(first, second, 9) == near(case["expected"]["pair_example"]["quadratic"], precise)
    pairs = np.zeros((9, 9))
    np.add.at(pairs, (first, second), 1)
    assert weighted_kappa(pairs, 1 - np.eye(9)) == near(case["expected"]["pair_example"]["kappa"], precise)


# --- components of variance ---------------------------------------------------------------------------------------


def mixed_model(case: Case) -> None:
    """Row for row: one thing, another, and what was measured; in twentieths for the editions."""
    if case["id"] == "lmm_penicillin":
        plates(case)
        return
    rows = case["input"]["rows"]
    found = components.fitted(
        Table.of(Total(f"{dossier:03}", f"{expert:03}", score) for dossier, expert, score in rows)
    )
    expected, tolerance = case["expected"], case["tolerance"]
    parts = found.components
    deviations = dict(zip(("dossier", "expert", "Residual"), map(np.sqrt, variances(parts)), strict=True))
    assert deviations == near(expected["sd"], tolerance["sd"])
    assert found.mean == near(expected["mean"], tolerance["mean"])
    assert found.error_of_mean == near(expected["se_mean"], tolerance["mean"])
    assert found.cost == near(expected["minus2_reml_loglik"], tolerance["minus2_reml_loglik"])
    assert list(found.dossier_effects) == near(expected["dossier_effect"], tolerance["effect"])
    assert list(found.expert_effects) == near(expected["expert_effect"], tolerance["effect"])


def variances(parts: components.Components) -> tuple[float, float, float]:
    return parts.dossiers, parts.experts, parts.chance


def plates(case: Case) -> None:
    table = Table.of(Total(plate, sample, 20 * diameter) for plate, sample, diameter in case["input"]["rows"])
    found, expected, tolerance = components.fitted(table), case["expected"], case["tolerance"]
    deviations = dict(zip(("plate", "sample", "residual"), map(np.sqrt, variances(found.components)), strict=True))
    assert deviations == near(expected["sd"], tolerance["sd"])
    assert found.mean == near(expected["mean"], tolerance["mean"])
    samples = dict(zip(table.experts, found.expert_effects, strict=True))
    assert samples == near(expected["sample_blup"], tolerance["blup"])


# --- the official arithmetic --------------------------------------------------------------------------------------


def official(case: Case) -> None:
    if "steps" in case["input"]:
        sheets_of_items(case)
    else:
        thirds(case)


def sheets_of_items(case: Case) -> None:
    points = case["input"]["points"]
    for panel, expected in zip(case["input"]["steps"], case["expected"]["dossiers"], strict=True):
        totals = [
            sum(score_twentieths(item, 5 * step) for item, step in zip(points, sheet, strict=True)) for sheet in panel
        ]
        assert totals == expected["totals_20ths"]
        assert [aggregate([total], RoundRule("paper")) for total in totals] == list(map(from_text, expected["totals"]))
        for method in ("mean", "trimmed", "median"):
            assert aggregate(totals, RoundRule("paper", method=method)) == from_text(expected[method])


def thirds(case: Case) -> None:
    expected = case["expected"]
    means = {f"D{place}": aggregate(row, RoundRule("paper")) for place, row in enumerate(case["input"]["scores_20ths"])}
    assert list(means.values()) == list(map(from_text, expected["mean"]))
    assert list(competition_ranks(means).values()) == expected["competition_rank"]
    assert [display(mean) for mean in means.values()] == expected["displayed_2dp_half_even"]


def rounding(case: Case) -> None:
    for (value, interval), expected in zip(case["input"]["rows"], case["expected"]["rounded"], strict=True):
        assert rounded(Fraction(value), Fraction(interval)) == Fraction(expected)
    for value, wrong, _why in case["expected"]["forbidden"]:
        assert rounded(Fraction(value), Fraction(1)) != Fraction(wrong)


def small_panels(case: Case) -> None:
    """The rule of a sport that says what becomes of two, three, four and five scores."""
    rule = RoundRule("jump", method="trimmed", trim_from=4, fallback="closest_pair")
    for scores, expected in zip(case["input"]["cases"], case["expected"]["result"], strict=True):
        assert aggregate([20 * score for score in scores], rule) == Fraction(expected)


# --- methods that the product does not offer ----------------------------------------------------------------------


def comparisons(case: Case) -> None:
    expected = case["expected"]
    found = pairwise.bradley_terry(map(tuple, case["input"]["rows"]), expected["reference"])
    assert {name: each.value for name, each in found.items()} == near(expected["ability"], case["tolerance"]["ability"])
    for name, error in expected.get("se", {}).items():
        assert found[name].error == near(error, case["tolerance"]["se"])


def many_facets(case: Case) -> None:
    found, expected, tolerance = rasch.many_facet_rasch(case["input"]["x"]), case["expected"], case["tolerance"]
    assert list(found.severities) == near(expected["rater_severity"], tolerance["rater_severity"])
    assert list(found.thresholds) == near(expected["tau_sum_zero"], tolerance["tau"])
    assert list(found.abilities) == near(expected["theta"], tolerance["theta"])
    assert found.likelihood == near(expected["loglik"], tolerance["loglik"])


def declared_confidence(case: Case) -> None:
    rows = case["input"]["rows"]
    found = confidence.calibrated_with_confidence(
        (str(dossier), str(expert), Fraction(score), Fraction(weight)) for dossier, expert, score, weight in rows
    )
    assert list(found.values.values()) == list(map(Fraction, case["expected"]["value"]))
    assert list(found.offsets.values()) == list(map(Fraction, case["expected"]["expert_offset"]))
    assert list(map(float, found.values.values())) == near(
        case["expected"]["value_decimal"], case["tolerance"]["value"]
    )


def robust_location(case: Case) -> None:
    given, expected, tolerance = case["input"], case["expected"], case["tolerance"]
    for found, name in ((robust.huber, "huber_k15_mad"), (robust.huber_proposal_2, "hubers_proposal2")):
        each = found(given["x"])
        assert {"mu": each.mean, "s": each.scale} == near(expected[name], tolerance["huber"])
    for values, name in (("x", "algorithm_A"), ("seven", "algorithm_A_seven")):
        each = robust.algorithm_a(given[values])
        assert each.mean == near(expected[name]["x"], tolerance["algorithm_A"])
        assert each.scale == near(expected[name]["s"], 5e-8)  # printed to seven digits


KINDS: Mapping[str, Callable[[Case], None]] = {
    "icc": intraclass_correlation,
    "krippendorff_alpha": alpha,
    "kendall_w": concordance,
    "weighted_kappa": kappa,
    "lmm_reml": mixed_model,
    "official_score": official,
    "rounding": rounding,
    "trimmed_mean": small_panels,
    "bradley_terry": comparisons,
    "mfrm_jml": many_facets,
    "additive_calibration": declared_confidence,
    "robust_location": robust_location,
}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_case_is_reproduced(file: Path) -> None:
    case = json.loads(file.read_text(encoding="utf-8"))
    KINDS[case["kind"]](case)


def test_every_kind_has_its_cases() -> None:
    assert {json.loads(file.read_text(encoding="utf-8"))["kind"] for file in FILES} == set(KINDS)
