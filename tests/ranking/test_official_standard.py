"""Standardised scores: what they are, what they refuse, and that near enough is equal."""

from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ranking.official import Facts, Review, RoundRule, Rules, Traits, Unscorable, rank, snapshot
from app.ranking.official.standard import standardised

JUDGE = RoundRule("paper", method="judge_z", spread="population")
GROUP = RoundRule("paper", method="group_z", spread="sample")


def sheets(rows: dict[str, list[int]]) -> list[Review]:
    """By expert the totals of dossiers A, B, C … in points; 0 for none."""
    return [
        Review("ABCDEFGHIJ"[place], "paper", expert, total * 20)
        for expert, totals in rows.items()
        for place, total in enumerate(totals)
        if total
    ]


def exact(text: str) -> Fraction:
    return Fraction(Decimal(text))


@pytest.mark.parametrize(
    ("spread", "first"),
    [("population", "-1.414213562373095048801688724209698"), ("sample", "-1.264911064067351732799557417773087")],
)
def test_a_score_is_measured_in_standard_deviations_to_34_digits(spread, first: str) -> None:
    """Of 1, 2, 3, 4, 5 the standard deviation is √2, or √2.5 of a sample."""
    found = standardised([Fraction(number) for number in range(1, 6)], spread)
    assert found[0] == exact(first)
    assert found[2] == 0
    assert found[4] == -found[0]


@given(st.lists(st.integers(0, 20000), min_size=5, max_size=9).filter(lambda row: len(set(row)) > 1), st.data())
def test_neither_zero_nor_unit_nor_order_matter(row: list[int], data: st.DataObject) -> None:
    values = [Fraction(each) for each in row]
    found = standardised(values, "sample")
    assert abs(sum(found)) < Fraction(1, 10**30)
    moved = standardised([each * 3 + 700 for each in values], "sample")
    assert all(abs(one - other) < Fraction(1, 10**30) for one, other in zip(found, moved, strict=True))
    order = data.draw(st.permutations(range(len(row))))
    assert standardised([values[place] for place in order], "sample") == [found[place] for place in order]


def test_a_severe_and_a_wide_judge_count_alike() -> None:
    reviews = sheets({"x": [500, 510, 520, 530, 540], "y": [900, 800, 700, 600, 500]})
    ranking = rank(list("ABCDE"), reviews, Rules((JUDGE,)))
    assert [row.score for row in ranking.rows] == [0] * 5
    assert {row.rank for row in ranking.rows} == {1}
    assert ranking.rows[0].shown == "0.00"


def test_each_group_is_measured_by_itself() -> None:
    reviews = sheets({"x": [500, 510, 520, 530, 540, 700, 720, 740, 760, 780]})
    facts = Facts({name: Traits("one" if name < "F" else "two") for name in "ABCDEFGHIJ"})
    ranking = rank(list("ABCDEFGHIJ"), reviews, Rules((GROUP,)), facts=facts)
    assert [(row.dossier, row.rank) for row in ranking.rows[:4]] == [("E", 1), ("J", 1), ("D", 3), ("I", 3)]
    assert ranking.rows[0].shown == "1.26"
    assert ranking.row("A").shown == "-1.26"


def test_scores_that_differ_only_beyond_the_ninth_decimal_are_equal() -> None:
    """One cell in units of 3, one in units of 7: equal by arithmetic, not in the last of 34 digits."""
    chance = Random(1)
    row = [chance.randint(100, 300) for _ in range(7)]
    reviews = [
        Review(f"{kind}{place}", "paper", kind, each * unit)
        for kind, unit in (("a", 3), ("b", 7))
        for place, each in enumerate(row)
    ]
    ranking = rank(sorted({review.dossier for review in reviews}), reviews, Rules((JUDGE,)))
    assert all(ranking.row(f"a{place}").score == ranking.row(f"b{place}").score for place in range(7))
    assert all((row.score or Fraction(0)) * 10**9 % 1 == 0 for row in ranking.rows)


def test_sheets_of_dossiers_that_are_out_still_make_the_cell() -> None:
    reviews = sheets({"x": [500, 510, 520, 530, 540]})
    ranking = rank(["D", "E"], reviews, Rules((JUDGE,)))
    assert [(row.dossier, row.shown) for row in ranking.rows] == [("E", "1.41"), ("D", "0.71")]
    assert snapshot(ranking, reviews, Rules((JUDGE,)))["rules"]["rounds"][0]["spread"] == "population"


def test_rounds_are_combined_by_their_weights() -> None:
    rounds = (RoundRule("paper", weight=75, method="judge_z"), RoundRule("site", weight=25, method="judge_z"))
    row = [500, 510, 520, 530, 540]
    reviews = sheets({"x": row})
    reviews += [
        Review(each.dossier, "site", "y", total * 20) for each, total in zip(reviews, reversed(row), strict=True)
    ]
    assert [row.shown for row in rank(list("ABCDE"), reviews, Rules(rounds)).rows] == [
        "0.63",
        "0.32",
        "0.00",
        "-0.32",
        "-0.63",
    ]


@pytest.mark.parametrize(
    ("rows", "rule", "said"),
    [
        ({"x": [500, 510, 520, 530]}, JUDGE, "专家 x 只有 4 份评分，少于 5 份"),
        ({"x": [500, 500, 500, 500, 500]}, JUDGE, "专家 x 的评分全部相同"),
        ({"x": [500, 510, 520, 530]}, GROUP, "“all”组只有 4 家有得分，少于 5 家"),
        ({"x": [500, 510, 500, 500, 500], "y": [520, 510, 520, 520, 520]}, GROUP, "“all”组各家得分全部相同"),
    ],
)
def test_what_has_no_standard_score_is_refused_in_words(rows: dict[str, list[int]], rule: RoundRule, said: str) -> None:
    reviews = sheets(rows)
    facts = Facts({name: Traits("all") for name in "ABCDE"})
    with pytest.raises(Unscorable) as refused:
        rank(sorted({review.dossier for review in reviews}), reviews, Rules((rule,)), facts=facts)
    assert said in str(refused.value)
    assert len(refused.value.reasons) == 1


def test_only_cells_that_a_ranked_dossier_needs_are_refused() -> None:
    """F is no longer in the ranking: that its only judge has scored nothing else does not matter."""
    reviews = sheets({"x": [500, 510, 520, 530, 540], "y": [0, 0, 0, 0, 0, 700]})
    assert len(rank(list("ABCDE"), reviews, Rules((JUDGE,))).rows) == 5
    with pytest.raises(Unscorable):
        rank(list("ABCDEF"), reviews, Rules((JUDGE,)))


def test_the_results_of_a_tie_are_compared_in_points() -> None:
    row = [500, 510, 520, 530, 540]
    reviews = [
        Review(f"{kind}{place}", "paper", kind, total * 20, results=1000 if kind == "a" else 2000)
        for kind in "ab"
        for place, total in enumerate(row)
    ]
    names = sorted({review.dossier for review in reviews})
    from_levels = {"levels": (), "ties": ("results", "committee")}
    ranking = rank(names, reviews, Rules((JUDGE,), **from_levels))  # type: ignore[arg-type]
    assert [row.rank for row in ranking.rows[:2]] == [1, 1]
