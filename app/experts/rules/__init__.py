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
    compared,
    examine,
    examine_again,
    read_rows,
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
    "column_named",
    "compared",
    "examine",
    "examine_again",
    "parse_entry",
    "read_rows",
    "required_columns",
]
