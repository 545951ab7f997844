"""Reads of rankings: what goes into one, its pages, and its recomputation.

The statements of the page are put together once, when this is imported: building one costs more than sending it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, false, func, or_, select, true

from app.applications.models import Application
from app.consensus import queries as consensus
from app.consensus.models import Consensus, PanelReport
from app.defences import queries as defences
from app.experts.models import Expert
from app.kernel.actor import Actor, Role
from app.kernel.canonical import Record, digest
from app.kernel.database import db
from app.kernel.words import LocalText
from app.panels.models import Assignment
from app.programmes.models import Edition, Round
from app.programmes.queries import rulebook_of
from app.programmes.rules.rulebook import Rulebook
from app.ranking import rules
from app.ranking.facts import facts_of
from app.ranking.models import Ranking, RankingRow
from app.ranking.official import Agreed, Deduction, Review
from app.scoring.models import ItemScore, ScoreSheet, SubmittedSheet
from app.workflow import ApplicationState, RankingState, ScoreSheetState


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The rankings that `ranking.read` allows, as a condition; a test holds it against the policy."""
    if actor.has(Role.OFFICE, Role.SUPERVISOR, Role.HEAD):
        return true()
    if actor.has(Role.COMMITTEE):
        return and_(Ranking.edition_id.in_(actor.editions), Ranking.state == RankingState.CONFIRMED)
    return false()


def find(ranking_id: int) -> Ranking | None:
    return db.session.get(Ranking, ranking_id)


def find_round(round_id: int) -> Round | None:
    return db.session.get(Round, round_id)


def round_after(round_: Round) -> Round:
    """The next round of the edition, by position; there is one unless the ranking is final."""
    return db.session.scalars(
        select(Round)
        .where(Round.edition_id == round_.edition_id, Round.position > round_.position)
        .order_by(Round.position)
        .limit(1)
    ).one()


def final_ranking(edition: Edition) -> Ranking | None:
    """The confirmed ranking over all rounds."""
    return db.session.scalar(
        select(Ranking)
        .where(Ranking.edition_id == edition.id, Ranking.is_final, Ranking.state == RankingState.CONFIRMED)
        .order_by(Ranking.id.desc())
        .limit(1)
    )


def latest(round_id: int, *states: RankingState) -> Ranking | None:
    return db.session.scalar(
        select(Ranking)
        .where(Ranking.round_id == round_id, Ranking.state.in_(states))
        .order_by(Ranking.number.desc())
        .limit(1)
    )


def earlier(round_: Round) -> list[Ranking]:
    """The confirmed rankings of the rounds before this one, in order."""
    return list(
        db.session.scalars(
            select(Ranking)
            .join(Round, Round.id == Ranking.round_id)
            .where(
                Ranking.edition_id == round_.edition_id,
                Ranking.state == RankingState.CONFIRMED,
                Round.position < round_.position,
            )
            .order_by(Round.position)
        )
    )


def next_number(round_id: int) -> int:
    return 1 + (db.session.scalar(select(func.max(Ranking.number)).where(Ranking.round_id == round_id)) or 0)


# --- what goes in -------------------------------------------------------------------------------------------------


def candidates(round_: Round) -> dict[str, int]:
    """Id by number of the dossiers under review that this round ranks."""
    rows = db.session.execute(
        select(Application.number, Application.id)
        .where(Application.round_id == round_.id, Application.state == ApplicationState.UNDER_REVIEW)
        .order_by(Application.sequence)
    )
    return {row.number: row.id for row in rows}


def reviews(round_: Round) -> list[Review]:
    """The submitted sheets of this round and those before it, for the dossiers that it ranks; standardised scores are measured
    against all sheets of their round."""
    results = _results_by_sheet(round_)
    rows = db.session.execute(
        select(
            ScoreSheet.id,
            ScoreSheet.total_twentieths,
            Application.number,
            Round.key,
            Expert.number.label("reviewer"),
            Assignment.role,
        )
        .join(Assignment, Assignment.id == ScoreSheet.assignment_id)
        .join(Application, Application.id == ScoreSheet.application_id)
        .join(Round, Round.id == ScoreSheet.round_id)
        .join(Expert, Expert.id == ScoreSheet.expert_id)
        .where(*_counted(round_))
    )
    return [
        Review(row.number, row.key, row.reviewer, row.total_twentieths, results.get(row.id, 0), row.role.value)
        for row in rows
    ]


def agreed(round_: Round) -> list[Agreed]:
    """What panels agreed on in this round and those before it, where the rulebook lets it count."""
    rulebook = rulebook_of(round_.edition)
    if not rulebook.aggregation.consensus:
        return []
    return [
        Agreed(
            each.number, each.round, each.total, rules.results_part(each.percents, rulebook.criteria(each.criteria_key))
        )
        for each in consensus.reported(round_)
        if each.total is not None
    ]


def deductions(round_: Round) -> list[Deduction]:
    """What overtime costs in this round and those before it."""
    return [Deduction(each.number, each.round, each.points) for each in defences.deducted(round_)]


def _counted(round_: Round) -> tuple[ColumnElement[bool], ...]:
    ranked = (Application.round_id == round_.id, Application.state == ApplicationState.UNDER_REVIEW)
    measured = rulebook_of(round_.edition).aggregation.method.is_standardised
    return (
        ScoreSheet.state == ScoreSheetState.SUBMITTED,
        *(() if measured else ranked),
        Round.edition_id == round_.edition_id,
        Round.position <= round_.position,
    )


def _results_by_sheet(round_: Round) -> dict[int, int]:
    """The part of each sheet's total that comes from the results categories, in 1/20 point."""
    rulebook = rulebook_of(round_.edition)
    wanted = [
        and_(ScoreSheet.criteria_key == criteria.key, ItemScore.item_code.in_(rules.results_codes(criteria)))
        for criteria in rulebook.criteria_sets
    ]
    rows = db.session.execute(
        select(ScoreSheet.id, func.sum(ItemScore.points * ItemScore.percent).label("hundredths"))
        .join(ItemScore, ItemScore.sheet_id == ScoreSheet.id)
        .join(Application, Application.id == ScoreSheet.application_id)
        .join(Round, Round.id == ScoreSheet.round_id)
        .where(*_counted(round_), ItemScore.percent.is_not(None), or_(*wanted))
        .group_by(ScoreSheet.id)
    )
    return {row.id: row.hundredths // 5 for row in rows}


# --- the pages ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RankingView:
    """A ranking without its record, for pages."""

    id: int
    edition_id: int
    round_id: int
    number: int
    is_final: bool
    summary: Record
    digest: str
    computed_at: datetime
    state: RankingState
    round_key: str
    round_name: LocalText
    rulebook_digest: str
    edition_code: str
    lifecycle: str = "ranking"
    __tablename__ = Ranking.__tablename__


VIEWS = (
    select(
        Ranking.id,
        Ranking.edition_id,
        Ranking.round_id,
        Ranking.number,
        Ranking.is_final,
        Ranking.summary,
        Ranking.digest,
        Ranking.computed_at,
        Ranking.state,
        Round.key.label("round_key"),
        Round.name_zh,
        Round.name_en,
        Edition.rulebook_digest,
        Edition.code.label("edition_code"),
    )
    .join(Round, Round.id == Ranking.round_id)
    .join(Edition, Edition.id == Ranking.edition_id)
    .order_by(Round.position.desc(), Ranking.number.desc())
)
ONE_VIEW = VIEWS.where(Ranking.id == bindparam("ranking_id"))


def view(ranking_id: int) -> RankingView | None:
    row = db.session.execute(ONE_VIEW, {"ranking_id": ranking_id}).one_or_none()
    return None if row is None else _view(row._asdict())


def views(actor: Actor, edition_id: int) -> list[RankingView]:
    """The rankings of an edition that the actor may read: the last round first, in it the newest."""
    rows = db.session.execute(VIEWS.where(Ranking.edition_id == edition_id, visible_to(actor)))
    return [_view(row._asdict()) for row in rows]


def _view(fields: dict[str, Any]) -> RankingView:
    name = LocalText(fields.pop("name_zh"), fields.pop("name_en"))
    return RankingView(**fields, round_name=name)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the ranking's page."""

    position: int
    rank: int | None
    score: str
    shown: str
    tied: bool
    straddles: bool
    line: str
    advances: bool
    reviews: int
    rounds: dict[str, str]
    bases: dict[str, str]
    deductions: dict[str, int]
    reason: dict[str, Any] | None
    application_id: int
    number: str
    name: str
    region_code: str
    group_key: str


LINES = (
    select(
        RankingRow.position,
        RankingRow.rank,
        RankingRow.score,
        RankingRow.shown,
        RankingRow.tied,
        RankingRow.straddles,
        RankingRow.line,
        RankingRow.advances,
        RankingRow.reviews,
        RankingRow.rounds,
        RankingRow.bases,
        RankingRow.deductions,
        case((RankingRow.rank.is_(None), RankingRow.reason)).label("reason"),
        RankingRow.application_id,
        Application.number,
        Application.name,
        Application.region_code,
        Application.group_key,
    )
    .join(Application, Application.id == RankingRow.application_id)
    .where(RankingRow.ranking_id == bindparam("ranking_id"))
    .order_by(RankingRow.position)
)


def lines(ranking_id: int) -> list[Line]:
    rows = db.session.execute(LINES, {"ranking_id": ranking_id})
    return [Line(*row) for row in rows]


# --- recomputed ---------------------------------------------------------------------------------------------------


def recompute(ranking: Ranking) -> Record:
    """The record made again from its own input under the frozen rulebook."""
    rulebook = rulebook_of(ranking.edition)
    dossiers, given, agreed_on = rules.stored_input(ranking.snapshot)
    off, facts = rules.stored_deductions(ranking.snapshot), rules.stored_facts(ranking.snapshot)
    key = ranking.round.key
    return rules.compute(rulebook, key, dossiers, given, agreed=agreed_on, deductions=off, facts=facts).record


def recomputes(ranking: Ranking) -> bool:
    """Whether record, digest and rows fit together, every review in it is one that an expert handed in, every agreed total
    one that a panel released, and every deduction one that was recorded in a hearing."""
    again = recompute(ranking)
    return (
        again == ranking.snapshot
        and digest(again) == ranking.digest
        and _row_facts(ranking.rows) == [_record_facts(row) for row in again["rows"]]
        and _handed_in(ranking, rulebook_of(ranking.edition))
        and _released(ranking, rulebook_of(ranking.edition))
        and _deducted(ranking)
        and _true(ranking)
    )


def _row_facts(rows: Sequence[RankingRow]) -> list[tuple[object, ...]]:
    return [(row.position, row.application.number, row.rank, row.score, row.line, row.advances) for row in rows]


def _record_facts(row: Record) -> tuple[object, ...]:
    return tuple(row[name] for name in ("position", "dossier", "rank", "score", "line", "advances"))


def _handed_in(ranking: Ranking, rulebook: Rulebook) -> bool:
    """Submitted sheets are never changed or removed, so a review without one was not given by an expert."""
    contents = db.session.scalars(
        select(SubmittedSheet.content)
        .join(ScoreSheet, ScoreSheet.id == SubmittedSheet.sheet_id)
        .where(ScoreSheet.edition_id == ranking.edition_id)
    )
    known = {_review_facts(content, rulebook) for content in contents}
    return all(
        (review.dossier, review.round, review.reviewer, review.total, review.results) in known
        for review in rules.stored_input(ranking.snapshot)[1]
    )


def _review_facts(content: Record, rulebook: Rulebook) -> tuple[object, ...]:
    codes = rules.results_codes(rulebook.criteria(content["criteria"]))
    results = sum(item["twentieths"] or 0 for item in content["items"] if item["code"] in codes)
    return content["application"], content["round"], content["expert"], content["total_twentieths"], results


def _released(ranking: Ranking, rulebook: Rulebook) -> bool:
    """Panel reports are never changed or removed, so an agreed total without one was not agreed by a panel."""
    contents = db.session.scalars(
        select(PanelReport.content)
        .join(Consensus, Consensus.id == PanelReport.consensus_id)
        .where(Consensus.edition_id == ranking.edition_id)
    )
    known = {_report_facts(content, rulebook) for content in contents}
    return all(
        (each.dossier, each.round, each.total, each.results) in known
        for each in rules.stored_input(ranking.snapshot)[2]
    )


def _deducted(ranking: Ranking) -> bool:
    known = defences.recorded(ranking.edition_id)
    return all((each.dossier, each.round, each.points) in known for each in rules.stored_deductions(ranking.snapshot))


def _true(ranking: Ranking) -> bool:
    """Whether traits and seed are those of the dossiers and of the draw."""
    told, now = rules.stored_facts(ranking.snapshot), facts_of(ranking.round)
    return told.seed == now.seed and all(now.traits.get(dossier) == each for dossier, each in told.traits.items())


def _report_facts(content: Record, rulebook: Rulebook) -> tuple[object, ...]:
    percents = {
        item["code"]: (item["points"], item["percent"]) for item in content["items"] if item["percent"] is not None
    }
    results = rules.results_part(percents, rulebook.criteria(content["criteria"]))
    return content["application"], content["round"], content["total_twentieths"], results
