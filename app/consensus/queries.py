"""Reads of consensus: the panel's sheets side by side, the talk about them, and what it hands to the ranking."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from app.applications.models import Application
from app.consensus import rules
from app.consensus.models import Consensus, ConsensusAnswer, ConsensusItem, ConsensusNote, PanelReport
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.panels.models import Assignment
from app.programmes.models import Round
from app.programmes.queries import rulebook_of
from app.programmes.rules.criteria import CriteriaSet
from app.scoring.models import ScoreSheet
from app.scoring.queries.visibility import has_handed_in, is_awaited
from app.workflow import ApplicationState, ConsensusState, ScoreSheetState


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The consensuses that `consensus.read` allows, as a condition; a test holds it against the policy."""
    if actor.has(Role.SUPERVISOR):
        return true()
    seen = [Consensus.state == ConsensusState.RELEASED] if actor.has(Role.OFFICE, Role.HEAD) else []
    if actor.has(Role.EXPERT) and actor.expert_id is not None:
        seen.append(has_handed_in(actor.expert_id, Consensus))
    return or_(false(), *seen)


_WHOLE = (
    joinedload(Consensus.application),
    joinedload(Consensus.round).joinedload(Round.edition),
    selectinload(Consensus.items),
    selectinload(Consensus.sheets).options(
        joinedload(ScoreSheet.assignment).joinedload(Assignment.expert), selectinload(ScoreSheet.items)
    ),
)


def find(consensus_id: int) -> Consensus | None:
    return db.session.scalar(select(Consensus).options(*_WHOLE).where(Consensus.id == consensus_id))


def find_for(round_id: int, application_id: int) -> Consensus | None:
    here = Consensus.round_id == round_id, Consensus.application_id == application_id
    return db.session.scalar(select(Consensus).options(*_WHOLE).where(*here))


def listed(actor: Actor, edition_id: int) -> Sequence[Consensus]:
    """All of an edition for those who watch it, without a score; of an expert those at whose table he sits."""
    watches = actor.has(Role.OFFICE, Role.SUPERVISOR, Role.HEAD)
    return _rows(edition_id, true() if watches else visible_to(actor))


def waiting_for(actor: Actor, edition_id: int) -> list[Consensus]:
    """What an expert has still to do: the leader until the report is out, a member until the proposal is answered."""
    assert actor.expert_id is not None
    mine = _rows(edition_id, has_handed_in(actor.expert_id, Consensus), Consensus.state != ConsensusState.RELEASED)
    answered = _answered_by(actor.expert_id) if mine else set()
    return [each for each in mine if _waits(each, actor.expert_id, answered)]


def _answered_by(expert_id: int) -> set[tuple[int, int]]:
    given = select(ConsensusAnswer.consensus_id, ConsensusAnswer.proposal).where(ConsensusAnswer.expert_id == expert_id)
    return {(row.consensus_id, row.proposal) for row in db.session.execute(given)}


def _waits(consensus: Consensus, expert_id: int, answered: set[tuple[int, int]]) -> bool:
    if consensus.led_by == expert_id or consensus.state is ConsensusState.OPEN:
        return True
    return consensus.state is ConsensusState.PROPOSED and (consensus.id, consensus.proposal) not in answered


def _rows(edition_id: int, *conditions: ColumnElement[bool]) -> Sequence[Consensus]:
    return db.session.scalars(
        select(Consensus)
        .options(*_WHOLE[:2], selectinload(Consensus.sheets).joinedload(ScoreSheet.assignment))
        .join(Consensus.application)
        .where(Consensus.edition_id == edition_id, *conditions)
        .order_by(Consensus.round_id.desc(), Application.sequence)
    ).all()


# --- when it opens ------------------------------------------------------------------------------------------------


def is_waited_for(round_: Round, application_id: int) -> bool:
    """Whether an independent score may still come: a seat whose sheet is not in, or one that nobody has taken over yet."""
    return bool(db.session.scalar(select(is_awaited(round_.id, application_id))))


def sheets_in(round_id: int, application_id: int) -> Sequence[ScoreSheet]:
    """The independent sheets that are in."""
    return db.session.scalars(
        select(ScoreSheet)
        .options(joinedload(ScoreSheet.assignment).joinedload(Assignment.expert), selectinload(ScoreSheet.items))
        .where(
            ScoreSheet.round_id == round_id,
            ScoreSheet.application_id == application_id,
            ScoreSheet.state == ScoreSheetState.SUBMITTED,
        )
        .order_by(ScoreSheet.id)
        .execution_options(populate_existing=True)
    ).all()


def without_consensus(round_: Round) -> Sequence[Application]:
    """The dossiers under review of a round about which no panel has begun to talk."""
    begun = exists().where(Consensus.round_id == round_.id, Consensus.application_id == Application.id)
    return db.session.scalars(
        select(Application)
        .where(Application.round_id == round_.id, Application.state == ApplicationState.UNDER_REVIEW, ~begun)
        .order_by(Application.sequence)
    ).all()


# --- at the table -------------------------------------------------------------------------------------------------


def independent(sheets: Sequence[ScoreSheet]) -> list[rules.Independent]:
    return [
        rules.Independent(
            sheet.assignment.expert.number,
            {item.item_code: item.percent for item in sheet.items if item.percent is not None},
            sheet.total_twentieths,
        )
        for sheet in sheets
    ]


def criteria_of(consensus: Consensus) -> CriteriaSet:
    return rulebook_of(consensus.round.edition).criteria(consensus.criteria_key)


def spreads(consensus: Consensus) -> dict[str, rules.Spread]:
    found = rules.spreads(independent(consensus.sheets), criteria_of(consensus).item_codes)
    return {each.code: each for each in found}


def disagreement(consensus: Consensus) -> rules.Disagreement:
    rulebook = rulebook_of(consensus.round.edition)
    return rules.disagreement(independent(consensus.sheets), list(criteria_of(consensus).item_codes), rulebook.scoring)


def proposals(consensus: Consensus) -> list[rules.Proposal]:
    return [
        rules.Proposal(item.item_code, item.points, item.percent, item.reason, item.strengths, item.improvements)
        for item in consensus.items
    ]


def item_for_writing(consensus: Consensus, code: str) -> ConsensusItem | None:
    return db.session.scalar(
        select(ConsensusItem)
        .where(ConsensusItem.consensus_id == consensus.id, ConsensusItem.item_code == code)
        .with_for_update()
    )


def notes(consensus: Consensus, code: str | None = None) -> Sequence[ConsensusNote]:
    wanted = () if code is None else (ConsensusNote.item_code == code,)
    return db.session.scalars(
        select(ConsensusNote)
        .options(joinedload(ConsensusNote.expert))
        .where(ConsensusNote.consensus_id == consensus.id, *wanted)
        .order_by(ConsensusNote.id)
    ).all()


def answers(consensus: Consensus) -> Sequence[ConsensusAnswer]:
    """To every proposal, the newest proposal first."""
    return db.session.scalars(
        select(ConsensusAnswer)
        .options(joinedload(ConsensusAnswer.expert))
        .where(ConsensusAnswer.consensus_id == consensus.id)
        .order_by(ConsensusAnswer.proposal.desc(), ConsensusAnswer.id)
    ).all()


def tally(consensus: Consensus) -> rules.Tally:
    """The panel as it sits today: who left it since has no vote any more."""
    panel = consensus.panel
    given = [
        answer.confirms
        for answer in answers(consensus)
        if answer.proposal == consensus.proposal and answer.expert_id in panel
    ]
    leader = consensus.led_by is not None
    return rules.Tally(len(panel), leader + sum(given), len(given) - sum(given))


def report(consensus: Consensus) -> PanelReport | None:
    return db.session.scalar(select(PanelReport).where(PanelReport.consensus_id == consensus.id))


# --- beside a later sheet -----------------------------------------------------------------------------------------


def agreed_before(expert_id: int, application_id: int, round_id: int) -> dict[str, int]:
    """By item what the panels on which this expert sat agreed on in the rounds before; those of the latest round count."""
    position = select(Round.position).where(Round.id == round_id).scalar_subquery()
    rows = db.session.execute(
        select(ConsensusItem.item_code, ConsensusItem.percent)
        .join(Consensus, Consensus.id == ConsensusItem.consensus_id)
        .join(Round, Round.id == Consensus.round_id)
        .where(
            Consensus.application_id == application_id,
            Consensus.state == ConsensusState.RELEASED,
            Consensus.total_twentieths.is_not(None),
            Round.position < position,
            has_handed_in(expert_id, Consensus),
        )
        .order_by(Round.position)
    )
    return {row.item_code: row.percent for row in rows if row.percent is not None}


# --- for the ranking ----------------------------------------------------------------------------------------------


def unreleased(round_: Round) -> list[str]:
    """Numbers of the dossiers under review whose panel has not handed on its report."""
    rows = db.session.scalars(
        select(Application.number)
        .join(Consensus, Consensus.application_id == Application.id)
        .where(
            Consensus.round_id == round_.id,
            Consensus.state != ConsensusState.RELEASED,
            Application.state == ApplicationState.UNDER_REVIEW,
        )
        .order_by(Application.sequence)
    )
    return list(rows)


@dataclass(frozen=True, slots=True)
class Reported:
    """A released report as the ranking takes it: `total` None where the panel did not agree."""

    number: str
    round: str
    total: int | None
    percents: dict[str, tuple[int, int]]
    criteria_key: str


def reported(round_: Round) -> list[Reported]:
    """The released reports of this round and those before it, for the dossiers that this round ranks."""
    found = db.session.scalars(
        select(Consensus)
        .options(joinedload(Consensus.application), joinedload(Consensus.round), selectinload(Consensus.items))
        .join(Consensus.round)
        .join(Consensus.application)
        .where(
            Consensus.state == ConsensusState.RELEASED,
            Application.round_id == round_.id,
            Application.state == ApplicationState.UNDER_REVIEW,
            and_(Round.edition_id == round_.edition_id, Round.position <= round_.position),
        )
    )
    return [
        Reported(
            each.application.number,
            each.round.key,
            each.total_twentieths,
            {item.item_code: (item.points, item.percent) for item in each.items if item.percent is not None},
            each.criteria_key,
        )
        for each in found
    ]
