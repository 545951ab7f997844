"""The only place that commits: one transaction for one request, job or command."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import has_request_context, request
from sqlalchemy.orm import Session

from app.kernel.database import SAFE_METHODS, db, reads_only, writes_apart


def commit() -> None:
    db.session.commit()


def rollback() -> None:
    db.session.rollback()


@contextmanager
def transaction() -> Iterator[None]:
    """For jobs and commands: all or nothing."""
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise


@contextmanager
def reading() -> Iterator[None]:
    """For a job that reads much before it writes: one state of the database, and nothing of it is kept."""
    token = reads_only.set(True)
    try:
        yield
    finally:
        db.session.rollback()
        reads_only.reset(token)


@contextmanager
def before_writing() -> Iterator[None]:
    """For who is asking, before a request writes. On SQLite everybody else waits from a writer's first statement on, so this
    one reads on its own and lets go; what is written later still sees the newest state. PostgreSQL locks rows, not files."""
    writes = has_request_context() and request.method not in SAFE_METHODS
    if not writes or db.engine.dialect.name != "sqlite" or db.session().in_transaction():
        yield
        return
    with reading():
        yield


@contextmanager
def apart() -> Iterator[Session]:
    """A transaction of its own beside the request's, for the one write that a GET may cause: the record of a look."""
    token = writes_apart.set(True)
    try:
        with Session(db.engine) as session, session.begin():
            yield session
    finally:
        writes_apart.reset(token)
