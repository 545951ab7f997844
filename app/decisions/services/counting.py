"""Opening the box: the count of a round, a further round, and the list that the session ends with."""

from collections.abc import Collection
from dataclasses import asdict

from app.applications.models import Application
from app.decisions import queries
from app.decisions.models import Attendance, CommitteeSession, Proposal
from app.decisions.rules import Counted, Verdict, decide, missing_for_quorum
from app.decisions.services.members import members_named
from app.decisions.services.voting import begin_round
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import Invalid, NotReady
from app.kernel.words import N_, Message
from app.lifecycle import advance, demand_step


def count(actor: Actor, session: CommitteeSession) -> tuple[Verdict, ...]:
    """Open the box of the round and count it; nothing is decided before the session closes."""
    db.session.refresh(session, with_for_update=True)
    demand_step(session, "session.count", actor)
    voted = session.rounds[-1]
    entitled, votes = queries.entitled(session, voted), queries.tally(session.id, voted.number)
    verdicts = decide(queries.candidates(session, votes, entitled), queries.seats_left(session))
    voted.results = [
        asdict(_counted(each, voted.number, entitled[each.id], votes.get(each.id, {}))) for each in verdicts
    ]
    voted.counted_at = clock.now()
    seated = sum(bool(each.level_key) for each in verdicts)
    advance(session, "session.count", actor, detail={"round": voted.number, "seated": seated})
    return verdicts


def _counted(verdict: Verdict, number: int, entitled: int, votes: dict[str, int]) -> Counted:
    yes, waits, lot_at = dict(verdict.yes), verdict.new_vote, verdict.lot_at
    return Counted(verdict.id, number, verdict.level_key, entitled, votes, yes, waits, lot_at)


def vote_again(
    actor: Actor,
    session: CommitteeSession,
    dossiers: Collection[int],
    *,
    reason: str,
    present: Collection[int] | None = None,
) -> None:
    """A further round on some of those who have no seat yet; every member present gets a new right. `present` are those who
    are here now, None: those of the round before."""
    db.session.refresh(session, with_for_update=True)
    demand_step(session, "session.vote_again", actor)
    standing = queries.standing(session)
    if standing.missing_for_vote_again:
        raise NotReady(standing.missing_for_vote_again)
    if not reason.strip():
        raise Invalid(Message(N_("请写明为什么再投一轮。")), field="reason")
    chosen = [paper for paper in standing.may_vote_again if paper.application_id in dossiers]
    if not chosen:
        raise Invalid(Message(N_("请至少选择一件再投的申报。")), field="dossiers")
    number = len(session.rounds) + 1
    here = sorted(_here_now(session, present))
    detail = {"round": number, "dossiers": [paper.application_id for paper in chosen], "present": here}
    advance(session, "session.vote_again", actor, reason=reason.strip(), detail=detail)
    begin_round(session, chosen, here, number=number, reason=reason)


def _here_now(session: CommitteeSession, present: Collection[int] | None) -> set[int]:
    """Who came late is on the list from now on; who has left stays on it, as he was there, and gets no further ballot."""
    if present is None:
        return queries.right_holders(session.id, session.rounds[-1].number)
    wanted, rule = members_named(session, present), queries.rulebook_for(session).committee
    if missing := missing_for_quorum(len(wanted), session.members_total, rule.quorum):
        raise NotReady(missing)
    for member_id in sorted(wanted - queries.attending(session.id)):
        db.session.add(Attendance(session_id=session.id, member_id=member_id))
    return wanted


def close(actor: Actor, session: CommitteeSession, *, reason: str = "") -> None:
    """Propose or pass over each dossier as the rounds found; one that needs a new vote stays where it is."""
    db.session.refresh(session, with_for_update=True)
    demand_step(session, "session.close", actor)
    standing = queries.standing(session)
    if missing := standing.missing_for_close(reason):
        raise NotReady(missing)
    session.closed_at, session.because = clock.now(), reason.strip()
    session.closing = {"departures": [asdict(each) for each in standing.departures], "vacant": standing.vacant}
    proposed = sum(bool(each.level_key) for each in standing.listed)
    advance(session, "session.close", actor, reason=session.because, detail={"proposed": proposed})
    dossiers = {row.Application.id: row.Application for row in queries.waiting_rows(session.ranking_id)}
    for position, counted in enumerate(standing.listed, start=1):
        db.session.add(_proposal(session, position, counted))
        _carry_out(actor, dossiers.pop(counted.application_id), counted)
    for below_every_floor in dossiers.values():
        advance(below_every_floor, "application.pass_over", actor, detail={"floor": True})


def _proposal(session: CommitteeSession, position: int, counted: Counted) -> Proposal:
    return Proposal(
        session_id=session.id,
        application_id=counted.application_id,
        position=position,
        level_key=counted.level_key,
        entitled=counted.entitled,
        counts=counted.counts,
        round_number=counted.round_number,
    )


def _carry_out(actor: Actor, dossier: Application, counted: Counted) -> None:
    if counted.level_key:
        dossier.level_key = counted.level_key
        advance(dossier, "application.propose", actor, detail={"level": counted.level_key})
    elif not counted.new_vote:
        advance(dossier, "application.pass_over", actor)
