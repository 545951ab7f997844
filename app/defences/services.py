"""Sessions of statements and defences: arranged, sealed, drawn, heard under the clock, ended when every sheet is in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.audit import services as audit
from app.defences import queries, rules
from app.defences.models import DefenceDeduction, DefenceMark, DefenceSession, DefenceSlot, Mark
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.canonical import digest
from app.kernel.database import db
from app.kernel.errors import Invalid, NotReady, Stale, WrongState
from app.kernel.words import N_, Message
from app.lifecycle import advance, demand_step
from app.panels.ceremony import commitment, normal
from app.panels.services import SystemSecret
from app.panels.services.committing import fresh_secret
from app.policy import demand
from app.programmes.models import Round
from app.programmes.rules.review import DefenceRule
from app.scoring.models import ScoreSheet
from app.workflow import RoundState


@dataclass(frozen=True, slots=True)
class Sitting:
    """When and where, who is heard and what may be asked."""

    held_at: datetime
    room: str
    dossiers: Sequence[int]
    questions: Sequence[str]


# --- arranged -----------------------------------------------------------------------------------------------------


def arrange(actor: Actor, round_: Round, sitting: Sitting) -> DefenceSession:
    demand(actor, "defence.arrange", round_)
    if queries.rule_of(round_) is None or round_.state is not RoundState.SCORING:
        raise WrongState(Message(N_("这一轮不是进行中的陈述答辩，不能安排场次。")))
    session = DefenceSession(
        edition_id=round_.edition_id,
        round_id=round_.id,
        number=queries.next_number(round_),
        held_at=sitting.held_at,
        room=sitting.room,
    )
    db.session.add(session)
    db.session.flush()
    _fill(session, round_, sitting)
    audit.record(actor, "defence.arrange", session, after=session.state, detail=_told(sitting))
    return session


def edit(actor: Actor, session: DefenceSession, sitting: Sitting, *, version: int) -> None:
    """Another time, room, list or other questions, as long as nothing is sealed."""
    demand(actor, "defence.edit", session)
    if session.version != version:
        stored = {"room": session.room, "questions": "\n".join(session.questions)}
        typed = {"room": sitting.room, "questions": "\n".join(sitting.questions)}
        raise Stale(stored=stored, typed=typed, current_version=session.version)
    session.held_at, session.room = sitting.held_at, sitting.room
    _fill(session, session.round, sitting)
    audit.record(actor, "defence.edit", session, detail=_told(sitting))


def _fill(session: DefenceSession, round_: Round, sitting: Sitting) -> None:
    known = {dossier.id for dossier in queries.to_hear(round_, session.id)}
    if not set(sitting.dossiers) <= known:
        raise Invalid(Message(N_("所选的申报有的不在这一轮，或已经排在别的场次。请重新选择。")), field="dossiers")
    session.questions = list(sitting.questions)
    session.slots.clear()
    db.session.flush()
    for position, dossier in enumerate(sitting.dossiers, start=1):
        slot = DefenceSlot(round_id=round_.id, application_id=dossier, position=position)
        session.slots.append(slot)
    db.session.flush()


def _told(sitting: Sitting) -> dict[str, object]:
    return {"at": sitting.held_at.isoformat(), "room": sitting.room, "dossiers": list(sitting.dossiers)}


def rule_for(session: DefenceSession) -> DefenceRule:
    rule = queries.rule_of(session.round)
    assert rule is not None
    return rule


# --- the lot ------------------------------------------------------------------------------------------------------


def missing_for_sealing(session: DefenceSession) -> list[Message]:
    return rules.missing_for_sealing(len(session.slots), len(session.questions), rule_for(session))


def commit(actor: Actor, session: DefenceSession, *, system: SystemSecret | None = None) -> None:
    """Seal the list and the questions, and commit to a secret, before the public number can be known."""
    demand_step(session, "defence.commit", actor)
    if missing := missing_for_sealing(session):
        raise NotReady(missing)
    own = system or fresh_secret()
    about = {"edition": session.round.edition.code, "round": session.round.key, "session": session.number}
    dossiers = [slot.application.number for slot in session.slots]
    session.lot_input = rules.lot_input(about, dossiers, session.questions, rule_for(session))
    session.input_digest = digest(session.lot_input)
    session.secret, session.nonce = own.secret, own.nonce
    session.promise = commitment(own.secret, own.nonce)
    detail = {"input_digest": session.input_digest, "commitment": session.promise}
    advance(session, "defence.commit", actor, detail=detail)


def draw(actor: Actor, session: DefenceSession, value: str, *, witnesses: str) -> None:
    """With a public number that came up before witnesses: order and questions follow, and the secret is opened."""
    demand_step(session, "defence.draw", actor)
    if not normal(value):
        raise Invalid(Message(N_("请填写当众产生的公开数。")), field="value")
    session.public_value, session.witnesses = normal(value), witnesses
    seed = rules.seed(session.input_digest, session.public_value, secret=session.secret, nonce=session.nonce)
    session.lot_result = rules.drawn(session.lot_input, seed)
    for slot in session.slots:
        slot.position = 1 + session.lot_result["order"].index(slot.application.number)
        slot.drawn = session.lot_result["questions"][slot.application.number]
    detail = {"public": session.public_value, "witnesses": witnesses, **session.lot_result}
    advance(session, "defence.draw", actor, detail=detail)
    db.session.flush()
    db.session.expire(session, ["slots"])


# --- heard --------------------------------------------------------------------------------------------------------


def begin(actor: Actor, session: DefenceSession) -> None:
    advance(session, "defence.begin", actor)


def call(actor: Actor, session: DefenceSession, slot: DefenceSlot) -> None:
    """The chair's pointer: every judge's page follows it."""
    demand(actor, "defence.call", session)
    if session.current_id != slot.id:
        session.current_id = slot.id
        audit.record(actor, "defence.call", session, detail={"now": slot.application.number})


def press(actor: Actor, session: DefenceSession, slot: DefenceSlot, mark: Mark) -> None:
    """A press on the clock, in its order; the end of the statement records what overtime costs. Pressed twice, it counts once."""
    demand(actor, "defence.call", session)
    if slot.at(mark) is not None:
        return
    if list(Mark).index(mark) != len(slot.marks):
        raise WrongState(
            Message(N_("计时的次序不对：先开始，后结束；先陈述，后提问。页面可能已经过时，请刷新后再看。"))
        )
    call(actor, session, slot)
    slot.marks.append(DefenceMark(slot_id=slot.id, mark=mark, at=clock.now(), pressed_by=actor.user_id))
    db.session.flush()
    audit.record(actor, "defence.call", session, detail={"dossier": slot.application.number, "mark": mark})
    if mark is Mark.STATEMENT_ENDED:
        _deduct(actor, session, slot, _spoken(slot), reason="")


def _spoken(slot: DefenceSlot) -> int:
    begun, ended = slot.at(Mark.STATEMENT_BEGUN), slot.at(Mark.STATEMENT_ENDED)
    assert begun is not None
    assert ended is not None
    return int((ended - begun).total_seconds())


def _deduct(actor: Actor, session: DefenceSession, slot: DefenceSlot, seconds: int, *, reason: str) -> None:
    points = rules.overtime_points(seconds, rule_for(session))
    number = len(slot.deductions) + 1
    slot.deductions.append(
        DefenceDeduction(
            slot_id=slot.id,
            number=number,
            seconds=seconds,
            points=points,
            reason=reason,
            recorded_by=actor.user_id,
            at=clock.now(),
        )
    )
    db.session.flush()
    detail = {"dossier": slot.application.number, "seconds": seconds, "points": points, "number": number}
    audit.record(actor, "defence.deduct", session, reason=reason, detail=detail)


def correct(actor: Actor, session: DefenceSession, slot: DefenceSlot, *, seconds: int, reason: str) -> None:
    """The clock was pressed wrongly: the chair says how long the statement took and why; what was recorded before stays."""
    demand(actor, "defence.correct", session)
    if not slot.deductions:
        raise WrongState(Message(N_("陈述还没有结束，没有可以更正的用时。")))
    _deduct(actor, session, slot, seconds, reason=reason)


# --- ended --------------------------------------------------------------------------------------------------------


def missing_for_ending(session: DefenceSession) -> list[Message]:
    return rules.missing_for_ending(queries.heard(session))


def end(actor: Actor, session: DefenceSession) -> None:
    """Everybody has spoken and every sheet is in: from now on the results may be read and signed."""
    demand_step(session, "defence.end", actor)
    if missing := missing_for_ending(session):
        raise NotReady(missing)
    advance(session, "defence.end", actor)


def keep_results(sheet: ScoreSheet, _actor: Actor) -> None:
    """Nobody gets a sheet back who may have seen the others'."""
    if queries.ended_with(sheet.round_id, sheet.application_id):
        raise WrongState(Message(N_("这一场答辩已经宣布结束，评分结果已可查看，评分表不能退回。")))
