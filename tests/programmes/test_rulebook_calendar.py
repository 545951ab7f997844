"""Terms in working days, and the default dates of an edition."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from app.kernel.workdays import china
from app.programmes.rules.calendar import default_periods, last_working_day
from tests.support.rulebooks import rulebook

HOLIDAYS = {date(2026, 5, day) for day in (1, 2, 3, 4, 5)}
WORKED_WEEKENDS = {date(2026, 5, 9)}


def is_working(day: date) -> bool:
    return day in WORKED_WEEKENDS or (day.weekday() < 5 and day not in HOLIDAYS)


@pytest.mark.parametrize(
    ("published", "days", "last"),
    [
        (date(2026, 4, 20), 5, date(2026, 4, 27)),
        (date(2026, 4, 24), 1, date(2026, 4, 27)),
        (date(2026, 4, 25), 1, date(2026, 4, 27)),
        (date(2026, 4, 29), 5, date(2026, 5, 9)),
        (date(2026, 5, 8), 5, date(2026, 5, 14)),
    ],
    ids=[
        "over a weekend",
        "the next working day",
        "published on a Saturday",
        "over the May holiday",
        "a worked Saturday",
    ],
)
def test_last_working_day(published: date, days: int, last: date) -> None:
    assert last_working_day(published, days, is_working=is_working) == last


def test_both_counts_of_working_days_agree() -> None:
    for offset in range(400):
        published = date(2026, 1, 1) + timedelta(days=offset)
        for days in (1, 5, 7):
            counted = last_working_day(published, days, is_working=china().is_working)
            assert counted == china().after(published, days)


def test_a_term_of_no_days_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        last_working_day(date(2026, 5, 8), 0, is_working=is_working)


def test_a_calendar_without_working_days_is_refused() -> None:
    with pytest.raises(ValueError, match="no working day"):
        last_working_day(date(2026, 5, 8), 1, is_working=lambda _: False)


def test_stages_follow_one_another() -> None:
    periods = default_periods(rulebook(), date(2026, 3, 1))
    assert [period.stage for period in periods][:4] == ["application", "recommendation", "formal_check", "draw"]
    assert (periods[0].opens, periods[0].closes) == (date(2026, 3, 1), date(2026, 4, 14))
    for earlier, later in pairwise(periods):
        assert later.opens - earlier.closes == timedelta(days=1)
    assert periods[0].name.zh == "自愿申报"
