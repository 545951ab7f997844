"""Seats that a person answers for: put there by hand, from a list, or as on an earlier panel; told openly, with the reason."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.applications.models import Application
from app.audit import services as audit
from app.experts.models import Expert
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotReady
from app.kernel.words import N_, Message
from app.panels import letters, origins
from app.panels.engine import Seat
from app.panels.lists import Proposal
from app.panels.models import Assignment, SeatOrigin
from app.panels.services.beginning import begin
from app.panels.services.seating import Warrant, seat
from app.policy import demand
from app.programmes.models import Round


def seat_by_hand(
    actor: Actor, round_: Round, application: Application, expert: Expert, *, is_leader: bool, reason: str
) -> Assignment:
    """One expert onto one panel, at once: he is told, and the public page of draws shows the seat with the reason."""
    wanted = [Seat(application.number, expert.number, is_leader)]
    (written,) = seat_named(actor, round_, wanted, origin=SeatOrigin.HAND, reason=reason)
    return written


def seat_named(
    actor: Actor,
    round_: Round,
    seats: Sequence[Seat],
    *,
    origin: SeatOrigin,
    reason: str,
    detail: Mapping[str, Any] | None = None,
) -> list[Assignment]:
    """All of them or none, each under every rule. `detail` says in the record what list or panel they came from."""
    demand(actor, "assignment.seat", round_)
    _demand_possible(round_, seats, reason)
    written = seat(Warrant(round_, origin, by=actor, reason=reason), seats)
    for each in written:
        told = {"expert": each.expert.number, "dossier": each.application.number, "role": each.role, "origin": origin}
        audit.record(actor, "assignment.seat", each, reason=reason.strip(), detail=told | dict(detail or {}))
    begin(actor, "assignment.seat", round_, written, letter=letters.NAMED)
    return written


def _demand_possible(round_: Round, seats: Sequence[Seat], reason: str) -> None:
    if not reason.strip():
        raise Invalid(Message(N_("请写明指定的理由，理由会公开。")), field="reason")
    if missing := origins.missing_to_name(round_, {each.dossier for each in seats}):
        raise NotReady(missing)


def seat_list(
    actor: Actor,
    round_: Round,
    proposal: Proposal,
    *,
    origin: SeatOrigin,
    reason: str,
    without_refused: bool,
    detail: Mapping[str, Any],
) -> list[Assignment]:
    """A whole list, or by choice its lawful rows; nothing of it is written where one of those no longer holds."""
    demand(actor, "assignment.seat", round_)
    if proposal.refused and not without_refused:
        text = N_("有 %(n)s 行不合规，什么都没有写入。请改正后重来，或勾选只写入其余各行。")
        raise NotReady([Message(text, {"n": len(proposal.refused)})])
    if not proposal.seats:
        raise NotReady([Message(N_("没有一行可以写入。"))])
    return seat_named(actor, round_, proposal.seats, origin=origin, reason=reason, detail=detail)
