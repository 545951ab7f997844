"""Finding one row of a rule by what names it."""

from collections.abc import Iterable
from typing import TypeVar

Row = TypeVar("Row")


def row_by(rows: Iterable[Row], name: str, wanted: str) -> Row:
    for row in rows:
        if getattr(row, name) == wanted:
            return row
    raise KeyError(wanted)
