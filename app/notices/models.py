"""Notices and objections."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.decisions.models import CommitteeSession
from app.kernel.database import Base, enumeration, short
from app.kernel.words import N_
from app.programmes.models import Edition
from app.workflow import NoticeState, ObjectionState


class ObjectionEffect(StrEnum):
    """What follows from the finding."""

    NEW_VOTE = "new_vote"
    NEW_NOTICE = "new_notice"
    NONE = "none"


EFFECT_LABELS: dict[ObjectionEffect, str] = {
    ObjectionEffect.NEW_VOTE: N_("该申报退出拟奖名单，由评审委员会重新表决；其他申报者不递补。"),
    ObjectionEffect.NEW_NOTICE: N_("本次公示作废，须重新公示。"),
    ObjectionEffect.NONE: N_("拟奖名单不变。"),
}


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
    """A real-name objection with evidence. `token_hash` lets the objector see the answer without an account.

    `finding` is what the handler found out, for the house; `answer` is what the objector is told. `due_on` moves when the
    term is made longer; `reminded_on` is the last day on which somebody was reminded of it.
    """

    __tablename__ = "objection"
    __table_args__ = (
        CheckConstraint(
            "state NOT IN ('investigating', 'upheld', 'rejected') OR (handler_id IS NOT NULL AND declared_at IS NOT NULL)",
            name="handled_without_interest",
        ),
        CheckConstraint(
            "state NOT IN ('upheld', 'rejected') OR (finding <> '' AND answer <> '' AND effect IS NOT NULL)",
            name="found_and_answered",
        ),
    )
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
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), default=None)
    declared_at: Mapped[datetime | None] = mapped_column(default=None)
    reminded_on: Mapped[date | None] = mapped_column(default=None)
    finding: Mapped[str] = mapped_column(default="")
    effect: Mapped[ObjectionEffect | None] = mapped_column(enumeration(ObjectionEffect), default=None)
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"), default=None)
    state: Mapped[ObjectionState] = mapped_column(
        enumeration(ObjectionState), default=ObjectionState.RECEIVED, init=False
    )
    notice: Mapped[Notice] = relationship(init=False)
    handler: Mapped[User | None] = relationship(init=False, foreign_keys=[handler_id])
