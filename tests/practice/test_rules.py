"""Practice cases: read with every error at once, and the distance from the model answer, exact."""

from datetime import timedelta
from fractions import Fraction

import pytest

from app.practice import queries
from app.practice.rules import Sittings, compare, in_words, missing, parse_case, sittings
from app.programmes.rules.errors import RulebookInvalid
from app.programmes.rules.parsing import parse_criteria
from tests.support.rulebooks import CRITERIA, FOLDER, GONE, TEXTS, edited, rulebook

SETS = {key: parse_criteria(text) for key, text in CRITERIA.items()}
TEXT = (FOLDER / "practice" / "gbt-19580-2012.toml").read_text()
CASE = parse_case(TEXT, SETS)
MODELS = {item.code: item.model for item in CASE.items}


@pytest.mark.parametrize("key", sorted(SETS))
def test_every_criteria_set_has_a_whole_case(key: str) -> None:
    """Each item in the order of the criteria, percentages on their scale, and a reason that names the band it lies in."""
    case, criteria = queries.shipped()[key].case, SETS[key]
    assert case.codes == tuple(criteria.item_codes)
    for item in case.items:
        assert {item.low, item.model, item.high} <= set(criteria.percents), item.code
        band = criteria.band(criteria.item(item.code).kind, item.model)
        for said in (item.reason.zh, item.reason.en):
            assert f"{band.low}–{band.high}" in said, f"{item.code}: {said}"
        assert item.strengths, item.code
        assert item.improvements, item.code


def test_the_model_answers_use_more_than_the_middle_of_the_scale() -> None:
    for key, shipped in queries.shipped().items():
        models = [item.model for item in shipped.case.items]
        assert max(models) - min(models) >= 40, key


@pytest.mark.parametrize("key", sorted(TEXTS))
def test_a_rulebook_that_asks_for_practice_has_a_case_for_each_of_its_criteria_sets(key: str) -> None:
    book = rulebook(key)
    assert book.rounds[0].practice
    assert {each.key for each in book.criteria_sets} <= set(queries.shipped())


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"criteria": "no-such-set"}, "criteria"),
        ({"items[0].code": "9.9"}, "items[0].code"),
        ({"items[0].model": 95}, "items[0].model"),
        ({"items[0].model": 42}, "items[0].model"),
        ({"items[1].reason": GONE}, "items[1].reason"),
        ({"items[1].reason": {"zh": "只有中文"}}, "items[1].reason"),
    ],
)
def test_a_wrong_case_is_refused_with_its_place(changes: dict[str, object], path: str) -> None:
    with pytest.raises(RulebookInvalid) as refused:
        parse_case(edited(TEXT, changes), SETS)
    assert path in [error.path for error in refused.value.errors]


@pytest.mark.parametrize(
    ("apart", "mean", "leaning", "said"),
    [
        (dict.fromkeys(MODELS, 0), 0, 0, "总体宽严与标准答案相当"),
        (dict.fromkeys(MODELS, 10), 10, 10, "偏宽"),
        (dict.fromkeys(MODELS, -10), 10, -10, "偏严"),
        ({"4.1.2": 20, "4.2.2": -15}, Fraction(35, 23), Fraction(5, 23), "总体宽严与标准答案相当"),
    ],
)
def test_how_far_and_in_which_direction(apart: dict[str, int], mean: Fraction, leaning: Fraction, said: str) -> None:
    found = compare(CASE, {code: model + apart.get(code, 0) for code, model in MODELS.items()})
    assert (found.mean_apart, found.leaning) == (mean, leaning)
    words = [sentence.text for sentence in in_words(found)]
    assert said in words[1]
    assert any("平均每条相差" in word for word in words) is (mean >= 10)


def test_within_is_the_range_of_the_case_ends_included() -> None:
    found = compare(CASE, {**MODELS, "4.1.2": 50, "4.2.2": 80})
    assert found.within == len(MODELS) - 1


def test_whoever_finished_a_shorter_case_is_compared_on_what_it_asked() -> None:
    found = compare(CASE, {"4.1.2": 50, "4.2.2": 70})
    assert [distance.item.code for distance in found.distances] == ["4.1.2", "4.2.2"]


def test_what_is_missing_is_told_item_by_item() -> None:
    gaps = missing(CASE, {**MODELS, "4.7.2": None})
    assert [gap.values["code"] for gap in gaps] == ["4.7.2"]


@pytest.mark.parametrize(
    ("minutes", "told"),
    [
        ([30, 40, 50, 60], None),
        ([30, 40, 50, 60, 70], Sittings(5, 50)),
        ([30, 40, 50, 60, 60 * 24], None),
        ([30, 40, 50, 60, 70, 60 * 24], Sittings(5, 50)),
        ([0, 40, 50, 60, 70], None),
    ],
)
def test_how_long_it_takes_is_what_it_took_those_who_did_it_in_one_go(
    minutes: list[int], told: Sittings | None
) -> None:
    assert sittings(timedelta(minutes=each) for each in minutes) == told
