"""What was decided and said: committee sessions with the opened box, public notices, what became of objections."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Row, select

from app.accounts.models import User
from app.decisions import queries as decisions
from app.decisions.models import BallotRight, BallotRound, CommitteeMember, CommitteeSession, Proposal, Recusal
from app.decisions.rules import Counted
from app.kernel.canonical import Record
from app.kernel.database import db
from app.notices.models import Notice, Objection
from app.notices.queries import PUBLIC_STATES
from app.notices.rules import masked
from app.outcomes.bundle.files import Cell, File, document, lines, table
from app.outcomes.bundle.scope import Scope
from app.workflow import SessionState


def files(scope: Scope) -> Iterator[File]:
    sessions = closed_sessions(scope)
    place = {session.id: number for number, session in enumerate(sessions, start=1)}
    for session in sessions:
        record = _session(scope, session, place[session.id])
        yield document(f"committee/{place[session.id]}.json", "zhiheng-session/2", record)
    notices = public_notices(scope)
    for number, notice in enumerate(notices, start=1):
        yield document(f"notices/{number}.json", "zhiheng-notice/1", _notice(notice, number, place))
    yield from _objections(scope, {notice.id: number for number, notice in enumerate(notices, start=1)})


# --- the committee ------------------------------------------------------------------------------------------------


def closed_sessions(scope: Scope) -> Sequence[CommitteeSession]:
    found = select(CommitteeSession).where(
        CommitteeSession.edition_id == scope.edition.id, CommitteeSession.state == SessionState.CLOSED
    )
    return db.session.scalars(found.order_by(CommitteeSession.id)).all()


def _session(scope: Scope, session: CommitteeSession, number: int) -> Record:
    """Each round with its ballot paper, its voters, its box and its count, and the list that follows; members by name in the
    full version."""
    used = decisions.votes_by_round(session.id)
    opened = decisions.box(session.id)
    record: Record = {
        "number": number,
        "held_at": session.held_at.isoformat(timespec="seconds"),
        "members": session.members_total,
        "ranking": scope.rounds[session.ranking.round_id],
        "rounds": [_round(scope, session, each, opened) | _votes(used[each.number]) for each in session.rounds],
        "proposals": [_proposal(scope, each) for each, _dossier in decisions.proposals(session.id)],
    }
    return record | (_people(scope, session) if scope.full else {})


Box = Mapping[int, Sequence[Row[int, str, str, int]]]


def _votes(votes: tuple[int, int]) -> Record:
    return {"used": votes[0], "rights": votes[1]}


def _round(scope: Scope, session: CommitteeSession, voted: BallotRound, opened: Box) -> Record:
    """`recused`: of those who are counted, how many step aside for each dossier."""
    away = decisions.stepping_aside(session, voted)
    said: Record = {"reason": voted.reason, "clerks": voted.clerks, "differed": voted.differed}
    record: Record = {
        "offered": {scope.numbers[int(dossier)]: levels for dossier, levels in voted.offered.items()},
        "limits": voted.limits,
        "recused": {scope.numbers[dossier]: count for dossier, count in away.items()},
        "box": _box(scope, opened, voted.number),
        "results": [_result(scope, Counted(**each)) for each in voted.results],
    }
    return record | (said if scope.full else {})


def _box(scope: Scope, opened: Box, number: int) -> list[list[str]]:
    """Dossier, code and choice of every ballot of a round."""
    slips = [(scope.numbers[dossier], slip) for dossier, found in opened.items() for slip in found]
    return sorted([dossier, slip.code, slip.choice] for dossier, slip in slips if slip.round_number == number)


def _result(scope: Scope, counted: Counted) -> Record:
    dossier, level = scope.numbers[counted.application_id], counted.level_key
    return {"dossier": dossier, "level": level, "entitled": counted.entitled, **counted.counts}


def _proposal(scope: Scope, proposal: Proposal) -> Record:
    return {
        "position": proposal.position,
        "round": proposal.round_number,
        "dossier": scope.numbers[proposal.application_id],
        "level": proposal.level_key,
        "entitled": proposal.entitled,
        **proposal.counts,
    }


def _people(scope: Scope, session: CommitteeSession) -> Record:
    held = select(BallotRight.member_id).where(BallotRight.session_id == session.id)
    present = decisions.attending(session.id) | set(db.session.scalars(held))
    members = [member for member in decisions.members_of(session.edition_id) if member.id in present]
    found = (
        select(User.name, Recusal.application_id, Recusal.reason)
        .join(CommitteeMember, CommitteeMember.user_id == User.id)
        .join(Recusal, Recusal.member_id == CommitteeMember.id)
        .where(Recusal.session_id == session.id)
    )
    recusals = sorted([name, scope.numbers[dossier], reason] for name, dossier, reason in db.session.execute(found))
    named = [[member.user.name, member.post] for member in members]
    return {"present": named, "recusals": recusals, "because": session.because}


# --- notices ------------------------------------------------------------------------------------------------------


def public_notices(scope: Scope) -> Sequence[Notice]:
    found = select(Notice).where(Notice.edition_id == scope.edition.id, Notice.state.in_(PUBLIC_STATES))
    return db.session.scalars(found.order_by(Notice.id)).all()


def _notice(notice: Notice, number: int, place: Mapping[int, int]) -> Record:
    return {
        "number": number,
        "session": place.get(notice.session_id, 0),
        "state": notice.state.value,
        "published_at": notice.published_at.isoformat(timespec="seconds") if notice.published_at else "",
        "last_day": notice.last_day.isoformat() if notice.last_day else "",
        "content": notice.content,
        "digest": notice.digest,
    }


OBJECTION = ("number", "notice", "dossier", "received_on", "due_on", "answered_on", "state")


def _objections(scope: Scope, place: Mapping[int, int]) -> Iterator[File]:
    found = select(Objection).where(Objection.edition_id == scope.edition.id).order_by(Objection.id)
    every = db.session.scalars(found).all()
    rows = (_objection(scope, each, place) for each in every)
    yield table("notices/objections.csv", "zhiheng-objections/1", OBJECTION, rows)
    if scope.full:
        records = map(_objection_text, every)
        yield lines("notices/objections.jsonl", "zhiheng-objection-texts/1", records, key=("number",))


def _objection(scope: Scope, each: Objection, place: Mapping[int, int]) -> list[Cell]:
    return [
        each.number,
        place[each.notice_id],
        scope.numbers.get(each.application_id or 0, ""),
        each.received_at.date().isoformat(),
        each.due_on.isoformat(),
        each.answered_at.date().isoformat() if each.answered_at else "",
        each.state.value,
    ]


def _objection_text(each: Objection) -> Record:
    """What was said and answered; the identity document is masked and the contact left out, whoever the reader is."""
    return {
        "number": each.number,
        "name": each.name,
        "is_unit": each.is_unit,
        "identity": masked(each.identity),
        "text": each.text,
        "evidence_name": each.evidence_name,
        "evidence_sha256": each.evidence_sha256,
        "finding": each.finding,
        "effect": each.effect.value if each.effect else "",
        "answer": each.answer,
    }
