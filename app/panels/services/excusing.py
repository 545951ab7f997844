"""The office takes a task back from an expert."""

from app.kernel.actor import Actor
from app.lifecycle import advance
from app.panels import letters
from app.panels.models import Assignment
from app.panels.services.leading import let_go


def excuse(actor: Actor, assignment: Assignment, *, reason: str) -> None:
    """The office takes a task back; the expert is told why. The seat waits for somebody else."""
    advance(assignment, "assignment.excuse", actor, reason=reason)
    let_go(actor, "assignment.excuse", assignment)
    letters.tell(
        "assignment.excuse",
        assignment.expert,
        letters.EXCUSED,
        assignment.round.edition,
        round=assignment.round.name,
        number=assignment.application.number,
        reason=reason,
    )
