"""Checkpoints of the record: from time to time one signed digest over everything so far."""

from collections.abc import Iterator, Sequence
from datetime import UTC, timedelta

from sqlalchemy import select

from app.audit import merkle
from app.audit.models import AuditCheckpoint, AuditEvent
from app.audit.queries import head
from app.kernel import clock, signing
from app.kernel.canonical import Record, canonical
from app.kernel.database import db

FORMAT = "zhiheng-checkpoint/1"
INTERVAL = timedelta(days=1)
BATCH = 5_000


def statement(checkpoint: AuditCheckpoint) -> Record:
    """What is signed, as the canonical JSON of this."""
    return {
        "format": FORMAT,
        "at": checkpoint.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "last_id": checkpoint.last_id,
        "last_hash": checkpoint.last_hash,
        "root": checkpoint.root,
    }


def seal() -> AuditCheckpoint | None:
    """Sign what is on record now; the newest checkpoint where nothing came since, none where nothing happened yet.

    Events are never changed, so that nobody who writes has to wait meanwhile.
    """
    last_id, last_hash = head()
    newest = latest()
    if not last_id or (newest is not None and newest.last_id == last_id):
        return newest
    root = merkle.roots(hashes(last_id), {last_id})[last_id]
    made = AuditCheckpoint(
        at=clock.now(), last_id=last_id, last_hash=last_hash, root=root, key=signing.public_key(), signature=""
    )
    made.signature = signing.sign(canonical(statement(made)).encode())
    db.session.add(made)
    db.session.flush()
    return made


def seal_when_due() -> int:
    """For the clock: once a day, where something has happened; how many were made."""
    newest = latest()
    if newest is not None and clock.now() < newest.at + INTERVAL:
        return 0
    return int(seal() is not newest)


def latest() -> AuditCheckpoint | None:
    return db.session.scalar(select(AuditCheckpoint).order_by(AuditCheckpoint.last_id.desc()).limit(1))


def covering(event_id: int) -> AuditCheckpoint:
    """The first checkpoint over this event, which is on record; made now where there is none yet."""
    query = (
        select(AuditCheckpoint).where(AuditCheckpoint.last_id >= event_id).order_by(AuditCheckpoint.last_id).limit(1)
    )
    found = db.session.scalar(query) or seal()
    if found is None:
        raise ValueError("nothing is on record yet")
    return found


def until(last_id: int) -> Sequence[AuditCheckpoint]:
    """All checkpoints over no more than these events, the oldest first."""
    found = select(AuditCheckpoint).where(AuditCheckpoint.last_id <= last_id)
    return db.session.scalars(found.order_by(AuditCheckpoint.last_id)).all()


def hashes(last_id: int) -> Iterator[str]:
    """Of the events up to this one, in order."""
    found = select(AuditEvent.hash).where(AuditEvent.id <= last_id).order_by(AuditEvent.id)
    yield from db.session.scalars(found.execution_options(yield_per=BATCH))


def faults() -> Iterator[str]:
    """Every checkpoint computed and its signature checked again; for `flask doctor`."""
    last_id, _hash = head()
    every = until(last_id)
    roots = merkle.roots(hashes(last_id), {checkpoint.last_id for checkpoint in every})
    for checkpoint in every:
        message = canonical(statement(checkpoint)).encode()
        signed = signing.is_signed(message, checkpoint.signature, checkpoint.key)
        if not signed or roots.get(checkpoint.last_id) != checkpoint.root:
            yield f"audit_checkpoint {checkpoint.id}"
