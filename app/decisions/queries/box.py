"""Who is present and may vote, who steps aside, and what lies in the box."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import Row, func, select

from app.decisions.models import Attendance, Ballot, BallotRight, CommitteeMember, Recusal
from app.kernel.database import db


def attending(session_id: int) -> set[int]:
    found = select(Attendance.member_id).where(Attendance.session_id == session_id)
    return set(db.session.scalars(found))


def recused_for(session_id: int, member_id: int) -> dict[int, str]:
    """Dossiers from whose vote this member steps aside, with the reasons."""
    found = select(Recusal.application_id, Recusal.reason).where(
        Recusal.session_id == session_id, Recusal.member_id == member_id
    )
    return {row.application_id: row.reason for row in db.session.execute(found)}


def recused_in(user_id: int, edition_id: int) -> set[int]:
    """Dossiers from which this person steps aside in any of the edition's sessions."""
    found = (
        select(Recusal.application_id)
        .join(CommitteeMember, CommitteeMember.id == Recusal.member_id)
        .where(CommitteeMember.user_id == user_id, CommitteeMember.edition_id == edition_id)
    )
    return set(db.session.scalars(found))


def right_of(session_id: int, member_id: int) -> BallotRight | None:
    """The member's right in the newest round."""
    return db.session.scalar(
        select(BallotRight)
        .where(BallotRight.session_id == session_id, BallotRight.member_id == member_id)
        .order_by(BallotRight.round_number.desc())
        .limit(1)
    )


def votes_cast(session_id: int) -> tuple[int, int]:
    """How many rights of the newest round are used up, of how many."""
    rounds = votes_by_round(session_id)
    return rounds[max(rounds)] if rounds else (0, 0)


def votes_by_round(session_id: int) -> dict[int, tuple[int, int]]:
    used, of = func.count(BallotRight.id).filter(BallotRight.used), func.count(BallotRight.id)
    found = select(BallotRight.round_number, used, of).where(BallotRight.session_id == session_id)
    rows = db.session.execute(found.group_by(BallotRight.round_number))
    return {number: (used, of) for number, used, of in rows}


def right_holders(session_id: int, number: int) -> set[int]:
    """Members who were given a ballot paper in this round."""
    found = select(BallotRight.member_id).where(
        BallotRight.session_id == session_id, BallotRight.round_number == number
    )
    return set(db.session.scalars(found))


def recusals_by_dossier(session_id: int, members: Iterable[int] | None) -> dict[int, int]:
    """How many of these members (None: of all) step aside for each dossier."""
    found = select(Recusal.application_id, func.count()).where(Recusal.session_id == session_id)
    if members is not None:
        found = found.where(Recusal.member_id.in_(list(members)))
    return dict(iter(db.session.execute(found.group_by(Recusal.application_id))))


def tally(session_id: int, number: int) -> dict[int, dict[str, int]]:
    """Voices of one round by dossier and choice."""
    counted: dict[int, dict[str, int]] = defaultdict(dict)
    for row in db.session.execute(
        select(Ballot.application_id, Ballot.choice, func.count().label("voices"))
        .where(Ballot.session_id == session_id, Ballot.round_number == number)
        .group_by(Ballot.application_id, Ballot.choice)
    ):
        counted[row.application_id][row.choice] = row.voices
    return counted


def box(session_id: int) -> dict[int, list[Row[int, str, str, int]]]:
    """The opened box: dossier, code and choice of every ballot, in the order of the codes."""
    opened: dict[int, list[Row[int, str, str, int]]] = defaultdict(list)
    found = select(Ballot.application_id, Ballot.code, Ballot.choice, Ballot.round_number)
    for row in db.session.execute(found.where(Ballot.session_id == session_id).order_by(Ballot.code)):
        opened[row.application_id].append(row)
    return opened
