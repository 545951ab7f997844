"""Working days in China: weekdays, less the public holidays, plus the weekend days that are worked in their place."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import count, islice
from pathlib import Path

from app.kernel.words import LocalText

DATA = Path(__file__).parent / "data" / "workdays.csv"
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class DayException:
    """A day set by the State Council's yearly notice: a holiday, or a weekend day that is worked."""

    day: date
    is_working: bool
    name: LocalText


class WorkingCalendar:
    """Counts working days by a table of exceptions; a year without any is counted by weekends alone, as an estimate."""

    def __init__(self, exceptions: Iterable[DayException]) -> None:
        self._exceptions = {exception.day: exception for exception in exceptions}
        self._years = frozenset(day.year for day in self._exceptions)

    def with_marks(self, marks: Iterable[DayException]) -> "WorkingCalendar":
        """The same calendar with days that somebody has marked by hand; a mark outranks what was shipped."""
        return WorkingCalendar([*self._exceptions.values(), *marks])

    def exception(self, day: date) -> DayException | None:
        return self._exceptions.get(day)

    def exceptions(self, year: int) -> tuple[DayException, ...]:
        return tuple(self._exceptions[day] for day in sorted(self._exceptions) if day.year == year)

    def is_working(self, day: date) -> bool:
        exception = self._exceptions.get(day)
        return exception.is_working if exception else day.weekday() < SATURDAY

    def is_estimated(self, year: int) -> bool:
        return year not in self._years

    def after(self, start: date, days: int) -> date:
        """The n-th working day after a day that itself does not count: the last day of a notice published on `start`."""
        if days < 1:
            raise ValueError(f"{days} working days are no period")
        following = (start + timedelta(days=step) for step in count(1))
        return next(islice(filter(self.is_working, following), days - 1, None))

    def days_between(self, first: date, last: date) -> int:
        """How many working days lie from the first to the last, both included; 0 when the last is earlier."""
        return sum(self.is_working(first + timedelta(days=step)) for step in range((last - first).days + 1))


@cache
def china() -> WorkingCalendar:
    """The calendar that comes with the product."""
    with DATA.open(encoding="utf-8", newline="") as file:
        return WorkingCalendar(
            DayException(date.fromisoformat(row["date"]), row["kind"] == "working", LocalText(row["zh"], row["en"]))
            for row in csv.DictReader(file)
        )


def is_estimated(year: int) -> bool:
    return china().is_estimated(year)
