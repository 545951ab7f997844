"""How far a round is: who has how much to do, never a score."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select, true
from sqlalchemy.orm import aliased

from app.applications.models import Application
from app.audit.models import AuditEvent
from app.experts.models import Expert
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.outbox import OutboxMessage
from app.kernel.words import LocalText
from app.panels.models import Assignment, SeatRole
from app.programmes.models import Edition, Period, Round
from app.scoring import rules
from app.scoring.models import ItemScore, ScoreSheet
from app.scoring.queries import visibility
from app.scoring.queries.visibility import SEATED, visible_to
from app.workflow import ApplicationState, RoundState, ScoreSheetState

WINDOW_OF_ROUND = and_(Period.edition_id == Round.edition_id, Period.key == Round.key)


@dataclass(frozen=True, slots=True)
class RoundRow:
    id: int
    edition_id: int
    key: str
    state: RoundState
    name: LocalText
    due: datetime | None
    rulebook_digest: str
    lifecycle: str = "round"


def rounds_of(edition_id: int) -> list[RoundRow]:
    rows = db.session.execute(
        select(
            Round.id,
            Round.edition_id,
            Round.key,
            Round.state,
            Round.name_zh,
            Round.name_en,
            Period.closes_at,
            Edition.rulebook_digest,
        )
        .join(Edition, Edition.id == Round.edition_id)
        .outerjoin(Period, WINDOW_OF_ROUND)
        .where(Round.edition_id == edition_id)
        .order_by(Round.position)
    )
    return [
        RoundRow(row.id, row.edition_id, row.key, row.state, LocalText(row.name_zh, row.name_en), *row[6:])
        for row in rows
    ]


def current_round(rounds: list[RoundRow], wanted: int | None = None) -> RoundRow | None:
    """The one asked for; else the one being scored, else the last that was, else the first."""
    if wanted is not None:
        return {each.id: each for each in rounds}.get(wanted)
    scoring, closed = _in_state(rounds, RoundState.SCORING), _in_state(rounds, RoundState.CLOSED)
    return next(iter(scoring or closed[-1:] or rounds), None)


def _in_state(rounds: list[RoundRow], state: RoundState) -> list[RoundRow]:
    return [each for each in rounds if each.state is state]


def find_round(round_id: int) -> Round | None:
    return db.session.get(Round, round_id)


def seats(round_id: int, *, watched_by: Actor | None = None) -> list[rules.Seat]:
    """Who has how far to go in a round: counts, never a score; a leader sees the dossiers that he leads."""
    watched = true() if watched_by is None else visibility.watched_by(watched_by)
    rows = db.session.execute(
        select(
            Assignment.id,
            Assignment.state,
            Assignment.role,
            ScoreSheet.id.label("sheet_id"),
            ScoreSheet.state.label("sheet_state"),
            ScoreSheet.items_scored,
            ScoreSheet.items_total,
            ScoreSheet.abstained_for,
            Application.id.label("application_id"),
            Application.name.label("application"),
            Application.number,
            Application.group_key,
            Expert.id.label("expert_id"),
            Expert.name.label("expert"),
            Expert.employer,
        )
        .join(Application, Application.id == Assignment.application_id)
        .join(Expert, Expert.id == Assignment.expert_id)
        .outerjoin(ScoreSheet, ScoreSheet.assignment_id == Assignment.id)
        .where(Assignment.round_id == round_id, Assignment.state.in_(SEATED), watched)
        .order_by(Application.sequence, Assignment.role, Expert.number)
    )
    return [_seat(row) for row in rows]


def _seat(row: Any) -> rules.Seat:
    return rules.Seat(
        assignment_id=row.id,
        sheet_id=row.sheet_id,
        application_id=row.application_id,
        application=row.application,
        number=row.number,
        group_key=row.group_key,
        expert_id=row.expert_id,
        expert=row.expert,
        employer=row.employer,
        leads=row.role is SeatRole.LEADER,
        standing=rules.standing_of(row.state, row.sheet_state, row.items_scored),
        items_scored=row.items_scored or 0,
        items_total=row.items_total or 0,
        abstained_for=row.abstained_for or "",
    )


def readable(actor: Actor, round_id: int) -> frozenset[int]:
    """The sheets of a round that are handed in and that an actor may read."""
    rows = select(ScoreSheet.id).where(
        ScoreSheet.round_id == round_id, ScoreSheet.state == ScoreSheetState.SUBMITTED, visible_to(actor)
    )
    return frozenset(db.session.scalars(rows))


WORK = ("score_sheet.save", "score_sheet.skip", "score_sheet.submit", "assignment.read_dossier")


def last_activity(round_id: int) -> dict[int, datetime]:
    """When each sheet's expert last did something with it, by the record."""
    of_round = select(ScoreSheet.id).where(ScoreSheet.round_id == round_id)
    rows = db.session.execute(
        select(AuditEvent.subject_id, func.max(AuditEvent.at).label("at"))
        .where(
            AuditEvent.subject_type == ScoreSheet.__tablename__,
            AuditEvent.subject_id.in_(of_round),
            AuditEvent.action.in_(WORK),
        )
        .group_by(AuditEvent.subject_id)
    )
    return {row.subject_id: row.at for row in rows if row.subject_id is not None}


def uncommented(round_id: int) -> dict[int, tuple[str, ...]]:
    """The items without a strength or an improvement, by sheet handed in; never what was scored."""
    rows = db.session.execute(
        select(ItemScore.sheet_id, ItemScore.item_code)
        .join(ScoreSheet, ScoreSheet.id == ItemScore.sheet_id)
        .where(
            ScoreSheet.round_id == round_id,
            ScoreSheet.state == ScoreSheetState.SUBMITTED,
            ItemScore.strengths == "",
            ItemScore.improvements == "",
        )
        .order_by(ItemScore.sheet_id, ItemScore.position)
    )
    found: dict[int, tuple[str, ...]] = {}
    for row in rows:
        found[row.sheet_id] = (*found.get(row.sheet_id, ()), row.item_code)
    return found


def last_reminders(edition_id: int) -> dict[int, datetime]:
    """When each expert was last reminded, by the outbox."""
    rows = db.session.execute(
        select(Expert.id, func.max(OutboxMessage.created_at).label("at"))
        .join(Expert, Expert.email == OutboxMessage.recipient)
        .where(OutboxMessage.action == "progress.remind", OutboxMessage.edition_id == edition_id)
        .group_by(Expert.id)
    )
    return {row.id: row.at for row in rows}


def has_seen_others(sheet: ScoreSheet) -> bool:
    """Whether the sheet's expert has looked at another's sheet of the same dossier, as a leader may: by the record."""
    peer = aliased(ScoreSheet)
    looks = (
        select(AuditEvent.id)
        .join(peer, peer.id == AuditEvent.subject_id)
        .where(
            AuditEvent.action == "score_sheet.read",
            AuditEvent.subject_type == ScoreSheet.__tablename__,
            AuditEvent.actor_id == sheet.assignment.expert.user_id,
            peer.round_id == sheet.round_id,
            peer.application_id == sheet.application_id,
            peer.id != sheet.id,
        )
    )
    return db.session.scalar(looks.limit(1)) is not None


def dossiers_in(round_id: int) -> dict[int, str]:
    """Number by id of the dossiers under review in a round."""
    rows = db.session.execute(
        select(Application.id, Application.number)
        .where(Application.round_id == round_id, Application.state == ApplicationState.UNDER_REVIEW)
        .order_by(Application.sequence)
    )
    return {row.id: row.number for row in rows}


def due_of(round_: Round) -> datetime | None:
    return db.session.scalar(
        select(Period.closes_at).where(Period.edition_id == round_.edition_id, Period.key == round_.key)
    )
