"""The office's cockpit: where the edition stands, what is late, what to do next."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import String, cast, func, literal, select, union_all

from app.applications.models import Application
from app.decisions.models import CommitteeSession
from app.desk.queries.sections import Around, Section, Stat
from app.desk.rules import Counts, OfficeFacts, RoundFacts, is_public, office_tasks, phases
from app.desk.waiting import others_turn
from app.experts.queries import open_merges
from app.experts.queries.invitations import proposals
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.words import N_, LocalText, Message
from app.notices.models import Notice, Objection
from app.outcomes.feedback.models import FeedbackReport
from app.outcomes.models import Bundle, Outcome
from app.outcomes.watch import queries as watch
from app.panels.eligibility import facts_have_changed, unlawful_seats
from app.panels.models import Assignment, Draw, InterestQuestion, PairException
from app.panels.queries import EmptySeat, seats_to_fill
from app.programmes.models import Edition, Round
from app.ranking.models import Ranking
from app.scoring.models import ScoreSheet
from app.workflow import (
    OPEN_OBJECTIONS,
    ApplicationState,
    AssignmentState,
    EditionState,
    NoticeState,
    RankingState,
    ScoreSheetState,
    SessionState,
)

COUNTED: tuple[Any, ...] = (
    Application,
    PairException,
    InterestQuestion,
    Draw,
    Assignment,
    ScoreSheet,
    CommitteeSession,
    Notice,
    Objection,
    Outcome,
    FeedbackReport,
    Bundle,
)
DAY_END = time(23, 59)


def counts_of(edition_id: int) -> Counts:
    """Rows by lifecycle and state, of the whole edition, in one statement."""
    parts = [
        select(literal(model.lifecycle).label("lifecycle"), cast(model.state, String).label("state"), func.count())
        .where(model.edition_id == edition_id)
        .group_by(model.state)
        for model in COUNTED
    ]
    rows = db.session.execute(union_all(*parts))
    return Counts({(row[0], row[1]): row[2] for row in rows})


def rounds_with_rankings(edition_id: int, dues: dict[str, datetime]) -> tuple[RoundFacts, ...]:
    rows = db.session.execute(
        select(Round.id, Round.key, Round.name_zh, Round.name_en, Round.state, Ranking.id, Ranking.state)
        .outerjoin(Ranking, (Ranking.round_id == Round.id) & (Ranking.state != RankingState.SUPERSEDED))
        .where(Round.edition_id == edition_id)
        .order_by(Round.position, Ranking.id)
    )
    newest = {row[0]: row for row in rows}
    return tuple(
        RoundFacts(row[0], LocalText(row[2], row[3]), row[4], dues.get(row[1]), row[5], row[6])
        for row in newest.values()
    )


def facts_of(edition: Edition, around: Around) -> OfficeFacts:
    counts, dues = counts_of(edition.id), around.dues
    empty = _empty_seats(edition, counts)
    facts = OfficeFacts(
        edition_id=edition.id,
        edition_state=edition.state,
        counts=counts,
        dues=dues,
        rounds=rounds_with_rankings(edition.id, dues),
        empty_seats=len(empty),
        escalated_seats=sum(seat.is_escalated for seat in empty),
        unlawful_seats=_unlawful_seats(edition, counts),
        proposals=len(proposals()),
        merges=len(open_merges()),
    )
    return replace(facts, **_dates(edition, counts), **_watched())


def _watched() -> dict[str, Any]:
    """In all editions: an honour is watched for years after its own has ended."""
    waiting = watch.waiting()
    return {
        "declarations_late": waiting.late,
        "declarations_to_review": waiting.to_review,
        "watch_facts": waiting.facts,
        "watch_edition_id": waiting.edition_id,
    }


def _empty_seats(edition: Edition, counts: Counts) -> list[EmptySeat]:
    lost = counts.of("assignment", AssignmentState.RECUSED, AssignmentState.EXCUSED)
    return seats_to_fill(edition) if lost else []


def _unlawful_seats(edition: Edition, counts: Counts) -> int:
    """Asked only while seats are held and a fact has changed since: their pairs are judged anew by the facts of today."""
    held = counts.of("assignment", AssignmentState.SEALED, AssignmentState.WAITING, AssignmentState.CLEARED)
    if not held or edition.state is not EditionState.RUNNING or not facts_have_changed(edition):
        return 0
    return len(unlawful_seats(edition))


def _dates(edition: Edition, counts: Counts) -> dict[str, Any]:
    """Only asked for where there is something to date."""
    found: dict[str, Any] = {}
    if counts.of("session", SessionState.CONVENED, SessionState.VOTING, SessionState.COUNTED):
        open_session = CommitteeSession.edition_id == edition.id, CommitteeSession.state != SessionState.CLOSED
        found["session_id"] = db.session.scalar(select(func.max(CommitteeSession.id)).where(*open_session))
    if counts.of("notice", NoticeState.PUBLISHED):
        running = Notice.edition_id == edition.id, Notice.state == NoticeState.PUBLISHED
        found["notice_closes_at"] = db.session.scalar(select(Notice.closes_at).where(*running).limit(1))
    if counts.of("objection", *OPEN_OBJECTIONS):
        due_on = db.session.scalar(
            select(func.min(Objection.due_on)).where(
                Objection.edition_id == edition.id, Objection.state.in_(OPEN_OBJECTIONS)
            )
        )
        if due_on is not None:
            found["objection_due"] = datetime.combine(due_on, DAY_END, ZoneInfo(edition.time_zone))
    return found


def section(_actor: Actor, around: Around) -> Section:
    edition = around.edition
    if edition is None:
        return Section(
            Role.OFFICE,
            [],
            Message(N_("还没有任何一届。")),
            Message(N_("先选择评审规则，建立一届；系统会按规则给出默认日程。")),
            ("programmes.new", N_("新建一届")),
        )
    facts = facts_of(edition, around)
    waiting = others_turn(facts.counts)
    return Section(
        Role.OFFICE,
        office_tasks(facts),
        Message(N_("现在没有等待秘书处办理的事项。")),
        waiting[0] if waiting else Message(N_("下一个阶段按日程自动开始。")),
        ("programmes.editions", N_("查看日程")),
        notes=list(waiting),
        stats=counters(facts.counts),
        stages=around.staged(phases(is_public=is_public(facts))),
    )


def counters(counts: Counts) -> list[Stat]:
    dossiers: Sequence[str] = [state for state in ApplicationState if state is not ApplicationState.DRAFT]
    drafts = counts.of("application", ApplicationState.DRAFT)
    accepted = counts.of("application", ApplicationState.ACCEPTED, ApplicationState.UNDER_REVIEW)
    sheets = counts.of("score_sheet", ScoreSheetState.DRAFT, ScoreSheetState.SUBMITTED)
    open_sheets = counts.of("score_sheet", ScoreSheetState.DRAFT)
    undeclared = counts.of("assignment", AssignmentState.WAITING)
    return [
        Stat(
            N_("申报书"),
            str(counts.of("application", *dossiers)),
            Message(N_("另有 %(n)s 份填写中"), {"n": drafts}) if drafts else None,
            "intake.applications",
        ),
        Stat(N_("已受理或评审中"), str(accepted), None, "intake.applications"),
        Stat(
            N_("待提交评分"),
            str(open_sheets),
            Message(N_("共 %(n)s 份，另有 %(m)s 项待声明"), {"n": sheets, "m": undeclared}),
            "scoring.progress",
        ),
        Stat(N_("待核查异议"), str(counts.of("objection", *OPEN_OBJECTIONS)), None, "notices.objections"),
    ]
