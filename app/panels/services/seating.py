"""The one way into the assignment table. Every pair is asked of the rules again, whoever calls and however it was chosen."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.applications.models import Application
from app.experts.models import Expert
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import NotReady
from app.kernel.words import N_, Message
from app.panels import facts, queries
from app.panels.engine import Seat
from app.panels.grouping import grouping_in
from app.panels.guard import Guard
from app.panels.models import Assignment, Draw, SeatOrigin, SeatRole
from app.panels.rules import Objection
from app.programmes.models import Round


@dataclass(frozen=True)
class Warrant:
    """On what seats rest: a draw on record, or a named person with a reason that is public."""

    round: Round
    origin: SeatOrigin
    draw: Draw | None = None
    by: Actor | None = None
    reason: str = ""


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
    """The seats of a draw, or the successor of a seat that was lost."""
    origin = SeatOrigin.DRAW if replaces is None else SeatOrigin.RESERVE
    return seat(Warrant(draw.round, origin, draw), seats, replaces=replaces)


def seat(warrant: Warrant, seats: Sequence[Seat], *, replaces: Assignment | None = None) -> list[Assignment]:
    """Write the seats, all or none, from facts read afresh. The database's own triggers are the last guard.

    Whoever comes onto a panel that lost somebody follows the one who left, in the same role first.
    """
    numbers = {seat.dossier for seat in seats}
    applications = db.session.scalars(
        select(Application).where(Application.edition_id == warrant.round.edition_id, Application.number.in_(numbers))
    ).all()
    given = facts.draw_input(warrant.round, applications)
    guard = Guard(given, facts.live_seats(warrant.round), grouping_in(warrant.round))
    faults = unlawful(guard, seats)
    if faults:
        raise UnlawfulSeats(faults)
    dossiers = {application.number: application for application in applications}
    people = {expert.number: expert for expert in facts.experts(Expert.number.in_({seat.expert for seat in seats}))}
    left = [replaces] if replaces else list(queries.unfollowed(warrant.round, [each.id for each in applications]))
    written = [_assignment(warrant, seat, (dossiers[seat.dossier], people[seat.expert]), left) for seat in seats]
    db.session.add_all(written)
    db.session.flush()
    return written


def unlawful(guard: Guard, seats: Sequence[Seat]) -> list[UnlawfulSeat]:
    """Each seat against the rules, beside all others that stand already or were accepted before it."""
    judged = map(guard.accept, seats)
    return [UnlawfulSeat(each.seat, each.objections) for each in judged if not each.is_lawful]


def _assignment(warrant: Warrant, seat: Seat, pair: tuple[Application, Expert], left: list[Assignment]) -> Assignment:
    application, expert = pair
    role = SeatRole.LEADER if seat.is_leader else SeatRole.MEMBER
    panel, today = facts.panel_rule(warrant.round), facts.today(warrant.round.edition)
    followed = _followed(left, application, role)
    return Assignment(
        edition_id=warrant.round.edition_id,
        draw_id=None if warrant.draw is None else warrant.draw.id,
        round_id=warrant.round.id,
        application_id=application.id,
        expert_id=expert.id,
        role=role,
        origin=warrant.origin,
        reason=warrant.reason.strip(),
        seated_by=None if warrant.by is None else warrant.by.user_id,
        replaces_id=None if followed is None else followed.id,
        places_since=panel.places_since(today),
        conflicts_since=panel.conflicts_since(today),
    )


def _followed(left: list[Assignment], application: Application, role: SeatRole) -> Assignment | None:
    """Takes the seat that is followed off the list, so that nobody else follows it too."""
    here = [each for each in left if each.application_id == application.id]
    chosen = min(here, key=lambda each: each.role is not role, default=None)
    if chosen is not None:
        left.remove(chosen)
    return chosen
