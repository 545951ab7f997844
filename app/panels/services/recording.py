"""A draw that follows another one and is in force at once: its record, under the seed of the draw that it follows."""

from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.canonical import Record, digest
from app.kernel.database import db
from app.lifecycle import advance
from app.panels.models import Draw
from app.panels.services.drawing import told
from app.panels.services.planning import next_number


def record_after(parent: Draw, actor: Actor, action: str, record: Record, *, result: Record, reason: str) -> Draw:
    made = Draw(
        edition_id=parent.edition_id,
        round_id=parent.round_id,
        number=next_number(parent.round),
        parent_id=parent.id,
        reason=reason,
        created_at=clock.now(),
        seed=parent.seed,
        input=record,
        input_digest=digest(record),
        result=result,
        result_digest=digest(result),
        drawn_at=clock.now(),
        drawn_by=actor.user_id,
        published_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    advance(made, action, actor, reason=reason, detail=told(made))
    return made
