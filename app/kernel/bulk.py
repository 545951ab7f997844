"""Thousands of rows at once: past SQLAlchemy's work on each row, in one statement on either database.

All of it in the running transaction; constraints and triggers are as strict as ever.
"""

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Column, Connection, MetaData, Table, bindparam, insert, text, update
from sqlalchemy.exc import DBAPIError

from app.kernel.database import Base, db

Row = Mapping[str, Any]
Convert = Callable[[Any], Any]
FEW = 100
"""Up to here the ordinary way is quick enough."""
BROUGHT = "brought_rows"


def add_rows(model: type[Base], rows: Sequence[Row]) -> None:
    """Insert them all; the first row's keys are the columns of every row."""
    connection, table = db.session.connection(), _table(model)
    if len(rows) > FEW:
        _put(connection, table, rows)
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
        _alter_joined(connection, table, rows)
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


def _put(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    names = list(rows[0])
    if connection.dialect.name != "postgresql":
        return _run(connection, insert(table).values({name: bindparam(name) for name in names}), table, rows)
    quoted = connection.dialect.identifier_preparer.quote
    _copy(
        connection,
        f"COPY {quoted(table.name)} ({', '.join(map(quoted, names))}) FROM STDIN",
        _tuples(connection, table, names, rows),
    )
    return None


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
    values = _tuples(connection, table, compiled.positiontup, rows)
    connection.exec_driver_sql(str(compiled), values)


def _alter_joined(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """PostgreSQL takes a round for each row of an ordinary update; so the rows are brought in one go and joined."""
    columns = [Column(name, table.c[name].type) for name in rows[0]]
    brought = Table(BROUGHT, MetaData(), *columns, prefixes=["TEMPORARY"])
    brought.create(connection)
    _put(connection, brought, rows)
    connection.execute(text(f"ANALYZE {BROUGHT}"))
    wanted = {name: brought.c[name] for name in rows[0] if name != "id"}
    connection.execute(update(table).where(table.c.id == brought.c.id).values(wanted))
    brought.drop(connection)


def _tuples(connection: Connection, table: Table, names: Sequence[str], rows: Sequence[Row]) -> list[tuple[Any, ...]]:
    columns = []
    for name in names:
        convert = _convert(connection, table.c.get(name))
        columns.append([row[name] for row in rows] if convert is None else [convert(row[name]) for row in rows])
    return list(zip(*columns, strict=True))


def _convert(connection: Connection, column: Column[Any] | None) -> Convert | None:
    """What the column's type makes of a value on its way in; None where the driver takes it as it is."""
    dialect = connection.dialect
    return None if column is None else column.type.dialect_impl(dialect).bind_processor(dialect)
