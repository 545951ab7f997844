"""Notices and objections."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.decisions.models import CommitteeSession
from app.kernel.database import Base, enumeration, short
from app.programmes.models import Edition
from app.workflow import NoticeState, ObjectionState


class Notice(Base, kw_only=True):
    """`content` is what was published, frozen with its digest; `last_day` is the last working day of the notice."""

    __tablename__ = "notice"
    lifecycle: ClassVar[str] = "notice"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("committee_session.id"))
    working_days: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    digest: Mapped[str] = mapped_column(short(64), default="")
    published_at: Mapped[datetime | None] = mapped_column(default=None)
    last_day: Mapped[date | None] = mapped_column(default=None)
    closes_at: Mapped[datetime | None] = mapped_column(default=None)
    state: Mapped[NoticeState] = mapped_column(enumeration(NoticeState), default=NoticeState.DRAFT, init=False)
    edition: Mapped[Edition] = relationship(init=False)
    session: Mapped[CommitteeSession] = relationship(init=False)


class Objection(Base, kw_only=True):
    """A real-name objection with evidence. `token_hash` lets the objector see the answer without an account."""

    __tablename__ = "objection"
    lifecycle: ClassVar[str] = "objection"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"))
    number: Mapped[str] = mapped_column(short(40), unique=True)
    token_hash: Mapped[str] = mapped_column(short(64), unique=True)
    is_unit: Mapped[bool]
    name: Mapped[str] = mapped_column(short())
    identity: Mapped[str] = mapped_column(short(40))
    contact_name: Mapped[str] = mapped_column(short(60))
    contact: Mapped[str] = mapped_column(short())
    text: Mapped[str]
    evidence_name: Mapped[str] = mapped_column(short(200), default="")
    evidence_sha256: Mapped[str] = mapped_column(short(64), default="")
    received_at: Mapped[datetime]
    due_on: Mapped[date]
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"), default=None)
    state: Mapped[ObjectionState] = mapped_column(
        enumeration(ObjectionState), default=ObjectionState.RECEIVED, init=False
    )
    notice: Mapped[Notice] = relationship(init=False)
