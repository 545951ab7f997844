"""The draw of a round's panels: recorded with input and seed, sealed, then published or discarded with a reason."""

from collections import Counter
from collections.abc import Sequence
from itertools import filterfalse

from sqlalchemy import delete, func, select

from app.audit import services as audit
from app.experts.models import Expert
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.canonical import Record, digest
from app.kernel.database import db
from app.kernel.errors import NotReady
from app.kernel.randomness import new_seed
from app.kernel.words import N_, Message
from app.lifecycle import advance
from app.panels import draw as drawing
from app.panels import facts, letters, queries
from app.panels.engine import Infeasible, Seat, Shortage
from app.panels.models import Assignment, Draw, SeatRole
from app.panels.services.finding import find_conflicts
from app.panels.services.leading import let_lead
from app.panels.services.seating import seat_experts, unlawful
from app.policy import demand
from app.programmes.models import Round
from app.workflow import ApplicationState, RoundState


class Unstaffable(NotReady):
    """Dossiers that cannot be staffed under the rules; `shortages` tells for each which rule removed how many experts."""

    def __init__(self, shortages: Sequence[Shortage]) -> None:
        super().__init__([shortage.text for shortage in shortages])
        self.shortages = tuple(shortages)


def draw_panels(actor: Actor, round_: Round, *, seed: str | None = None) -> Draw:
    """Draw a panel for every dossier of the round that has none, and seal it: nobody is told before publication.

    Raises Unstaffable where the rules leave too few experts; then nothing is stored.
    """
    demand(actor, "draw.create", round_)
    missing = queries.missing_for_draw(round_)
    if missing:
        raise NotReady(missing)
    find_conflicts(actor, round_.edition)
    given = facts.draw_input(round_, queries.to_staff(round_), facts.held_in(round_))
    result = drawing.draw(given, seed or new_seed())
    if isinstance(result, Infeasible):
        raise Unstaffable(result.shortages)
    made = store(actor, round_, seed=result.seed, given=drawing.input_record(given), result=result.record)
    seats = [Seat(panel.dossier, member, member == panel.leader) for panel in result.panels for member in panel.members]
    seat_experts(made, seats)
    audit.record(actor, "draw.create", made, after=made.state, detail=told(made))
    return made


def publish_draw(actor: Actor, draw: Draw) -> None:
    """Unseal: experts are told, dossiers enter the review, leaders get their role, the round opens if it had not."""
    demand(actor, "draw.publish", draw)
    seats = queries.assignments_of(draw)
    _demand_still_lawful(draw, seats)
    advance(draw, "draw.publish", actor)
    for assignment in seats:
        advance(assignment, "assignment.notify", actor)
        let_lead(actor, "draw.publish", assignment)
    for application in {seat.application.id: seat.application for seat in seats}.values():
        application.round_id = draw.round_id
        if application.state is ApplicationState.ACCEPTED:
            advance(application, "application.begin_review", actor)
    if draw.round.state is RoundState.PLANNED:
        advance(draw.round, "round.open", actor)
    _tell(draw, [seat.expert for seat in seats])


def discard_draw(actor: Actor, draw: Draw, *, reason: str) -> None:
    """Nothing of it takes effect; its record stays with input, seed and result."""
    advance(draw, "draw.discard", actor, reason=reason)
    db.session.execute(delete(Assignment).where(Assignment.draw_id == draw.id))
    db.session.expire(draw, ["assignments"])


def store(
    actor: Actor,
    round_: Round,
    *,
    seed: str,
    given: Record,
    result: Record,
    parent: Draw | None = None,
    reason: str = "",
) -> Draw:
    number = db.session.scalar(select(func.max(Draw.number)).where(Draw.round_id == round_.id)) or 0
    made = Draw(
        edition_id=round_.edition_id,
        round_id=round_.id,
        number=number + 1,
        parent_id=None if parent is None else parent.id,
        reason=reason,
        seed=seed,
        input=given,
        input_digest=digest(given),
        result=result,
        result_digest=digest(result),
        drawn_at=clock.now(),
        drawn_by=actor.user_id,
    )
    db.session.add(made)
    db.session.flush()
    return made


def told(draw: Draw) -> dict[str, str]:
    return {"seed": draw.seed, "input_digest": draw.input_digest, "result_digest": draw.result_digest}


def _demand_still_lawful(draw: Draw, seats: Sequence[Assignment]) -> None:
    """Between the draw and its publication an expert may have moved, or a dossier may have been withdrawn."""
    gone = {s.application.number for s in seats if s.application.state not in queries.REVIEWABLE}
    missing = [Message(N_("申报书 %(number)s 已不在评审中。"), {"number": number}) for number in sorted(gone)]
    given = facts.draw_input(draw.round, list({s.application_id: s.application for s in seats}.values()))
    drawn = [Seat(s.application.number, s.expert.number, s.role is SeatRole.LEADER) for s in seats]
    standing = list(filterfalse(drawn.__contains__, facts.live_seats(draw.round)))
    missing += [fault.text for fault in unlawful(given, drawn, standing=standing)]
    if missing:
        raise NotReady([*missing, Message(N_("抽取之后情况有变。请作废这次抽取，重新抽取。"))])


def _tell(draw: Draw, people: Sequence[Expert]) -> None:
    experts = {expert.id: expert for expert in people}
    for expert_id, number in Counter(expert.id for expert in people).items():
        letters.tell("draw.publish", experts[expert_id], letters.SEATED, draw.edition, round=draw.round.name, n=number)
