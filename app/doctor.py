"""The invariants, run on live data: each check returns what breaks it, and nothing may come back.

Tests run it after every journey; the office and the operator run `flask doctor` whenever they want to be sure.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, undefer

from app import workflow
from app.applications.models import Application, Receipt
from app.audit import checkpoints
from app.audit.models import AuditEvent
from app.audit.rules import HASHED_FIELDS, first_broken
from app.consensus.models import Consensus, ConsensusItem, PanelReport
from app.decisions.models import Attendance, Ballot, BallotPaper, BallotRight, BallotRound, CommitteeSession, Recusal
from app.defences import queries as defences
from app.defences.models import DefenceSession
from app.experts.models import ExpertMerge, PoolImport
from app.exports.models import Export
from app.intake.models import Recommendation
from app.kernel import files
from app.kernel.canonical import digest
from app.kernel.database import Base, db
from app.kernel.words import N_, Message
from app.notices.models import Notice, Objection
from app.outcomes import edition_archive, sealing
from app.outcomes.certificates.models import Certificate
from app.outcomes.feedback.models import FeedbackReport
from app.outcomes.letters.models import Letter
from app.outcomes.models import Bundle, Outcome
from app.outcomes.retention import stored
from app.outcomes.retention.models import RetentionAct
from app.outcomes.retention.queries import erased_digests
from app.outcomes.watch.models import WatchFact, YearlyDeclaration
from app.panels import ceremonies, origins
from app.panels.eligibility import group_faults, unlawful_seats
from app.panels.models import Assignment, Conflict, Draw, PairException
from app.panels.queries import seats_with_draws
from app.programmes.models import Edition, Round
from app.programmes.queries import rulebook_of
from app.programmes.rules.parsing import digest as rulebook_digest
from app.ranking import advice_queries as advice
from app.ranking import queries as ranking
from app.ranking.models import Ranking, RankingAdvice
from app.scoring.models import CommitteeReport, ItemScore, PaperEntry, ScoreSheet, SubmittedSheet
from app.visits.models import Visit, VisitReport
from app.workflow import AssignmentState, EditionState

Faults = Iterator[str]


@dataclass(frozen=True)
class Check:
    name: str
    faults: Callable[[], Faults]


@dataclass(frozen=True)
class Finding:
    check: Message
    faults: tuple[str, ...]


def examine() -> list[Finding]:
    """Every check with what breaks it; a healthy database has no faults anywhere."""
    return [Finding(Message(check.name), tuple(check.faults())) for check in CHECKS]


def _unlawful_assignments() -> Faults:
    for edition in db.session.scalars(select(Edition).where(Edition.state == EditionState.RUNNING)):
        for seat in unlawful_seats(edition):
            yield f"assignment {seat.assignment.id}: {', '.join(objection.rule for objection in seat.objections)}"


def _groups_not_kept() -> Faults:
    for edition in db.session.scalars(select(Edition).where(Edition.state == EditionState.RUNNING)):
        yield from (f"edition {edition.id}: {fault}" for fault in group_faults(edition))


SEATED_BY_NAME = (AuditEvent.action == "assignment.seat", AuditEvent.subject_type == "assignment")


def _seats_without_origin() -> Faults:
    """A seat by lot stands in the result of its published draw; a seat by name has its person, its reason and its line."""
    named = set(db.session.scalars(select(AuditEvent.subject_id).where(*SEATED_BY_NAME)))
    seats = seats_with_draws()
    gave = {draw.id: origins.gave(draw) for draw in {seat.draw for seat in seats} if draw is not None}

    def is_answered_for(seat: Assignment) -> bool:
        if seat.draw_id is None:
            return bool(seat.seated_by and seat.reason) and seat.id in named
        return gave[seat.draw_id](seat.application.number, seat.expert.number)

    yield from (f"assignment {seat.id}: {seat.origin}" for seat in seats if not is_answered_for(seat))


def _scores_of_recused() -> Faults:
    gone = (AssignmentState.RECUSED, AssignmentState.EXCUSED)
    rows = db.session.execute(
        select(ScoreSheet.id)
        .join(Assignment, Assignment.id == ScoreSheet.assignment_id)
        .where(Assignment.state.in_(gone), ScoreSheet.state != workflow.ScoreSheetState.VOID)
    )
    yield from (f"score_sheet {row.id}" for row in rows)


STATEFUL: tuple[type[Base], ...] = (
    Edition,
    Round,
    Application,
    PoolImport,
    ExpertMerge,
    Conflict,
    PairException,
    Draw,
    Assignment,
    ScoreSheet,
    PaperEntry,
    Consensus,
    Visit,
    DefenceSession,
    Ranking,
    CommitteeSession,
    Notice,
    Objection,
    Outcome,
    YearlyDeclaration,
    WatchFact,
    FeedbackReport,
    Bundle,
    Export,
    RetentionAct,
)


def _states_without_audit() -> Faults:
    """A state that the last audited step of the subject did not lead to; the initial one needs no step."""
    for model in STATEFUL:
        audited = _last_audited_states(model.__tablename__)
        lifecycle = workflow.LIFECYCLES[model.lifecycle]  # type: ignore[attr-defined]
        for subject_id, state in db.session.execute(select(model.id, model.state)):  # type: ignore[attr-defined]
            if audited.get(subject_id, lifecycle.initial) != state:
                yield f"{model.__tablename__} {subject_id}: {state}"


def _last_audited_states(table: str) -> dict[int, str]:
    rows = db.session.execute(
        select(AuditEvent.subject_id, AuditEvent.state_after)
        .where(AuditEvent.subject_type == table, AuditEvent.state_after.is_not(None))
        .order_by(AuditEvent.id)
    )
    return {row.subject_id: row.state_after for row in rows}


def _broken_chain() -> Faults:
    columns = [getattr(AuditEvent, name) for name in (*HASHED_FIELDS, "hash")]
    events = db.session.execute(select(*columns).order_by(AuditEvent.id)).mappings()
    broken = first_broken(events)  # type: ignore[arg-type]
    if broken is not None:
        yield f"audit_event {broken}"


def _changed_rulebooks() -> Faults:
    for edition in db.session.scalars(select(Edition).options(undefer(Edition.rulebook), undefer(Edition.criteria))):
        if rulebook_digest(edition.rulebook, edition.criteria) != edition.rulebook_digest:
            yield f"edition {edition.id}"


def _draws_that_differ() -> Faults:
    committed = select(Draw).where(Draw.input_digest != "")
    yield from (f"draw {draw.id}" for draw in db.session.scalars(committed) if not ceremonies.verify(draw).agrees)


def _lots_that_differ() -> Faults:
    sealed = select(DefenceSession).where(DefenceSession.input_digest != "")
    yield from (f"defence_session {each.id}" for each in db.session.scalars(sealed) if not defences.agrees(each))


def _rankings_that_differ() -> Faults:
    yield from (
        f"ranking {stored.id}" for stored in db.session.scalars(select(Ranking)) if not ranking.recomputes(stored)
    )


def _advice_that_differs() -> Faults:
    stored = select(RankingAdvice).options(joinedload(RankingAdvice.ranking))
    yield from (f"ranking_advice {each.id}" for each in db.session.scalars(stored) if not advice.recomputes(each))


def _totals_that_differ() -> Faults:
    sums = (
        select(ItemScore.sheet_id, func.sum(ItemScore.points * ItemScore.percent / 5).label("total"))
        .where(ItemScore.percent.is_not(None))
        .group_by(ItemScore.sheet_id)
        .subquery()
    )
    rows = db.session.execute(
        select(ScoreSheet.id)
        .outerjoin(sums, sums.c.sheet_id == ScoreSheet.id)
        .where(func.coalesce(sums.c.total, 0) != ScoreSheet.total_twentieths)
    )
    yield from (f"score_sheet {row.id}" for row in rows)


def _agreed_totals_that_differ() -> Faults:
    sums = (
        select(ConsensusItem.consensus_id, func.sum(ConsensusItem.points * ConsensusItem.percent / 5).label("total"))
        .group_by(ConsensusItem.consensus_id)
        .subquery()
    )
    rows = db.session.scalars(
        select(Consensus.id)
        .outerjoin(sums, sums.c.consensus_id == Consensus.id)
        .where(Consensus.total_twentieths.is_not(None), Consensus.total_twentieths != func.coalesce(sums.c.total, 0))
    )
    yield from (f"consensus {found}" for found in rows)


def _changed_contents() -> Faults:
    """Receipts, submitted sheets, feedback and reports of panels, heads and visits whose digest no longer fits what they hold."""
    models: tuple[Any, ...] = (
        Receipt,
        SubmittedSheet,
        PanelReport,
        CommitteeReport,
        VisitReport,
        FeedbackReport,
        Notice,
        Certificate,
        Letter,
        YearlyDeclaration,
    )
    for model in models:
        for row in db.session.execute(select(model.id, model.content, model.digest).where(model.digest != "")):
            if digest(row.content) != row.digest:
                yield f"{model.__tablename__} {row.id}"


def _files_missing_or_changed() -> Faults:
    for column in stored.COLUMNS:
        yield from (f"{column.class_.__tablename__} {row}" for row in stored.unsound(column))


def _quotas_exceeded() -> Faults:
    counted = db.session.execute(
        select(Application.edition_id, Application.kind, Recommendation.body_id, func.count().label("used"))
        .join(Application, Application.id == Recommendation.application_id)
        .where(Recommendation.recommended)
        .group_by(Application.edition_id, Application.kind, Recommendation.body_id)
    ).all()
    for row in counted:
        body = db.session.get_one(Recommendation.body.property.mapper.class_, row.body_id)
        quota = rulebook_of(db.session.get_one(Edition, row.edition_id)).recommendation.quota(body.kind)
        places = quota.places(row.kind)
        if places is not None and row.used > places:
            yield f"recommending_body {row.body_id}: {row.used} > {places}"


def _ballots_that_do_not_add_up() -> Faults:
    """In each counted round each dossier has one ballot for every used right that was not recused from it."""
    counted = select(BallotRound.session_id, BallotRound.number).where(BallotRound.counted_at.is_not(None))
    for session_id, number in db.session.execute(counted):
        rights = select(BallotRight.member_id).where(
            BallotRight.session_id == session_id, BallotRight.round_number == number, BallotRight.used
        )
        used = set(db.session.scalars(rights))
        present = set(db.session.scalars(select(Attendance.member_id).where(Attendance.session_id == session_id)))
        if not used <= present:
            yield f"committee_session {session_id}: a vote of somebody who was absent"
        yield from _uneven_boxes(session_id, number, used)


def _uneven_boxes(session_id: int, number: int, used: set[int]) -> Faults:
    counted = select(Ballot.application_id, func.count().label("ballots")).where(
        Ballot.session_id == session_id, Ballot.round_number == number
    )
    recused = set(
        db.session.execute(select(Recusal.member_id, Recusal.application_id).where(Recusal.session_id == session_id))
    )
    papers = select(func.count()).where(BallotPaper.session_id == session_id, BallotPaper.round_number == number)
    never_came_back = db.session.scalar(papers) or 0
    for row in db.session.execute(counted.group_by(Ballot.application_id)):
        entitled = sum((member, row.application_id) not in recused for member in used) - never_came_back
        if row.ballots != entitled:
            yield f"committee_session {session_id}, application {row.application_id}: {row.ballots} ≠ {entitled}"


def _broken_seals() -> Faults:
    """A seal that the database does not hold, and an archived edition whose recorded bundle is gone."""
    yield from sealing.not_laid(db.session.connection())
    for edition in db.session.scalars(select(Edition).where(Edition.state == EditionState.ARCHIVED)):
        event = edition_archive.archived(edition)
        gone = erased_digests("bundle")
        if event is not None and event.detail["full"] not in gone and not files.store().is_sound(event.detail["full"]):
            yield f"edition {edition.id}"


CHECKS: tuple[Check, ...] = (
    Check(N_("没有任何评审任务落在禁止的地区、利害关系或组长来源之内"), _unlawful_assignments),
    Check(N_("专家按规则只评一个行业组，或跨组评审在规定份数以内并把各组连在一起"), _groups_not_kept),
    Check(N_("每个席位都有来历：在抽取的结果里，或写明由谁以什么理由指定"), _seats_without_origin),
    Check(N_("已回避或任务已收回的专家没有有效的评分表"), _scores_of_recused),
    Check(N_("每个状态都有对应的审计记录"), _states_without_audit),
    Check(N_("审计日志的链条完整"), _broken_chain),
    Check(N_("审计日志的检查点与日志一致，签名有效"), checkpoints.faults),
    Check(N_("冻结的评审规则没有变动"), _changed_rulebooks),
    Check(N_("每次抽取都能用记录的种子重算出同样的名单"), _draws_that_differ),
    Check(N_("每次答辩抽签都能重算出同样的次序和题目"), _lots_that_differ),
    Check(N_("保存的排名与重新计算的一致"), _rankings_that_differ),
    Check(N_("排名之外的参考分析与重新计算的一致"), _advice_that_differs),
    Check(N_("评分表总分等于各条款之和"), _totals_that_differ),
    Check(N_("合议总分等于各条款之和"), _agreed_totals_that_differ),
    Check(N_("提交的申报书、评分表、各种报告和公示与其摘要一致"), _changed_contents),
    Check(N_("每个文件都在，且内容与摘要一致"), _files_missing_or_changed),
    Check(N_("已归档的届次在数据库中封存，记录的存档包都在"), _broken_seals),
    Check(N_("期满删除的文件确已不在"), stored.left_behind),
    Check(N_("推荐数量没有超过名额"), _quotas_exceeded),
    Check(N_("票箱中的票数与投票人数相符"), _ballots_that_do_not_add_up),
)
