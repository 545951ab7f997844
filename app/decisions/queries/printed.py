"""Ballots on paper: who may take one, and which are not in the box yet."""

from sqlalchemy import func, select

from app.decisions.models import BallotPaper, BallotRight, CommitteeMember, CommitteeSession, Recusal
from app.kernel.database import db


def papers_out(session: CommitteeSession) -> list[BallotPaper]:
    """Printed ballots of the running round that are not in the box, in the order of their random serials."""
    found = select(BallotPaper).where(
        BallotPaper.session_id == session.id, BallotPaper.round_number == len(session.rounds)
    )
    return list(db.session.scalars(found.order_by(BallotPaper.serial)))


def handed_out(session: CommitteeSession) -> int:
    """How many members vote on paper in the running round."""
    found = select(func.count(BallotRight.id)).where(
        BallotRight.session_id == session.id, BallotRight.round_number == len(session.rounds), BallotRight.on_paper
    )
    return db.session.scalar(found) or 0


def paper_with(session: CommitteeSession, serial: str) -> BallotPaper | None:
    return next((paper for paper in papers_out(session) if paper.serial == serial), None)


def may_vote_on_paper(session: CommitteeSession) -> list[CommitteeMember]:
    """Who has not voted yet and is recused from nothing: a struck line would tell whose paper it is."""
    recused = select(Recusal.member_id).where(Recusal.session_id == session.id)
    found = (
        select(CommitteeMember)
        .join(BallotRight, BallotRight.member_id == CommitteeMember.id)
        .where(
            BallotRight.session_id == session.id,
            BallotRight.round_number == len(session.rounds),
            BallotRight.used.is_(False),
            CommitteeMember.id.not_in(recused),
        )
    )
    return list(db.session.scalars(found.order_by(CommitteeMember.id)))
