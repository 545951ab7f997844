"""A session of statements and defences: who is heard in which order, with which questions, and how long each spoke."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, and_
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from app.applications.models import Application
from app.kernel.database import Base, enumeration, short
from app.panels.models import Assignment, SeatRole
from app.programmes.models import Edition, Round
from app.workflow import AssignmentState, DefenceState


class Mark(StrEnum):
    """A press on the clock, in the order in which they come."""

    STATEMENT_BEGUN = "statement_begun"
    STATEMENT_ENDED = "statement_ended"
    QUESTIONS_BEGUN = "questions_begun"
    QUESTIONS_ENDED = "questions_ended"


class DefenceSession(Base, kw_only=True):
    """One sitting. `lot_input` is what was sealed, `promise` the commitment to `secret`, of which nothing is told before the lot.

    `current_id` is the chair's pointer: the slot that all judges' pages follow.
    """

    __tablename__ = "defence_session"
    __table_args__ = (UniqueConstraint("round_id", "number"),)
    lifecycle: ClassVar[str] = "defence"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    number: Mapped[int]
    held_at: Mapped[datetime]
    room: Mapped[str] = mapped_column(short(200))
    questions: Mapped[list[str]] = mapped_column(default_factory=list)
    lot_input: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    input_digest: Mapped[str] = mapped_column(short(64), default="")
    secret: Mapped[str] = mapped_column(short(64), default="")
    nonce: Mapped[str] = mapped_column(short(64), default="")
    promise: Mapped[str] = mapped_column(short(64), default="")
    public_value: Mapped[str] = mapped_column(short(200), default="")
    witnesses: Mapped[str] = mapped_column(short(200), default="")
    lot_result: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    current_id: Mapped[int | None] = mapped_column(default=None)
    state: Mapped[DefenceState] = mapped_column(enumeration(DefenceState), default=DefenceState.PLANNED, init=False)
    version: Mapped[int] = mapped_column(init=False)
    edition: Mapped[Edition] = relationship(init=False)
    round: Mapped[Round] = relationship(init=False)
    slots: Mapped[list["DefenceSlot"]] = relationship(
        init=False, back_populates="session", order_by="DefenceSlot.position", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def panel(self) -> frozenset[int]:
        """The judges: who has declared to be free of interest towards one of those heard here."""
        return frozenset(seat.expert_id for slot in self.slots for seat in slot.seats)

    @property
    def chairs(self) -> frozenset[int]:
        leads = (seat for slot in self.slots for seat in slot.seats if seat.role is SeatRole.LEADER)
        return frozenset(seat.expert_id for seat in leads)

    def slot(self, slot_id: int | None) -> "DefenceSlot | None":
        return next((slot for slot in self.slots if slot.id == slot_id), None)


class DefenceSlot(Base, kw_only=True):
    """One dossier's turn. `drawn` holds the numbers of its questions, from 1."""

    __tablename__ = "defence_slot"
    __table_args__ = (UniqueConstraint("round_id", "application_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    session_id: Mapped[int] = mapped_column(ForeignKey("defence_session.id"), init=False, index=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    position: Mapped[int]
    drawn: Mapped[list[Any]] = mapped_column(default_factory=list)
    session: Mapped[DefenceSession] = relationship(init=False, back_populates="slots")
    application: Mapped[Application] = relationship(init=False)
    marks: Mapped[list["DefenceMark"]] = relationship(init=False, order_by="DefenceMark.id")
    deductions: Mapped[list["DefenceDeduction"]] = relationship(init=False, order_by="DefenceDeduction.number")
    seats: Mapped[list[Assignment]] = relationship(
        init=False,
        viewonly=True,
        primaryjoin=lambda: and_(
            foreign(Assignment.round_id) == DefenceSlot.round_id,
            foreign(Assignment.application_id) == DefenceSlot.application_id,
            Assignment.state == AssignmentState.CLEARED,
        ),
        order_by=(Assignment.role, Assignment.id),
    )

    def at(self, mark: Mark) -> datetime | None:
        return next((each.at for each in self.marks if each.mark is mark), None)


class DefenceMark(Base, kw_only=True):
    """A press on the clock; never changed, a wrong one is put right by a corrected deduction."""

    __tablename__ = "defence_mark"
    __table_args__ = (UniqueConstraint("slot_id", "mark"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    slot_id: Mapped[int] = mapped_column(ForeignKey("defence_slot.id"))
    mark: Mapped[Mark] = mapped_column(enumeration(Mark))
    at: Mapped[datetime]
    pressed_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class DefenceDeduction(Base, kw_only=True):
    """Points for overtime by the rulebook's rule; the one with the highest number counts, all of them stay."""

    __tablename__ = "defence_deduction"
    __table_args__ = (
        UniqueConstraint("slot_id", "number"),
        CheckConstraint("seconds >= 0 AND points >= 0", name="not_negative"),
        CheckConstraint("number = 1 OR reason <> ''", name="correction_says_why"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    slot_id: Mapped[int] = mapped_column(ForeignKey("defence_slot.id"))
    number: Mapped[int]
    seconds: Mapped[int]
    points: Mapped[int]
    reason: Mapped[str] = mapped_column(default="")
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]
