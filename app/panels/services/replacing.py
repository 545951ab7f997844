"""When a seat falls empty somebody else follows under the same rules. Nobody else is moved."""

from dataclasses import replace as changed

from sqlalchemy import select

from app.kernel.actor import Actor
from app.kernel.canonical import Record, digest
from app.kernel.database import db
from app.kernel.errors import Invalid, NotReady
from app.kernel.words import N_, Message
from app.lifecycle import advance
from app.panels import ceremonies, ceremony, facts, letters, origins, records
from app.panels import draw as drawing
from app.panels.draw import DrawInput
from app.panels.engine import Infeasible, Seat
from app.panels.models import Assignment, Draw, SeatRole
from app.panels.plan import planned
from app.panels.planned import plan_of, seasoned
from app.panels.services.excusing import excuse
from app.panels.services.leading import let_lead
from app.panels.services.recording import record_after
from app.panels.services.refusals import Unstaffable
from app.panels.services.seating import seat_experts
from app.policy import demand
from app.workflow import ApplicationState, RoundState

WITHOUT_ORDER = Message(N_("本轮没有已启封的抽取，没有排定替补的顺序。请补抽，或写明理由指定专家。"))


def replace(actor: Actor, assignment: Assignment, *, reason: str) -> Draw:
    """The next lawful expert of the reserve order takes the seat, at once. A seat still held is excused first.

    The order follows from the seed of the round's own draw and was fixed with it, before anybody could decline: whoever
    declines cannot choose a successor, and the office cannot try again (ADR 10).
    """
    demand(actor, "draw.replace", assignment)
    _demand_replaceable(assignment, reason)
    if assignment.state not in facts.LOST:
        excuse(actor, assignment, reason=reason)
    root = origins.root_for(assignment)
    if root is None:
        raise NotReady([WITHOUT_ORDER])
    given = changed(facts.draw_input(assignment.round, [assignment.application]), fixed=())
    chosen, record = _next_in_order(root, planned(given, plan_of(root), seasoned(assignment.round)), assignment)
    result = records.replacement_result(digest(record), root.seed, chosen)
    parent = assignment.draw or root
    made = record_after(parent, actor, "draw.replace", record, result=result, reason=reason)
    numbers = {code: number for number, code in _names(root, given).items()}
    seat = changed(chosen, expert=numbers[chosen.expert])
    (successor,) = seat_experts(made, [seat], replaces=assignment)
    advance(successor, "assignment.notify", actor)
    let_lead(actor, "draw.replace", successor)
    letters.tell("draw.replace", successor.expert, letters.SEATED, made.edition, round=made.round.name, n=1)
    return made


def _names(root: Draw, given: DrawInput) -> dict[str, str]:
    return ceremonies.names_for(root, [expert.id for expert in given.experts])


def _next_in_order(root: Draw, given: DrawInput, assignment: Assignment) -> tuple[Seat, Record]:
    """The seat under a code, and the record from which anybody gets the same."""
    names = _names(root, given)
    hidden = ceremony.coded(changed(given, fixed=()), names)
    lost = Seat(assignment.application.number, names[assignment.expert.number], assignment.role is SeatRole.LEADER)
    standing = [changed(seat, expert=names[seat.expert]) for seat in facts.live_seats(assignment.round)]
    found = drawing.replace(hidden, root.seed, lost, standing=standing)
    if isinstance(found, Infeasible):
        raise Unstaffable(found.shortages)
    return found.seat, records.replacement_input(hidden, lost, standing)


def _demand_replaceable(assignment: Assignment, reason: str) -> None:
    if not reason.strip():
        raise Invalid(Message(N_("请写明更换的理由。")), field="reason")
    if assignment.round.state is not RoundState.SCORING:
        raise NotReady([Message(N_("本轮不在评分中，不能更换专家。"))])
    if assignment.application.state is not ApplicationState.UNDER_REVIEW:
        raise NotReady([Message(N_("这份申报书已不在评审中，不需要替补。"))])
    if db.session.scalar(select(Assignment.id).where(Assignment.replaces_id == assignment.id)) is not None:
        raise NotReady([Message(N_("这个席位已经有人替补。请刷新页面查看。"))])
