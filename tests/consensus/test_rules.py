"""What a panel must talk about, what it may propose, and when that is agreed: tables of cases, exact to the step."""

from dataclasses import replace
from fractions import Fraction

import pytest

from app.consensus import rules
from app.consensus.rules import Independent, Proposal, Tally
from app.programmes.rules.parsing import parse_rulebook
from app.programmes.rules.review import ScoringRule
from app.programmes.rules.values import AggregationMethod, ConfirmedBy, ConsensusWhen, TrimFallback
from app.ranking.official import RoundRule, applied
from tests.support.rulebooks import CRITERIA, TEXTS

RULE = ScoringRule(step_percent=5, divergence_points=150, divergence_percent=20)
BOOK = parse_rulebook(TEXTS["shanxi-2021"], CRITERIA)


def sheets(*rows: dict[str, int], totals: tuple[int, ...] = ()) -> list[Independent]:
    given = totals or (0,) * len(rows)
    return [Independent(f"E{place}", row, total) for place, (row, total) in enumerate(zip(rows, given, strict=True))]


@pytest.mark.parametrize(
    ("percents", "apart"),
    [
        ((50, 70), False),
        ((50, 75), True),
        ((50, 60, 70), False),
        ((0, 100, 50), True),
        ((45,), False),
    ],
)
def test_an_item_is_disputed_beyond_the_rulebooks_points_and_not_at_them(
    percents: tuple[int, ...], *, apart: bool
) -> None:
    given = sheets(*({"4.1.2": percent} for percent in percents))
    assert rules.disagreement(given, ["4.1.2"], RULE).diverges is apart


@pytest.mark.parametrize(
    ("totals", "apart"),
    [((10_000, 13_000), False), ((10_000, 13_001), True), ((13_001, 12_000, 10_000), True), ((20_000,), False)],
)
def test_totals_are_compared_in_twentieths(totals: tuple[int, ...], *, apart: bool) -> None:
    found = rules.disagreement(sheets(*({"4.1.2": 50} for _total in totals), totals=totals), ["4.1.2"], RULE)
    assert (found.total_apart, found.diverges, found.items) == (apart, apart, ())


def test_the_widest_dispute_comes_first_and_equal_ones_in_the_order_of_the_criteria() -> None:
    given = sheets({"a": 0, "b": 10, "c": 40, "d": 50}, {"a": 30, "b": 90, "c": 70, "d": 60})
    found = rules.disagreement(given, ["a", "b", "c", "d"], RULE)
    assert found.codes == ("b", "a", "c")
    assert [item.points for item in found.items] == [80, 30, 30]


@pytest.mark.parametrize(
    ("when", "percents", "called"),
    [
        (ConsensusWhen.NEVER, (0, 100), False),
        (ConsensusWhen.DIVERGENT, (0, 100), True),
        (ConsensusWhen.DIVERGENT, (50, 55), False),
        (ConsensusWhen.ALWAYS, (50, 55), True),
        (ConsensusWhen.ALWAYS, (50,), False),
    ],
)
def test_the_rulebook_says_when_a_panel_talks(when: ConsensusWhen, percents: tuple[int, ...], *, called: bool) -> None:
    given = sheets(*({"a": percent} for percent in percents))
    assert rules.is_called_for(when, rules.disagreement(given, ["a"], RULE), len(given)) is called


@pytest.mark.parametrize(
    ("percents", "percent", "asked"),
    [
        ((40, 50, 60), 50, False),
        ((40, 50, 60), 55, True),
        ((40, 50, 60), 45, True),
        ((50, 55), 50, False),
        ((50, 55), 55, False),
        ((50, 55), 60, True),
        ((0, 100), 50, False),
    ],
)
def test_a_reason_is_asked_away_from_the_median(percents: tuple[int, ...], percent: int, *, asked: bool) -> None:
    assert rules.needs_reason(percent, rules.spread("a", percents).median, 5) is asked


@pytest.mark.parametrize(
    ("percents", "first"),
    [((40, 50, 60), 50), ((50, 55), 50), ((55, 60), 60), ((35, 40, 45, 60), 40), ((100, 100), 100)],
)
def test_undisputed_items_start_on_the_step_nearest_to_the_median(percents: tuple[int, ...], first: int) -> None:
    found = rules.spread("a", percents)
    assert rules.first_proposal(found, 5, disputed=False) == first
    assert rules.first_proposal(found, 5, disputed=True) is None
    assert not rules.needs_reason(first, found.median, 5)


@pytest.mark.parametrize(("percent", "shade"), [(50, 0), (45, 1), (60, 1), (61, 2), (30, 2), (29, 3), (100, 3)])
def test_a_cell_is_the_darker_the_further_it_lies_from_the_median(percent: int, shade: int) -> None:
    assert rules.shade(percent, Fraction(50)) == shade


def test_the_agreed_total_is_exact() -> None:
    proposals = [Proposal("a", 15, 5), Proposal("b", 40, 65), Proposal("c", 10, None)]
    assert rules.total_twentieths(proposals) == 15 + 520


def test_everything_that_is_missing_is_said_at_once() -> None:
    medians = {"a": Fraction(50), "b": Fraction(50), "c": Fraction(50), "d": Fraction(50)}
    proposals = [
        Proposal("a", 10, None),
        Proposal("b", 10, 60),
        Proposal("c", 10, 60, "标杆数据不足"),
        Proposal("d", 10, 50),
    ]
    assert [str(message)[:2] for message in rules.missing(proposals, medians, 5)] == ["a：", "b："]


@pytest.mark.parametrize(
    ("by", "members", "confirmed", "dissents", "agreed"),
    [
        (ConfirmedBy.LEADER, 3, 1, 2, True),
        (ConfirmedBy.MAJORITY, 3, 1, 0, False),
        (ConfirmedBy.MAJORITY, 3, 2, 1, True),
        (ConfirmedBy.MAJORITY, 4, 2, 2, False),
        (ConfirmedBy.MAJORITY, 4, 3, 0, True),
        (ConfirmedBy.ALL, 3, 2, 0, False),
        (ConfirmedBy.ALL, 3, 2, 1, False),
        (ConfirmedBy.ALL, 3, 3, 0, True),
    ],
)
def test_who_must_confirm(by: ConfirmedBy, members: int, confirmed: int, dissents: int, *, agreed: bool) -> None:
    tally = Tally(members, confirmed, dissents)
    assert rules.is_confirmed(tally, by) is agreed
    assert bool(rules.unconfirmed(tally, by)) is not agreed


@pytest.mark.parametrize("method", list(AggregationMethod))
@pytest.mark.parametrize("fewer", list(TrimFallback))
@pytest.mark.parametrize("count", range(1, 9))
def test_the_named_fallback_is_what_the_ranking_computes(
    method: AggregationMethod, fewer: TrimFallback, count: int
) -> None:
    rule = replace(BOOK.aggregation, method=method, trim_fallback=fewer)
    official = RoundRule(
        "paper",
        method=method.value,
        trim_from=rule.trim_from,
        trim_each=rule.trim_each,
        fallback=rule.trim_fallback.value,
    )
    assert rules.fallback(count, rule).value == applied(count, official)
