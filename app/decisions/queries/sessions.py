"""Sessions, who is present, and a session as one person sees it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from app.decisions.models import Attendance, BallotRight, CommitteeMember, CommitteeSession
from app.decisions.queries.box import attending, recused_for, right_holders, right_of, votes_cast
from app.decisions.queries.papers import Paper, choice_names, papers, waiting_rows
from app.decisions.queries.people import sitting_members
from app.decisions.queries.rounds import Standing, round_papers, standing
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.words import LocalText
from app.programmes.models import Edition
from app.programmes.queries import rulebook_of
from app.programmes.rules.rulebook import Rulebook
from app.ranking.models import Ranking
from app.workflow import RankingState, SessionState


@dataclass(frozen=True)
class SessionRow:
    """A line of the list; what `policy.py` and `state_label` ask of a session is there too."""

    id: int
    edition_id: int
    state: SessionState
    held_at: datetime
    place: str
    present: int
    lifecycle: str = "session"


@dataclass(frozen=True)
class Overview:
    """What the first page of the committee shows."""

    sessions: list[SessionRow]
    members: int
    has_ranking: bool
    waiting: int

    @property
    def may_convene(self) -> bool:
        """A session can be called: nobody sits, and something is left to decide."""
        return bool(self.waiting and self.members) and all(row.state == SessionState.CLOSED for row in self.sessions)


@dataclass(frozen=True)
class Room:
    """A session as one person sees it; `mine` is his membership, `recused` the dossiers from which he steps aside."""

    session: CommitteeSession
    edition: Edition
    rulebook: Rulebook
    members: list[CommitteeMember]
    present: set[int]
    papers: list[Paper]
    on_ballot: list[Paper]
    mine: CommitteeMember | None
    for_member: bool
    recused: dict[int, str]
    right: BallotRight | None
    votes: tuple[int, int]
    standing: Standing | None

    @property
    def limits(self) -> dict[str, int]:
        """How many the running round's ballot may choose at most, by level."""
        return self.session.rounds[-1].limits if self.session.rounds else {}

    @property
    def voters(self) -> set[int]:
        """Members who had a ballot in the newest round."""
        return right_holders(self.session.id, self.session.rounds[-1].number) if self.session.rounds else set()

    @property
    def may_vote_again(self) -> list[Paper]:
        return self.standing.may_vote_again if self.standing else []

    @property
    def proposed_again(self) -> set[int]:
        """Whom the page of a further round marks beforehand: those whom a tie keeps undecided, or else all that are left."""
        left = {paper.application_id for paper in self.may_vote_again}
        tied = self.standing.waiting if self.standing else set()
        return left & tied or left

    @property
    def may_vote(self) -> bool:
        return self.session.state == SessionState.VOTING and self.right is not None and not self.right.used

    @property
    def on_paper(self) -> bool:
        """His right was used up for a printed ballot, which may still be in his hand."""
        return self.session.state == SessionState.VOTING and self.right is not None and self.right.on_paper

    @property
    def has_voted(self) -> bool:
        return self.right is not None and self.right.used

    @property
    def my_papers(self) -> list[Paper]:
        return [paper for paper in self.on_ballot if paper.application_id not in self.recused]

    @property
    def choice_names(self) -> dict[str, LocalText]:
        return choice_names(self.rulebook)


def visible_to(actor: Actor) -> Select[CommitteeSession]:
    """`session.read` as a query: the office and the supervisor see all, a member the sessions of his editions."""
    if actor.has(Role.OFFICE, Role.SUPERVISOR):
        return select(CommitteeSession)
    mine = actor.editions if actor.has(Role.COMMITTEE) else frozenset[int]()
    return select(CommitteeSession).where(CommitteeSession.edition_id.in_(mine))


def sessions(actor: Actor, edition_id: int) -> list[SessionRow]:
    seen = visible_to(actor).where(CommitteeSession.edition_id == edition_id).subquery()
    present = (
        select(func.count())
        .where(Attendance.session_id == seen.c.id)
        .correlate(seen)
        .scalar_subquery()
        .label("present")
    )
    rows = db.session.execute(
        select(seen.c.id, seen.c.edition_id, seen.c.state, seen.c.held_at, seen.c.place, present).order_by(
            seen.c.id.desc()
        )
    )
    return [SessionRow(row.id, row.edition_id, row.state, row.held_at, row.place, row.present) for row in rows]


def find(session_id: int) -> CommitteeSession | None:
    return db.session.get(CommitteeSession, session_id)


def final_ranking(edition_id: int) -> Ranking | None:
    """The confirmed final ranking, on which a session may be convened."""
    return db.session.scalar(
        select(Ranking)
        .where(Ranking.edition_id == edition_id, Ranking.is_final, Ranking.state == RankingState.CONFIRMED)
        .order_by(Ranking.id.desc())
        .limit(1)
    )


def unfinished_session(edition_id: int) -> CommitteeSession | None:
    return db.session.scalar(
        select(CommitteeSession)
        .where(CommitteeSession.edition_id == edition_id, CommitteeSession.state != SessionState.CLOSED)
        .limit(1)
    )


def overview(actor: Actor, edition_id: int) -> Overview:
    ranking = final_ranking(edition_id)
    members = select(func.count()).where(CommitteeMember.edition_id == edition_id)
    return Overview(
        sessions(actor, edition_id),
        db.session.scalar(members) or 0,
        ranking is not None,
        0 if ranking is None else len(waiting_rows(ranking.id)),
    )


def room(session: CommitteeSession, actor: Actor) -> Room:
    edition = db.session.get_one(Edition, session.edition_id)
    members = sitting_members(session)
    mine = next((member for member in members if member.user_id == actor.user_id), None)
    return Room(
        session=session,
        edition=edition,
        rulebook=rulebook_of(edition),
        members=members,
        present=attending(session.id),
        papers=papers(session),
        on_ballot=round_papers(session),
        mine=mine,
        for_member=not actor.has(Role.OFFICE, Role.SUPERVISOR),
        recused=recused_for(session.id, mine.id) if mine else {},
        right=right_of(session.id, mine.id) if mine else None,
        votes=votes_cast(session.id),
        standing=standing(session) if session.state == SessionState.COUNTED else None,
    )
