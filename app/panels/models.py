"""Draws, assignments and conflicts.

The out-of-region rule is enforced three times: as a filter before the draw (rules/), again in the one service that
writes an assignment, and by triggers on `assignment` in both databases (migrations/versions/0004_conflicts_and_exceptions.py).
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.applications.models import Application
from app.experts.models import Expert
from app.kernel.database import Base, enumeration, short
from app.kernel.words import N_
from app.programmes.models import Edition, Round
from app.programmes.rules.values import LiftableRule
from app.workflow import AssignmentState, ConflictState, DrawState, ExceptionState


class SeatRole(StrEnum):
    LEADER = "leader"
    MEMBER = "member"


SEAT_ROLE_LABELS: dict[SeatRole, str] = {SeatRole.LEADER: N_("组长"), SeatRole.MEMBER: N_("成员")}


class ConflictSource(StrEnum):
    DECLARED = "declared"
    SYSTEM = "system"
    OFFICE = "office"
    APPLICANT = "applicant"


CONFLICT_SOURCE_LABELS: dict[ConflictSource, str] = {
    ConflictSource.DECLARED: N_("专家声明"),
    ConflictSource.SYSTEM: N_("系统发现"),
    ConflictSource.OFFICE: N_("秘书处登记"),
    ConflictSource.APPLICANT: N_("申报者提出"),
}


class Conflict(Base, kw_only=True):
    """An expert's interest in an applicant's dossier, from `since` to `until` (both may be unknown; open while it lasts).

    While it stands, and until the rulebook's window after its end has passed, it forbids every assignment of the pair.
    `kind` is a key of the rulebook's `panel.conflicts`, `note` what shows it; `recorded_by` is empty for the system.
    """

    __tablename__ = "conflict"
    __table_args__ = (Index("ix_conflict_pair", "expert_id", "application_id"),)
    lifecycle: ClassVar[str] = "conflict"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    kind: Mapped[str] = mapped_column(short(40))
    source: Mapped[ConflictSource] = mapped_column(enumeration(ConflictSource))
    note: Mapped[str] = mapped_column(default="")
    since: Mapped[date | None] = mapped_column(default=None)
    until: Mapped[date | None] = mapped_column(default=None)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"), default=None)
    state: Mapped[ConflictState] = mapped_column(enumeration(ConflictState), default=ConflictState.STANDING, init=False)
    expert: Mapped[Expert] = relationship(init=False)
    application: Mapped[Application] = relationship(init=False)


class PairException(Base, kw_only=True):
    """One rule lifted for one pair: proposed by one named person, confirmed by another, public once it is confirmed.

    `number` counts within the edition; `decision` is what was said when it was refused or revoked.
    """

    __tablename__ = "pair_exception"
    __table_args__ = (
        UniqueConstraint("edition_id", "number"),
        Index("ix_pair_exception_pair", "expert_id", "application_id"),
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> proposed_by", name="two_people"),
        CheckConstraint("state <> 'confirmed' OR confirmed_by IS NOT NULL", name="confirmer"),
    )
    lifecycle: ClassVar[str] = "exception"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    number: Mapped[int]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"))
    rule: Mapped[LiftableRule] = mapped_column(enumeration(LiftableRule))
    reason: Mapped[str]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    proposed_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"), default=None)
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    decision: Mapped[str] = mapped_column(default="")
    state: Mapped[ExceptionState] = mapped_column(
        enumeration(ExceptionState), default=ExceptionState.PROPOSED, init=False
    )
    version: Mapped[int] = mapped_column(init=False)
    edition: Mapped[Edition] = relationship(init=False)
    application: Mapped[Application] = relationship(init=False)
    expert: Mapped[Expert] = relationship(init=False)
    proposer: Mapped[User] = relationship(init=False, foreign_keys=[proposed_by])
    confirmer: Mapped[User | None] = relationship(init=False, foreign_keys=[confirmed_by])

    __mapper_args__ = {"version_id_col": version}


class Draw(Base, kw_only=True):
    """One recorded draw for a round. `input` and `seed` give the same `result` on any machine; `parent_id`: a replacement."""

    __tablename__ = "draw"
    __table_args__ = (UniqueConstraint("round_id", "number"),)
    lifecycle: ClassVar[str] = "draw"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    number: Mapped[int]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("draw.id"), default=None)
    reason: Mapped[str] = mapped_column(default="")
    seed: Mapped[str] = mapped_column(short(64))
    input: Mapped[dict[str, Any]]
    input_digest: Mapped[str] = mapped_column(short(64))
    result: Mapped[dict[str, Any]]
    result_digest: Mapped[str] = mapped_column(short(64))
    drawn_at: Mapped[datetime]
    drawn_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    state: Mapped[DrawState] = mapped_column(enumeration(DrawState), default=DrawState.DRAWN, init=False)
    edition: Mapped[Edition] = relationship(init=False)
    round: Mapped[Round] = relationship(init=False)
    assignments: Mapped[list["Assignment"]] = relationship(init=False, back_populates="draw")


class Assignment(Base, kw_only=True):
    """An expert's seat on the panel of one dossier in one round; the only door through which an expert meets a dossier.

    Places left before `places_since` and interests ended before `conflicts_since` did not count when it was written; the
    database's triggers go by the same two days, and without them by everything on record.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("round_id", "application_id", "expert_id"),
        Index("ix_assignment_expert_state", "expert_id", "state"),
        Index("ix_assignment_application", "application_id"),
    )
    lifecycle: ClassVar[str] = "assignment"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    draw_id: Mapped[int] = mapped_column(ForeignKey("draw.id"))
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"))
    role: Mapped[SeatRole] = mapped_column(enumeration(SeatRole))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"), default=None)
    declared_at: Mapped[datetime | None] = mapped_column(default=None)
    declaration_text: Mapped[str] = mapped_column(default="")
    places_since: Mapped[date] = mapped_column(default=date.min)
    conflicts_since: Mapped[date] = mapped_column(default=date.min)
    state: Mapped[AssignmentState] = mapped_column(
        enumeration(AssignmentState), default=AssignmentState.SEALED, init=False
    )
    version: Mapped[int] = mapped_column(init=False)
    draw: Mapped[Draw] = relationship(init=False, back_populates="assignments")
    round: Mapped[Round] = relationship(init=False)
    application: Mapped[Application] = relationship(init=False)
    expert: Mapped[Expert] = relationship(init=False)

    __mapper_args__ = {"version_id_col": version}
