"""What somebody told the supervisor in confidence."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base, short


class Disclosure(Base, kw_only=True):
    """Text and time never change and no row is ever deleted (the database refuses it). No line of the audit log tells of it.

    `token_hash` lets whoever wrote it read the answer; `contact` may be empty.
    """

    __tablename__ = "disclosure"
    __table_args__ = (CheckConstraint("answered_at IS NULL OR answer <> ''", name="answered_in_words"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    token_hash: Mapped[str] = mapped_column(short(64), unique=True)
    text: Mapped[str]
    contact: Mapped[str] = mapped_column(short(), default="")
    received_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"), default=None)
