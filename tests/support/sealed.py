"""Whether the database itself refuses what nobody may change any more."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Column, Table, select, text
from sqlalchemy.exc import IntegrityError

from app.kernel.database import Base, db
from app.outcomes import sealing

CONSTRAINTS = ("foreign key", "unique")


def refused(statement: str, *, by: tuple[str, ...] = ()) -> bool:
    """Whether a guard of the database refuses it (its seal, or one that stood before it), and no mere constraint."""
    try:
        with db.session.begin_nested():
            db.session.execute(text(statement))
    except IntegrityError as error:
        answer = str(error.orig).lower()
        return all(word in answer for word in by) and not any(word in answer for word in CONSTRAINTS)
    return False


def rows_of(table: Table, edition_id: int, way: tuple[str, ...]) -> list[int | str]:
    """Primary keys of the table's rows that belong to the edition."""
    *steps, last = way
    found, place = select(next(iter(table.primary_key))), table
    for step in steps:
        column, _, parent = step.partition(":")
        above = Base.metadata.tables[parent].alias()
        found = (
            found.join_from(place, above, above.c.id == place.c[column])
            if place is table
            else found.join(above, above.c.id == place.c[column])
        )
        place = above  # type: ignore[assignment]
    return list(db.session.scalars(found.where(place.c[last] == edition_id)))


def unsealed(edition_id: int) -> tuple[set[str], list[str]]:
    """The tables of which the edition has rows, and what could be done to one row of them."""
    tried, done = set(), []
    for name, way in sealing.sealed().items():
        for row in rows_of(Base.metadata.tables[name], edition_id, way)[:1]:
            tried.add(name)
            done += [f"{what} {name}" for what in ("changed", "deleted", "added") if not _refuses(what, name, row)]
    return tried, done


def _refuses(what: str, name: str, row: int | str) -> bool:
    table = Base.metadata.tables[name]
    where = f""""{name}" WHERE "{next(iter(table.primary_key)).name}" = {row!r}"""
    match what:
        case "changed":
            found = where.partition(" WHERE ")[2]
            return all(refused(f'UPDATE "{name}" SET {new} WHERE {found}') for new in _changes(table))  # noqa: S608
        case "deleted":
            return refused(f"DELETE FROM {where}")  # noqa: S608
    columns = ", ".join(f'"{each.name}"' for each in table.c)
    added = f'INSERT INTO "{name}" ({columns}) SELECT {columns} FROM {where}'  # noqa: S608
    return name == "edition" or refused(added, by=(sealing.SEAL,))


def _changes(table: Table) -> list[str]:
    """What an update could set. Behind a door nothing is refused but what really changes a column."""
    doors = {*sealing.DOORS.get(table.name, ()), *sealing.TEXTS.get(table.name, ())}
    if table.name == "outcome":
        return ["name = 'x'"]
    if not doors:
        column = next(each.name for each in table.c if each.name not in sealing.REVOCATION)
        return [f'"{column}" = "{column}"']
    return [f'"{next(iter(table.primary_key)).name}" = 0', *(_other(table.c[column]) for column in sorted(doors))]


def _other(column: Column[Any]) -> str:
    """Another value of the same length at most."""
    value = "'[0]'" if isinstance(column.type, JSON) else f"'~' || substr(coalesce({column.name}, ''), 2)"
    return f'"{column.name}" = {value}'
