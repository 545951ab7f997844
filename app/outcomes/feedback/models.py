"""Feedback reports and their items."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.applications.models import Application
from app.kernel.database import Base, enumeration, short
from app.programmes.models import Edition, Round
from app.workflow import FeedbackState


class FeedbackReport(Base, kw_only=True):
    """One dossier's report. `round_id` is the last round in which it was scored, with which it is compared.

    `editors` are all who have changed a text since the last draft; `content` is what was approved, with its digest, and
    `pdf_sha256` the file that was made of it (`problem` where none could be made).
    """

    __tablename__ = "feedback_report"
    __table_args__ = (
        CheckConstraint("edited_by IS NULL OR edited_by <> drafted_by", name="second_person"),
        CheckConstraint("approved_by IS NULL OR approved_by <> edited_by", name="not_own_text"),
        CheckConstraint("state NOT IN ('approved', 'released') OR digest <> ''", name="frozen"),
        CheckConstraint("state <> 'released' OR pdf_sha256 <> ''", name="typeset"),
    )
    lifecycle: ClassVar[str] = "feedback_report"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), unique=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    criteria_key: Mapped[str] = mapped_column(short(60))
    drafted_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    drafted_at: Mapped[datetime]
    summary: Mapped[str] = mapped_column(default="")
    editors: Mapped[list[Any]] = mapped_column(default_factory=list)
    edited_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"), default=None)
    edited_at: Mapped[datetime | None] = mapped_column(default=None)
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"), default=None)
    approved_at: Mapped[datetime | None] = mapped_column(default=None)
    content: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    digest: Mapped[str] = mapped_column(short(64), default="")
    pdf_sha256: Mapped[str] = mapped_column(short(64), default="")
    problem: Mapped[str] = mapped_column(default="")
    released_at: Mapped[datetime | None] = mapped_column(default=None)
    state: Mapped[FeedbackState] = mapped_column(enumeration(FeedbackState), default=FeedbackState.DRAFTED, init=False)
    version: Mapped[int] = mapped_column(init=False)
    edition: Mapped[Edition] = relationship(init=False)
    round: Mapped[Round] = relationship(init=False)
    application: Mapped[Application] = relationship(init=False)
    items: Mapped[list["FeedbackItem"]] = relationship(
        init=False, back_populates="report", order_by="FeedbackItem.position", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def owner_id(self) -> int:
        return self.application.owner_id


class FeedbackItem(Base, kw_only=True):
    """One item: what the experts wrote, as it was drafted, and what the editor made of it."""

    __tablename__ = "feedback_item"
    __table_args__ = (UniqueConstraint("report_id", "item_code"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    report_id: Mapped[int] = mapped_column(ForeignKey("feedback_report.id"), init=False)
    item_code: Mapped[str] = mapped_column(short(20))
    position: Mapped[int]
    percent: Mapped[int]
    drafted_strengths: Mapped[str] = mapped_column(default="")
    drafted_improvements: Mapped[str] = mapped_column(default="")
    strengths: Mapped[str] = mapped_column(default="")
    improvements: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(init=False)
    report: Mapped[FeedbackReport] = relationship(init=False, back_populates="items")

    __mapper_args__ = {"version_id_col": version}
