"""From where to where: every lifecycle's states and steps, as data. Nothing else in the product knows an order of states.

A step's name is also its permission (policy.py), its audit event, its endpoint's declared need and the key of its mail.
`public` is what an applicant or a citizen reads where the internal word would say too much.
"""

from collections.abc import Iterator

from app.kernel.words import N_
from app.workflow.bundle import BUNDLE
from app.workflow.consensus import CONSENSUS
from app.workflow.defence import DEFENCE
from app.workflow.export import EXPORT
from app.workflow.feedback import FEEDBACK_REPORT
from app.workflow.interests import CONFLICT, EXCEPTION, INTEREST_QUESTION
from app.workflow.notices import NOTICE, OBJECTION, OPEN_OBJECTIONS
from app.workflow.papers import PAPER_ENTRY, SCORE_SHEET
from app.workflow.pool import EXPERT_INVITATION, EXPERT_MERGE, POOL_IMPORT
from app.workflow.practice import PRACTICE_SHEET
from app.workflow.retention import RETENTION_ACT
from app.workflow.shapes import Label, Lifecycle, Transition
from app.workflow.shapes import label as _label
from app.workflow.states import (
    ApplicationState,
    AssignmentState,
    BundleState,
    ConflictState,
    ConsensusState,
    DeclarationState,
    DefenceState,
    DrawState,
    EditionState,
    ExceptionState,
    ExportState,
    FeedbackState,
    InterestQuestionState,
    InvitationState,
    MergeState,
    NoticeState,
    ObjectionState,
    OutcomeState,
    PaperEntryState,
    PoolImportState,
    PracticeState,
    RankingState,
    RetentionState,
    RoundState,
    ScoreSheetState,
    SessionState,
    VisitState,
    WatchFactState,
)
from app.workflow.visit import VISIT
from app.workflow.watch import WATCH_FACT, YEARLY_DECLARATION

__all__ = [
    "APPLICATION",
    "ASSIGNMENT",
    "BUNDLE",
    "CONFLICT",
    "CONSENSUS",
    "DEFENCE",
    "DRAW",
    "EDITION",
    "EXCEPTION",
    "EXPERT_INVITATION",
    "EXPERT_MERGE",
    "EXPORT",
    "FEEDBACK_REPORT",
    "INTEREST_QUESTION",
    "LIFECYCLES",
    "NOTICE",
    "OBJECTION",
    "OPEN_OBJECTIONS",
    "OUTCOME",
    "PAPER_ENTRY",
    "POOL_IMPORT",
    "PRACTICE_SHEET",
    "RANKING",
    "RETENTION_ACT",
    "ROUND",
    "SCORE_SHEET",
    "SESSION",
    "VISIT",
    "WATCH_FACT",
    "YEARLY_DECLARATION",
    "ApplicationState",
    "AssignmentState",
    "BundleState",
    "ConflictState",
    "ConsensusState",
    "DeclarationState",
    "DefenceState",
    "DrawState",
    "EditionState",
    "ExceptionState",
    "ExportState",
    "FeedbackState",
    "InterestQuestionState",
    "InvitationState",
    "Label",
    "Lifecycle",
    "MergeState",
    "NoticeState",
    "ObjectionState",
    "OutcomeState",
    "PaperEntryState",
    "PoolImportState",
    "PracticeState",
    "RankingState",
    "RetentionState",
    "RoundState",
    "ScoreSheetState",
    "SessionState",
    "Transition",
    "VisitState",
    "WatchFactState",
    "find",
    "transitions",
]


_E, _A, _S, _D = EditionState, ApplicationState, AssignmentState, DrawState

EDITION = Lifecycle(
    "edition",
    N_("届次"),
    EditionState,
    _E.DRAFT,
    {
        _E.DRAFT: _label(N_("筹备中"), "quiet"),
        _E.RUNNING: _label(N_("进行中"), "active"),
        _E.CONCLUDED: _label(N_("已公布结果"), "done"),
        _E.ARCHIVED: _label(N_("已归档"), "quiet"),
    },
    (
        Transition("edition.open", N_("启动本届并冻结规则"), (_E.DRAFT,), _E.RUNNING),
        Transition("edition.record_past", N_("登记往届"), (_E.DRAFT,), _E.ARCHIVED),
        Transition("edition.conclude", N_("结束本届"), (_E.RUNNING,), _E.CONCLUDED),
        Transition("edition.archive", N_("归档本届"), (_E.CONCLUDED,), _E.ARCHIVED),
    ),
)

ROUND = Lifecycle(
    "round",
    N_("评审轮次"),
    RoundState,
    RoundState.PLANNED,
    {
        RoundState.PLANNED: _label(N_("未开始"), "quiet"),
        RoundState.SCORING: _label(N_("评分中"), "active"),
        RoundState.CLOSED: _label(N_("已结束"), "done"),
    },
    (
        Transition("round.open", N_("开始评分"), (RoundState.PLANNED,), RoundState.SCORING),
        Transition("round.close", N_("结束评分"), (RoundState.SCORING,), RoundState.CLOSED),
    ),
)

APPLICATION = Lifecycle(
    "application",
    N_("申报"),
    ApplicationState,
    _A.DRAFT,
    {
        _A.DRAFT: _label(N_("填写中"), "quiet"),
        _A.SUBMITTED: _label(N_("待推荐"), "waiting", N_("已提交，待推荐")),
        _A.NOT_RECOMMENDED: _label(N_("未予推荐"), "fault"),
        _A.RECOMMENDED: _label(N_("待形式审查"), "waiting", N_("已推荐，待审查")),
        _A.RETURNED: _label(N_("待补正"), "waiting"),
        _A.REFUSED: _label(N_("未予受理"), "fault"),
        _A.ACCEPTED: _label(N_("已受理"), "done"),
        _A.UNDER_REVIEW: _label(N_("评审中"), "active"),
        _A.NOT_ADVANCED: _label(N_("未入围"), "quiet", N_("评审中")),
        _A.PROPOSED: _label(N_("拟授奖"), "active", N_("评审中")),
        _A.NOT_PROPOSED: _label(N_("未列入拟奖名单"), "quiet", N_("评审中")),
        _A.HONOURED: _label(N_("已授奖"), "done"),
        _A.WITHDRAWN: _label(N_("已撤回"), "quiet"),
    },
    (
        Transition("application.submit", N_("提交申报书"), (_A.DRAFT,), _A.SUBMITTED),
        Transition("application.resubmit", N_("提交补正"), (_A.RETURNED,), _A.RECOMMENDED),
        Transition("application.send_back", N_("退回申报者修改"), (_A.SUBMITTED,), _A.DRAFT, needs_reason=True),
        Transition("application.recommend", N_("推荐申报"), (_A.SUBMITTED,), _A.RECOMMENDED),
        Transition("application.decline", N_("不予推荐"), (_A.SUBMITTED,), _A.NOT_RECOMMENDED, needs_reason=True),
        Transition("application.accept", N_("受理申报"), (_A.RECOMMENDED,), _A.ACCEPTED),
        Transition("application.return", N_("退回补正"), (_A.RECOMMENDED,), _A.RETURNED, needs_reason=True),
        Transition("application.refuse", N_("不予受理"), (_A.RECOMMENDED, _A.RETURNED), _A.REFUSED, needs_reason=True),
        Transition(
            "application.withdraw",
            N_("撤回申报"),
            (_A.DRAFT, _A.SUBMITTED, _A.RECOMMENDED, _A.RETURNED, _A.ACCEPTED, _A.UNDER_REVIEW),
            _A.WITHDRAWN,
            needs_reason=True,
        ),
        Transition("application.begin_review", N_("进入评审"), (_A.ACCEPTED,), _A.UNDER_REVIEW),
        Transition("application.shortlist", N_("入围下一轮"), (_A.UNDER_REVIEW,), _A.UNDER_REVIEW),
        Transition("application.drop", N_("未入围下一轮"), (_A.UNDER_REVIEW,), _A.NOT_ADVANCED),
        Transition("application.propose", N_("列入拟奖名单"), (_A.UNDER_REVIEW,), _A.PROPOSED),
        Transition("application.pass_over", N_("不列入拟奖名单"), (_A.UNDER_REVIEW,), _A.NOT_PROPOSED),
        Transition("application.reconsider", N_("重新表决"), (_A.PROPOSED,), _A.UNDER_REVIEW, needs_reason=True),
        Transition("application.honour", N_("授予奖项"), (_A.PROPOSED,), _A.HONOURED),
    ),
)

DRAW = Lifecycle(
    "draw",
    N_("抽取"),
    DrawState,
    _D.SKETCH,
    {
        _D.SKETCH: _label(N_("方案拟定中"), "quiet"),
        _D.COMMITTED: _label(N_("输入已封定，待抽取"), "waiting"),
        _D.DRAWN: _label(N_("已抽取，名单封存"), "waiting"),
        _D.PUBLISHED: _label(N_("已生效"), "done"),
        _D.DISCARDED: _label(N_("已作废"), "quiet"),
    },
    (
        Transition("draw.commit", N_("封定输入并公布摘要"), (_D.SKETCH,), _D.COMMITTED),
        Transition("draw.draw", N_("揭示并抽取"), (_D.COMMITTED,), _D.DRAWN),
        Transition("draw.publish", N_("启封名单并通知专家"), (_D.DRAWN,), _D.PUBLISHED),
        Transition("draw.replace", N_("抽取替补专家"), (_D.SKETCH,), _D.PUBLISHED, needs_reason=True),
        Transition("draw.repair", N_("一并补齐空席"), (_D.SKETCH,), _D.PUBLISHED, needs_reason=True),
        Transition(
            "draw.discard",
            N_("作废本次抽取"),
            (_D.SKETCH, _D.COMMITTED, _D.DRAWN),
            _D.DISCARDED,
            needs_reason=True,
        ),
    ),
)

ASSIGNMENT = Lifecycle(
    "assignment",
    N_("评审任务"),
    AssignmentState,
    _S.SEALED,
    {
        _S.SEALED: _label(N_("封存"), "quiet"),
        _S.WAITING: _label(N_("待声明"), "waiting"),
        _S.CLEARED: _label(N_("已声明无利害关系"), "active"),
        _S.RECUSED: _label(N_("已回避"), "quiet"),
        _S.EXCUSED: _label(N_("已收回"), "quiet"),
    },
    (
        Transition("assignment.notify", N_("通知专家"), (_S.SEALED,), _S.WAITING),
        Transition("assignment.clear", N_("声明无利害关系"), (_S.WAITING,), _S.CLEARED),
        Transition("assignment.recuse", N_("申请回避"), (_S.WAITING, _S.CLEARED), _S.RECUSED, needs_reason=True),
        Transition("assignment.excuse", N_("收回评审任务"), (_S.WAITING, _S.CLEARED), _S.EXCUSED, needs_reason=True),
    ),
)

RANKING = Lifecycle(
    "ranking",
    N_("排名"),
    RankingState,
    RankingState.COMPUTED,
    {
        RankingState.COMPUTED: _label(N_("已计算，待确认"), "waiting"),
        RankingState.CONFIRMED: _label(N_("已确认并冻结"), "done"),
        RankingState.SUPERSEDED: _label(N_("已被取代"), "quiet"),
    },
    (
        Transition("ranking.confirm", N_("确认排名"), (RankingState.COMPUTED,), RankingState.CONFIRMED),
        Transition("ranking.supersede", N_("重新计算"), (RankingState.COMPUTED,), RankingState.SUPERSEDED),
    ),
)

SESSION = Lifecycle(
    "session",
    N_("评委会会议"),
    SessionState,
    SessionState.CONVENED,
    {
        SessionState.CONVENED: _label(N_("已召集"), "waiting"),
        SessionState.VOTING: _label(N_("投票中"), "active"),
        SessionState.COUNTED: _label(N_("已计票，待决定"), "waiting"),
        SessionState.CLOSED: _label(N_("已闭会"), "done"),
    },
    (
        Transition("session.open", N_("宣布开始投票"), (SessionState.CONVENED,), SessionState.VOTING),
        Transition("session.count", N_("计票"), (SessionState.VOTING,), SessionState.COUNTED),
        Transition(
            "session.vote_again", N_("再投一轮"), (SessionState.COUNTED,), SessionState.VOTING, needs_reason=True
        ),
        Transition("session.close", N_("闭会"), (SessionState.COUNTED,), SessionState.CLOSED),
    ),
)

OUTCOME = Lifecycle(
    "outcome",
    N_("授奖结果"),
    OutcomeState,
    OutcomeState.APPROVED,
    {
        OutcomeState.APPROVED: _label(N_("已获批准，待公布"), "waiting"),
        OutcomeState.PUBLISHED: _label(N_("已公布"), "done"),
        OutcomeState.REVOKED: _label(N_("已撤销"), "fault"),
    },
    (
        Transition("outcome.publish", N_("公布结果"), (OutcomeState.APPROVED,), OutcomeState.PUBLISHED),
        Transition(
            "outcome.revoke", N_("撤销奖项"), (OutcomeState.PUBLISHED,), OutcomeState.REVOKED, needs_reason=True
        ),
    ),
)

LIFECYCLES: dict[str, Lifecycle] = {
    lifecycle.subject: lifecycle
    for lifecycle in (
        EDITION,
        ROUND,
        APPLICATION,
        POOL_IMPORT,
        EXPERT_INVITATION,
        EXPERT_MERGE,
        CONFLICT,
        EXCEPTION,
        PRACTICE_SHEET,
        INTEREST_QUESTION,
        DRAW,
        ASSIGNMENT,
        SCORE_SHEET,
        PAPER_ENTRY,
        CONSENSUS,
        VISIT,
        DEFENCE,
        RANKING,
        SESSION,
        NOTICE,
        OBJECTION,
        OUTCOME,
        YEARLY_DECLARATION,
        WATCH_FACT,
        FEEDBACK_REPORT,
        BUNDLE,
        EXPORT,
        RETENTION_ACT,
    )
}


def transitions() -> Iterator[tuple[Lifecycle, Transition]]:
    for lifecycle in LIFECYCLES.values():
        for transition in lifecycle.transitions:
            yield lifecycle, transition


def find(action: str) -> tuple[Lifecycle, Transition]:
    """The lifecycle and step of an action; an unknown one is an error of the program."""
    lifecycle = LIFECYCLES[action.partition(".")[0]]
    return lifecycle, lifecycle.transition(action)
