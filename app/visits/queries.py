"""Reads of site visits: the list, a visit with its team, and what is written of it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, exists, false, select, true
from sqlalchemy.orm import joinedload, selectinload

from app.applications.models import Application
from app.consensus.models import Consensus, ConsensusItem
from app.kernel import clock
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.words import Message
from app.panels.models import Assignment
from app.programmes.models import Edition, Round
from app.programmes.queries import period, rulebook_of
from app.programmes.rules.criteria import CriteriaSet
from app.programmes.rules.review import VisitRule
from app.programmes.rules.values import RoundKind
from app.visits import rules
from app.visits.models import (
    Side,
    Visit,
    VisitAppointment,
    VisitIssue,
    VisitLog,
    VisitMeeting,
    VisitPhoto,
    VisitReport,
    VisitSignature,
)
from app.workflow import ApplicationState, AssignmentState, ConsensusState, RoundState, VisitState

Row = TypeVar("Row", VisitAppointment, VisitIssue, VisitLog, VisitPhoto, VisitMeeting, VisitSignature)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The visits that `visit.read` allows, as a condition; a test holds it against the policy."""
    if actor.has(Role.OFFICE, Role.SUPERVISOR, Role.HEAD):
        return true()
    if actor.has(Role.EXPERT) and actor.expert_id is not None:
        return _of_team(actor.expert_id)
    return false()


def _of_team(expert_id: int) -> ColumnElement[bool]:
    return exists().where(
        Assignment.round_id == Visit.round_id,
        Assignment.application_id == Visit.application_id,
        Assignment.expert_id == expert_id,
        Assignment.state == AssignmentState.CLEARED,
    )


def _whole() -> Select[Visit]:
    return select(Visit).options(
        joinedload(Visit.application),
        joinedload(Visit.round).joinedload(Round.edition),
        selectinload(Visit.seats).joinedload(Assignment.expert),
    )


def find(visit_id: int) -> Visit | None:
    return db.session.scalar(_whole().where(Visit.id == visit_id))


def find_for(round_id: int, application_id: int) -> Visit | None:
    here = Visit.round_id == round_id, Visit.application_id == application_id
    return db.session.scalar(_whole().where(*here))


def listed(actor: Actor, edition_id: int) -> Sequence[Visit]:
    return db.session.scalars(
        _whole()
        .join(Visit.application)
        .where(Visit.edition_id == edition_id, visible_to(actor))
        .order_by(Visit.round_id.desc(), Visit.starts_on, Application.sequence)
    ).all()


def of_owner(user_id: int) -> Sequence[Visit]:
    """What an applicant has been told of."""
    told = Visit.state != VisitState.PLANNED
    return db.session.scalars(_whole().join(Visit.application).where(Application.owner_id == user_id, told)).all()


def to_arrange(actor: Actor, edition_id: int) -> Sequence[tuple[Round, Application]]:
    """For the office: the dossiers of a running visit's round for which nothing has been arranged."""
    if not actor.has(Role.OFFICE):
        return []
    begun = exists().where(Visit.round_id == Round.id, Visit.application_id == Application.id)
    rows = db.session.execute(
        select(Round, Application)
        .join(Application, Application.round_id == Round.id)
        .options(joinedload(Round.edition))
        .where(
            Round.edition_id == edition_id,
            Round.kind == RoundKind.SITE,
            Round.state == RoundState.SCORING,
            Application.state == ApplicationState.UNDER_REVIEW,
            ~begun,
        )
        .order_by(Application.sequence)
    )
    return [(row[0], row[1]) for row in rows]


def find_application(application_id: int) -> Application | None:
    found = select(Application).options(joinedload(Application.edition)).where(Application.id == application_id)
    return db.session.scalar(found)


def find_round(round_id: int | None) -> Round | None:
    return db.session.scalar(select(Round).options(joinedload(Round.edition)).where(Round.id == round_id))


def zone_of(edition: Edition) -> ZoneInfo:
    return ZoneInfo(edition.time_zone)


def rule_of(round_: Round) -> VisitRule | None:
    return rulebook_of(round_.edition).round(round_.key).visit


def window_of(round_: Round) -> rules.Window:
    """The round's days where the award is run."""
    found = period(round_.edition, round_.key)
    if found is None:
        return rules.Window()
    zone = zone_of(round_.edition)
    return rules.Window(found.opens_at.astimezone(zone).date(), found.closes_at.astimezone(zone).date())


def criteria_of(visit: Visit) -> CriteriaSet:
    return rulebook_of(visit.round.edition).criteria_for(visit.application.group_key)


# --- what is written of it ----------------------------------------------------------------------------------------


def _of(kind: type[Row], visit: Visit, *order: Any) -> Sequence[Row]:
    return db.session.scalars(select(kind).where(kind.visit_id == visit.id).order_by(*order, kind.id)).all()


def appointments(visit: Visit) -> Sequence[VisitAppointment]:
    return _of(VisitAppointment, visit, VisitAppointment.starts_at)


def find_appointment(visit: Visit, appointment_id: int) -> VisitAppointment | None:
    here = VisitAppointment.visit_id == visit.id, VisitAppointment.id == appointment_id
    return db.session.scalar(select(VisitAppointment).where(*here))


def issues(visit: Visit) -> Sequence[VisitIssue]:
    """In the order of the criteria."""
    place = {code: number for number, code in enumerate(criteria_of(visit).item_codes)}
    return sorted(_of(VisitIssue, visit), key=lambda issue: (place.get(issue.item_code, len(place)), issue.id))


def find_issue(visit: Visit, issue_id: int) -> VisitIssue | None:
    here = VisitIssue.visit_id == visit.id, VisitIssue.id == issue_id
    return db.session.scalar(select(VisitIssue).where(*here))


def logs(visit: Visit) -> Sequence[VisitLog]:
    return _of(VisitLog, visit, VisitLog.at)


def photos(visit: Visit) -> Sequence[VisitPhoto]:
    return _of(VisitPhoto, visit, VisitPhoto.at)


def find_photo(photo_id: int) -> VisitPhoto | None:
    return db.session.get(VisitPhoto, photo_id)


def photo_marked(visit: Visit, mark: str) -> VisitPhoto | None:
    return db.session.scalar(select(VisitPhoto).where(VisitPhoto.visit_id == visit.id, VisitPhoto.mark == mark))


def meetings(visit: Visit) -> dict[str, VisitMeeting]:
    return {meeting.paper.value: meeting for meeting in _of(VisitMeeting, visit)}


def signatures(visit: Visit) -> Sequence[VisitSignature]:
    return _of(VisitSignature, visit, VisitSignature.signed_at)


def report(visit: Visit) -> VisitReport | None:
    return db.session.scalar(select(VisitReport).where(VisitReport.visit_id == visit.id))


def standing(visit: Visit) -> rules.Standing:
    signed = {each.paper.value for each in signatures(visit) if each.side is Side.TEAM}
    return rules.Standing(
        has_leader=visit.led_by is not None,
        appointments=len(appointments(visit)),
        starts_on=visit.starts_on,
        today=today_at(visit),
        is_settled=visit.confirmed_at is not None or bool(visit.unconfirmed_because),
        meetings=frozenset(meetings(visit)),
        signed_by_team=frozenset(signed),
        unsettled=tuple(issue.item_code for issue in issues(visit) if not issue.finding),
    )


def today_at(visit: Visit) -> date:
    return clock.now().astimezone(zone_of(visit.round.edition)).date()


def local(visit: Visit, moment: datetime) -> datetime:
    """A moment typed without a zone, where the award is run."""
    return moment.replace(tzinfo=zone_of(visit.round.edition))


def missing_for_scores(round_id: int, application_id: int) -> list[Message]:
    """For the sheets of a visit's round: what keeps them from being submitted."""
    here = Visit.round_id == round_id, Visit.application_id == application_id
    return rules.missing_for_scores(db.session.scalar(select(Visit.state).where(*here)))


# --- what an earlier panel left open ------------------------------------------------------------------------------


def left_open(round_: Round, application: Application) -> list[rules.Open]:
    """The disputed items of the released consensuses before this round, with the improvements that the panels agreed on."""
    rows = db.session.execute(
        select(Consensus.found, ConsensusItem.item_code, ConsensusItem.improvements)
        .join(ConsensusItem, ConsensusItem.consensus_id == Consensus.id)
        .join(Round, Round.id == Consensus.round_id)
        .where(
            Consensus.application_id == application.id,
            Consensus.state == ConsensusState.RELEASED,
            Round.position < round_.position,
        )
        .order_by(Round.position, ConsensusItem.position)
    )
    return [
        rules.Open(row.item_code, row.improvements)
        for row in rows
        if row.item_code in {item[0] for item in row.found["items"]}
    ]
