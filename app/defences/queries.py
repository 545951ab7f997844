"""Reads of sessions of statements and defences."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, exists, false, func, select, true
from sqlalchemy.orm import joinedload, selectinload

from app.applications.models import Application
from app.defences import rules
from app.defences.models import DefenceDeduction, DefenceSession, DefenceSlot, Mark
from app.kernel.actor import Actor, Role
from app.kernel.canonical import digest
from app.kernel.database import db
from app.panels.models import Assignment
from app.programmes.models import Round
from app.programmes.queries import rulebook_of
from app.programmes.rules.review import DefenceRule
from app.programmes.rules.values import RoundKind
from app.scoring.models import ScoreSheet
from app.workflow import ApplicationState, AssignmentState, DefenceState, RoundState, ScoreSheetState


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The sessions that `defence.read` allows, as a condition; a test holds it against the policy."""
    if actor.has(Role.OFFICE, Role.SUPERVISOR, Role.HEAD):
        return true()
    if not actor.has(Role.EXPERT) or actor.expert_id is None:
        return false()
    return exists().where(
        DefenceSlot.session_id == DefenceSession.id,
        Assignment.round_id == DefenceSlot.round_id,
        Assignment.application_id == DefenceSlot.application_id,
        Assignment.expert_id == actor.expert_id,
        Assignment.state == AssignmentState.CLEARED,
    )


def _whole() -> Select[DefenceSession]:
    slots = selectinload(DefenceSession.slots)
    return select(DefenceSession).options(
        joinedload(DefenceSession.round).joinedload(Round.edition),
        slots.joinedload(DefenceSlot.application),
        slots.selectinload(DefenceSlot.seats).joinedload(Assignment.expert),
        slots.selectinload(DefenceSlot.marks),
        slots.selectinload(DefenceSlot.deductions),
    )


def find(session_id: int) -> DefenceSession | None:
    return db.session.scalar(_whole().where(DefenceSession.id == session_id))


def session_of(assignment: Assignment) -> DefenceSession | None:
    """The running session in which this seat's dossier is heard."""
    mine = DefenceSlot.round_id == assignment.round_id, DefenceSlot.application_id == assignment.application_id
    running = DefenceSession.state == DefenceState.RUNNING
    return db.session.scalar(_whole().join(DefenceSession.slots).where(*mine, running))


def listed(actor: Actor, edition_id: int) -> Sequence[DefenceSession]:
    seen = DefenceSession.edition_id == edition_id, visible_to(actor)
    return db.session.scalars(_whole().where(*seen).order_by(DefenceSession.held_at)).all()


def rounds_to_arrange(actor: Actor, edition_id: int) -> Sequence[Round]:
    """For the office: the running rounds of statements and defences."""
    running = Round.kind == RoundKind.DEFENCE, Round.state == RoundState.SCORING, Round.edition_id == edition_id
    return db.session.scalars(select(Round).where(*running)).all() if actor.has(Role.OFFICE) else []


def find_round(round_id: int) -> Round | None:
    return db.session.scalar(select(Round).options(joinedload(Round.edition)).where(Round.id == round_id))


def rule_of(round_: Round) -> DefenceRule | None:
    return rulebook_of(round_.edition).round(round_.key).defence


def next_number(round_: Round) -> int:
    last = select(func.max(DefenceSession.number)).where(DefenceSession.round_id == round_.id)
    return 1 + (db.session.scalar(last) or 0)


def to_hear(round_: Round, session_id: int | None = None) -> Sequence[Application]:
    """The dossiers under review that no other session of the round hears."""
    elsewhere = exists().where(
        DefenceSlot.round_id == round_.id,
        DefenceSlot.application_id == Application.id,
        DefenceSlot.session_id != (session_id or 0),
    )
    return db.session.scalars(
        select(Application)
        .where(Application.round_id == round_.id, Application.state == ApplicationState.UNDER_REVIEW, ~elsewhere)
        .order_by(Application.sequence)
    ).all()


# --- the sheets ---------------------------------------------------------------------------------------------------


def sheets(session: DefenceSession) -> dict[tuple[int, int], ScoreSheet]:
    """By dossier and expert, of those heard here; void ones are not among them."""
    heard = [slot.application_id for slot in session.slots]
    found = db.session.scalars(
        select(ScoreSheet).where(
            ScoreSheet.round_id == session.round_id,
            ScoreSheet.application_id.in_(heard),
            ScoreSheet.state != ScoreSheetState.VOID,
        )
    )
    return {(sheet.application_id, sheet.expert_id): sheet for sheet in found}


def heard(session: DefenceSession) -> list[rules.Heard]:
    open_ = [key for key, sheet in sheets(session).items() if sheet.state is ScoreSheetState.DRAFT]
    return [
        rules.Heard(slot.application.number, _is_over(slot), sum(key[0] == slot.application_id for key in open_))
        for slot in session.slots
    ]


def _is_over(slot: DefenceSlot) -> bool:
    """Who has left the review is not waited for."""
    return slot.at(Mark.QUESTIONS_ENDED) is not None or slot.application.state is not ApplicationState.UNDER_REVIEW


def ended_with(round_id: int, application_id: int) -> bool:
    """Whether this dossier's hearing is over and its results may have been read."""
    return (
        db.session.scalar(
            select(DefenceSession.id)
            .join(DefenceSession.slots)
            .where(
                DefenceSlot.round_id == round_id,
                DefenceSlot.application_id == application_id,
                DefenceSession.state == DefenceState.ENDED,
            )
        )
        is not None
    )


# --- for the ranking ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Deducted:
    number: str
    round: str
    points: int


def deducted(round_: Round) -> list[Deducted]:
    """What overtime costs the dossiers that this round ranks, in this round and those before it; only what is more than nothing."""
    latest = (
        select(DefenceDeduction.slot_id, func.max(DefenceDeduction.number).label("number"))
        .group_by(DefenceDeduction.slot_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Application.number, Round.key, DefenceDeduction.points)
        .join(DefenceSlot, DefenceSlot.id == DefenceDeduction.slot_id)
        .join(latest, (latest.c.slot_id == DefenceSlot.id) & (latest.c.number == DefenceDeduction.number))
        .join(Application, Application.id == DefenceSlot.application_id)
        .join(Round, Round.id == DefenceSlot.round_id)
        .where(
            DefenceDeduction.points > 0,
            Application.round_id == round_.id,
            Application.state == ApplicationState.UNDER_REVIEW,
            Round.edition_id == round_.edition_id,
            Round.position <= round_.position,
        )
        .order_by(Application.number, Round.position)
    )
    return [Deducted(*row) for row in rows]


def recorded(edition_id: int) -> set[tuple[str, str, int]]:
    """Every deduction that was ever recorded in an edition, the corrected ones too."""
    rows = db.session.execute(
        select(Application.number, Round.key, DefenceDeduction.points)
        .join(DefenceSlot, DefenceSlot.id == DefenceDeduction.slot_id)
        .join(Application, Application.id == DefenceSlot.application_id)
        .join(Round, Round.id == DefenceSlot.round_id)
        .where(Round.edition_id == edition_id)
    )
    return {(row.number, row.key, row.points) for row in rows}


# --- drawn again --------------------------------------------------------------------------------------------------


def agrees(session: DefenceSession) -> bool:
    """Whether the sealed input, the public value and the opened secret give the stored order and questions again."""
    if digest(session.lot_input) != session.input_digest:
        return False
    if not session.lot_result:
        return True
    seed = rules.seed(session.input_digest, session.public_value, secret=session.secret, nonce=session.nonce)
    order = [slot.application.number for slot in session.slots]
    return rules.drawn(session.lot_input, seed) == session.lot_result and session.lot_result["order"] == order


def record_of(session: DefenceSession) -> rules.Record:
    """Everything with which anybody can draw the lot again; the secret only after it was drawn."""
    opened = (
        {"secret": session.secret, "nonce": session.nonce, "result": session.lot_result} if session.lot_result else {}
    )
    return {
        "input": session.lot_input,
        "input_digest": session.input_digest,
        "commitment": session.promise,
        "public": session.public_value,
        "witnesses": session.witnesses,
        **opened,
    }
