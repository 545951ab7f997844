"""Committee members, sessions, recusals and the secret ballot.

Nothing stored joins a ballot to its voter: `BallotRight` says only that the right is used up; `Ballot` has a random
key, no time and no author. docs/ballot.md says what this protects against and what not yet.
"""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.applications.models import Application
from app.kernel.database import Base, enumeration, short
from app.ranking.models import Ranking
from app.workflow import SessionState


class CommitteeMember(Base, kw_only=True):
    __tablename__ = "committee_member"
    __table_args__ = (UniqueConstraint("edition_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    post: Mapped[str] = mapped_column(short(), default="")
    term_from: Mapped[date | None] = mapped_column(default=None)
    term_until: Mapped[date | None] = mapped_column(default=None)
    """The last day on which he may sit; None: no term is set."""
    term_number: Mapped[int] = mapped_column(default=1)
    user: Mapped[User] = relationship(init=False)


class CommitteeSession(Base, kw_only=True):
    __tablename__ = "committee_session"
    lifecycle: ClassVar[str] = "session"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    ranking_id: Mapped[int] = mapped_column(ForeignKey("ranking.id"))
    convened_at: Mapped[datetime]
    held_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(short(), default="")
    agenda: Mapped[list[Any]] = mapped_column(default_factory=list)
    members_total: Mapped[int]
    state: Mapped[SessionState] = mapped_column(enumeration(SessionState), default=SessionState.CONVENED, init=False)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    because: Mapped[str] = mapped_column(default="")
    """Why the list departs from the official order, or leaves a seat empty that should be given."""
    closing: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    """What stood out when it closed: `departures` from the official order, `vacant` seats by level."""
    version: Mapped[int] = mapped_column(init=False)
    ranking: Mapped[Ranking] = relationship(init=False)
    attendances: Mapped[list["Attendance"]] = relationship(init=False, back_populates="session")
    proposals: Mapped[list["Proposal"]] = relationship(init=False, order_by="Proposal.position")
    rounds: Mapped[list["BallotRound"]] = relationship(init=False, order_by="BallotRound.number")

    __mapper_args__ = {"version_id_col": version}


class Attendance(Base, kw_only=True):
    __tablename__ = "attendance"
    __table_args__ = (UniqueConstraint("session_id", "member_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    session_id: Mapped[int] = mapped_column(ForeignKey("committee_session.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("committee_member.id"))
    session: Mapped[CommitteeSession] = relationship(init=False, back_populates="attendances")
    member: Mapped[CommitteeMember] = relationship(init=False)


class Recusal(Base, kw_only=True):
    """A member who steps aside for one dossier leaves its denominator."""

    __tablename__ = "recusal"
    __table_args__ = (UniqueConstraint("session_id", "member_id", "application_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    session_id: Mapped[int] = mapped_column(ForeignKey("committee_session.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("committee_member.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    reason: Mapped[str]
    member: Mapped[CommitteeMember] = relationship(init=False)


class BallotRound(Base, kw_only=True):
    """One round of voting within a session.

    `offered`: the levels that its ballot paper offers, by dossier; `limits`: how many a ballot may choose at most, by
    level (empty: each dossier is asked about by itself); `results`: what was counted, as `rules.Counted` records it.
    """

    __tablename__ = "ballot_round"
    __table_args__ = (UniqueConstraint("session_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    session_id: Mapped[int] = mapped_column(ForeignKey("committee_session.id"))
    number: Mapped[int]
    offered: Mapped[dict[str, Any]]
    limits: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(default="")
    opened_at: Mapped[datetime]
    counted_at: Mapped[datetime | None] = mapped_column(default=None)
    results: Mapped[list[Any]] = mapped_column(default_factory=list)
    clerks: Mapped[list[Any]] = mapped_column(default_factory=list)
    """Who typed ballots in from paper, by name."""
    differed: Mapped[int] = mapped_column(default=0)
    """Paper ballots whose two readings differed at first."""


class BallotRight(Base, kw_only=True):
    """A present member's right to vote in a round, used up in the transaction that puts the ballots into the box."""

    __tablename__ = "ballot_right"
    __table_args__ = (UniqueConstraint("session_id", "member_id", "round_number"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    session_id: Mapped[int] = mapped_column(ForeignKey("committee_session.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("committee_member.id"))
    round_number: Mapped[int] = mapped_column(default=1)
    used: Mapped[bool] = mapped_column(default=False)
    on_paper: Mapped[bool] = mapped_column(default=False)
    """Used up for a ballot paper that was handed out."""


class Ballot(Base, kw_only=True):
    """One anonymous voice on one dossier: `choice` is a level's key, `reject`, `abstain` or `unmarked`.

    Without a hidden row number: SQLite would keep the order in which the members voted.
    """

    __tablename__ = "ballot"
    __table_args__ = {"sqlite_with_rowid": False}

    code: Mapped[str] = mapped_column(short(32), primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("committee_session.id"), index=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    choice: Mapped[str] = mapped_column(short(20))
    round_number: Mapped[int] = mapped_column(default=1)


class BallotPaper(Base, kw_only=True):
    """A printed ballot that is not in the box yet: what two people read from it, one after the other.

    Its serial is random and stands beside no member; the row goes when both readings agree and the ballots are in the box.
    """

    __tablename__ = "ballot_paper"
    __table_args__ = {"sqlite_with_rowid": False}

    serial: Mapped[str] = mapped_column(short(32), primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("committee_session.id"), index=True)
    round_number: Mapped[int]
    first_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"), default=None)
    first: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    second_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"), default=None)
    second: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)


class Proposal(Base, kw_only=True):
    """One row of the proposed list (拟奖名单) with its count; `level_key` empty: not proposed.

    `counts`: `votes` by choice, `yes` by level (a voice for a higher level counts for a lower one), `new_vote`,
    and, where the lot parted it from its equals, `lot_at` which level.
    """

    __tablename__ = "proposal"
    __table_args__ = (UniqueConstraint("session_id", "application_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    session_id: Mapped[int] = mapped_column(ForeignKey("committee_session.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    position: Mapped[int]
    level_key: Mapped[str] = mapped_column(short(20))
    entitled: Mapped[int]
    counts: Mapped[dict[str, Any]]
    round_number: Mapped[int] = mapped_column(default=1)
    """The round that decided, the last one in which the dossier was voted on."""
    application: Mapped[Application] = relationship(init=False)
