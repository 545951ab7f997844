import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel import exact

CASES = json.loads((Path(__file__).parents[1] / "data/scoring/rounding_gbt_8170.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("points", "percent", "twentieths", "shown"),
    [(15, 5, 15, "0.75"), (110, 65, 1430, "71.50"), (1000, 100, 20000, "1000.00"), (50, 0, 0, "0.00")],
)
def test_an_item_scores_in_whole_twentieths(points: int, percent: int, twentieths: int, shown: str) -> None:
    assert exact.score_twentieths(points, percent) == twentieths
    assert exact.display_twentieths(twentieths) == shown


@pytest.mark.parametrize("percent", [-5, 1, 52, 105])
def test_a_percentage_outside_the_steps_is_refused(percent: int) -> None:
    with pytest.raises(ValueError, match="is not one of"):
        exact.score_twentieths(100, percent)


@pytest.mark.parametrize(
    ("row", "expected"), list(zip(CASES["input"]["rows"], CASES["expected"]["rounded"], strict=True))
)
def test_rounding_follows_gbt_8170(row: list[str], expected: str) -> None:
    value, interval = Fraction(row[0]), Fraction(row[1])
    assert exact.rounded(value, interval) == Fraction(expected)
    if interval <= 1:
        assert exact.display(value, max(len(row[1]) - 2, 0)) == expected


def test_rounding_twice_is_not_allowed() -> None:
    for value, forbidden, _reason in CASES["expected"]["forbidden"]:
        assert exact.display(Fraction(value), 0) != forbidden


@pytest.mark.parametrize(
    ("value", "half_even", "half_up"),
    [("0.125", "0.12", "0.13"), ("-0.125", "-0.12", "-0.13"), ("0.126", "0.13", "0.13"), ("-0.001", "0.00", "0.00")],
)
def test_the_rulebook_chooses_what_happens_to_a_half(value: str, half_even: str, half_up: str) -> None:
    assert exact.display(Fraction(value)) == half_even
    assert exact.display(Fraction(value), rounding="half_up") == half_up


@given(st.fractions(), st.integers(0, 6))
def test_what_is_shown_is_never_further_than_half_a_step(value: Fraction, decimals: int) -> None:
    shown = Fraction(exact.display(value, decimals))
    assert abs(shown - value) <= Fraction(1, 2 * 10**decimals)


@given(st.fractions())
def test_an_exact_value_survives_storage(value: Fraction) -> None:
    assert exact.from_text(exact.to_text(value)) == value


def test_a_whole_number_may_stand_alone() -> None:
    assert exact.from_text("626") == 626
    assert exact.to_text(Fraction(626)) == "626/1"


@pytest.mark.parametrize("text", ["", "6.5", "1/0", "1/-2", "1e3", " 1", "1/2/3", "½", "nan"])
def test_what_is_not_exact_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an exact value"):
        exact.from_text(text)
