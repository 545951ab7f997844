"""What an inquiry leaves besides the objection itself: requests to the applicant with the answers, extensions of the term."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.kernel.database import Base, short
from app.notices.models import Objection


class ObjectionRequest(Base, kw_only=True):
    """What the handler asks the applicant, and what the applicant says to it. Who objects stands in neither."""

    __tablename__ = "objection_request"
    __table_args__ = (CheckConstraint("answered_at IS NULL OR answer <> ''", name="answered_in_words"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    objection_id: Mapped[int] = mapped_column(ForeignKey("objection.id"), index=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    question: Mapped[str]
    asked_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    asked_at: Mapped[datetime]
    due_on: Mapped[date]
    reminded_on: Mapped[date | None] = mapped_column(default=None)
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    objection: Mapped[Objection] = relationship(init=False)
    papers: Mapped[list["ObjectionPaper"]] = relationship(init=False, order_by="ObjectionPaper.id")


class ObjectionPaper(Base, kw_only=True):
    """A file that came with the applicant's answer."""

    __tablename__ = "objection_paper"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    request_id: Mapped[int] = mapped_column(ForeignKey("objection_request.id"), index=True)
    name: Mapped[str] = mapped_column(short(200))
    sha256: Mapped[str] = mapped_column(short(64))


class ObjectionExtension(Base, kw_only=True):
    """The term made longer by a named person, for a reason."""

    __tablename__ = "objection_extension"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    objection_id: Mapped[int] = mapped_column(ForeignKey("objection.id"), index=True)
    working_days: Mapped[int]
    reason: Mapped[str]
    due_before: Mapped[date]
    due_after: Mapped[date]
    extended_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    extended_at: Mapped[datetime]
    extender: Mapped[User] = relationship(init=False)
