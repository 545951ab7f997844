"""The end of a round: what it would mean, and the step itself."""

from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotReady
from app.kernel.words import N_, Message
from app.lifecycle import advance
from app.policy import demand
from app.programmes.models import Round
from app.programmes.queries import rulebook_of
from app.scoring import queries, rules


def closing(round_: Round) -> rules.Closing:
    """What ending the round would mean today: asked by its page and again by `close_round`."""
    due = queries.due_of(round_)
    dossiers = queries.dossiers_in(round_.id)
    return rules.closing(
        [seat for seat in queries.seats(round_.id) if seat.application_id in dossiers],
        minimum=rulebook_of(round_.edition).round(round_.key).minimum_reviews,
        dossiers=dossiers,
        overdue=due is not None and due < clock.now(),
    )


def close_round(actor: Actor, round_: Round, *, reason: str = "") -> None:
    """End the scoring of a round: nothing is saved or submitted afterwards, the ranking may be computed.

    Before the due time every dossier must have its reviews; after it the office may end the round with a reason, and
    dossiers without enough reviews stay unranked.
    """
    demand(actor, "round.close", round_)
    state = closing(round_)
    if state.blockers:
        raise NotReady(list(state.blockers))
    if state.lacks_reviews and not reason.strip():
        raise Invalid(Message(N_("有申报的评分份数不足，结束评分须写明理由。")), field="reason")
    not_submitted = [seat.sheet_id for seat in state.open_seats]
    detail = {"without_enough_reviews": state.unranked, "not_submitted": not_submitted}
    advance(round_, "round.close", actor, reason=reason, detail=detail)
