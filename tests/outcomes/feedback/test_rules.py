"""What a feedback report says and keeps back."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.outcomes.feedback import rules
from app.programmes.rules.parsing import parse_criteria

GBT = Path(__file__).parents[3] / "rulebooks" / "criteria" / "gbt-19580-2012.toml"
CRITERIA = parse_criteria(GBT.read_text(encoding="utf-8"))


def test_remarks_stand_once_in_an_order_that_tells_nobody() -> None:
    one, other = "战略清晰。\n顾客调查完整。", "顾客调查完整。\n  指标持续改善。"
    found = rules.gathered([one, other], [])
    assert sorted(found.splitlines()) == ["战略清晰。", "指标持续改善。", "顾客调查完整。"]
    assert rules.gathered([other, one], []) == found, "who wrote first makes no difference"


def test_no_name_of_an_expert_stays() -> None:
    text = rules.gathered(["王小明认为战略清晰，王小也同意。"], ["王小", "王小明"])
    assert text == "评审专家认为战略清晰，评审专家也同意。"


@pytest.mark.parametrize(
    ("points", "band"),
    [(0, (0, 300)), (299, (0, 300)), (300, (300, 400)), (626, (600, 700)), (700, (700, 800)), (1000, (900, 1000))],
)
def test_a_total_is_told_by_its_hundred(points: int, band: tuple[int, int]) -> None:
    found = rules.band_of(Fraction(points), 1000)
    assert (found.low, found.high) == band


def test_quartiles_lie_between_the_order_statistics() -> None:
    assert rules.quartiles([Fraction(n) for n in (4, 1, 3, 2)]) == (Fraction(7, 4), Fraction(5, 2), Fraction(13, 4))


@given(st.lists(st.integers(0, 20).map(lambda step: Fraction(step * 5)), min_size=1))
def test_quartiles_are_in_order_and_inside_the_field(values: list[Fraction]) -> None:
    low, middle, high = rules.quartiles(values)
    assert min(values) <= low <= middle <= high <= max(values)


def everywhere(percent: int) -> dict[str, int]:
    return dict.fromkeys(CRITERIA.item_codes, percent)


def test_a_field_too_small_to_stay_anonymous_is_not_compared_with() -> None:
    others = [everywhere(percent) for percent in range(0, 5 * (rules.MINIMUM_OTHERS - 1), 5)]
    assert all(line.field is None for line in rules.profile(everywhere(50), others, CRITERIA))
    enough = [*others, everywhere(40)]
    assert all(line.field is not None for line in rules.profile(everywhere(50), enough, CRITERIA))


def test_the_profile_is_in_whole_steps_so_that_no_total_follows_from_it() -> None:
    own = everywhere(50) | {CRITERIA.item_codes[0]: 75}
    lines = rules.profile(own, [own] * rules.MINIMUM_OTHERS, CRITERIA)
    assert all(line.own % 5 == 0 and line.field == (line.own,) * 3 for line in lines)


def test_a_category_nobody_scored_counts_nothing() -> None:
    assert rules.share({}, [("4.1.1", 60)]) == 0


def content(**further: str) -> dict[str, object]:
    texts = [rules.Texts(code, 60, "甲\n乙", "丙") for code in CRITERIA.item_codes]
    about = {"name": "示例公司"} | further
    band = rules.band_of(Fraction(626), 1000)
    return rules.content_of(about, CRITERIA, texts, band=band, lines=rules.profile(everywhere(60), [], CRITERIA))


def test_the_report_says_bands_and_words_and_neither_points_nor_rank() -> None:
    found = content()
    assert found["band"] == {"low": 600, "high": 700, "full": 1000}
    items = [item for category in found["categories"] for item in category["items"]]  # type: ignore[attr-defined]
    assert [item["code"] for item in items] == list(CRITERIA.item_codes)
    assert items[0]["band"]["low"] <= 60 <= items[0]["band"]["high"]
    assert items[0]["strengths"] == ["甲", "乙"]
    assert {"percent", "points", "score", "rank"}.isdisjoint(items[0])
    assert "626" not in str(found)


def test_who_has_no_rank_gets_no_band() -> None:
    found = rules.content_of({}, CRITERIA, [], band=None, lines=[])
    assert found["band"] is None
