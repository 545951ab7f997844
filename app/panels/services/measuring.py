"""What the choices on a working copy come to: asked for by the office, worked out in the background one step at a time.

A step may take a minute, so it holds no transaction while it is worked out: `prepare` reads the working copy as it is now,
`trials.work_out` works on plain data, `keep` writes. What was cut off in a step does that step again; where the working copy has
changed between two steps the measurement begins anew, so that all it found is of one input.
"""

from dataclasses import dataclass
from typing import Any

from app.audit import services as audit
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.canonical import Record
from app.kernel.database import db
from app.kernel.errors import NotReady
from app.kernel.words import N_, Message
from app.panels import allowed, measurements, trials
from app.panels.grouping import most_crossing
from app.panels.models import Draw, DrawMeasurement
from app.panels.plan import CROSSINGS
from app.panels.planned import plan_of, planned_input
from app.panels.trials import BOUND, Kind
from app.panels.worded import message_record
from app.policy import demand
from app.workflow import DrawState

NOTHING_CROSSES = Message(N_("本届规则不允许跨组评审，没有可以测算的比例。"))
NO_LONGER_OPEN = Message(N_("方案已经封定或作废，测算没有做完。"))
BROKEN = N_("测算时出了意外的错误，方案没有任何改动。请再测算一次；仍然不行时请联系系统运维员。")


@dataclass(frozen=True)
class Step:
    """The next step of a measurement, as plain data (`trials.step_record`), and what is known already."""

    measurement_id: int
    version: int
    basis: str
    work: Record
    found: tuple[Record, ...]


def measure(actor: Actor, draw: Draw, kind: Kind) -> DrawMeasurement:
    """Have it measured; what is being measured already goes on, what was measured before gives way."""
    demand(actor, "draw.measure", draw)
    asked_for = _choices(draw, kind)
    row = measurements.of_draw(draw, kind)
    if row is not None and row.ended_at is None:
        return row
    asked = row or DrawMeasurement(
        edition_id=draw.edition_id, draw_id=draw.id, kind=kind, asked_by=0, asked_at=clock.now(), asked_for=[]
    )
    asked.asked_by, asked.asked_at, asked.asked_for = actor.user_id or 0, clock.now(), asked_for
    asked.problem, asked.ended_at = {}, None
    _forget(asked)
    db.session.add(asked)
    db.session.flush()
    audit.record(actor, "draw.measure", draw, detail={"kind": kind, "asked_for": asked_for})
    return asked


def _choices(draw: Draw, kind: Kind) -> list[Any]:
    if kind == "policies":
        return [*allowed.policies_of(draw.round), BOUND]
    most = most_crossing(draw.round)
    if not most:
        raise NotReady([NOTHING_CROSSES])
    return sorted({*CROSSINGS, most})


def _forget(row: DrawMeasurement) -> None:
    row.basis, row.highest, row.found = "", None, []


def prepare(measurement_id: int) -> Step:
    """Raises NotReady once the working copy is none any more."""
    row = db.session.get_one(DrawMeasurement, measurement_id)
    if row.draw.state is not DrawState.SKETCH:
        raise NotReady([NO_LONGER_OPEN])
    kind = measurements.kind_of(row)
    given = planned_input(row.draw.round, plan_of(row.draw))
    basis = trials.basis(kind, given)
    if basis != row.basis or row.highest is None:
        return Step(row.id, row.version, basis, trials.step_record(kind, given, None, 0), ())
    asked = row.asked_for[len(row.found)]
    return Step(row.id, row.version, basis, trials.step_record(kind, given, asked, row.highest), tuple(row.found))


def keep(step: Step, answer: Record) -> None:
    """Unless somebody has asked anew in the meantime."""
    row = db.session.get_one(DrawMeasurement, step.measurement_id)
    if row.version != step.version:
        return
    row.basis, row.highest = step.basis, answer.get("highest", step.work["highest"])
    row.found = [*step.found, *([answer["found"]] if "found" in answer else ())]
    row.ended_at = clock.now() if row.done == row.steps else None


def leave_off(measurement_id: int, problem: Message) -> None:
    """Say on the page why there is no answer; the working copy is as it was."""
    row = db.session.get_one(DrawMeasurement, measurement_id)
    row.problem, row.ended_at = message_record(problem), clock.now()
    _forget(row)
