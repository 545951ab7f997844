import json
import random
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.canonical import digest
from app.kernel.exact import from_text
from app.ranking.official import (
    Agreed,
    Deduction,
    Level,
    Ranking,
    Review,
    RoundRule,
    Rules,
    aggregate,
    combine,
    competition_ranks,
    rank,
    shortlist,
    snapshot,
)

CASES = Path(__file__).parents[1] / "data" / "scoring"
PAPER = RoundRule("paper")
AWARD = (Level("award", 1, 600), Level("nomination", 2, 550))


def case(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def sheets(dossier: str, *totals: int, key: str = "paper", **parts: Any) -> list[Review]:
    """One sheet for each total in points, by experts 0, 1, 2 …"""
    return [Review(dossier, key, f"E{number}", total * 20, **parts) for number, total in enumerate(totals)]


def ranked(reviews: Sequence[Review], *, rounds: tuple[RoundRule, ...] = (PAPER,), **rules: Any) -> Ranking:
    return rank(sorted({review.dossier for review in reviews}), reviews, Rules(rounds, **rules))


def lines(ranking: Ranking) -> dict[str, str]:
    return {row.dossier: row.line for row in ranking.rows}


# --- published and derived cases ----------------------------------------------------------------------------------


def test_equal_averages_tie_exactly_and_near_equal_ones_do_not() -> None:
    given = case("ties_exact_thirds")
    reviews = [
        Review(f"D{number}", "paper", f"E{expert}", total)
        for number, totals in enumerate(given["input"]["scores_20ths"])
        for expert, total in enumerate(totals)
    ]
    ranking = ranked(reviews)
    rows = [ranking.row(f"D{number}") for number in range(5)]
    assert [row.score for row in rows] == [from_text(text) for text in given["expected"]["mean"]]
    assert [row.rank for row in rows] == given["expected"]["competition_rank"]
    assert [row.shown for row in rows] == given["expected"]["displayed_2dp_half_even"]
    assert [row.tied for row in rows] == [True, True, True, False, True]


# --- one round ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("totals", "rule", "expected"),
    [
        ([12000, 12001], PAPER, "24001/40"),
        ([10000, 12000, 16000, 11000, 20000], RoundRule("r", method="trimmed"), "650"),
        ([10000, 12000, 16000, 11000], RoundRule("r", method="trimmed"), "1225/2"),
        ([10000, 12000, 16000, 11000], RoundRule("r", method="trimmed", fallback="median"), "575"),
        ([10000, 12000], RoundRule("r", method="trimmed", trim_from=1), "550"),
        ([10000, 12000, 13000, 20000], RoundRule("r", method="trimmed", fallback="closest_pair"), "625"),
        ([12000, 10000, 14000], RoundRule("r", method="trimmed", fallback="closest_pair"), "650"),
        ([12000], RoundRule("r", method="trimmed", fallback="closest_pair"), "600"),
        (list(range(0, 14000, 2000)), RoundRule("r", method="trimmed", trim_each=2), "300"),
        ([10000, 12000, 20000], RoundRule("r", method="median"), "600"),
        ([10000, 12000, 13000, 20000], RoundRule("r", method="median"), "625"),
    ],
)
def test_a_round_has_one_exact_value(totals: list[int], rule: RoundRule, expected: str) -> None:
    assert aggregate(totals, rule) == from_text(expected)


def test_roles_weigh_as_the_rulebook_says() -> None:
    rule = RoundRule("site", method="weighted_mean", role_weights={"leader": 2, "member": 1})
    assert aggregate([12000, 15000, 9000], rule, roles=["leader", "member", "member"]) == 600
    with pytest.raises(KeyError, match="guest"):
        aggregate([12000], rule, roles=["guest"])


@given(st.lists(st.integers(0, 20000), min_size=1, max_size=9), st.sampled_from(["mean", "trimmed", "median"]))
def test_the_order_of_the_scores_never_matters(totals: list[int], method: Any) -> None:
    rule = RoundRule("r", method=method)
    value = aggregate(totals, rule)
    assert value == aggregate(sorted(totals), rule) == aggregate(totals[::-1], rule)
    assert min(totals) <= value * 20 <= max(totals)


# --- the rounds together ------------------------------------------------------------------------------------------

THREE = (RoundRule("paper", weight=30), RoundRule("site", weight=50), RoundRule("defence", weight=20))


@pytest.mark.parametrize(
    ("rounds", "values", "expected"),
    [
        (THREE, {"paper": 600, "site": 650, "defence": 701}, "3226/5"),
        (THREE[:1], {"paper": 600}, "600"),
        (THREE[:2], {"paper": 600, "site": 680}, "650"),
        ((PAPER, RoundRule("defence", mode="correction", bound=20)), {"paper": 600, "defence": 700}, "620"),
        ((PAPER, RoundRule("defence", mode="correction", bound=20)), {"paper": 600, "defence": 500}, "580"),
        ((PAPER, RoundRule("defence", mode="correction", bound=20)), {"paper": 600, "defence": 611}, "611"),
        ((PAPER, RoundRule("defence", mode="correction", bound=20)), {"paper": 600}, "600"),
        ((RoundRule("defence", mode="correction", bound=20), PAPER), {"paper": 600, "defence": 700}, "620"),
    ],
)
def test_rounds_combine_by_weights_and_bounded_corrections(
    rounds: tuple[RoundRule, ...], values: dict[str, int], expected: str
) -> None:
    assert combine({key: Fraction(value) for key, value in values.items()}, rounds) == from_text(expected)


def test_what_the_panel_agreed_on_replaces_the_single_totals() -> None:
    reviews = [*sheets("A", 500, 700), *sheets("B", 610, 610)]
    ranking = rank(["A", "B"], reviews, Rules((PAPER,)), agreed=[Agreed("A", "paper", 12500)])
    assert [(row.dossier, row.score, row.reviews) for row in ranking.rows] == [("A", 625, 2), ("B", 610, 2)]


# --- who is ranked ------------------------------------------------------------------------------------------------


def test_too_few_valid_reviews_are_listed_with_the_reason() -> None:
    rounds = (RoundRule("paper", 3), RoundRule("site", 1))
    reviews = [
        *sheets("A", 600, 610, 620),
        *sheets("A", 640, key="site"),
        *sheets("B", 900, 900),
        *sheets("C", 500, 500, 500),
    ]
    ranking = rank(["D", "C", "B", "A"], reviews, Rules(rounds, AWARD))
    assert [(row.dossier, row.position, row.rank) for row in ranking.rows] == [
        ("A", 1, 1), ("B", 2, None), ("C", 3, None), ("D", 4, None),
    ]  # fmt: skip
    reasons = {row.dossier: str(row.reason) for row in ranking.rows if row.reason}
    assert reasons["B"] == "轮次 paper 只有 2 份有效评审，少于规定的 3 份，不参加排名。"
    assert "site 只有 0 份" in reasons["C"]
    assert ranking.row("D").score is None
    assert lines(ranking) == {"A": "award", "B": "", "C": "", "D": ""}


def test_a_correction_may_be_missing_where_the_rulebook_asks_for_none() -> None:
    rounds = (PAPER, RoundRule("defence", 0, mode="correction", bound=20))
    ranking = ranked([*sheets("A", 600), *sheets("B", 600), *sheets("B", 640, key="defence")], rounds=rounds)
    assert [(row.dossier, row.score) for row in ranking.rows] == [("B", 620), ("A", 600)]
    assert ranking.row("A").rounds == {"paper": 600}


def test_an_addend_always_needs_a_review() -> None:
    assert rank(["A"], [], Rules((RoundRule("paper", 0),))).row("A").rank is None


def test_one_expert_reviews_a_dossier_once_in_a_round() -> None:
    with pytest.raises(ValueError, match="two reviews of A by E0 in round paper"):
        ranked([*sheets("A", 600), *sheets("A", 600)])


def test_competition_ranks_leave_gaps_after_ties() -> None:
    scores = {"a": Fraction(3), "b": Fraction(5), "c": Fraction(3), "d": Fraction(1)}
    assert competition_ranks(scores) == {"b": 1, "a": 2, "c": 2, "d": 4}
    assert competition_ranks({}) == {}


def test_scores_that_would_look_alike_show_more_decimals() -> None:
    rows = ranked(
        [
            *sheets("A", 600, 600, 600),
            Review("B", "paper", "x", 12000),
            Review("B", "paper", "y", 12000),
            *(Review("C", "paper", f"{number}", 12000 + (number == 0)) for number in range(11)),
        ]
    ).rows
    assert [(row.dossier, row.shown) for row in rows] == [("C", "600.0045"), ("A", "600.0000"), ("B", "600.0000")]
    rounded = ranked(
        [Review("A", "paper", "x", 12001), Review("A", "paper", "y", 12000)], decimals=1, rounding="half_up"
    )
    assert rounded.rows[0].shown == "600.0"


# --- the lines ----------------------------------------------------------------------------------------------------


def test_levels_are_filled_from_above() -> None:
    ranking = ranked([*sheets("A", 640), *sheets("B", 630), *sheets("C", 620), *sheets("D", 610)], levels=AWARD)
    assert lines(ranking) == {"A": "award", "B": "nomination", "C": "nomination", "D": ""}
    assert [(cut.level, cut.filled, cut.vacant, cut.straddles) for cut in ranking.cuts] == [
        ("award", 1, 0, False),
        ("nomination", 2, 0, False),
    ]


def test_seats_stay_vacant_below_the_floor() -> None:
    ranking = ranked([*sheets("A", 599), *sheets("B", 550), *sheets("C", 549)], levels=AWARD)
    assert lines(ranking) == {"A": "nomination", "B": "nomination", "C": ""}
    assert [cut.vacant for cut in ranking.cuts] == [1, 0]


def test_a_level_without_a_floor_takes_anybody() -> None:
    assert lines(ranked(sheets("A", 10), levels=(Level("award", 3),))) == {"A": "award"}


def test_a_tie_that_straddles_no_line_stays_a_tie() -> None:
    ranking = ranked([*sheets("A", 640), *sheets("B", 630), *sheets("C", 630)], levels=AWARD)
    assert [(row.dossier, row.rank, row.tied, row.straddles) for row in ranking.rows] == [
        ("A", 1, False, False),
        ("B", 2, True, False),
        ("C", 2, True, False),
    ]
    assert not any(cut.straddles for cut in ranking.cuts)


# A and B have the same mean over the same three experts
BY_RESULTS = [*sheets("A", 630, results=4000), *sheets("B", 630, results=5000)]
BY_MEDIAN = [*sheets("A", 600, 640, 650), *sheets("B", 610, 630, 650)]
HEAD_TO_HEAD = [*sheets("A", 620, 630, 640), Review("B", "paper", "E0", 12420), Review("B", "paper", "E1", 12620),
                Review("B", "paper", "E2", 12760)]  # fmt: skip
NOTHING = [*sheets("A", 630, 630), *sheets("B", 630, 630)]


@pytest.mark.parametrize(
    ("reviews", "step", "winner"),
    [
        pytest.param(BY_RESULTS, "results", "B", id="the results category"),
        pytest.param(BY_MEDIAN, "median", "A", id="the median"),
        pytest.param(HEAD_TO_HEAD, "median", "B", id="the median where it differs by a point"),
        pytest.param(NOTHING, "", "", id="nothing parts them: the committee decides"),
    ],
)
def test_the_chain_parts_a_tie_across_the_line(reviews: list[Review], step: str, winner: str) -> None:
    ranking = ranked(reviews, levels=AWARD)
    cut = ranking.cuts[0]
    assert (cut.tied, cut.decided_by) == (("A", "B"), step)
    assert [row.rank for row in ranking.rows] == [1, 1]
    if winner:
        assert ranking.rows[0].dossier == winner
        assert sorted(lines(ranking).values()) == ["award", "nomination"]
        assert not any(row.straddles for row in ranking.rows)
    else:
        assert (cut.open, cut.open_seats, cut.filled, cut.vacant) == (("A", "B"), 1, 0, 0)
        assert [row.straddles for row in ranking.rows] == [True, True]
        assert lines(ranking) == {"A": "nomination", "B": "nomination"}
        assert ranking.cuts[1].filled == 1


def test_experts_who_scored_both_part_a_tie_head_to_head() -> None:
    # both 630 on average; two of three common experts put B higher
    reviews = [
        *[Review("A", "paper", f"E{number}", total) for number, total in enumerate((12000, 12600, 13200))],
        *[Review("B", "paper", f"E{number}", total) for number, total in enumerate((12100, 12700, 13000))],
        Review("C", "paper", "E0", 11000),
    ]
    ranking = ranked(reviews, levels=AWARD, ties=("head_to_head", "committee"))
    assert (ranking.cuts[0].decided_by, ranking.rows[0].dossier) == ("head_to_head", "B")


def test_a_round_may_part_a_tie() -> None:
    rounds = (RoundRule("paper", weight=50), RoundRule("site", weight=50))
    reviews = [*sheets("A", 600), *sheets("A", 660, key="site"), *sheets("B", 650), *sheets("B", 610, key="site")]
    ranking = ranked(reviews, rounds=rounds, levels=AWARD, ties=("site", "committee"))
    assert (ranking.cuts[0].decided_by, ranking.rows[0].dossier) == ("site", "A")


def test_each_step_concerns_only_those_who_still_tie_across_the_line() -> None:
    # four tie for two seats: results put A first, B and C together, D last; the median parts B and C
    reviews = [
        *sheets("A", 620, 630, 640, results=6000),
        *sheets("B", 620, 629, 641, results=5000),
        *sheets("C", 620, 631, 639, results=5000),
        *sheets("D", 600, 640, 650, results=4000),
    ]
    levels = (Level("award", 2), Level("nomination", 1))
    ranking = ranked(reviews, levels=levels)
    assert lines(ranking) == {"A": "award", "C": "award", "B": "nomination", "D": ""}
    assert [(cut.tied, cut.decided_by) for cut in ranking.cuts] == [(("A", "B", "C", "D"), "median"), ((), "")]


def test_an_open_line_may_leave_the_next_one_open_too() -> None:
    reviews = [*sheets("A", 630), *sheets("B", 630), *sheets("C", 630), *sheets("D", 630), *sheets("E", 620)]
    ranking = ranked(reviews, levels=AWARD)
    first, second = ranking.cuts
    assert (first.open, first.open_seats, first.filled) == (("A", "B", "C", "D"), 1, 0)
    assert (second.open, second.open_seats, second.filled) == (("A", "B", "C", "D"), 2, 0)
    assert lines(ranking) == dict.fromkeys("ABCDE", "")


def test_a_chain_without_the_committee_ends_open_as_well() -> None:
    assert ranked(NOTHING, levels=AWARD, ties=("results",)).cuts[0].open == ("A", "B")


def test_a_step_that_nobody_knows_is_refused() -> None:
    with pytest.raises(KeyError, match="alphabet"):
        ranked(NOTHING, levels=AWARD, ties=("alphabet",))


# --- who goes on --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("places", "floor", "going"),
    [
        (1, None, "A"),
        (2, None, "ABC"),
        (3, None, "ABC"),
        (9, None, "ABCD"),
        (9, 620, "ABC"),
        (9, 641, ""),
        (0, None, ""),
    ],
)
def test_the_shortlist_keeps_ties_and_the_floor(places: int, floor: int | None, going: str) -> None:
    reviews = [*sheets("A", 640), *sheets("B", 620), *sheets("C", 620), *sheets("D", 600)]
    ranking = rank(["A", "B", "C", "D", "E"], reviews, Rules((PAPER,)))
    assert "".join(row.dossier for row in shortlist(ranking, places, floor=floor).rows if row.advances) == going


# --- the record ---------------------------------------------------------------------------------------------------

RULES = Rules((RoundRule("paper", 2, weight=40), RoundRule("site", weight=60)), AWARD)


@st.composite
def editions(draw: st.DrawFn) -> tuple[list[Review], list[Agreed]]:
    reviews = [
        Review(f"D{dossier}", key, f"E{expert}", draw(st.integers(620, 624)) * 20, draw(st.integers(1, 3)) * 1000)
        for dossier in range(draw(st.integers(1, 6)))
        for key in ("paper", "site")
        for expert in range(draw(st.integers(1, 3)))
    ]
    return reviews, [Agreed("D0", "site", 12440, 2000)] if draw(st.booleans()) else []


def record(reviews: Iterable[Review], agreed: Sequence[Agreed]) -> dict[str, Any]:
    listed = list(reviews)
    dossiers = [review.dossier for review in listed]
    return snapshot(rank(dossiers, listed, RULES, agreed=agreed), listed, RULES, agreed=agreed)


@given(editions(), st.integers())
def test_the_order_of_the_input_does_not_reach_the_record(
    edition: tuple[list[Review], list[Agreed]], seed: int
) -> None:
    reviews, agreed = edition
    mixed = random.Random(seed).sample(reviews, len(reviews))
    assert digest(record(mixed, agreed)) == digest(record(reviews, agreed))


@given(editions())
def test_seats_are_never_given_twice_and_never_past_a_better_score(edition: tuple[list[Review], list[Agreed]]) -> None:
    reviews, agreed = edition
    ranking = rank([review.dossier for review in reviews], reviews, RULES, agreed=agreed)
    for cut in ranking.cuts:
        sure = [row for row in ranking.rows if row.line == cut.level and not row.straddles]
        assert len(sure) <= cut.filled
        assert cut.filled + cut.open_seats + cut.vacant == cut.seats
        assert cut.vacant >= 0
    levels = ["award", "nomination", ""]
    depths = [levels.index(row.line) for row in ranking.rows if row.rank is not None and not row.straddles]
    assert depths == sorted(depths)


def test_a_record_holds_everything_exactly() -> None:
    reviews = [*sheets("A", 600, 601, 603), *sheets("A", 620, key="site"), *sheets("B", 600)]
    stored = json.loads(json.dumps(record(reviews, [Agreed("A", "site", 12500, 3)])))
    assert stored["rows"][0] == {
        "dossier": "A", "position": 1, "rank": 1, "score": "9233/15", "shown": "615.53", "tied": False, "straddles": False,
        "line": "award", "advances": False, "reviews": 4, "rounds": {"paper": "1804/3", "site": "625/1"}, "reason": {},
    }  # fmt: skip
    assert stored["rows"][1]["reason"]["values"] == {"round": "paper", "found": 1, "needed": 2}
    assert stored["rows"][1]["score"] == ""
    assert stored["agreed"] == [["A", "site", 12500, 3]]
    assert stored["cuts"][0] == {
        "level": "award", "seats": 1, "filled": 1, "tied": [], "decided_by": "", "open": [], "open_seats": 0
    }  # fmt: skip
    assert stored["rules"]["rounds"][0]["role_weights"] == {}
    assert len(stored["reviews"]) == 5


# --- deductions ---------------------------------------------------------------------------------------------------


def test_a_deduction_comes_off_the_rounds_value_and_not_below_nothing() -> None:
    rules = Rules(rounds=(RoundRule("defence"),))
    reviews = [Review("A", "defence", "E1", 1000), Review("B", "defence", "E1", 60, results=60)]
    off = [Deduction("A", "defence", 6), Deduction("B", "defence", 6)]
    ranking = rank(["A", "B"], reviews, rules, deductions=off)
    assert [(row.dossier, row.score) for row in ranking.rows] == [("A", 44), ("B", 0)]
    record = snapshot(ranking, reviews, rules, deductions=off)
    assert record["deductions"] == [["A", "defence", 6], ["B", "defence", 6]]
    assert "deductions" not in snapshot(ranking, reviews, rules)
