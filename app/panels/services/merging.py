"""What follows in this stage from the merge of two entries of one expert."""

from sqlalchemy import select

from app.audit import services as audit
from app.experts.models import Expert, ExpertMerge
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import db
from app.panels.models import Conflict
from app.workflow import ConflictState

TELLING = ("application_id", "kind", "source", "note", "since", "until", "recorded_by")


def follow_merge(merge: ExpertMerge, actor: Actor) -> None:
    """The survivor has every standing interest of the other entry, which keeps its own rows. Seats that they make unlawful
    wait on the office's desk like any other."""
    fresh = _unknown_to_the_survivor(merge)
    for each in fresh:
        db.session.add(_copied(each, merge.survivor_id))
    db.session.flush()
    if fresh:
        audit.record(actor, "expert_merge.confirm", merge.survivor, detail={"conflicts": [each.id for each in fresh]})


def _unknown_to_the_survivor(merge: ExpertMerge) -> list[Conflict]:
    known = set(map(_told, _standing(merge.survivor)))
    return [each for each in _standing(merge.other) if _told(each) not in known]


def _copied(conflict: Conflict, expert_id: int) -> Conflict:
    values = {name: getattr(conflict, name) for name in TELLING}
    return Conflict(expert_id=expert_id, recorded_at=clock.now(), **values)


def _standing(expert: Expert) -> list[Conflict]:
    found = select(Conflict).where(Conflict.expert_id == expert.id, Conflict.state == ConflictState.STANDING)
    return list(db.session.scalars(found.order_by(Conflict.id)))


def _told(conflict: Conflict) -> tuple[object, ...]:
    return conflict.application_id, conflict.kind, conflict.since, conflict.until
