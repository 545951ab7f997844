"""The audit log. Rows are only ever added: triggers of the database refuse UPDATE and DELETE."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base, short


class AuditEvent(Base, kw_only=True):
    """`hash` = SHA-256 over the canonical JSON of all other fields and `previous_hash` (see audit/rules.py)."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_subject", "subject_type", "subject_id"),
        Index("ix_audit_event_action", "action"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    action: Mapped[str] = mapped_column(short(64))
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(short())
    subject_type: Mapped[str] = mapped_column(short(32))
    subject_id: Mapped[int | None]
    edition_id: Mapped[int | None] = mapped_column(index=True)
    state_before: Mapped[str | None] = mapped_column(short(32))
    state_after: Mapped[str | None] = mapped_column(short(32))
    reason: Mapped[str]
    detail: Mapped[dict[str, Any]]
    previous_hash: Mapped[str] = mapped_column(short(64))
    hash: Mapped[str] = mapped_column(short(64), unique=True)


class AuditHead(Base, kw_only=True):
    """One row: the last event's number and hash; locking it puts writers in line on PostgreSQL."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_id: Mapped[int]
    last_hash: Mapped[str] = mapped_column(short(64))


class AuditCheckpoint(Base, kw_only=True):
    """A signed root over the first `last_id` events (audit/merkle.py): who holds it can tell whether any of them was changed.

    `signature` is Ed25519 by `key` over the canonical JSON of the other fields (audit/checkpoints.py). Rows are only ever added.
    """

    __tablename__ = "audit_checkpoint"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    at: Mapped[datetime]
    last_id: Mapped[int] = mapped_column(unique=True)
    last_hash: Mapped[str] = mapped_column(short(64))
    root: Mapped[str] = mapped_column(short(64))
    key: Mapped[str] = mapped_column(short(64))
    signature: Mapped[str] = mapped_column(short(128))
