"""What an expert answered in a practice case; tables of their own, with no way from them to a dossier, a seat or a sheet."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.experts.models import Expert
from app.kernel.database import Base, enumeration, short
from app.programmes.models import Edition
from app.workflow import PracticeState


class PracticeSheet(Base, kw_only=True):
    """One expert's work on one case in one edition. `case_digest`: of the case's text as it was when he finished."""

    __tablename__ = "practice_sheet"
    __table_args__ = (UniqueConstraint("edition_id", "expert_id", "case_key"),)
    lifecycle: ClassVar[str] = "practice_sheet"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"), index=True)
    case_key: Mapped[str] = mapped_column(short(60))
    case_digest: Mapped[str] = mapped_column(short(64), default="")
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    state: Mapped[PracticeState] = mapped_column(enumeration(PracticeState), default=PracticeState.DRAFT, init=False)
    version: Mapped[int] = mapped_column(init=False)
    edition: Mapped[Edition] = relationship(init=False)
    expert: Mapped[Expert] = relationship(init=False)
    answers: Mapped[list["PracticeAnswer"]] = relationship(init=False, order_by="PracticeAnswer.id")

    __mapper_args__ = {"version_id_col": version}

    def percents(self) -> dict[str, int | None]:
        return {answer.item_code: answer.percent for answer in self.answers}


class PracticeAnswer(Base, kw_only=True):
    __tablename__ = "practice_answer"
    __table_args__ = (
        UniqueConstraint("sheet_id", "item_code"),
        CheckConstraint("percent IS NULL OR (percent >= 0 AND percent <= 100)", name="percent"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("practice_sheet.id"))
    item_code: Mapped[str] = mapped_column(short(20))
    percent: Mapped[int | None] = mapped_column(default=None)
    reason: Mapped[str] = mapped_column(default="")
