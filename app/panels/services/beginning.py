"""What follows when seats are given, by lot or by name: experts are told, dossiers enter the review, the round opens."""

from collections import Counter
from collections.abc import Sequence

from app.kernel.actor import Actor
from app.lifecycle import advance
from app.panels import letters
from app.panels.models import Assignment
from app.panels.services.leading import let_lead
from app.programmes.models import Round
from app.workflow import ApplicationState, RoundState


def begin(actor: Actor, action: str, round_: Round, seats: Sequence[Assignment], *, letter: letters.Letter) -> None:
    """`action` is the step by which the seats were given: it stands in the mails and with the leaders' roles."""
    for assignment in seats:
        advance(assignment, "assignment.notify", actor)
        let_lead(actor, action, assignment)
    _enter_review(actor, round_, seats)
    if round_.state is RoundState.PLANNED:
        advance(round_, "round.open", actor)
    experts = {seat.expert_id: seat.expert for seat in seats}
    for expert_id, number in Counter(seat.expert_id for seat in seats).items():
        letters.tell(action, experts[expert_id], letter, round_.edition, round=round_.name, n=number)


def _enter_review(actor: Actor, round_: Round, seats: Sequence[Assignment]) -> None:
    for application in {seat.application.id: seat.application for seat in seats}.values():
        application.round_id = round_.id
        if application.state is ApplicationState.ACCEPTED:
            advance(application, "application.begin_review", actor)
