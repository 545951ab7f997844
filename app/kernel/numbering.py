"""Numbers that people quote: in sequence, without gaps by accident, never given twice."""

from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from app.kernel.database import db


def lock_row(identity: InstrumentedAttribute[int], value: int) -> None:
    """Whoever locks the same row waits until the other's transaction has ended; SQLite has one writer anyway."""
    db.session.execute(select(identity).where(identity == value).with_for_update())


def next_in_sequence(column: InstrumentedAttribute[Any], *within: ColumnElement[bool]) -> int:
    """One more than the highest number within a scope, whose row the caller has locked."""
    highest: int | None = db.session.scalar(select(func.max(column)).where(*within))
    return (highest or 0) + 1


def numbered(prefix: str, sequence: int, *, digits: int = 3) -> str:
    """`SX4-007`"""
    return f"{prefix}-{sequence:0{digits}d}"
