"""The record on both databases: only ever added to, chained, and every tampering found."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.audit import queries, services
from app.audit.models import AuditEvent
from app.kernel import unit_of_work
from app.kernel.actor import Actor
from app.kernel.database import db

SYSTEM = Actor.system("tests")


def record(count: int) -> None:
    with unit_of_work.transaction():
        for number in range(count):
            services.record(SYSTEM, "workdays.edit", reason=f"第 {number} 次", detail={"n": number})


def defeat_the_guards(database: str) -> None:
    """What an administrator of the database could do, with the product's own protection taken away."""
    for event in ("update", "delete"):
        table = "" if database == "sqlite" else " ON audit_event"
        db.session.execute(text(f"DROP TRIGGER audit_append_only_{event}{table}"))


@pytest.mark.databases
@pytest.mark.parametrize("statement", ["UPDATE audit_event SET reason = 'x'", "DELETE FROM audit_event WHERE id = 2"])
def test_the_database_refuses_to_change_or_delete(app_context: Flask, statement: str) -> None:
    record(3)
    with pytest.raises(DBAPIError, match="audit_append_only"):
        db.session.execute(text(statement))
    db.session.rollback()
    assert queries.verify() == queries.Verdict(3, None, queries.head()[1])


@pytest.mark.databases
@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE audit_event SET reason = '改过' WHERE id = 3", 3),
        ("UPDATE audit_event SET actor_name = 'somebody' WHERE id = 1", 1),
        ("DELETE FROM audit_event WHERE id = 4", 4),
        ("DELETE FROM audit_event WHERE id = 5", 5),
        ("DELETE FROM audit_event", 1),
    ],
)
def test_who_takes_the_guards_away_is_found_by_the_chain(
    app_context: Flask, database: str, *, statement: str, named: int
) -> None:
    record(5)
    defeat_the_guards(database)
    db.session.execute(text(statement))
    db.session.commit()
    assert queries.verify().broken == named


@pytest.mark.databases
def test_writers_at_the_same_time_stand_in_line(app: Flask) -> None:
    def write() -> None:
        with app.app_context():
            record(5)

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with app.app_context():
        verdict = queries.verify()
    assert (verdict.total, verdict.broken) == (20, None)


def test_what_is_rolled_back_leaves_no_trace_and_no_gap(app_context: Flask) -> None:
    record(1)
    services.record(SYSTEM, "workdays.edit")
    db.session.rollback()
    record(1)
    assert [event.id for event in db.session.query(AuditEvent)] == [1, 2]
    assert queries.verify().broken is None


def test_verifying_reads_in_one_pass(
    app_context: Flask, count_queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    record(3)
    with count_queries() as statements:
        queries.verify()
    assert len(statements) == 2
