"""The only place that commits: one transaction for one request, job or command."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from app.kernel.database import db, reads_only, writes_apart


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
def apart() -> Iterator[Session]:
    """A transaction of its own beside the request's, for the one write that a GET may cause: the record of a look."""
    token = writes_apart.set(True)
    try:
        with Session(db.engine) as session, session.begin():
            yield session
    finally:
        writes_apart.reset(token)
