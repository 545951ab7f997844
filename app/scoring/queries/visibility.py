"""Who may see scores, and who may see who scores: the one place that lists, counts, pages, exports and jobs ask.

A score is released to its own expert at once, to the supervisor always (the look is on record), to the panel's leader when
no independent score of the dossier is missing any more, to the panel by its consensus, and to everybody else only as part
of a ranking. Conditions for the database and policy.py say the same; tests/architecture/test_visibility.py holds them
against each other, tests/journeys/test_leaks.py tries every field.
"""

from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, false, or_, select, true
from sqlalchemy.orm import aliased

from app.kernel.actor import Actor, Role
from app.panels.models import Assignment, SeatRole
from app.programmes.models import Round
from app.scoring.models import ScoreSheet
from app.workflow import AssignmentState, RoundState, ScoreSheetState

SEATED = (AssignmentState.WAITING, AssignmentState.CLEARED)
LEFT = (AssignmentState.RECUSED, AssignmentState.EXCUSED)
Dossier = Any
"""A row or an alias with `round_id` and `application_id`."""


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The sheets that an actor may read (policy `score_sheet.read`), as a condition on ScoreSheet."""
    if actor.has(Role.SUPERVISOR):
        return true()
    if actor.expert_id is None:
        return false()
    own = and_(ScoreSheet.expert_id == actor.expert_id, ScoreSheet.state != ScoreSheetState.VOID)
    complete = and_(
        leads(actor, ScoreSheet),
        ScoreSheet.state == ScoreSheetState.SUBMITTED,
        ~is_awaited(ScoreSheet.round_id, ScoreSheet.application_id),
    )
    return or_(own if actor.has(Role.EXPERT) else false(), complete)


def watched_by(actor: Actor) -> ColumnElement[bool]:
    """The seats of which an actor may see who holds them and how far they are, as a condition on Assignment."""
    if actor.has(Role.OFFICE, Role.SUPERVISOR, Role.HEAD):
        return true()
    return leads(actor, Assignment)


def sees_names(actor: Actor) -> bool:
    """Whether an applicant's name may stand on an actor's page in a blind round."""
    return actor.has(Role.OFFICE, Role.SUPERVISOR)


def has_handed_in(expert_id: int, dossier: Dossier) -> ColumnElement[bool]:
    """Who sits at a panel's table: an expert whose independent sheet is in."""
    sheet = aliased(ScoreSheet)
    return exists().where(
        sheet.round_id == dossier.round_id,
        sheet.application_id == dossier.application_id,
        sheet.expert_id == expert_id,
        sheet.state == ScoreSheetState.SUBMITTED,
    )


def leads(actor: Actor, dossier: Dossier) -> ColumnElement[bool]:
    if not actor.has(Role.LEADER) or actor.expert_id is None:
        return false()
    own = aliased(Assignment)
    return exists().where(*_leading(own, dossier), own.expert_id == actor.expert_id)


def leader_of(dossier: Dossier) -> ScalarSelect[int]:
    seat = aliased(Assignment)
    return select(seat.expert_id).where(*_leading(seat, dossier)).limit(1).scalar_subquery()


def _leading(seat: Dossier, dossier: Dossier) -> tuple[ColumnElement[bool], ...]:
    return (
        seat.round_id == dossier.round_id,
        seat.application_id == dossier.application_id,
        seat.role == SeatRole.LEADER,
        seat.state == AssignmentState.CLEARED,
    )


def is_awaited(round_id: Any, application_id: Any) -> ColumnElement[bool]:
    """Whether an independent score may still come: rules.is_awaited, asked of the database."""
    round_, sheet = aliased(Round), aliased(ScoreSheet)
    seat, successor = aliased(Assignment), aliased(Assignment)
    handed_in = exists().where(sheet.assignment_id == seat.id, sheet.state == ScoreSheetState.SUBMITTED)
    followed = exists().where(
        successor.round_id == seat.round_id,
        successor.application_id == seat.application_id,
        successor.replaces_id == seat.id,
    )
    missing = exists().where(
        seat.round_id == round_id,
        seat.application_id == application_id,
        or_(and_(seat.state.in_(SEATED), ~handed_in), and_(seat.state.in_(LEFT), ~followed)),
    )
    return and_(exists().where(round_.id == round_id, round_.state == RoundState.SCORING), missing)
