"""Files that were ordered to be taken along."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.exports.rules import ExportFormat, ExportKind
from app.kernel.database import Base, enumeration, short
from app.programmes.models import Edition, Round
from app.ranking.models import Ranking
from app.workflow import ExportState


class Export(Base, kw_only=True):
    """One file for the person who ordered it, in that person's language: sheets of a round, or all letters of the edition.
    Under a ranking experts stand as letters; without one they stand by name, and only sheets that the person may read are in
    it. `sheets` counts what it holds. The row stays when the file is gone."""

    __tablename__ = "export"
    __table_args__ = (
        Index("ix_export_user_id_edition_id", "user_id", "edition_id"),
        CheckConstraint("(kind = 'letters') = (round_id IS NULL)", name="sheets_of_a_round"),
    )
    lifecycle: ClassVar[str] = "export"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    round_id: Mapped[int | None] = mapped_column(ForeignKey("round.id"), default=None)
    ranking_id: Mapped[int | None] = mapped_column(ForeignKey("ranking.id"), default=None)
    kind: Mapped[ExportKind] = mapped_column(enumeration(ExportKind))
    suffix: Mapped[ExportFormat] = mapped_column(enumeration(ExportFormat))
    language: Mapped[str] = mapped_column(short(5))
    ordered_at: Mapped[datetime]
    filename: Mapped[str] = mapped_column(short(200), default="")
    sheets: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str] = mapped_column(short(64), default="")
    size: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime | None] = mapped_column(default=None, index=True)
    state: Mapped[ExportState] = mapped_column(enumeration(ExportState), default=ExportState.ORDERED, init=False)
    user: Mapped[User] = relationship(init=False)
    edition: Mapped[Edition] = relationship(init=False)
    round: Mapped[Round | None] = relationship(init=False)
    ranking: Mapped[Ranking | None] = relationship(init=False)

    @property
    def reviewed(self) -> Round:
        """The round whose sheets it holds."""
        assert self.round is not None, "by a constraint"
        return self.round

    @property
    def key(self) -> str:
        """Under which its progress is told."""
        return f"{self.__tablename__}-{self.id}"
