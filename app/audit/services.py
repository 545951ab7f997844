"""Writing the record: in the transaction of the act itself, or apart for a look."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Update, bindparam, insert, literal, select, update
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent, AuditHead
from app.audit.rules import event_hash
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.bulk import add_rows
from app.kernel.database import db
from app.kernel.unit_of_work import apart

LOCK_HEAD = select(AuditHead.last_id, AuditHead.last_hash).with_for_update()
ADD_EVENT = insert(AuditEvent.__table__)  # type: ignore[arg-type]  # SQLAlchemy types it as any FROM clause
MOVE_HEAD = update(AuditHead.__table__).values(  # type: ignore[arg-type]
    last_id=bindparam("to_id"), last_hash=bindparam("to_hash")
)


def record(
    actor: Actor,
    action: str,
    subject: Any = None,
    *,
    before: str | None = None,
    after: str | None = None,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Add one event to the chain in the running transaction. `subject` is a row with an id, or None.

    The head row is locked first, so writers stand in line on PostgreSQL; SQLite has one writer anyway.
    """
    db.session.flush()
    event = {
        "action": action,
        "actor_id": actor.user_id,
        "actor_name": actor.name,
        "subject_type": "" if subject is None else subject.__tablename__,
        "subject_id": None if subject is None else subject.id,
        "edition_id": getattr(subject, "edition_id", None),
        "state_before": before,
        "state_after": after,
        "reason": reason,
        "detail": dict(detail or {}),
    }
    _append(db.session(), event)


def record_many(actor: Actor, action: str, subject_type: str, details: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
    """The same act on many subjects, each (id, detail) with an event of its own, in two statements for all of them."""
    if not details:
        return
    db.session.flush()
    session = db.session()
    head_id, head_hash = session.execute(LOCK_HEAD).one()
    events = []
    for subject_id, detail in details:
        event = _event(actor, action, subject_type, subject_id) | {"detail": dict(detail)}
        head_id += 1
        fields = event | {"id": head_id, "at": clock.now(), "previous_hash": head_hash}
        fields["hash"] = head_hash = event_hash(fields)
        events.append(fields)
    add_rows(AuditEvent, events)
    session.execute(MOVE_HEAD, {"to_id": head_id, "to_hash": head_hash})


def _event(actor: Actor, action: str, subject_type: str, subject_id: int | None) -> dict[str, Any]:
    return {
        "action": action,
        "actor_id": actor.user_id,
        "actor_name": actor.name,
        "subject_type": subject_type,
        "subject_id": subject_id,
        "edition_id": None,
        "state_before": None,
        "state_after": None,
        "reason": "",
        "detail": {},
    }


def record_look(
    actor: Actor,
    action: str,
    subject: Any,
    *,
    detail: Mapping[str, Any] | None = None,
    unless_marked: Update | None = None,
) -> None:
    """Record that somebody looked (supervisor, personal data, a dossier or its file) before the page leaves.

    `unless_marked` sets a mark in the same transaction; where it finds the mark set already, nothing is recorded again.
    """
    event = _event(actor, action, subject.__tablename__, subject.id)
    event |= {"edition_id": getattr(subject, "edition_id", None), "detail": dict(detail or {})}
    with apart() as session:
        if unless_marked is None or session.execute(unless_marked.returning(literal(1))).first():
            _append(session, event)


def _append(session: Session, event: dict[str, Any]) -> None:
    """The head row is there from the first migration on, so that even the very first writers stand in line."""
    head_id, head_hash = session.execute(LOCK_HEAD).one()
    fields = event | {"id": head_id + 1, "at": clock.now(), "previous_hash": head_hash}
    fields["hash"] = event_hash(fields)
    session.execute(ADD_EVENT, fields)
    session.execute(MOVE_HEAD, {"to_id": fields["id"], "to_hash": fields["hash"]})
