"""What shares of reviews that cross come to: asked for by the office, worked out by the clock one step at a time.

A step takes up to a minute, so it holds no transaction while it thinks: `prepare` reads the working copy as it is now,
`work_out` works on plain data, `keep` writes. What was cut off in a step does that step again; where the working copy has
changed between two steps the measurement begins anew, so that all its shares are of one input.
"""

from dataclasses import dataclass, replace

from app.audit import services as audit
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import NotReady
from app.kernel.words import N_, Message
from app.panels import crossing, measurements
from app.panels.draw import DrawInput
from app.panels.grouping import most_crossing
from app.panels.models import CrossingMeasurement, Draw
from app.panels.plan import CROSSINGS
from app.panels.planned import plan_of, planned_input
from app.policy import demand
from app.workflow import DrawState

NOTHING_CROSSES = Message(N_("本届规则不允许跨组评审，没有可以测算的比例。"))
NO_LONGER_OPEN = Message(N_("方案已经封定或作废，测算没有做完。"))
BROKEN = N_("测算时出了意外的错误，方案没有任何改动。请再测算一次；仍然不行时请联系系统运维员。")


@dataclass(frozen=True)
class Step:
    """The next step of a measurement: which share comes (none: the total without groups), and what is known already."""

    measurement_id: int
    version: int
    given: DrawInput
    basis: str
    percent: int | None
    highest: int
    shares: tuple[crossing.Share, ...]


def measure_crossing(actor: Actor, draw: Draw) -> CrossingMeasurement:
    """Have it measured; what is being measured already goes on, what was measured before gives way."""
    demand(actor, "draw.measure", draw)
    most = most_crossing(draw.round)
    if not most:
        raise NotReady([NOTHING_CROSSES])
    row = measurements.of_draw(draw)
    if row is not None and row.ended_at is None:
        return row
    asked = row or CrossingMeasurement(
        edition_id=draw.edition_id, draw_id=draw.id, asked_by=0, asked_at=clock.now(), percents=[]
    )
    asked.asked_by, asked.asked_at, asked.percents = actor.user_id or 0, clock.now(), sorted({*CROSSINGS, most})
    asked.problem, asked.ended_at = {}, None
    _forget(asked)
    db.session.add(asked)
    db.session.flush()
    audit.record(actor, "draw.measure", draw, detail={"percents": asked.percents})
    return asked


def _forget(row: CrossingMeasurement) -> None:
    row.basis, row.highest, row.shares = "", None, []


def prepare(measurement_id: int) -> Step:
    """Raises NotReady once the working copy is none any more."""
    row = db.session.get_one(CrossingMeasurement, measurement_id)
    if row.draw.state is not DrawState.SKETCH:
        raise NotReady([NO_LONGER_OPEN])
    given = planned_input(row.draw.round, plan_of(row.draw))
    basis = crossing.basis(given)
    if basis != row.basis or row.highest is None:
        return Step(row.id, row.version, given, basis, None, 0, ())
    shares = tuple(map(crossing.read_share, row.shares))
    return Step(row.id, row.version, given, basis, row.percents[len(shares)], row.highest, shares)


def work_out(step: Step) -> Step:
    """No database: the step with what it found."""
    if step.percent is None:
        return replace(step, highest=crossing.highest_of(step.given))
    found = crossing.share_of(step.given, step.percent, step.highest)
    return replace(step, shares=(*step.shares, found))


def keep(step: Step) -> None:
    """Unless somebody has asked anew in the meantime."""
    row = db.session.get_one(CrossingMeasurement, step.measurement_id)
    if row.version != step.version:
        return
    row.basis, row.highest = step.basis, step.highest
    row.shares = list(map(crossing.share_record, step.shares))
    row.ended_at = clock.now() if row.done == row.steps else None


def leave_off(measurement_id: int, problem: Message) -> None:
    """Say on the page why there is no answer; the working copy is as it was."""
    row = db.session.get_one(CrossingMeasurement, measurement_id)
    row.problem, row.ended_at = crossing.message_record(problem), clock.now()
    _forget(row)
