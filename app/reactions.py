"""What follows from a step: action → calls into later stages, messages to send. Nothing else reacts to a step."""

from typing import Any

from app.experts import services as experts
from app.intake import services as intake
from app.kernel.actor import Actor
from app.lifecycle import Reaction
from app.scoring import services as scoring


def note_used(assignment: Any, _actor: Actor) -> None:
    """The pool remembers when an expert served last."""
    experts.note_used(assignment.expert_id)


TABLE: dict[str, tuple[Reaction, ...]] = {
    "application.submit": (intake.route,),
    "assignment.notify": (note_used,),
    "assignment.clear": (scoring.open_sheet,),
    "assignment.recuse": (scoring.void_sheet,),
    "assignment.excuse": (scoring.void_sheet,),
}
