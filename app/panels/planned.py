"""The working copy of a draw as the engine's input: the dossiers that wait, the pool, and the office's choices."""

from sqlalchemy import select

from app.experts.models import Expert
from app.kernel.database import db
from app.kernel.words import Message
from app.panels import facts, policies, queries
from app.panels.draw import DrawInput
from app.panels.models import Assignment, Draw
from app.panels.plan import Plan, planned, read_plan
from app.programmes.models import Round


def plan_of(draw: Draw) -> Plan:
    return read_plan(draw.plan)


def policy_words(draw: Draw) -> list[Message]:
    """How the panels of a committed draw are chosen, and at what price: one sentence each."""
    plan = plan_of(draw)
    return [
        policies.sentence(plan.policy, plan.share),
        *filter(None, [policies.cost_words(draw.measured), policies.bound_words(draw.measured)]),
    ]


def planned_input(round_: Round, plan: Plan) -> DrawInput:
    """Under the experts' own numbers; the codes come with the commitment."""
    applications = queries.to_staff(round_)
    given = facts.draw_input(round_, applications, facts.held_in(round_))
    return planned(given, plan, seasoned(round_))


def seasoned(round_: Round) -> frozenset[str]:
    """The numbers of the experts who have sat on any panel of another round or edition."""
    found = (
        select(Expert.number)
        .join(Assignment, Assignment.expert_id == Expert.id)
        .where(Assignment.round_id != round_.id, Assignment.state.in_(facts.LIVE))
        .distinct()
    )
    return frozenset(db.session.scalars(found))
