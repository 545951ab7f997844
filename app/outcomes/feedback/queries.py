"""Reads of feedback reports: what the experts wrote and scored, the reports, and how far their files are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import Select, false, func, select
from sqlalchemy.orm import joinedload, selectinload

from app.applications.models import Application
from app.consensus.models import Consensus, ConsensusItem
from app.experts.models import Expert
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.exact import from_text
from app.outcomes.feedback.models import FeedbackItem, FeedbackReport
from app.outcomes.feedback.rules import Percents, mean_percent
from app.panels.models import Assignment
from app.programmes.models import Round
from app.programmes.queries import rulebook_of
from app.programmes.rules.criteria import CriteriaSet
from app.ranking.models import Ranking, RankingRow
from app.scoring.models import ItemScore, ScoreSheet
from app.workflow import ConsensusState, FeedbackState, RankingState, RoundState, ScoreSheetState

Remarks = dict[str, tuple[list[str], list[str]]]
"""Item code to all strengths and all improvements."""


def listed(actor: Actor) -> Select[FeedbackReport]:
    """`feedback_report.read` as a query: the office and the supervisor all, an applicant the own once it is released."""
    found = select(FeedbackReport).join(FeedbackReport.application)
    if actor.has(Role.OFFICE, Role.SUPERVISOR):
        return found
    if not actor.has(Role.APPLICANT) or actor.user_id is None:
        return found.where(false())
    return found.where(Application.owner_id == actor.user_id, FeedbackReport.state == FeedbackState.RELEASED)


def find(report_id: int) -> FeedbackReport | None:
    whole = (
        joinedload(FeedbackReport.application),
        joinedload(FeedbackReport.edition),
        joinedload(FeedbackReport.round),
        selectinload(FeedbackReport.items),
    )
    return db.session.get(FeedbackReport, report_id, options=whole)


def reports(actor: Actor, edition_id: int) -> Sequence[FeedbackReport]:
    found = listed(actor).where(FeedbackReport.edition_id == edition_id)
    return db.session.scalars(_with_names(found).order_by(Application.sequence)).all()


def received(actor: Actor) -> Sequence[FeedbackReport]:
    """An applicant's own, newest first."""
    own = listed(actor).where(Application.owner_id == actor.user_id)
    return db.session.scalars(_with_names(own).order_by(FeedbackReport.id.desc())).all()


def _with_names(found: Select[FeedbackReport]) -> Select[FeedbackReport]:
    return found.options(joinedload(FeedbackReport.application), joinedload(FeedbackReport.edition))


def criteria_of(report: FeedbackReport) -> CriteriaSet:
    return rulebook_of(report.edition).criteria(report.criteria_key)


def item_for_writing(report: FeedbackReport, code: str) -> FeedbackItem | None:
    wanted = FeedbackItem.report_id == report.id, FeedbackItem.item_code == code
    return db.session.scalar(select(FeedbackItem).where(*wanted).with_for_update())


# --- what was scored ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scored:
    """A dossier that experts scored: the last round in which they did, and by which criteria."""

    application_id: int
    round_id: int
    criteria_key: str


def unreported(edition_id: int) -> list[Scored]:
    """The scored dossiers of an edition for which there is no report yet."""
    has_one = select(FeedbackReport.id).where(FeedbackReport.application_id == ScoreSheet.application_id).exists()
    rows = db.session.execute(
        select(ScoreSheet.application_id, ScoreSheet.round_id, ScoreSheet.criteria_key)
        .join(ScoreSheet.round)
        .where(ScoreSheet.edition_id == edition_id, ScoreSheet.state == ScoreSheetState.SUBMITTED, ~has_one)
        .order_by(ScoreSheet.application_id, Round.position)
    )
    last = {row.application_id: Scored(row.application_id, row.round_id, row.criteria_key) for row in rows}
    return list(last.values())


def unsent(edition_id: int) -> int:
    """How many scored dossiers have no report that was released."""
    waiting = FeedbackReport.edition_id == edition_id, FeedbackReport.state != FeedbackState.RELEASED
    begun = db.session.scalar(select(func.count(FeedbackReport.id)).where(*waiting)) or 0
    return len(unreported(edition_id)) + begun


def has_open_round(edition_id: int) -> bool:
    still = select(Round.id).where(Round.edition_id == edition_id, Round.state != RoundState.CLOSED)
    return db.session.scalar(still.limit(1)) is not None


def percents_of(round_id: int, criteria_key: str) -> dict[int, dict[str, int]]:
    """By dossier and item: what the panel agreed on, else the mean of its independent sheets."""
    rows = db.session.execute(
        select(ScoreSheet.application_id, ItemScore.item_code, ItemScore.percent)
        .join(ItemScore, ItemScore.sheet_id == ScoreSheet.id)
        .where(
            ScoreSheet.round_id == round_id,
            ScoreSheet.criteria_key == criteria_key,
            ScoreSheet.state == ScoreSheetState.SUBMITTED,
            ItemScore.percent.is_not(None),
        )
    )
    given: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        given[row.application_id][row.item_code].append(row.percent)
    found = {dossier: {code: mean_percent(each) for code, each in items.items()} for dossier, items in given.items()}
    for dossier, agreed in _agreed(round_id, criteria_key).items():
        found[dossier] = found.get(dossier, {}) | agreed
    return found


def _agreed(round_id: int, criteria_key: str) -> dict[int, dict[str, int]]:
    rows = db.session.execute(
        select(Consensus.application_id, ConsensusItem.item_code, ConsensusItem.percent)
        .join(ConsensusItem, ConsensusItem.consensus_id == Consensus.id)
        .where(
            Consensus.round_id == round_id,
            Consensus.criteria_key == criteria_key,
            Consensus.state == ConsensusState.RELEASED,
            Consensus.total_twentieths.is_not(None),
            ConsensusItem.percent.is_not(None),
        )
    )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for row in rows:
        found[row.application_id][row.item_code] = row.percent
    return found


def remarks_of(edition_id: int) -> dict[int, Remarks]:
    """By dossier and item what was written: a panel's own words where it reported, else those of its experts."""
    reported = (
        select(Consensus.application_id, Consensus.round_id, *_texts(ConsensusItem))
        .join(ConsensusItem, ConsensusItem.consensus_id == Consensus.id)
        .where(Consensus.edition_id == edition_id, Consensus.state == ConsensusState.RELEASED)
    )
    alone = (
        select(ScoreSheet.application_id, ScoreSheet.round_id, *_texts(ItemScore))
        .join(ItemScore, ItemScore.sheet_id == ScoreSheet.id)
        .where(ScoreSheet.edition_id == edition_id, ScoreSheet.state == ScoreSheetState.SUBMITTED)
    )
    together = db.session.execute(reported).all()
    talked = {(row.application_id, row.round_id) for row in together}
    apart = [row for row in db.session.execute(alone) if (row.application_id, row.round_id) not in talked]
    return _by_dossier([*together, *apart])


def _texts(model: type[ConsensusItem] | type[ItemScore]) -> tuple[Any, ...]:
    return model.item_code, model.strengths, model.improvements


def _by_dossier(rows: Iterable[Any]) -> dict[int, Remarks]:
    found: dict[int, Remarks] = defaultdict(lambda: defaultdict(lambda: ([], [])))
    for row in rows:
        strengths, improvements = found[row.application_id][row.item_code]
        strengths.append(row.strengths)
        improvements.append(row.improvements)
    return found


def names_of_experts(edition_id: int) -> Sequence[str]:
    """Of everybody who held a seat: none of them may stand in a report."""
    seated = select(Assignment.expert_id).join(Round, Round.id == Assignment.round_id)
    held = seated.where(Round.edition_id == edition_id)
    return db.session.scalars(select(Expert.name).where(Expert.id.in_(held))).all()


def others_of(report: FeedbackReport) -> tuple[Percents, list[Percents]]:
    """The dossier's own percentages, and those of all others of its round that were scored by the same criteria."""
    every = percents_of(report.round_id, report.criteria_key)
    own = every.pop(report.application_id, {})
    return own, list(every.values())


def official_score(application_id: int) -> Fraction | None:
    """From the last confirmed ranking in which the dossier has a rank."""
    found = db.session.scalar(
        select(RankingRow.score)
        .join(RankingRow.ranking)
        .join(Ranking.round)
        .where(
            RankingRow.application_id == application_id,
            RankingRow.rank.is_not(None),
            Ranking.state == RankingState.CONFIRMED,
        )
        .order_by(Round.position.desc(), Ranking.number.desc())
        .limit(1)
    )
    return None if not found else from_text(found)


# --- how far it is ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Progress:
    """Reports of an edition by state, and how many of the approved ones have their file."""

    counts: Mapping[FeedbackState, int]
    approved: int
    typeset: int
    troubled: int

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def is_working(self) -> bool:
        return self.typeset + self.troubled < self.approved


def progress(edition_id: int) -> Progress:
    rows = db.session.execute(
        select(
            FeedbackReport.state,
            func.count().label("reports"),
            func.count().filter(FeedbackReport.pdf_sha256 != "").label("typeset"),
            func.count().filter(FeedbackReport.problem != "").label("troubled"),
        )
        .where(FeedbackReport.edition_id == edition_id)
        .group_by(FeedbackReport.state)
    ).all()
    counts = {row.state: row.reports for row in rows}
    frozen = counts.get(FeedbackState.APPROVED, 0) + counts.get(FeedbackState.RELEASED, 0)
    return Progress(counts, frozen, sum(row.typeset for row in rows), sum(row.troubled for row in rows))


def to_typeset() -> Sequence[int]:
    """What the clock has to make files of, in the order of approval."""
    waiting = (
        FeedbackReport.state == FeedbackState.APPROVED,
        FeedbackReport.pdf_sha256 == "",
        FeedbackReport.problem == "",
    )
    return db.session.scalars(
        select(FeedbackReport.id).where(*waiting).order_by(FeedbackReport.approved_at, FeedbackReport.id)
    ).all()
