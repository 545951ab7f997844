"""How long an expert has not served: counted from the dates, kept nowhere."""

from datetime import date


def full_years(since: date, today: date) -> int:
    """Whole years from one day to another; a year that began on 29 February is full on 1 March."""
    return today.year - since.year - ((today.month, today.day) < (since.month, since.day))
