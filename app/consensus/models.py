"""The panel's talk beside its independent sheets, which it never touches: a series of its own."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, and_
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from app.applications.models import Application
from app.experts.models import Expert
from app.kernel.database import Base, enumeration, short
from app.panels.models import SeatRole
from app.programmes.models import Edition, Round
from app.scoring.models import ScoreSheet
from app.workflow import ConsensusState, ScoreSheetState


class Consensus(Base, kw_only=True):
    """One dossier in one round, opened when all independent sheets are in.

    `found` is the disagreement as it was then, with the digests of the sheets in which it was found; `proposal` counts what
    the leader put before the panel; `total_twentieths` stands only where the panel agreed.
    """

    __tablename__ = "consensus"
    __table_args__ = (
        UniqueConstraint("round_id", "application_id"),
        CheckConstraint("total_twentieths BETWEEN 0 AND 20000", name="total"),
        CheckConstraint("state <> 'agreed' OR total_twentieths IS NOT NULL", name="agreed_total"),
        CheckConstraint("state <> 'no_consensus' OR total_twentieths IS NULL", name="no_total"),
    )
    lifecycle: ClassVar[str] = "consensus"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    criteria_key: Mapped[str] = mapped_column(short(60))
    opened_at: Mapped[datetime]
    found: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    proposal: Mapped[int] = mapped_column(default=0)
    total_twentieths: Mapped[int | None] = mapped_column(default=None)
    state: Mapped[ConsensusState] = mapped_column(enumeration(ConsensusState), default=ConsensusState.OPEN, init=False)
    version: Mapped[int] = mapped_column(init=False)
    edition: Mapped[Edition] = relationship(init=False)
    round: Mapped[Round] = relationship(init=False)
    application: Mapped[Application] = relationship(init=False)
    items: Mapped[list["ConsensusItem"]] = relationship(
        init=False, back_populates="consensus", order_by="ConsensusItem.position"
    )
    sheets: Mapped[list[ScoreSheet]] = relationship(
        init=False,
        viewonly=True,
        primaryjoin=lambda: and_(
            foreign(ScoreSheet.round_id) == Consensus.round_id,
            foreign(ScoreSheet.application_id) == Consensus.application_id,
            ScoreSheet.state == ScoreSheetState.SUBMITTED,
        ),
        order_by=ScoreSheet.id,
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def panel(self) -> frozenset[int]:
        """The experts whose independent sheet is in: nobody else sits at the table."""
        return frozenset(sheet.expert_id for sheet in self.sheets)

    @property
    def led_by(self) -> int | None:
        leading = (sheet.expert_id for sheet in self.sheets if sheet.assignment.role is SeatRole.LEADER)
        return next(leading, None)


class ConsensusItem(Base, kw_only=True):
    """What the panel agrees on for one item; the leader writes it while the consensus is open."""

    __tablename__ = "consensus_item"
    __table_args__ = (
        UniqueConstraint("consensus_id", "item_code"),
        CheckConstraint("percent IS NULL OR (percent BETWEEN 0 AND 100 AND percent % 5 = 0)", name="percent_step"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    consensus_id: Mapped[int] = mapped_column(ForeignKey("consensus.id"), init=False)
    item_code: Mapped[str] = mapped_column(short(20))
    position: Mapped[int]
    points: Mapped[int]
    percent: Mapped[int | None] = mapped_column(default=None)
    reason: Mapped[str] = mapped_column(default="")
    strengths: Mapped[str] = mapped_column(default="")
    improvements: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(init=False)
    consensus: Mapped[Consensus] = relationship(init=False, back_populates="items")

    __mapper_args__ = {"version_id_col": version}


class ConsensusNote(Base, kw_only=True):
    """A word in the discussion of one item, or of the whole where `item_code` is empty; never changed."""

    __tablename__ = "consensus_note"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    consensus_id: Mapped[int] = mapped_column(ForeignKey("consensus.id"), index=True)
    item_code: Mapped[str] = mapped_column(short(20))
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"))
    text: Mapped[str]
    at: Mapped[datetime]
    expert: Mapped[Expert] = relationship(init=False)


class ConsensusAnswer(Base, kw_only=True):
    """A member's answer to one proposal: confirmed, or a dissent with its text; it stands for good."""

    __tablename__ = "consensus_answer"
    __table_args__ = (
        UniqueConstraint("consensus_id", "proposal", "expert_id"),
        CheckConstraint("confirms OR text <> ''", name="dissent_says_why"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    consensus_id: Mapped[int] = mapped_column(ForeignKey("consensus.id"))
    proposal: Mapped[int]
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"))
    confirms: Mapped[bool]
    text: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    expert: Mapped[Expert] = relationship(init=False)


class PanelReport(Base, kw_only=True):
    """What the panel hands on, complete in itself, with the digest over its canonical content."""

    __tablename__ = "panel_report"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    consensus_id: Mapped[int] = mapped_column(ForeignKey("consensus.id"), unique=True)
    content: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(short(64))
    released_at: Mapped[datetime]
    consensus: Mapped[Consensus] = relationship(init=False)
