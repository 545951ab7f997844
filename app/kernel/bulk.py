"""Thousands of rows at once: past SQLAlchemy's work on each row, in one statement on either database.

All of it in the running transaction; constraints and triggers are as strict as ever.
"""

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import psycopg
from sqlalchemy import Column, Connection, Dialect, MetaData, Table, bindparam, insert, text, update
from sqlalchemy.exc import DBAPIError

from app.kernel.database import Base, db

Row = Mapping[str, Any]
Convert = Callable[[Any], Any]
FEW = 100
"""Up to here the ordinary way is quick enough."""
BROUGHT = "brought_rows"
PLACES = {"sqlite": "?", "postgresql": "%s"}


@dataclass(frozen=True)
class Batch:
    """Rows of one table as the driver takes them, made before any transaction; each has a value for every name."""

    table: Table
    names: tuple[str, ...]
    values: Sequence[tuple[Any, ...]]

    def given(self, **columns: Sequence[Any]) -> "Batch":
        """The same rows with further columns, whose values the driver takes as they are."""
        more = zip(*columns.values(), strict=True)
        joined = [(*row, *added) for row, added in zip(self.values, more, strict=True)]
        return Batch(self.table, (*self.names, *columns), joined)


def batch(model: type[Base], names: Sequence[str], rows: Sequence[Row]) -> Batch:
    """Rows made ready for `add_batch` or `alter_batch`: no database is asked."""
    table = _table(model)
    return Batch(table, tuple(names), _tuples(db.engine.dialect, table, names, rows))


def add_batch(made: Batch) -> None:
    if made.values:
        _put(db.session.connection(), made)


def alter_batch(made: Batch, *, counted: str) -> None:
    """Update the row whose last name has that value: the other names are set, and `counted` is one more."""
    if not made.values:
        return
    connection, table, (*names, key) = db.session.connection(), made.table, made.names
    if connection.dialect.name == "postgresql" and len(made.values) > FEW:
        with _brought(connection, made) as brought:
            wanted = {name: brought.c[name] for name in names} | {counted: table.c[counted] + 1}
            connection.execute(update(table).where(table.c[key] == brought.c[key]).values(wanted))
        return
    quoted, place = connection.dialect.identifier_preparer.quote, PLACES[connection.dialect.name]
    setting = [*(f"{quoted(name)} = {place}" for name in names), f"{quoted(counted)} = {quoted(counted)} + 1"]
    statement = f"UPDATE {quoted(table.name)} SET {', '.join(setting)} WHERE {quoted(key)} = {place}"  # noqa: S608 # nosec B608 - names of the model, quoted by the dialect
    connection.exec_driver_sql(statement, list(made.values))


def add_rows(model: type[Base], rows: Sequence[Row]) -> None:
    """Insert them all; the first row's keys are the columns of every row."""
    connection, table = db.session.connection(), _table(model)
    if len(rows) > FEW:
        _put(connection, batch(model, list(rows[0]), rows))
    elif rows:
        connection.execute(insert(table), rows)


def alter_rows(model: type[Base], rows: Sequence[Row]) -> None:
    """Update each row by its `id`; the first row's other keys are the columns that are set."""
    if not rows:
        return
    connection, table = db.session.connection(), _table(model)
    wanted: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != "id"}
    by_id = update(table).where(table.c.id == bindparam("of_id")).values(wanted)
    named = [{**{name: row[name] for name in wanted}, "of_id": row["id"]} for row in rows]
    if len(rows) <= FEW:
        connection.execute(by_id, named)
    elif connection.dialect.name == "postgresql":
        _alter_joined(connection, batch(model, list(rows[0]), rows))
    else:
        _run(connection, by_id, table, named)


@contextmanager
def many_objects() -> Iterator[None]:
    """Let the collector of cycles rest while hundreds of thousands of plain values are made, which form none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _table(model: type[Base]) -> Table:
    return Base.metadata.tables[model.__tablename__]


def _put(connection: Connection, made: Batch) -> None:
    quoted = connection.dialect.identifier_preparer.quote
    into = f"{quoted(made.table.name)} ({', '.join(map(quoted, made.names))})"
    if connection.dialect.name == "postgresql":
        _copy(connection, f"COPY {into} FROM STDIN", made.values)
    else:
        places = ", ".join("?" * len(made.names))
        connection.exec_driver_sql(f"INSERT INTO {into} VALUES ({places})", list(made.values))  # noqa: S608 # nosec B608 - names of the model, quoted by the dialect


def _copy(connection: Connection, statement: str, values: Sequence[tuple[Any, ...]]) -> None:
    """The driver's own way in; what the database refuses is told as SQLAlchemy tells it."""
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in values:
                copy.write_row(row)
    except psycopg.Error as error:
        raise DBAPIError.instance(statement, None, error, psycopg.Error, dialect=connection.dialect) from error


def _run(connection: Connection, statement: Any, table: Table, rows: Sequence[Row]) -> None:
    """One statement for each row, by the driver's own loop."""
    compiled = statement.compile(dialect=connection.dialect)
    values = _tuples(connection.dialect, table, compiled.positiontup, rows)
    connection.exec_driver_sql(str(compiled), values)


def _alter_joined(connection: Connection, made: Batch) -> None:
    with _brought(connection, made) as brought:
        wanted = {name: brought.c[name] for name in made.names if name != "id"}
        connection.execute(update(made.table).where(made.table.c.id == brought.c.id).values(wanted))


@contextmanager
def _brought(connection: Connection, made: Batch) -> Iterator[Table]:
    """PostgreSQL takes a round for each row of an ordinary update; so the rows are brought in one go, to be joined."""
    columns = [Column(name, made.table.c[name].type) for name in made.names]
    brought = Table(BROUGHT, MetaData(), *columns, prefixes=["TEMPORARY"])
    brought.create(connection)
    _put(connection, replace(made, table=brought))
    connection.execute(text(f"ANALYZE {BROUGHT}"))
    yield brought
    brought.drop(connection)


def _tuples(dialect: Dialect, table: Table, names: Sequence[str], rows: Sequence[Row]) -> list[tuple[Any, ...]]:
    columns = []
    for name in names:
        convert = _convert(dialect, table.c.get(name))
        columns.append([row[name] for row in rows] if convert is None else [convert(row[name]) for row in rows])
    return list(zip(*columns, strict=True))


def _convert(dialect: Dialect, column: Column[Any] | None) -> Convert | None:
    """What the column's type makes of a value on its way in; None where the driver takes it as it is."""
    return None if column is None else column.type.dialect_impl(dialect).bind_processor(dialect)
