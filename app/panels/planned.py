"""The working copy of a draw as the engine's input: the dossiers that wait, the pool, and the office's choices."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace as changed

from sqlalchemy import select

from app.applications.models import Application
from app.experts.models import Expert
from app.experts.queries import PERSON_ID
from app.kernel.database import db
from app.kernel.words import Message
from app.panels import facts, policies, queries
from app.panels.draw import DrawInput
from app.panels.engine import Seat
from app.panels.grouping import grouping_in, has_crossing
from app.panels.models import Assignment, Draw
from app.panels.plan import Plan, planned, read_plan
from app.panels.rules import ExpertFacts
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
    applications, seats = dossiers_beside(round_, plan), facts.live_seats(round_)
    numbers = {application.number for application in applications}
    standing = [seat for seat in seats if seat.dossier in numbers]
    held = facts.held_in(round_, apart_from=[application.id for application in applications])
    grouping = grouping_in(round_, settled(plan, seats))
    given = facts.draw_input(round_, applications, held, grouping)
    if not plan.top_up:
        given = facts.without_crossing(given, grouping, seats)
    return planned(keeping(given, standing), plan, seasoned(round_))


def settled(plan: Plan, seats: Sequence[Seat]) -> Plan:
    """The plan without what seats have settled: the group of a dossier that somebody reviews, and how much crosses."""
    begun = {seat.dossier for seat in seats}
    moved = tuple(move for move in plan.moved if move.dossier not in begun)
    return changed(plan, moved=moved, crossing=None if begun else plan.crossing)


def dossiers_of(round_: Round, plan: Plan) -> list[Application]:
    """Those without a panel, and where the plan says so those whose panel is not full."""
    found = [*queries.to_staff(round_), *(queries.to_top_up(round_) if plan.top_up else ())]
    return sorted(found, key=lambda application: application.number)


def dossiers_beside(round_: Round, plan: Plan) -> list[Application]:
    """All that stand in the input. Where reviews cross, a top-up looks at the whole round: how many of them do is counted over
    old and new seats together, and an expert's home is where he reads most in all, so that full panels stand in it too."""
    if plan.top_up and has_crossing(round_):
        return sorted(queries.to_name(round_), key=lambda application: application.number)
    return dossiers_of(round_, plan)


def keeping(given: DrawInput, standing: Sequence[Seat]) -> DrawInput:
    """Who sits stays: as a fixed seat, whatever that expert may take on from now."""
    kept = Counter(seat.expert for seat in standing)
    experts = tuple(as_held(each, kept[each.id]) if kept[each.id] else each for each in given.experts)
    return changed(given, experts=experts, fixed=(*given.fixed, *standing))


def as_held(expert: ExpertFacts, kept: int) -> ExpertFacts:
    """With at least the seats that are `kept`; a seat given once does not end because its holder takes on no more."""
    limit = expert.max_load if expert.state == "available" else 0
    return changed(expert, state="available", max_load=max(limit, expert.load + kept))


def seasoned(round_: Round) -> frozenset[str]:
    """The numbers of the experts who have sat on any panel of another round or edition."""
    found = (
        select(facts.PERSON.number)
        .select_from(Assignment)
        .join(Expert, Expert.id == Assignment.expert_id)
        .join(facts.PERSON, facts.PERSON.id == PERSON_ID)
        .where(Assignment.round_id != round_.id, Assignment.state.in_(facts.LIVE))
        .distinct()
    )
    return frozenset(db.session.scalars(found))
