"""Reads of draws, panels and assignments."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from app.accounts.models import RoleGrant
from app.applications.models import Application, EvidenceFile
from app.applications.queries import Dossier, find_file, submitted_dossier
from app.experts.models import Expert
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.panels import facts
from app.panels.blinding import Hidden, blinded, own_words
from app.panels.models import BY_NAME, Assignment, Blinding, Draw, SeatRole
from app.programmes.models import Edition, Round
from app.programmes.queries import rulebook_of
from app.programmes.rules.rulebook import Rulebook
from app.workflow import ApplicationState, AssignmentState, RoundState

REVIEWABLE = (ApplicationState.ACCEPTED, ApplicationState.UNDER_REVIEW)
IN_EXPERTS_HANDS = (AssignmentState.WAITING, AssignmentState.CLEARED)
REFUSALS_TO_ESCALATE = 3


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The assignments that `assignment.read` allows, as a condition; a test holds it against the policy."""
    if not actor.has(Role.EXPERT) or actor.expert_id is None:
        return false()
    return and_(Assignment.expert_id == actor.expert_id, Assignment.state.in_(IN_EXPERTS_HANDS))


# --- rows ---------------------------------------------------------------------------------------------------------


def find_round(round_id: int) -> Round | None:
    return db.session.scalar(select(Round).options(joinedload(Round.edition)).where(Round.id == round_id))


def find_assignment(assignment_id: int) -> Assignment | None:
    return db.session.scalar(_with_all().where(Assignment.id == assignment_id))


def find_application(edition_id: int, number: str) -> Application | None:
    return db.session.scalar(
        select(Application).where(Application.edition_id == edition_id, Application.number == number.strip())
    )


def assignments_of(draw: Draw) -> Sequence[Assignment]:
    return db.session.scalars(_with_all().where(Assignment.draw_id == draw.id).order_by(*_BY_DOSSIER)).all()


def assignments_in(round_: Round) -> Sequence[Assignment]:
    return db.session.scalars(_with_all().where(Assignment.round_id == round_.id).order_by(*_BY_DOSSIER)).all()


def live_seats_of(round_: Round, application: Application) -> Sequence[Assignment]:
    """The seats that stand on one panel, the leader first."""
    here = (Assignment.round_id == round_.id, Assignment.application_id == application.id)
    return db.session.scalars(_with_all().where(*here, Assignment.state.in_(facts.LIVE)).order_by(*_BY_DOSSIER)).all()


def held_seats(round_: Round) -> Sequence[Assignment]:
    """The seats of a round that stand."""
    return db.session.scalars(
        _with_all().where(Assignment.round_id == round_.id, Assignment.state.in_(facts.LIVE)).order_by(*_BY_DOSSIER)
    ).all()


def seats_with_draws() -> Sequence[Assignment]:
    """Every seat of every edition with what shows where it comes from."""
    return db.session.scalars(_with_all().order_by(Assignment.id)).all()


def seats_by_name(edition: Edition) -> Sequence[Assignment]:
    """The seats of an edition for which a person answers, the newest first; those given up since are among them."""
    found = _with_all().where(Assignment.edition_id == edition.id, Assignment.origin.in_(BY_NAME))
    return db.session.scalars(found.options(joinedload(Assignment.seater)).order_by(Assignment.id.desc())).all()


_BY_DOSSIER = (Assignment.application_id, Assignment.role, Assignment.id)


def _with_all() -> Select[Assignment]:
    return select(Assignment).options(
        joinedload(Assignment.application).selectinload(Application.regions),
        joinedload(Assignment.expert).selectinload(Expert.regions),
        joinedload(Assignment.round).joinedload(Round.edition),
        joinedload(Assignment.draw),
    )


def heads_of(edition: Edition) -> Sequence[Expert]:
    """Who has been appointed head of panel of this edition."""
    return db.session.scalars(
        select(Expert)
        .join(RoleGrant, RoleGrant.expert_id == Expert.id)
        .where(RoleGrant.role == Role.HEAD, RoleGrant.edition_id == edition.id)
        .order_by(RoleGrant.id)
    ).all()


# --- what is to be drawn ------------------------------------------------------------------------------------------


def to_staff(round_: Round) -> Sequence[Application]:
    """The dossiers of a round without a panel: accepted ones in the first round, those that came through in the others."""
    seated = exists().where(
        Assignment.application_id == Application.id,
        Assignment.round_id == round_.id,
        Assignment.state.in_(facts.LIVE),
    )
    return _in_round(round_, ~seated)


def to_top_up(round_: Round) -> Sequence[Application]:
    """The dossiers of a round with a panel that is not full."""
    size = facts.shape_of(round_).size
    short = (
        select(Assignment.application_id)
        .where(Assignment.round_id == round_.id, Assignment.state.in_(facts.LIVE))
        .group_by(Assignment.application_id)
        .having(func.count() < size)
    )
    return _in_round(round_, Application.id.in_(short))


def to_name(round_: Round) -> Sequence[Application]:
    """The dossiers of a round that may have a panel, whether they have one yet or not."""
    return _in_round(round_)


def _in_round(round_: Round, *conditions: ColumnElement[bool]) -> Sequence[Application]:
    here = and_(Application.state == ApplicationState.UNDER_REVIEW, Application.round_id == round_.id)
    first = Application.state == ApplicationState.ACCEPTED if round_.position == 1 else false()
    return db.session.scalars(
        select(Application)
        .options(selectinload(Application.regions))
        .where(Application.edition_id == round_.edition_id, or_(first, here), *conditions)
        .order_by(Application.number)
    ).all()


# --- panels as they are shown -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PanelView:
    """One dossier with the seats of its panel, the leader first, the regions of both sides beside each other."""

    application: Application
    seats: list[Assignment]

    @property
    def live(self) -> int:
        return sum(seat.state in facts.LIVE for seat in self.seats)


def panels(seats: Sequence[Assignment]) -> list[PanelView]:
    found: dict[int, PanelView] = {}
    for seat in seats:
        found.setdefault(seat.application_id, PanelView(seat.application, [])).seats.append(seat)
    for view in found.values():
        view.seats.sort(key=lambda seat: (seat.role is not SeatRole.LEADER, seat.id))
    return sorted(found.values(), key=lambda view: view.application.number)


def loads(seats: Sequence[Assignment]) -> list[tuple[int, int]]:
    """How many experts hold how many dossiers: (dossiers, experts)."""
    held: dict[int, int] = {}
    for seat in seats:
        held[seat.expert_id] = held.get(seat.expert_id, 0) + (seat.state in facts.LIVE)
    numbers = [number for number in held.values() if number]
    return [(number, numbers.count(number)) for number in sorted(set(numbers))]


@dataclass(frozen=True)
class EmptySeat:
    """A seat whose holder left and whom nobody follows yet; `refusals` counts the experts in a row who left it."""

    assignment: Assignment
    refusals: int

    @property
    def is_escalated(self) -> bool:
        return self.refusals >= REFUSALS_TO_ESCALATE


def seats_to_fill(edition: Edition) -> list[EmptySeat]:
    """Tasks of the office: seats of open rounds that wait for a successor."""
    successor = aliased(Assignment)
    followed = exists().where(successor.replaces_id == Assignment.id)
    rows = db.session.scalars(
        _with_all()
        .join(Round, Round.id == Assignment.round_id)
        .join(Application, Application.id == Assignment.application_id)
        .where(
            Assignment.edition_id == edition.id,
            Assignment.state.in_(facts.LOST),
            ~followed,
            Round.state == RoundState.SCORING,
            Application.state == ApplicationState.UNDER_REVIEW,
        )
        .order_by(Assignment.id)
    ).all()
    before = _predecessors(edition) if rows else {}
    return [EmptySeat(row, _refusals(row.id, before)) for row in rows]


def unfollowed(round_: Round, application_ids: Sequence[int]) -> Sequence[Assignment]:
    """Seats of these dossiers whose holder left and whom nobody follows, the oldest first."""
    successor = aliased(Assignment)
    return db.session.scalars(
        select(Assignment)
        .where(
            Assignment.round_id == round_.id,
            Assignment.application_id.in_(application_ids),
            Assignment.state.in_(facts.LOST),
            ~exists().where(successor.replaces_id == Assignment.id),
        )
        .order_by(Assignment.id)
    ).all()


def _predecessors(edition: Edition) -> dict[int, int]:
    rows = db.session.execute(
        select(Assignment.id, Assignment.replaces_id).where(
            Assignment.edition_id == edition.id, Assignment.replaces_id.is_not(None)
        )
    )
    return {row.id: row.replaces_id for row in rows if row.replaces_id is not None}


def _refusals(assignment_id: int, before: dict[int, int]) -> int:
    """A successor exists only where the one before has left, so the chain is the row of refusals."""
    number = 1
    while (assignment_id := before.get(assignment_id, 0)) != 0:
        number += 1
    return number


# --- the dossier behind an assignment -----------------------------------------------------------------------------


def dossier_of(assignment: Assignment) -> Dossier | None:
    """What the expert of this seat may read."""
    rulebook = rulebook_of(assignment.round.edition)
    return dossier_for_experts(assignment.application_id, rulebook, assignment.round.key)


def dossier_for_experts(application_id: int, rulebook: Rulebook, round_key: str) -> Dossier | None:
    """The version handed in last; in a blind round without what says who the applicant is: the one place that decides."""
    if rulebook.round(round_key).blind:
        return dossier_in_blind(application_id, rulebook)
    return submitted_dossier(application_id, rulebook)


def dossier_in_blind(application_id: int, rulebook: Rulebook) -> Dossier | None:
    dossier = submitted_dossier(application_id, rulebook)
    return None if dossier is None else blinded(dossier, hidden_of(application_id))


def reviewed_application(application_id: int) -> Application | None:
    return db.session.get(Application, application_id)


def hidden_of(application_id: int) -> Hidden:
    """What is always hidden of an application, and what the office has marked."""
    application = db.session.get_one(Application, application_id)
    marked = blinding_of(application_id)
    if marked is None:
        return Hidden.of(own_words(application))
    return Hidden.of([*own_words(application), *marked.words], marked.files)


def blinding_of(application_id: int) -> Blinding | None:
    return db.session.scalar(select(Blinding).where(Blinding.application_id == application_id))


def blindings(round_: Round) -> Sequence[tuple[Application, Blinding | None]]:
    """The dossiers of a round with what the office has marked in each."""
    rows = db.session.execute(
        select(Application, Blinding)
        .outerjoin(Blinding, Blinding.application_id == Application.id)
        .where(Application.round_id == round_.id, Application.state == ApplicationState.UNDER_REVIEW)
        .order_by(Application.sequence)
    )
    return [(row.Application, row.Blinding) for row in rows]


def file_of(assignment: Assignment, file_id: int) -> EvidenceFile | None:
    """A file of the very version that this expert reads; any other answers like an unknown one."""
    dossier = dossier_of(assignment)
    if dossier is None or file_id not in {file.id for file in dossier.files}:
        return None
    return find_file(file_id)
