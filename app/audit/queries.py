"""Reads of the record: filtered pages for the supervisor, the history of one subject, the state of the chain."""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import load_only

from app.audit import labels
from app.audit.models import AuditEvent, AuditHead
from app.audit.rules import GENESIS, HASHED_FIELDS, first_broken
from app.kernel.database import db
from app.kernel.words import Message

PAGE_SIZE = 50
BATCH = 500
ROUTINE = ("account.sign_in", "account.sign_out", "score_sheet.save", "application.edit")


@dataclass(frozen=True)
class Filter:
    """What the supervisor asks for; empty parts ask for everything."""

    who: str = ""
    action: str = ""
    subject_type: str = ""
    subject_id: int | None = None
    edition_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    upto: int | None = None

    def _exact(self) -> Iterator[ColumnElement[bool]]:
        for name in ("action", "subject_type", "subject_id", "edition_id"):
            if wanted := getattr(self, name):
                yield getattr(AuditEvent, name) == wanted

    def conditions(self) -> list[ColumnElement[bool]]:
        """Only of the parts that were asked for."""
        asked = list(self._exact())
        if self.who:
            asked.append(AuditEvent.actor_name.icontains(self.who, autoescape=True))
        if self.since:
            asked.append(AuditEvent.at >= self.since)
        if self.until:
            asked.append(AuditEvent.at < self.until)
        if self.upto is not None:
            asked.append(AuditEvent.id <= self.upto)
        return asked


@dataclass(frozen=True)
class Row:
    """One event in words."""

    event: AuditEvent
    action: str
    actor: Message
    subject: str
    before: str
    after: str

    @classmethod
    def of(cls, event: AuditEvent) -> "Row":
        return cls(
            event,
            labels.action_label(event.action),
            labels.actor_label(event.actor_name),
            labels.SUBJECTS[event.subject_type],
            labels.state_label(event.action, event.state_before) if event.state_before else "",
            labels.state_label(event.action, event.state_after) if event.state_after else "",
        )


@dataclass(frozen=True)
class Listing:
    rows: Sequence[Row]
    total: int
    page: int

    @property
    def first(self) -> int:
        return (self.page - 1) * PAGE_SIZE + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return (self.page - 1) * PAGE_SIZE + len(self.rows)


@dataclass(frozen=True)
class Verdict:
    """What recomputing the chain says: how many events, and the number of the first that does not hold, if any."""

    total: int
    broken: int | None
    last_hash: str


def events(narrowed: Filter, *, page: int) -> Listing:
    conditions = narrowed.conditions()
    total = db.session.scalar(select(func.count()).select_from(AuditEvent).where(*conditions)) or 0
    page = min(max(page, 1), max(1, -(-total // PAGE_SIZE)))
    shown = (
        select(AuditEvent)
        .where(*conditions)
        .order_by(AuditEvent.id.desc())
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    return Listing([Row.of(event) for event in db.session.scalars(shown)], total, page)


def latest(count: int) -> list[Row]:
    """The newest steps and acts, without comings, goings and every saved field."""
    columns = load_only(
        AuditEvent.at,
        AuditEvent.action,
        AuditEvent.actor_name,
        AuditEvent.subject_type,
        AuditEvent.subject_id,
        AuditEvent.state_before,
        AuditEvent.state_after,
        AuditEvent.reason,
    )
    newest = (
        select(AuditEvent)
        .options(columns)
        .where(AuditEvent.action.not_in(ROUTINE))
        .order_by(AuditEvent.id.desc())
        .limit(count)
    )
    return [Row.of(event) for event in db.session.scalars(newest)]


def history(subject: Any) -> list[Row]:
    """What happened to one subject, the newest first, for a page of its own stage (`audit/history.html`)."""
    about = AuditEvent.subject_type == subject.__tablename__, AuditEvent.subject_id == subject.id
    return [
        Row.of(event) for event in db.session.scalars(select(AuditEvent).where(*about).order_by(AuditEvent.id.desc()))
    ]


def stream(narrowed: Filter) -> Generator[Mapping[str, Any], None, None]:
    """Events in order, a batch at a time, with every field that the hash is taken over."""
    columns = [getattr(AuditEvent, name) for name in (*HASHED_FIELDS, "hash")]
    ordered = select(*columns).where(*narrowed.conditions()).order_by(AuditEvent.id)
    result = db.session.execute(ordered.execution_options(yield_per=BATCH))
    try:
        for fields in result.mappings():
            yield {str(name): value for name, value in fields.items()}
    finally:
        result.close()


def of_subject(subject_type: str, subject_id: int) -> list[Mapping[str, Any]]:
    """Every event of one subject in order, with every field that the hash is taken over."""
    columns = [getattr(AuditEvent, name) for name in (*HASHED_FIELDS, "hash")]
    about = AuditEvent.subject_type == subject_type, AuditEvent.subject_id == subject_id
    rows = db.session.execute(select(*columns).where(*about).order_by(AuditEvent.id)).mappings()
    return [{str(name): value for name, value in fields.items()} for fields in rows]


def head() -> tuple[int, str]:
    """Number and hash of the last event as the writers know it."""
    row = db.session.execute(select(AuditHead.last_id, AuditHead.last_hash)).one()
    return row.last_id, row.last_hash


def verify() -> Verdict:
    """Recompute the whole chain, and find the head's own event in it: events cut off at the end are missed too."""
    last_id, last_hash = head()
    seen = {0: GENESIS}

    def noted(events: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
        for event in events:
            yield event
            seen.clear()
            seen[event["id"]] = event["hash"]

    with closing(stream(Filter(upto=last_id))) as events:
        broken = first_broken(noted(events))
    if broken is None and seen != {last_id: last_hash}:
        broken = min(last_id, max(seen) + 1)
    return Verdict(last_id, broken, last_hash)
