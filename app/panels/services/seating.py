"""The one way into the assignment table. Every pair is asked of the rules again, whoever calls and however it was chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace as changed

from sqlalchemy import select

from app.applications.models import Application
from app.experts.models import Expert
from app.kernel.database import db
from app.kernel.errors import NotReady
from app.kernel.words import N_, Message
from app.panels import facts, rules
from app.panels.draw import DrawInput
from app.panels.engine import Seat
from app.panels.models import Assignment, Draw, SeatRole
from app.panels.rules import Objection


@dataclass(frozen=True)
class UnlawfulSeat:
    seat: Seat
    objections: tuple[Objection, ...]

    @property
    def text(self) -> Message:
        return Message(
            N_("专家 %(expert)s 不能评审 %(dossier)s：%(why)s"),
            {"expert": self.seat.expert, "dossier": self.seat.dossier, "why": self.objections[0].text},
        )


class UnlawfulSeats(NotReady):
    """Seats that break a rule; nothing is written. `faults` names every objection to every pair."""

    def __init__(self, faults: Sequence[UnlawfulSeat]) -> None:
        super().__init__([fault.text for fault in faults])
        self.faults = tuple(faults)


def seat_experts(draw: Draw, seats: Sequence[Seat], *, replaces: Assignment | None = None) -> list[Assignment]:
    """Write the seats of a draw, all or none, from facts read afresh. The database's own triggers are the last guard."""
    numbers = {seat.dossier for seat in seats}
    applications = db.session.scalars(
        select(Application).where(Application.edition_id == draw.edition_id, Application.number.in_(numbers))
    ).all()
    given = facts.draw_input(draw.round, applications)
    faults = unlawful(given, seats, standing=facts.live_seats(draw.round))
    if faults:
        raise UnlawfulSeats(faults)
    dossiers = {application.number: application for application in applications}
    people = {expert.number: expert for expert in facts.experts(Expert.number.in_({seat.expert for seat in seats}))}
    written = [_assignment(draw, seat, (dossiers[seat.dossier], people[seat.expert]), replaces) for seat in seats]
    db.session.add_all(written)
    db.session.flush()
    return written


def unlawful(given: DrawInput, seats: Sequence[Seat], *, standing: Sequence[Seat]) -> list[UnlawfulSeat]:
    """Each seat against the rules, beside all others that are being written or stand already."""
    everybody = [*standing, *seats]
    judged = (UnlawfulSeat(seat, _objections(given, seat, everybody)) for seat in seats)
    return [fault for fault in judged if fault.objections]


def _objections(given: DrawInput, seat: Seat, everybody: Sequence[Seat]) -> tuple[Objection, ...]:
    experts = {expert.id: expert for expert in given.experts}
    (dossier,) = (dossier for dossier in given.dossiers if dossier.id == seat.dossier)
    elsewhere = sum(other.expert == seat.expert and other.dossier != seat.dossier for other in everybody)
    mates = [experts[other.expert] for other in everybody if other.dossier == seat.dossier and other.expert in experts]
    return rules.objections(
        changed(experts[seat.expert], load=elsewhere),
        dossier,
        given.rule,
        as_leader=seat.is_leader,
        conflicts=given.conflicts,
        panel=mates if given.shape.one_per_employer else (),
    )


def _assignment(draw: Draw, seat: Seat, pair: tuple[Application, Expert], replaces: Assignment | None) -> Assignment:
    application, expert = pair
    today = facts.today(draw.edition)
    return Assignment(
        edition_id=draw.edition_id,
        draw_id=draw.id,
        round_id=draw.round_id,
        application_id=application.id,
        expert_id=expert.id,
        role=SeatRole.LEADER if seat.is_leader else SeatRole.MEMBER,
        replaces_id=None if replaces is None else replaces.id,
        places_since=facts.panel_rule(draw.round).places_since(today),
        conflicts_since=facts.panel_rule(draw.round).conflicts_since(today),
    )
