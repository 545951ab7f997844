"""The one place that knows what time it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")

_fixed: ContextVar[datetime | None] = ContextVar("fixed_time", default=None)


def now() -> datetime:
    return _fixed.get() or datetime.now(UTC)


def today() -> date:
    """The day where the award is run."""
    return now().astimezone(BEIJING).date()


def start_of(day: date) -> datetime:
    """The first instant of a day where the award is run."""
    return datetime.combine(day, time(), BEIJING)


@contextmanager
def fixed(moment: datetime) -> Iterator[datetime]:
    """Hold the clock still: for tests, and for the demo, which lives an edition through in seconds."""
    token = _fixed.set(moment.astimezone(UTC))
    try:
        yield moment
    finally:
        _fixed.reset(token)
