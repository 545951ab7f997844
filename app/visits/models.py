"""A visit on site with all that is written of it: its plan, the issues to look into, what was heard, read and photographed."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, and_
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from app.applications.models import Application
from app.experts.models import Expert
from app.kernel.database import Base, enumeration, short
from app.panels.models import Assignment, SeatRole
from app.programmes.models import Edition, Round
from app.workflow import AssignmentState, VisitState


class IssueKind(StrEnum):
    CLARIFY = "clarify"
    VERIFY = "verify"


class IssueSource(StrEnum):
    TEAM = "team"
    CONSENSUS = "consensus"


class LogKind(StrEnum):
    INTERVIEW = "interview"
    DOCUMENT = "document"


class VisitPaper(StrEnum):
    """What is signed on a visit."""

    OPENING = "opening"
    CLOSING = "closing"
    REPORT = "report"


class Side(StrEnum):
    TEAM = "team"
    APPLICANT = "applicant"
    OFFICE = "office"


class Visit(Base, kw_only=True):
    """One dossier visited in one round; its team is the dossier's panel as it stands, without a list of its own.

    `confirmed_at` is when the applicant confirmed date and plan; a change of either empties it. `unconfirmed_because` is why
    the office lets the visit take place without.
    """

    __tablename__ = "visit"
    __table_args__ = (
        UniqueConstraint("round_id", "application_id"),
        CheckConstraint("ends_on >= starts_on", name="days_in_order"),
    )
    lifecycle: ClassVar[str] = "visit"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    place: Mapped[str] = mapped_column(short(200))
    contact: Mapped[str] = mapped_column(short(200), default="")
    notified_at: Mapped[datetime | None] = mapped_column(default=None)
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"), default=None)
    unconfirmed_because: Mapped[str] = mapped_column(default="")
    opened_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    state: Mapped[VisitState] = mapped_column(enumeration(VisitState), default=VisitState.PLANNED, init=False)
    version: Mapped[int] = mapped_column(init=False)
    edition: Mapped[Edition] = relationship(init=False)
    round: Mapped[Round] = relationship(init=False)
    application: Mapped[Application] = relationship(init=False)
    seats: Mapped[list[Assignment]] = relationship(
        init=False,
        viewonly=True,
        primaryjoin=lambda: and_(
            foreign(Assignment.round_id) == Visit.round_id,
            foreign(Assignment.application_id) == Visit.application_id,
            Assignment.state == AssignmentState.CLEARED,
        ),
        order_by=(Assignment.role, Assignment.id),
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def panel(self) -> frozenset[int]:
        """The experts who have declared that nothing binds them to this applicant: the team."""
        return frozenset(seat.expert_id for seat in self.seats)

    @property
    def led_by(self) -> int | None:
        return next((seat.expert_id for seat in self.seats if seat.role is SeatRole.LEADER), None)

    def name_of(self, expert_id: int | None) -> str:
        """How a member of the team is called; empty for whoever is not on it."""
        return next((seat.expert.name for seat in self.seats if seat.expert_id == expert_id), "")

    @property
    def owner_id(self) -> int:
        return self.application.owner_id


class VisitAppointment(Base, kw_only=True):
    """A row of the plan: when, whom the team meets, which of the team (empty: all), and which item it is about."""

    __tablename__ = "visit_appointment"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="times_in_order"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    whom: Mapped[str] = mapped_column(short(200))
    topic: Mapped[str] = mapped_column(short(200))
    item_code: Mapped[str] = mapped_column(short(20), default="")
    expert_id: Mapped[int | None] = mapped_column(ForeignKey("expert.id"), default=None)
    expert: Mapped[Expert | None] = relationship(init=False)


class VisitIssue(Base, kw_only=True):
    """Something to clarify or to verify on site, and what the team found; what a consensus left open has no author."""

    __tablename__ = "visit_issue"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    kind: Mapped[IssueKind] = mapped_column(enumeration(IssueKind))
    source: Mapped[IssueSource] = mapped_column(enumeration(IssueSource))
    item_code: Mapped[str] = mapped_column(short(20))
    text: Mapped[str]
    raised_by: Mapped[int | None] = mapped_column(ForeignKey("expert.id"), default=None)
    raised_at: Mapped[datetime]
    finding: Mapped[str] = mapped_column(default="")
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("expert.id"), default=None)
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(init=False)
    visit: Mapped[Visit] = relationship(init=False)
    author: Mapped[Expert | None] = relationship(init=False, foreign_keys=[raised_by])
    settler: Mapped[Expert | None] = relationship(init=False, foreign_keys=[settled_by])

    __mapper_args__ = {"version_id_col": version}


class VisitLog(Base, kw_only=True):
    """What was heard in an interview or read in a document; never changed, a mistake is put right by another line."""

    __tablename__ = "visit_log"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    kind: Mapped[LogKind] = mapped_column(enumeration(LogKind))
    about: Mapped[str] = mapped_column(short(200))
    item_code: Mapped[str] = mapped_column(short(20), default="")
    text: Mapped[str]
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"))
    at: Mapped[datetime]
    expert: Mapped[Expert] = relationship(init=False)


class VisitPhoto(Base, kw_only=True):
    """A picture taken on site, stored without what the camera wrote into it.

    `mark` is what the device called it, so that a picture sent again over a poor line is stored once; `taken_at` is the
    device's word, `at` ours.
    """

    __tablename__ = "visit_photo"
    __table_args__ = (UniqueConstraint("visit_id", "mark"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    mark: Mapped[str] = mapped_column(short(64))
    caption: Mapped[str] = mapped_column(short(200))
    item_code: Mapped[str] = mapped_column(short(20), default="")
    sha256: Mapped[str] = mapped_column(short(64))
    suffix: Mapped[str] = mapped_column(short(5))
    size: Mapped[int]
    taken_at: Mapped[datetime | None] = mapped_column(default=None)
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"))
    at: Mapped[datetime]
    visit: Mapped[Visit] = relationship(init=False)
    expert: Mapped[Expert] = relationship(init=False)


class VisitMeeting(Base, kw_only=True):
    """The record of the opening or of the closing meeting; who was there signed in."""

    __tablename__ = "visit_meeting"
    __table_args__ = (
        UniqueConstraint("visit_id", "paper"),
        CheckConstraint("paper IN ('opening', 'closing')", name="of_a_meeting"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    paper: Mapped[VisitPaper] = mapped_column(enumeration(VisitPaper))
    held_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(short(200))
    text: Mapped[str]
    version: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": version}


class VisitSignature(Base, kw_only=True):
    """A name typed under a paper, with the time and the account at which it was typed; for a meeting, its attendance."""

    __tablename__ = "visit_signature"
    __table_args__ = (UniqueConstraint("visit_id", "paper", "side", "name", "post"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    paper: Mapped[VisitPaper] = mapped_column(enumeration(VisitPaper))
    side: Mapped[Side] = mapped_column(enumeration(Side))
    name: Mapped[str] = mapped_column(short(60))
    post: Mapped[str] = mapped_column(short(100), default="")
    signed_at: Mapped[datetime]
    typed_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class VisitReport(Base, kw_only=True):
    """What the team hands on, complete in itself, with the digest over its canonical content."""

    __tablename__ = "visit_report"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), unique=True)
    content: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(short(64))
    reported_at: Mapped[datetime]
    visit: Mapped[Visit] = relationship(init=False)
