"""The role of a leader follows a leader's seat: given with it, taken back with the last one."""

from sqlalchemy import select

from app.accounts import services as accounts
from app.accounts.models import User
from app.audit import services as audit
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.panels import facts
from app.panels.models import Assignment, SeatRole


def let_lead(actor: Actor, action: str, assignment: Assignment) -> None:
    if assignment.role is SeatRole.LEADER and assignment.expert.user_id is not None:
        user = db.session.get_one(User, assignment.expert.user_id)
        accounts.grant_by_stage(actor, action, user, Role.LEADER, expert_id=assignment.expert_id)


def promote(actor: Actor, action: str, assignment: Assignment) -> None:
    """A member who already sits becomes the leader of his panel, because a draw says so."""
    if assignment.role is SeatRole.LEADER:
        return
    assignment.role = SeatRole.LEADER
    audit.record(actor, "assignment.lead", assignment, detail={"by": action, "expert": assignment.expert.number})
    let_lead(actor, action, assignment)


def let_go(actor: Actor, action: str, assignment: Assignment) -> None:
    if assignment.role is not SeatRole.LEADER or assignment.expert.user_id is None:
        return
    led = select(Assignment.id).where(
        Assignment.expert_id == assignment.expert_id,
        Assignment.role == SeatRole.LEADER,
        Assignment.state.in_(facts.LIVE),
    )
    if db.session.scalar(led.limit(1)) is None:
        user = db.session.get_one(User, assignment.expert.user_id)
        accounts.revoke_by_stage(actor, action, user, Role.LEADER, expert_id=assignment.expert_id)
