"""Yearly declarations with their files, and facts that may speak against an honour."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.kernel.database import Base, enumeration, short
from app.kernel.words import N_
from app.outcomes.models import Outcome
from app.outcomes.watch.rules import day_after
from app.programmes.models import Edition
from app.workflow import DeclarationState, WatchFactState


class FactKind(StrEnum):
    CONDITIONS = "conditions"
    ACCIDENT = "accident"
    PENALTY = "penalty"
    OTHER = "other"


FACT_KIND_LABELS: dict[FactKind, str] = {
    FactKind.CONDITIONS: N_("不再符合评选条件"),
    FactKind.ACCIDENT: N_("重大质量、安全、环境或公共卫生事故"),
    FactKind.PENALTY: N_("行政处罚或刑事追究"),
    FactKind.OTHER: N_("其他情况"),
}


class FactSource(StrEnum):
    DECLARED = "declared"
    FOUND = "found"


FACT_SOURCE_LABELS: dict[FactSource, str] = {
    FactSource.DECLARED: N_("获奖者自己声明"),
    FactSource.FOUND: N_("秘书处查明"),
}


class YearlyDeclaration(Base, kw_only=True):
    """What the holder of an honour declares for one year of the watch period.

    `begins_on` and `ends_on` both belong to the year. `content` is what was handed in last, with its digest. `told` is the last letter about it (rules.Letter): each goes out once.
    """

    __tablename__ = "yearly_declaration"
    __table_args__ = (
        UniqueConstraint("outcome_id", "year"),
        CheckConstraint("state NOT IN ('submitted', 'accepted') OR digest <> ''", name="declared"),
    )
    lifecycle: ClassVar[str] = "yearly_declaration"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcome.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    year: Mapped[int]
    begins_on: Mapped[date]
    ends_on: Mapped[date]
    due_on: Mapped[date]
    told: Mapped[int] = mapped_column(default=0)
    content: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    digest: Mapped[str] = mapped_column(short(64), default="")
    submitted_at: Mapped[datetime | None] = mapped_column(default=None)
    note: Mapped[str] = mapped_column(default="")
    noted_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"), default=None)
    noted_at: Mapped[datetime | None] = mapped_column(default=None)
    state: Mapped[DeclarationState] = mapped_column(
        enumeration(DeclarationState), default=DeclarationState.OWED, init=False
    )
    version: Mapped[int] = mapped_column(init=False)
    outcome: Mapped[Outcome] = relationship(init=False)
    edition: Mapped[Edition] = relationship(init=False)
    owner: Mapped[User] = relationship(init=False, foreign_keys=[owner_id])
    files: Mapped[list["DeclarationFile"]] = relationship(
        init=False, back_populates="declaration", order_by="DeclarationFile.id"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def opens_on(self) -> date:
        """From this day on it may be handed in: the year is over."""
        return day_after(self.ends_on)


class DeclarationFile(Base, kw_only=True):
    """A file that came with a declaration; its digest stands in the declaration's content."""

    __tablename__ = "declaration_file"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    declaration_id: Mapped[int] = mapped_column(ForeignKey("yearly_declaration.id"), index=True)
    filename: Mapped[str] = mapped_column(short(200))
    sha256: Mapped[str] = mapped_column(short(64))
    size: Mapped[int]
    declaration: Mapped[YearlyDeclaration] = relationship(init=False, back_populates="files")


class WatchFact(Base, kw_only=True):
    """Something that happened in the watch period and may speak against the honour: declared by its holder or found by the office."""

    __tablename__ = "watch_fact"
    __table_args__ = (CheckConstraint("state = 'open' OR settled <> ''", name="settled_in_words"),)
    lifecycle: ClassVar[str] = "watch_fact"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcome.id"), index=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    declaration_id: Mapped[int | None] = mapped_column(ForeignKey("yearly_declaration.id"), default=None)
    source: Mapped[FactSource] = mapped_column(enumeration(FactSource))
    kind: Mapped[FactKind] = mapped_column(enumeration(FactKind))
    text: Mapped[str]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    recorded_at: Mapped[datetime]
    settled: Mapped[str] = mapped_column(default="")
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"), default=None)
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    state: Mapped[WatchFactState] = mapped_column(enumeration(WatchFactState), default=WatchFactState.OPEN, init=False)
    outcome: Mapped[Outcome] = relationship(init=False)
