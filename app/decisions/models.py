"""Committee members, sessions, recusals and the secret ballot.

Nothing stored joins a ballot to its voter: `BallotRight` says only that the right is used up; `Ballot` has a random
key, no time and no author. docs/ballot.md says what this protects against and what not yet.
"""

from datetime import datetime
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
    members_total: Mapped[int]
    state: Mapped[SessionState] = mapped_column(enumeration(SessionState), default=SessionState.CONVENED, init=False)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(init=False)
    ranking: Mapped[Ranking] = relationship(init=False)
    attendances: Mapped[list["Attendance"]] = relationship(init=False, back_populates="session")
    proposals: Mapped[list["Proposal"]] = relationship(init=False, order_by="Proposal.position")

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


class BallotRight(Base, kw_only=True):
    """A present member's right to vote, used up in the transaction that puts the ballots into the box."""

    __tablename__ = "ballot_right"
    __table_args__ = (UniqueConstraint("session_id", "member_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    session_id: Mapped[int] = mapped_column(ForeignKey("committee_session.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("committee_member.id"))
    used: Mapped[bool] = mapped_column(default=False)


class Ballot(Base, kw_only=True):
    """One anonymous voice on one dossier: `choice` is a level's key, `reject` or `abstain`.

    Without a hidden row number: SQLite would keep the order in which the members voted.
    """

    __tablename__ = "ballot"
    __table_args__ = {"sqlite_with_rowid": False}

    code: Mapped[str] = mapped_column(short(32), primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("committee_session.id"), index=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    choice: Mapped[str] = mapped_column(short(20))


class Proposal(Base, kw_only=True):
    """One row of the proposed list (拟奖名单) with its count; `level_key` empty: not proposed.

    `counts`: `votes` by choice, `yes` by level (a voice for a higher level counts for a lower one), `new_vote`.
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
    application: Mapped[Application] = relationship(init=False)
