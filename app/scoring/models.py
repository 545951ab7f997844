"""Score sheets and their items. Totals are integers in 1/20 of a point."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, and_
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship, remote

from app.accounts.models import User
from app.kernel.database import Base, enumeration, short
from app.panels.models import Assignment, SeatRole
from app.programmes.models import Round
from app.scoring.rules import is_awaited
from app.workflow import AssignmentState, PaperEntryState, RoundState, ScoreSheetState


class ScoreSheet(Base, kw_only=True):
    """One expert's sheet for one dossier in one round, made when the expert has declared no conflict.

    `criteria_key` names the criteria set of the dossier's group. `receipt_digest` is over the submitted content.
    `skipped_at` puts it at the end of its expert's order; `returned_at` is empty unless it was given back, `returned_for` is
    why; `comments_only` while only what is written may change, not what is scored. `abstained_for` is the expert's reason
    not to score, for the office and the supervisor.
    """

    __tablename__ = "score_sheet"
    __table_args__ = (
        Index("ix_score_sheet_round_application", "round_id", "application_id"),
        Index("ix_score_sheet_expert", "expert_id", "state"),
        CheckConstraint("total_twentieths BETWEEN 0 AND 20000", name="total"),
    )
    lifecycle: ClassVar[str] = "score_sheet"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), unique=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"))
    criteria_key: Mapped[str] = mapped_column(short(60))
    total_twentieths: Mapped[int] = mapped_column(default=0)
    items_scored: Mapped[int] = mapped_column(default=0)
    items_total: Mapped[int]
    opened_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None] = mapped_column(default=None)
    receipt_digest: Mapped[str] = mapped_column(short(64), default="")
    looked_on: Mapped[date | None] = mapped_column(default=None)
    skipped_at: Mapped[datetime | None] = mapped_column(default=None)
    returned_at: Mapped[datetime | None] = mapped_column(default=None)
    returned_for: Mapped[str] = mapped_column(default="")
    comments_only: Mapped[bool] = mapped_column(default=False)
    abstained_for: Mapped[str] = mapped_column(default="")
    state: Mapped[ScoreSheetState] = mapped_column(
        enumeration(ScoreSheetState), default=ScoreSheetState.DRAFT, init=False
    )
    version: Mapped[int] = mapped_column(init=False)
    assignment: Mapped[Assignment] = relationship(init=False)
    round: Mapped[Round] = relationship(init=False)
    items: Mapped[list["ItemScore"]] = relationship(init=False, back_populates="sheet", order_by="ItemScore.position")
    seats: Mapped[list[Assignment]] = relationship(
        init=False,
        viewonly=True,
        primaryjoin=lambda: and_(
            foreign(Assignment.round_id) == ScoreSheet.round_id,
            foreign(Assignment.application_id) == ScoreSheet.application_id,
        ),
    )
    peers: Mapped[list["ScoreSheet"]] = relationship(
        init=False,
        viewonly=True,
        primaryjoin=lambda: and_(
            remote(foreign(ScoreSheet.round_id)) == ScoreSheet.round_id,
            remote(foreign(ScoreSheet.application_id)) == ScoreSheet.application_id,
        ),
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def led_by(self) -> int | None:
        """The expert who leads the panel of this sheet's dossier."""
        leading = (s.expert_id for s in self.seats if s.role is SeatRole.LEADER and s.state is AssignmentState.CLEARED)
        return next(leading, None)

    @property
    def awaited(self) -> bool:
        """Whether an independent score of the same dossier may still come."""
        return self.round.state is RoundState.SCORING and any(map(self._awaits, self.seats))

    def _awaits(self, seat: Assignment) -> bool:
        handed_in = {peer.assignment_id for peer in self.peers if peer.state is ScoreSheetState.SUBMITTED}
        followed = {each.replaces_id for each in self.seats}
        return is_awaited(seat.state, handed_in=seat.id in handed_in, followed=seat.id in followed)


class ItemScore(Base, kw_only=True):
    """One item of a sheet; the row exists from the start, `percent` is empty until the expert sets it."""

    __tablename__ = "item_score"
    __table_args__ = (
        UniqueConstraint("sheet_id", "item_code"),
        CheckConstraint("percent IS NULL OR (percent BETWEEN 0 AND 100 AND percent % 5 = 0)", name="percent_step"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("score_sheet.id"))
    item_code: Mapped[str] = mapped_column(short(20))
    position: Mapped[int]
    points: Mapped[int]
    percent: Mapped[int | None] = mapped_column(default=None)
    strengths: Mapped[str] = mapped_column(default="")
    improvements: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(init=False)
    sheet: Mapped[ScoreSheet] = relationship(init=False, back_populates="items")

    __mapper_args__ = {"version_id_col": version}


class SubmittedSheet(Base, kw_only=True):
    """Every submitted content of a sheet, kept for good: reopening and submitting again adds a row."""

    __tablename__ = "submitted_sheet"
    __table_args__ = (UniqueConstraint("sheet_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("score_sheet.id"))
    number: Mapped[int]
    submitted_at: Mapped[datetime]
    content: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(short(64))


class PaperEntry(Base, kw_only=True):
    """A sheet filled in and signed on paper, as one person typed it; only another person's confirmation makes it count.

    `before` is what the expert had written online, which the paper replaces.
    """

    __tablename__ = "paper_entry"
    __table_args__ = (
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> proposed_by", name="two_people"),
        CheckConstraint("state <> 'confirmed' OR confirmed_by IS NOT NULL", name="confirmed"),
    )
    lifecycle: ClassVar[str] = "paper_entry"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("score_sheet.id"), index=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    signed_on: Mapped[date]
    items: Mapped[list[Any]]
    total_twentieths: Mapped[int]
    before: Mapped[list[Any]]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    proposed_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"), default=None)
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    state: Mapped[PaperEntryState] = mapped_column(
        enumeration(PaperEntryState), default=PaperEntryState.TYPED, init=False
    )
    version: Mapped[int] = mapped_column(init=False)
    sheet: Mapped[ScoreSheet] = relationship(init=False)
    proposer: Mapped[User] = relationship(init=False, foreign_keys=[proposed_by])

    __mapper_args__ = {"version_id_col": version}


class CommitteeReport(Base, kw_only=True):
    """What the head of panel reports to the committee about a round; every version stays, the highest number stands."""

    __tablename__ = "committee_report"
    __table_args__ = (UniqueConstraint("round_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(short(64))
    written_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    written_at: Mapped[datetime]
    round: Mapped[Round] = relationship(init=False)
    author: Mapped[User] = relationship(init=False)
