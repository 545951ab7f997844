from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.words import LocalText
from app.kernel.workdays import DayException, WorkingCalendar, china, is_estimated

DAYS = st.dates(date(2017, 1, 1), date(2028, 12, 31))


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2021-04-09", True),
        ("2021-04-10", False),  # a Saturday
        ("2021-04-05", False),  # 清明节, a Monday
        ("2021-04-25", True),  # a Sunday worked for 劳动节
        ("2020-01-31", False),  # the Spring Festival prolonged by the State Council
        ("2026-10-01", False),
    ],
)
def test_holidays_and_shifted_days(day: str, *, working: bool) -> None:
    assert china().is_working(date.fromisoformat(day)) is working


def test_a_notice_over_the_national_day_ends_when_five_days_have_been_worked() -> None:
    # published Monday 27 September 2021; Saturday 9 October is worked
    assert china().after(date(2021, 9, 27), 5) == date(2021, 10, 9)
    assert china().days_between(date(2021, 9, 28), date(2021, 10, 9)) == 5


def test_the_name_of_a_day_off() -> None:
    exception = china().exception(date(2021, 4, 5))
    assert exception is not None
    assert exception.name == LocalText("清明节", "Tomb-sweeping Day")
    assert china().exception(date(2021, 4, 6)) is None
    assert [shown.day.year for shown in china().exceptions(2021)] == [2021] * 38


@pytest.mark.parametrize(("year", "estimated"), [(2017, True), (2018, False), (2026, False), (2040, True)])
def test_a_year_without_a_notice_is_an_estimate(year: int, *, estimated: bool) -> None:
    assert is_estimated(year) is estimated
    assert china().is_working(date(year, 3, 7)) is (date(year, 3, 7).weekday() < 5)


def test_an_edited_table_decides() -> None:
    office_day = DayException(date(2031, 5, 5), is_working=False, name=LocalText("停电", "Power cut"))
    calendar = WorkingCalendar([office_day])
    assert calendar.after(date(2031, 5, 2), 1) == date(2031, 5, 6)
    assert not calendar.is_estimated(2031)


def test_no_period_is_shorter_than_a_day() -> None:
    with pytest.raises(ValueError, match="no period"):
        china().after(date(2021, 1, 4), 0)


@given(DAYS, st.integers(1, 60))
def test_the_last_day_is_a_working_day_and_closes_the_count(start: date, days: int) -> None:
    last = china().after(start, days)
    assert china().is_working(last)
    assert china().days_between(start + timedelta(days=1), last) == days


@given(DAYS)
def test_a_period_that_ends_before_it_begins_has_no_days(day: date) -> None:
    assert china().days_between(day, day - timedelta(days=1)) == 0
