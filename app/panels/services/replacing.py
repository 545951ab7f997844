"""When a seat falls empty somebody else is drawn under the same rules. Nobody else is moved."""

from sqlalchemy import select

from app.audit import services as audit
from app.kernel.actor import Actor
from app.kernel.canonical import digest
from app.kernel.database import db
from app.kernel.errors import Invalid, NotReady
from app.kernel.randomness import new_seed
from app.kernel.words import N_, Message
from app.lifecycle import advance
from app.panels import draw as drawing
from app.panels import facts, letters, records
from app.panels.engine import Infeasible, Seat
from app.panels.models import Assignment, Draw, SeatRole
from app.panels.services.drawing import Unstaffable, store, told
from app.panels.services.excusing import excuse
from app.panels.services.leading import let_lead
from app.panels.services.seating import seat_experts
from app.policy import demand
from app.workflow import ApplicationState, RoundState


def replace(actor: Actor, assignment: Assignment, *, reason: str) -> Draw:
    """Draw a successor with a fresh recorded seed; in effect at once. A seat still held is excused first."""
    demand(actor, "draw.replace", assignment)
    _demand_replaceable(assignment, reason)
    if assignment.state not in facts.LOST:
        excuse(actor, assignment, reason=reason)
    round_, seed = assignment.round, new_seed()
    lost = Seat(assignment.application.number, assignment.expert.number, assignment.role is SeatRole.LEADER)
    given = facts.draw_input(round_, [assignment.application])
    standing = facts.live_seats(round_)
    found = drawing.replace(given, seed, lost, standing=standing)
    if isinstance(found, Infeasible):
        raise Unstaffable(found.shortages)
    record = records.replacement_input(given, lost, standing)
    result = records.replacement_result(digest(record), seed, found.seat)
    made = store(actor, round_, seed=seed, given=record, result=result, parent=assignment.draw, reason=reason)
    (successor,) = seat_experts(made, [found.seat], replaces=assignment)
    audit.record(actor, "draw.replace", made, after=made.state, reason=reason, detail=told(made))
    _take_effect(actor, made, successor)
    return made


def _take_effect(actor: Actor, made: Draw, successor: Assignment) -> None:
    advance(made, "draw.publish", actor)
    advance(successor, "assignment.notify", actor)
    let_lead(actor, "draw.replace", successor)
    letters.tell("draw.replace", successor.expert, letters.SEATED, made.edition, round=made.round.name, n=1)


def _demand_replaceable(assignment: Assignment, reason: str) -> None:
    if not reason.strip():
        raise Invalid(Message(N_("请写明更换的理由。")), field="reason")
    if assignment.round.state is not RoundState.SCORING:
        raise NotReady([Message(N_("本轮不在评分中，不能更换专家。"))])
    if assignment.application.state is not ApplicationState.UNDER_REVIEW:
        raise NotReady([Message(N_("这份申报书已不在评审中，不需要替补。"))])
    if db.session.scalar(select(Assignment.id).where(Assignment.replaces_id == assignment.id)) is not None:
        raise NotReady([Message(N_("这个席位已经有人替补。请刷新页面查看。"))])
