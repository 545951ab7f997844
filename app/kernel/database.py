"""The database: base model, session, and the settings that make SQLite and PostgreSQL behave alike."""

import sqlite3
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar

from flask import has_request_context, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Dialect, Engine, Enum, MetaData, String, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass
from sqlalchemy.types import TypeDecorator

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

writes_apart: ContextVar[bool] = ContextVar("writes_apart", default=False)
"""Set while a reading request records a look in a transaction of its own."""
reads_only: ContextVar[bool] = ContextVar("reads_only", default=False)
"""Set while a job reads much and writes nothing: on SQLite nobody who wants to write waits for it."""


class Moment(TypeDecorator[datetime]):
    """An instant in UTC; a naive one is refused on the way in, SQLite's lost zone is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True, eq=False, repr=False):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Moment,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        list[str]: JSON,
    }


def enumeration(kind: type[StrEnum]) -> Enum:
    """A StrEnum stored by value, checked by the database."""
    return Enum(
        kind,
        native_enum=False,
        length=32,
        create_constraint=True,
        name=kind.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


def short(length: int = 120) -> String:
    return String(length)


db = SQLAlchemy(metadata=Base.metadata)


def make_safe(engine: Engine) -> None:
    """SQLite: foreign keys, write-ahead log, and BEGIN IMMEDIATE for whatever may write.

    The driver's own transactions lose updates silently (SELECT runs outside of them) and a plain BEGIN fails at once
    when two writers meet; reading pages use a plain BEGIN so that they never wait for a writer.
    """
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def on_connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=15000", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        safe_request = has_request_context() and request.method in SAFE_METHODS and not writes_apart.get()
        connection.exec_driver_sql("BEGIN" if safe_request or reads_only.get() else "BEGIN IMMEDIATE")
