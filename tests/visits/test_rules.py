"""Site visits, purely: which days are possible, what each step lacks, what is carried over."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from app.visits.rules import (
    Days,
    Open,
    Standing,
    Window,
    carried_over,
    days_problem,
    missing_for_closing,
    missing_for_notice,
    missing_for_opening,
    missing_for_report,
    moment_of,
)

JUNE = Window(date(2026, 6, 1), date(2026, 6, 30))
READY = Standing(
    has_leader=True,
    appointments=1,
    starts_on=date(2026, 6, 2),
    today=date(2026, 6, 2),
    meetings=frozenset({"opening", "closing"}),
    signed_by_team=frozenset({"opening", "closing"}),
)


def days(first: int, last: int) -> Days:
    return Days(date(2026, 6, first), date(2026, 6, last), "太原市")


@pytest.mark.parametrize(
    ("wanted", "window", "field"),
    [
        (days(2, 3), JUNE, None),
        (days(2, 2), Window(), None),
        (days(1, 2), JUNE, None),
        (days(29, 30), JUNE, None),
        (days(3, 2), JUNE, "ends_on"),
        (days(2, 4), JUNE, "ends_on"),
        (days(1, 2), Window(date(2026, 6, 2), date(2026, 6, 30)), "starts_on"),
        (days(29, 30), Window(date(2026, 6, 1), date(2026, 6, 29)), "starts_on"),
    ],
)
def test_a_visit_keeps_to_its_round_and_to_the_days_of_the_rulebook(
    wanted: Days, window: Window, field: str | None
) -> None:
    problem = days_problem(wanted, allowed=2, window=window)
    assert (problem and problem[0]) == field


def test_nothing_is_missing_where_all_is_there() -> None:
    asked = (missing_for_notice, missing_for_opening, missing_for_closing, missing_for_report)
    assert [ask(READY) for ask in asked] == [[], [], [], []]


@pytest.mark.parametrize(
    ("changes", "ask", "count"),
    [
        ({"has_leader": False, "appointments": 0}, missing_for_notice, 2),
        ({"today": date(2026, 6, 1)}, missing_for_opening, 1),
        ({"meetings": frozenset(), "signed_by_team": frozenset()}, missing_for_closing, 4),
        ({"signed_by_team": frozenset({"opening"})}, missing_for_closing, 1),
        ({"unsettled": ("4.1.2", "4.7.1")}, missing_for_report, 2),
    ],
)
def test_everything_that_a_step_lacks_is_said_at_once(changes: dict[str, object], ask: object, count: int) -> None:
    assert callable(ask)
    assert len(ask(replace(READY, **changes))) == count  # type: ignore[arg-type]  # one field after another


def test_what_a_panel_left_open_is_carried_over_in_its_words_the_later_round_last() -> None:
    left = [Open("4.1.2", "对标不足。"), Open("4.7.1", "  "), Open("4.1.2", "只有一年数据。")]
    assert carried_over(left) == {"4.1.2": "只有一年数据。"}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("9:30", datetime(2026, 6, 2, 9, 30, tzinfo=UTC)),
        ("09：05", datetime(2026, 6, 2, 9, 5, tzinfo=UTC)),
        ("24:00", None),
        ("", None),
        ("九点", None),
    ],
)
def test_a_typed_time_is_a_time_or_nothing(typed: str, found: datetime | None) -> None:
    assert moment_of(date(2026, 6, 2), typed, UTC) == found
