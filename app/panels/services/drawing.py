"""The draw of a round's panels from what was committed, sealed until it is published, or discarded with a reason.

Until publication nobody holds a seat: the panels stand in the draw's result under codes, and in no other table.
"""

from operator import attrgetter
from zoneinfo import ZoneInfo

from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.canonical import digest
from app.kernel.errors import NotReady
from app.kernel.words import N_, Message
from app.lifecycle import advance, demand_step
from app.panels import ceremonies, ceremony, comparing, letters, policies, queries
from app.panels import draw as drawing
from app.panels.engine import Infeasible, Seat
from app.panels.models import Assignment, Draw, SeatOrigin
from app.panels.services.beginning import begin
from app.panels.services.committing import open_all
from app.panels.services.leading import promote
from app.panels.services.refusals import Unstaffable
from app.panels.services.seating import UnlawfulSeats, Warrant, seat


def draw_panels(actor: Actor, draw: Draw) -> None:
    """Reveal the system's secret, work out the seed from all parts, and draw; the panels stay sealed under codes."""
    demand_step(draw, "draw.draw", actor)
    if missing := ceremonies.missing_for_draw(draw):
        raise NotReady(missing)
    openings = open_all(draw)
    seed = ceremony.seed_of(draw.input_digest, draw.public_value, openings, marginals_digest=draw.marginals_digest)
    given = drawing.read_input(draw.input)
    result = drawing.draw(given, seed, draw.marginals)
    if isinstance(result, Infeasible):
        raise Unstaffable(result.shortages)
    draw.seed, draw.result, draw.result_digest = seed, result.record, digest(result.record)
    design = comparing.measured(given, result.panels)
    draw.measured = draw.measured | policies.cost_reached(given, result.panels) | {"design": design}
    draw.drawn_at, draw.drawn_by = clock.now(), actor.user_id
    withheld = [opening.party for opening in openings if opening.withheld]
    advance(draw, "draw.draw", actor, detail=told(draw) | {"withheld": withheld})


def publish_draw(actor: Actor, draw: Draw) -> None:
    """Unseal: seats are given, experts are told, dossiers enter the review, leaders get their role, the round opens.

    Between the draw and its publication an expert may have moved, or a dossier may have been withdrawn: every seat is
    asked of the rules again, and nothing is published where one no longer holds.
    """
    demand_step(draw, "draw.publish", actor)
    _demand_unsealing_time(draw)
    _demand_in_review(draw)
    draw.published_at = clock.now()
    advance(draw, "draw.publish", actor, detail=told(draw))
    seats = _seat(actor, draw)
    begin(actor, "draw.publish", draw.round, seats, letter=letters.SEATED)


def discard_draw(actor: Actor, draw: Draw, *, reason: str) -> None:
    """Nothing of it takes effect; its record stays with input, seed and result, still under codes."""
    advance(draw, "draw.discard", actor, reason=reason)


def told(draw: Draw) -> dict[str, str]:
    return {"seed": draw.seed, "input_digest": draw.input_digest, "result_digest": draw.result_digest}


AGAIN = Message(N_("抽取之后情况有变。请写明理由作废这次抽取，重新抽取。"))


def _seat(actor: Actor, draw: Draw) -> list[Assignment]:
    """What the draw adds to the panels as they stand: a top-up keeps who sits, and may name one of them the leader."""
    drawn, held = ceremonies.seats_drawn(draw), _held(draw)
    _promote(actor, drawn, held)
    begun = {dossier for dossier, _expert in held}
    new = [each for each in drawn if (each.dossier, each.expert) not in held]
    topping = [each for each in new if each.dossier in begun]
    fresh = [each for each in new if each.dossier not in begun]
    try:
        return [*_given(draw, SeatOrigin.DRAW, fresh), *_given(draw, SeatOrigin.TOP_UP, topping)]
    except UnlawfulSeats as unlawful:
        raise NotReady([*unlawful.missing, AGAIN]) from unlawful


def _given(draw: Draw, origin: SeatOrigin, seats: list[Seat]) -> list[Assignment]:
    return seat(Warrant(draw.round, origin, draw), seats) if seats else []


def _held(draw: Draw) -> dict[tuple[str, str], Assignment]:
    return {(each.application.number, each.expert.number): each for each in queries.held_seats(draw.round)}


def _promote(actor: Actor, drawn: list[Seat], held: dict[tuple[str, str], Assignment]) -> None:
    for led in filter(attrgetter("is_leader"), drawn):
        if (led.dossier, led.expert) in held:
            promote(actor, "draw.publish", held[led.dossier, led.expert])


def _demand_unsealing_time(draw: Draw) -> None:
    if draw.unseal_at is not None and clock.now() < draw.unseal_at:
        there = draw.unseal_at.astimezone(ZoneInfo(draw.edition.time_zone))
        when = {"time": f"{there:%Y-%m-%d %H:%M}"}
        raise NotReady([Message(N_("名单封存到 %(time)s，这是封定时公布的启封时间；到时再启封。"), when)])


def _demand_in_review(draw: Draw) -> None:
    gone = [each.number for each in ceremonies.dossiers_in(draw) if each.state not in ceremonies.REVIEWABLE]
    if gone:
        texts = [Message(N_("申报书 %(number)s 已不在评审中。"), {"number": number}) for number in gone]
        raise NotReady([*texts, AGAIN])
