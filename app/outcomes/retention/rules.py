"""When a term is over, and the words of what stands in the way. Pure."""

from datetime import date


def due_on(archived_on: date, years: int) -> date:
    """The first day on which it may go: the same day `years` later; for a 29 February the 1 March of a common year."""
    year = archived_on.year + years
    if (archived_on.month, archived_on.day) == (2, 29) and not _is_leap(year):
        return date(year, 3, 1)
    return archived_on.replace(year=year)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
