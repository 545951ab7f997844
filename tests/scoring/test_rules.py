"""Totals, gaps, receipts, orders and the end of a round, without a database."""

import random
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.exact import from_twentieths
from app.scoring import rules
from app.scoring.rules import Entry, Seat, Standing, WorkGroup
from app.workflow import AssignmentState, ScoreSheetState
from tests.support.rulebooks import rulebook

CRITERIA = rulebook().criteria("gbt-19580-2012")
PERCENTS = CRITERIA.percents

entries = st.lists(
    st.builds(
        Entry,
        code=st.just("4.1.2"),
        points=st.integers(1, 200),
        percent=st.none() | st.sampled_from(PERCENTS),
    ),
    max_size=40,
)


@given(entries, st.randoms())
def test_a_total_is_the_exact_sum_in_any_order(given_entries: list[Entry], order: random.Random) -> None:
    shuffled = given_entries[:]
    order.shuffle(shuffled)
    exact = sum(Fraction(entry.points * entry.percent, 100) for entry in given_entries if entry.percent is not None)
    assert from_twentieths(rules.total_twentieths(shuffled)) == exact


def sheet(percent: int | None, **changed: int | None) -> list[Entry]:
    percents = dict.fromkeys(CRITERIA.item_codes, percent) | {f"4.{key[1]}.{key[2]}": v for key, v in changed.items()}
    return [Entry(code, CRITERIA.item(code).points, percents[code]) for code in CRITERIA.item_codes]


@pytest.mark.parametrize(("percent", "total"), [(0, 0), (5, 1000), (65, 13000), (100, 20000), (None, 0)])
def test_a_uniform_sheet_scores_its_share_of_a_thousand_points(percent: int | None, total: int) -> None:
    assert rules.total_twentieths(sheet(percent)) == total


def test_category_totals_add_up_to_the_sheet() -> None:
    given_entries = sheet(55, i12=100)
    totals = rules.category_totals(given_entries, CRITERIA)
    assert list(totals) == [category.code for category in CRITERIA.categories]
    assert sum(totals.values()) == rules.total_twentieths(given_entries)


@pytest.mark.parametrize(
    ("typed", "said"),
    [("0", ""), ("5", ""), ("100", ""), ("", ""), ("3", "“3”"), ("105", "“105”"), ("5.0", "“5.0”"), ("²", "“²”")],
)
def test_only_steps_of_the_criteria_are_percentages(typed: str, said: str) -> None:
    assert said in str(rules.percent_problem(typed, PERCENTS) or "")
    assert (rules.percent_problem(typed, PERCENTS) is None) == (not said)


def test_every_gap_is_named_at_once_in_the_order_of_the_criteria() -> None:
    missing = rules.gaps(sheet(50, i12=None, i77=None), CRITERIA)
    assert [code for code, _message in missing] == ["4.1.2", "4.7.7"]
    assert "高层领导的作用" in str(missing[0][1])
    assert rules.gaps(sheet(0), CRITERIA) == []


def test_items_without_a_comment_are_named_but_no_gap() -> None:
    given_entries = [replace(each, strengths="好" if each.code == "4.1.2" else "") for each in sheet(50)]
    assert "4.1.2" not in rules.without_comment(given_entries)
    assert len(rules.without_comment(given_entries)) == 22


def test_a_submitted_content_gives_its_entries_back() -> None:
    given_entries = sheet(35)
    content = rules.submitted_content(
        {"sheet": 1}, given_entries, number=2, submitted_at=datetime(2026, 5, 8, tzinfo=UTC)
    )
    assert rules.entries_of(content) == given_entries
    assert content["total_twentieths"] == 7000
    assert content["submitted_at"] == "2026-05-08T00:00:00+00:00"


@pytest.mark.parametrize(
    ("assignment", "state", "items", "group"),
    [
        (AssignmentState.WAITING, None, None, WorkGroup.TO_DECLARE),
        (AssignmentState.CLEARED, ScoreSheetState.DRAFT, 0, WorkGroup.TO_SCORE),
        (AssignmentState.CLEARED, ScoreSheetState.DRAFT, 1, WorkGroup.IN_PROGRESS),
        (AssignmentState.CLEARED, ScoreSheetState.SUBMITTED, 23, WorkGroup.SUBMITTED),
        (AssignmentState.CLEARED, ScoreSheetState.ABSTAINED, 3, WorkGroup.ABSTAINED),
    ],
)
def test_each_task_stands_in_one_group(
    assignment: AssignmentState, state: ScoreSheetState | None, items: int | None, group: WorkGroup
) -> None:
    assert rules.group_of(assignment, state, items) is group


def test_a_sheet_that_was_given_back_is_a_group_of_its_own_until_it_is_settled() -> None:
    given_back = datetime(2026, 5, 8, tzinfo=UTC)
    cleared = AssignmentState.CLEARED
    assert rules.group_of(cleared, ScoreSheetState.DRAFT, 23, given_back) is WorkGroup.RETURNED
    assert rules.group_of(cleared, ScoreSheetState.ABSTAINED, 23, given_back) is WorkGroup.ABSTAINED


def test_next_is_what_lacks_reviews_and_what_was_skipped_comes_last_in_the_order_of_skipping() -> None:
    early, late = datetime(2026, 5, 8, 9, tzinfo=UTC), datetime(2026, 5, 8, 10, tzinfo=UTC)
    wanted = [
        (WorkGroup.IN_PROGRESS, None, 0),
        (WorkGroup.TO_SCORE, None, 0),
        (WorkGroup.IN_PROGRESS, None, 1),
        (WorkGroup.TO_SCORE, early, 0),
        (WorkGroup.TO_SCORE, late, 0),
    ]
    mixed = [wanted[place] for place in (3, 1, 4, 0, 2)]
    assert sorted(mixed, key=lambda each: rules.next_key(*each)) == wanted


def test_who_abstains_leaves_the_count_and_is_named_where_reviews_are_missing() -> None:
    seats = [seat(1, 1, Standing.SUBMITTED), seat(1, 2, Standing.ABSTAINED), seat(1, 3, Standing.BEGUN)]
    (count,) = rules.by_dossier(seats)
    assert (count.submitted, count.total, len(count.waiting_for)) == (1, 2, 1)
    state = rules.closing(seats, minimum=2, dossiers={1: "D1"}, overdue=False)
    assert [each.expert_id for each in state.open_seats] == [3]
    named = state.blockers[0].values["experts"]
    assert named[0] == seats[2].expert
    assert named[1].values == {"expert": seats[1].expert}
    overdue = rules.closing(seats, minimum=2, dossiers={1: "D1"}, overdue=True)
    assert "已弃评" in overdue.warnings[1].text


def test_the_order_of_one_expert_is_stable_and_differs_from_another() -> None:
    first, again, other = (
        sorted(range(50), key=lambda number, expert=expert: rules.shuffle_key("seed", expert, number))
        for expert in (1, 1, 2)
    )
    assert first == again != other
    assert first != sorted(range(50), key=lambda number: rules.shuffle_key("another seed", 1, number))


def seat(dossier: int, expert: int, standing: Standing) -> Seat:
    return Seat(
        assignment_id=dossier * 10 + expert,
        sheet_id=None,
        application_id=dossier,
        application=f"企业{dossier}",
        number=f"SX-{dossier}",
        group_key="machinery",
        expert_id=expert,
        expert=f"专家{expert}",
        employer="",
        leads=expert == 1,
        standing=standing,
        items_scored=0,
        items_total=23,
    )


def panel(dossier: int, submitted: int, size: int = 3) -> list[Seat]:
    return [
        seat(dossier, expert, Standing.SUBMITTED if expert <= submitted else Standing.NOT_BEGUN)
        for expert in range(1, size + 1)
    ]


def test_those_furthest_behind_come_first() -> None:
    counts = rules.by_dossier(panel(1, 3) + panel(2, 1) + panel(3, 2))
    assert [(count.first.number, count.submitted, count.complete) for count in counts] == [
        ("SX-2", 1, False),
        ("SX-3", 2, False),
        ("SX-1", 3, True),
    ]
    assert [count.submitted for count in rules.by_expert(panel(1, 3) + panel(2, 1))] == [1, 1, 2]
    assert rules.tally(panel(1, 2))[Standing.NOT_BEGUN] == 1


SHORT, OPEN = "SX-1：只有 2 份评分，还缺", "SX-1：专家"


@pytest.mark.parametrize(
    ("submitted", "size", "when", "said"),
    [
        (3, 3, "before", {"blockers": [], "warnings": []}),
        (3, 4, "before", {"blockers": [], "warnings": [OPEN]}),
        (2, 3, "before", {"blockers": [SHORT], "warnings": [OPEN]}),
        (2, 3, "after", {"blockers": [], "warnings": [SHORT, OPEN]}),
        (2, 2, "after", {"blockers": [], "warnings": [SHORT]}),
    ],
)
def test_a_round_ends_when_every_dossier_has_its_reviews_or_its_time_is_over(
    submitted: int, size: int, when: str, said: dict[str, list[str]]
) -> None:
    found = rules.closing(panel(1, submitted, size), minimum=3, dossiers={1: "SX-1"}, overdue=when == "after")
    for kind, wanted in said.items():
        for message, beginning in zip(getattr(found, kind), wanted, strict=True):
            assert str(message).startswith(beginning)


def test_a_dossier_without_a_panel_keeps_the_round_open() -> None:
    found = rules.closing(panel(1, 3), minimum=3, dossiers={1: "SX-1", 2: "SX-2"}, overdue=False)
    assert [str(each) for each in found.blockers] == ["SX-2：还没有评审专家。请先抽取专家。"]
    assert found.lacks_reviews
