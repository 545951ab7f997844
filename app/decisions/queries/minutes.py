"""The opened box: the count, and the minutes of a closed session."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Row, select

from app.accounts.models import User
from app.applications.models import Application
from app.decisions.models import BallotRound, CommitteeMember, CommitteeSession, Proposal, Recusal
from app.decisions.queries.box import attending, box, right_holders, votes_by_round
from app.decisions.queries.papers import choice_names
from app.decisions.queries.people import sitting_members
from app.decisions.queries.rounds import counted_rounds
from app.decisions.rules import Counted, quorum_needed
from app.kernel.canonical import digest
from app.kernel.database import db
from app.kernel.words import LocalText
from app.programmes.models import Edition
from app.programmes.queries import rulebook_of
from app.programmes.rules.rulebook import Rulebook


@dataclass(frozen=True)
class Minutes:
    """What a closed session leaves on paper."""

    session: CommitteeSession
    edition: Edition
    rulebook: Rulebook
    members: list[CommitteeMember]
    present: set[int]
    needed: int
    votes: dict[int, tuple[int, int]]
    recusals: list[Row[str, str, str]]
    proposals: list[tuple[Proposal, Application]]
    box: dict[int, list[Row[int, str, str, int]]]
    choice_names: dict[str, LocalText]
    digest: str

    @property
    def rounds(self) -> list[tuple[BallotRound, list[Counted], tuple[int, int]]]:
        """Each round with what it counted, and how many of its ballots came back."""
        results = zip(self.session.rounds, counted_rounds(self.session), strict=True)
        return [(voted, counted, self.votes[voted.number]) for voted, counted in results]

    def without_ballot(self, number: int) -> list[str]:
        """Members on the list of those present who had no ballot in this round: they came later or had left."""
        holders = right_holders(self.session.id, number)
        return [member.user.name for member in self.members if member.id in self.present - holders]

    @property
    def names(self) -> dict[int, LocalText]:
        return {dossier.id: LocalText.same(dossier.name) for _proposal, dossier in self.proposals}

    @property
    def departures(self) -> list[tuple[LocalText, LocalText, list[LocalText]]]:
        """Who was passed over for which level, and for whom."""
        names, found = self.names, self.session.closing.get("departures", ())
        return [
            (names[each["passed"]], self.choice_names[each["level_key"]], [names[key] for key in each["for_whom"]])
            for each in found
        ]

    @property
    def vacant(self) -> list[tuple[LocalText, int]]:
        return [(self.choice_names[key], seats) for key, seats in self.session.closing.get("vacant", {}).items()]

    @property
    def lots(self) -> list[tuple[LocalText, list[str], list[str]]]:
        """By level whom the lot gave a seat, and whom it did not."""
        drawn = [(level.name, *self._drawn_at(level.key)) for level in self.rulebook.levels]
        return [(name, won, lost) for name, won, lost in drawn if won or lost]

    def _drawn_at(self, key: str) -> tuple[list[str], list[str]]:
        won, lost = list[str](), list[str]()
        for proposal, dossier in self.proposals:
            if proposal.counts.get("lot_at") == key:
                (won if proposal.level_key == key else lost).append(dossier.name)
        return won, lost

    @property
    def seed(self) -> str:
        return str(self.session.ranking.snapshot.get("seed", ""))

    @property
    def tied(self) -> tuple[str, ...]:
        """Those for whom a new vote is due, by name."""
        return tuple(dossier.name for proposal, dossier in self.proposals if proposal.counts["new_vote"])


def recusals(session_id: int) -> list[Row[str, str, str]]:
    """Who stepped aside for which dossier and why: member, dossier, reason."""
    found = (
        select(User.name, Application.name.label("dossier"), Recusal.reason)
        .join(CommitteeMember, CommitteeMember.id == Recusal.member_id)
        .join(User, User.id == CommitteeMember.user_id)
        .join(Application, Application.id == Recusal.application_id)
        .where(Recusal.session_id == session_id)
        .order_by(Application.name, User.name)
    )
    return list(db.session.execute(found))


def proposals(session_id: int) -> list[tuple[Proposal, Application]]:
    found = (
        select(Proposal, Application)
        .join(Application, Application.id == Proposal.application_id)
        .where(Proposal.session_id == session_id)
        .order_by(Proposal.position)
    )
    return [(row.Proposal, row.Application) for row in db.session.execute(found)]


def minutes(session: CommitteeSession) -> Minutes:
    edition = db.session.get_one(Edition, session.edition_id)
    rulebook, decided, opened = rulebook_of(edition), proposals(session.id), box(session.id)
    return Minutes(
        session=session,
        edition=edition,
        rulebook=rulebook,
        members=sitting_members(session),
        present=attending(session.id),
        needed=quorum_needed(session.members_total, rulebook.committee.quorum),
        votes=votes_by_round(session.id),
        recusals=recusals(session.id),
        proposals=decided,
        box=opened,
        choice_names=choice_names(rulebook),
        digest=digest(
            [_recorded(proposal) for proposal, _dossier in decided] + _recorded_box(opened) + _earlier(session)
        ),
    )


def _earlier(session: CommitteeSession) -> list[object]:
    """What the rounds before the last one found; a session of one round says all of it in its list."""
    return [voted.results for voted in session.rounds[:-1]]


def _recorded(proposal: Proposal) -> list[object]:
    return [proposal.position, proposal.application_id, proposal.level_key, proposal.entitled, proposal.counts]


def _recorded_box(opened: Mapping[int, list[Row[int, str, str, int]]]) -> list[list[object]]:
    return [[dossier, ballot.code, ballot.choice] for dossier in sorted(opened) for ballot in opened[dossier]]
