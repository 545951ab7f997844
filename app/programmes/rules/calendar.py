"""Working days and the default dates of an edition."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from app.kernel.words import LocalText
from app.programmes.rules.rulebook import Rulebook

DAY = timedelta(days=1)
LONGEST_CLOSURE = 60
"""No place closes for longer; a calendar that says so is broken, and the count must end."""


@dataclass(frozen=True)
class Period:
    """First and last day of a stage, both included."""

    stage: str
    name: LocalText
    opens: date
    closes: date


def last_working_day(published: date, days: int, *, is_working: Callable[[date], bool]) -> date:
    """The last day of a term of working days; the day of publication does not count."""
    if days < 1:
        raise ValueError("a term has at least one working day")
    day = published
    for _ in range(days):
        day = _next_working_day(day, is_working)
    return day


def _next_working_day(after: date, is_working: Callable[[date], bool]) -> date:
    for distance in range(1, LONGEST_CLOSURE + 1):
        day = after + distance * DAY
        if is_working(day):
            return day
    raise ValueError(f"no working day within {LONGEST_CLOSURE} days after {after}")


def default_periods(rulebook: Rulebook, start: date) -> tuple[Period, ...]:
    """The stages one after the other, each of its default length in days."""
    periods = []
    opens = start
    for stage in rulebook.calendar:
        closes = opens + (stage.days - 1) * DAY
        periods.append(Period(stage.key, stage.name, opens, closes))
        opens = closes + DAY
    return tuple(periods)
