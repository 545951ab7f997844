"""What the expert pool's spreadsheet may say, cell by cell and row by row; pure."""

from app.experts.rules.columns import BY_KEY, COLUMNS, Column, column_named, required_columns
from app.experts.rules.entry import ExpertEntry, Reason, parse_entry
from app.experts.rules.preview import (
    CHANGED,
    NEW,
    REFUSED,
    SAME,
    Change,
    PoolFacts,
    Preview,
    RowVerdict,
    TableRefused,
    Tell,
    compared,
    examine,
    examine_again,
    examine_one,
    read_rows,
    to_nobody,
)

__all__ = [
    "BY_KEY",
    "CHANGED",
    "COLUMNS",
    "NEW",
    "REFUSED",
    "SAME",
    "Change",
    "Column",
    "ExpertEntry",
    "PoolFacts",
    "Preview",
    "Reason",
    "RowVerdict",
    "TableRefused",
    "Tell",
    "column_named",
    "compared",
    "examine",
    "examine_again",
    "examine_one",
    "parse_entry",
    "read_rows",
    "required_columns",
    "to_nobody",
]
