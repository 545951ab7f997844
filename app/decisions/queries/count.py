"""The opened box: the count, and the minutes of a closed session."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Row, func, select

from app.accounts.models import User
from app.applications.models import Application
from app.decisions.models import Ballot, CommitteeMember, CommitteeSession, Proposal, Recusal
from app.decisions.queries.people import members_of
from app.decisions.queries.sessions import attending, votes_cast
from app.decisions.rules import OTHER_CHOICES, quorum_needed
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
    votes: tuple[int, int]
    recusals: list[Row[str, str, str]]
    proposals: list[tuple[Proposal, Application]]
    box: dict[int, list[Row[int, str, str]]]
    choice_names: dict[str, LocalText]
    digest: str

    @property
    def tied(self) -> tuple[str, ...]:
        """Those for whom a new vote is due, by name."""
        return tuple(dossier.name for proposal, dossier in self.proposals if proposal.counts["new_vote"])


def tally(session_id: int) -> dict[int, dict[str, int]]:
    """Voices by dossier and choice."""
    counted: dict[int, dict[str, int]] = defaultdict(dict)
    for row in db.session.execute(
        select(Ballot.application_id, Ballot.choice, func.count().label("voices"))
        .where(Ballot.session_id == session_id)
        .group_by(Ballot.application_id, Ballot.choice)
    ):
        counted[row.application_id][row.choice] = row.voices
    return counted


def recusals_by_dossier(session_id: int, members: Iterable[int]) -> dict[int, int]:
    """How many of these (present) members step aside for each dossier."""
    found = (
        select(Recusal.application_id, func.count())
        .where(Recusal.session_id == session_id, Recusal.member_id.in_(list(members)))
        .group_by(Recusal.application_id)
    )
    return dict(iter(db.session.execute(found)))


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


def box(session_id: int) -> dict[int, list[Row[int, str, str]]]:
    """The opened box: dossier, code and choice of every ballot, in the order of the codes."""
    opened: dict[int, list[Row[int, str, str]]] = defaultdict(list)
    found = select(Ballot.application_id, Ballot.code, Ballot.choice).where(Ballot.session_id == session_id)
    for row in db.session.execute(found.order_by(Ballot.code)):
        opened[row.application_id].append(row)
    return opened


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
        members=members_of(session.edition_id),
        present=attending(session.id),
        needed=quorum_needed(session.members_total, rulebook.committee.quorum),
        votes=votes_cast(session.id),
        recusals=recusals(session.id),
        proposals=decided,
        box=opened,
        choice_names={level.key: level.name for level in rulebook.levels} | OTHER_CHOICES,
        digest=digest([_recorded(proposal) for proposal, _dossier in decided] + _recorded_box(opened)),
    )


def _recorded(proposal: Proposal) -> list[object]:
    return [proposal.position, proposal.application_id, proposal.level_key, proposal.entitled, proposal.counts]


def _recorded_box(opened: Mapping[int, list[Row[int, str, str]]]) -> list[list[object]]:
    return [[dossier, ballot.code, ballot.choice] for dossier in sorted(opened) for ballot in opened[dossier]]
