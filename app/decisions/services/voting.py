"""The secret ballot: opening it, the ballot papers of a round, casting."""

import secrets
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import delete, insert, select, update

from app.audit import services as audit
from app.decisions import queries
from app.decisions.models import Ballot, BallotRight, BallotRound, CommitteeMember, CommitteeSession
from app.decisions.rules import CODE_ALPHABET, CODE_LENGTH, ballot_problems, missing_for_opening, too_many
from app.decisions.services.members import membership
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import NotReady, WrongState
from app.kernel.words import N_, Message
from app.lifecycle import advance
from app.policy import demand
from app.programmes.rules.values import BallotKind

NO_RIGHT = Message(N_("您没有可用的选票：或者已经投过票，或者没有登记到会。如有疑问请与秘书处联系。"))


def missing_for_vote(session: CommitteeSession) -> list[Message]:
    rule = queries.rulebook_for(session).committee
    return missing_for_opening(
        present=len(queries.attending(session.id)),
        total=len(queries.sitting_members(session)),
        share=rule.quorum,
        papers=len(queries.papers(session)),
        secret=rule.secret,
    )


def open_voting(actor: Actor, session: CommitteeSession) -> None:
    """The chair declares the quorum reached: each member present gets one right to vote."""
    demand(actor, "session.open", session)
    if missing := missing_for_vote(session):
        raise NotReady(missing)
    session.members_total = len(queries.sitting_members(session))
    present = sorted(queries.attending(session.id))
    advance(session, "session.open", actor, detail={"present": present, "members": session.members_total})
    begin_round(session, queries.papers(session), present, number=1)


def begin_round(
    session: CommitteeSession,
    papers: Sequence[queries.Paper],
    present: Iterable[int],
    *,
    number: int,
    reason: str = "",
) -> None:
    """A ballot paper for these dossiers, and one right for each member present."""
    rulebook = queries.rulebook_for(session)
    asked_for_at_most = rulebook.committee.ballot is BallotKind.UP_TO
    session.rounds.append(
        BallotRound(
            session_id=session.id,
            number=number,
            offered={str(paper.application_id): list(paper.levels) for paper in papers},
            limits={each.key: each.seats for each in queries.seats_left(session)} if asked_for_at_most else {},
            reason=reason.strip(),
            opened_at=clock.now(),
        )
    )
    db.session.add_all(
        BallotRight(session_id=session.id, member_id=member_id, round_number=number) for member_id in sorted(present)
    )
    db.session.flush()


def vote(actor: Actor, session: CommitteeSession, choices: Mapping[int, str]) -> tuple[str, ...]:
    """Use up the member's right and put his ballots into the box, in one transaction; returns their codes.

    The codes come in the order of his papers and are stored nowhere else. The record says that he voted, not what.
    """
    db.session.refresh(session, with_for_update=True)
    demand(actor, "session.vote", session)
    member = membership(actor, session)
    allowed = {paper.application_id: paper.choices for paper in voting_papers(session, actor.user_id)}
    voting, names = session.rounds[-1], queries.choice_names(queries.rulebook_for(session))
    if problems := [*ballot_problems(allowed, choices), *too_many(voting.limits, choices, names)]:
        raise NotReady(problems)
    _use_right(session, member, voting.number)
    codes = {dossier: new_code() for dossier in allowed}
    put_into_box(session, voting.number, {codes[dossier]: (dossier, choices[dossier]) for dossier in allowed})
    audit.record(actor, "session.vote", session, detail={"member_id": member.id, "round": voting.number})
    return tuple(codes[dossier] for dossier in allowed)


def voting_papers(session: CommitteeSession, user_id: int | None) -> list[queries.Paper]:
    """The dossiers on which this member votes: all of the round's but those he is recused from."""
    member = queries.member_of(session.edition_id, user_id)
    recused = queries.recused_for(session.id, member.id) if member else {}
    return [paper for paper in queries.round_papers(session) if paper.application_id not in recused]


def _use_right(session: CommitteeSession, member: CommitteeMember, number: int) -> None:
    mine = BallotRight.session_id == session.id, BallotRight.member_id == member.id, BallotRight.round_number == number
    used = db.session.execute(
        update(BallotRight).where(*mine, BallotRight.used.is_(False)).values(used=True).returning(BallotRight.id)
    ).all()
    if not used:
        raise WrongState(NO_RIGHT)


def new_code() -> str:
    return "".join(secrets.choice(CODE_ALPHABET) for _place in range(CODE_LENGTH))


def put_into_box(session: CommitteeSession, number: int, ballots: Mapping[str, tuple[int, str]]) -> None:
    """The whole box is emptied and filled again in the order of the random codes, earlier rounds included.

    A database keeps rows in the order in which they came and PostgreSQL marks each with its transaction; after this
    every ballot of the session carries the same mark, and its place says nothing of when it was cast.
    """
    columns = Ballot.code, Ballot.application_id, Ballot.choice, Ballot.round_number
    rows = {
        row.code: row._asdict() for row in db.session.execute(select(*columns).where(Ballot.session_id == session.id))
    }
    rows |= {
        code: {"code": code, "application_id": dossier, "choice": choice, "round_number": number}
        for code, (dossier, choice) in ballots.items()
    }
    if not rows:
        return
    db.session.execute(delete(Ballot).where(Ballot.session_id == session.id))
    db.session.execute(insert(Ballot), [{"session_id": session.id, **rows[code]} for code in sorted(rows)])
