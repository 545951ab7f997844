"""What waits for whom, worked out from counts and dates alone."""

from collections.abc import Callable, Iterator

from app.desk.rules.afterwards import closing, is_public, phases
from app.desk.rules.panels import escalated, panels
from app.desk.rules.shapes import Counts, OfficeFacts, RoundFacts, Standing, Task, Text, counted
from app.kernel.words import N_, Message
from app.workflow import (
    ApplicationState,
    AssignmentState,
    EditionState,
    MergeState,
    NoticeState,
    ObjectionState,
    OutcomeState,
    RankingState,
    RoundState,
    ScoreSheetState,
    SessionState,
)

__all__ = [
    "Counts",
    "OfficeFacts",
    "RoundFacts",
    "Standing",
    "Task",
    "Text",
    "counted",
    "escalated",
    "is_public",
    "office_tasks",
    "phases",
]


Part = Callable[[OfficeFacts], Iterator[Task]]


def office_tasks(facts: OfficeFacts) -> list[Task]:
    """What the office has to do now, in the order in which the edition goes."""
    if facts.edition_state == EditionState.DRAFT:
        return [_opening(facts), *_watch(facts)]
    parts: tuple[Part, ...] = (closing, _watch)
    if facts.edition_state == EditionState.RUNNING:
        parts = (_intake, _pool, panels, _rounds, _committee, _notices, _outcomes, closing, _watch)
    return [task for part in parts for task in part(facts)]


def _opening(facts: OfficeFacts) -> Task:
    return Task(
        Message(N_("核对日程，启动本届并冻结规则")),
        "programmes.edition",
        N_("启动本届"),
        {"edition_id": facts.edition_id},
        state=Standing("edition", EditionState.DRAFT),
        due=facts.dues.get("application"),
    )


def _intake(facts: OfficeFacts) -> Iterator[Task]:
    waiting = facts.counts.of("application", ApplicationState.RECOMMENDED)
    if waiting:
        yield Task(
            counted(N_("%(n)s 份申报书等待形式审查"), waiting),
            "intake.applications",
            N_("审查"),
            state=Standing("application", ApplicationState.RECOMMENDED),
            due=facts.dues.get("formal_check"),
        )


def _pool(facts: OfficeFacts) -> Iterator[Task]:
    if facts.proposals:
        yield Task(
            counted(N_("%(n)s 位专家请秘书处更正资料"), facts.proposals),
            "experts.corrections",
            N_("核实更正"),
            word=Message(N_("待核实")),
        )
    if facts.merges:
        waiting = counted(N_("%(n)s 项专家合并等待提出人以外的另一人确认"), facts.merges)
        yield Task(waiting, "experts.duplicates", N_("确认合并"), state=Standing("expert_merge", MergeState.PROPOSED))


def _rounds(facts: OfficeFacts) -> Iterator[Task]:
    for round_ in facts.rounds:
        if round_.state == RoundState.SCORING:
            if given_up := facts.counts.of("score_sheet", ScoreSheetState.ABSTAINED):
                yield Task(
                    counted(N_("%(n)s 份评分表已弃评，请更换专家或退回"), given_up), "scoring.progress", N_("查看进度")
                )
            yield _scoring(facts, round_)
        elif round_.is_unranked:
            yield Task(
                Message(N_("计算“%(round)s”的排名"), {"round": round_.name}),
                "ranking.index",
                N_("计算排名"),
                state=Standing("round", RoundState.CLOSED),
                due=facts.dues.get("deliberation"),
            )
        elif round_.ranking_state == RankingState.COMPUTED:
            yield Task(
                Message(N_("核对并确认“%(round)s”的排名"), {"round": round_.name}),
                "ranking.show",
                N_("确认排名"),
                {"ranking_id": round_.ranking_id},
                state=Standing("ranking", RankingState.COMPUTED),
                due=facts.dues.get("deliberation"),
            )


def _scoring(facts: OfficeFacts, round_: RoundFacts) -> Task:
    undeclared = facts.counts.of("assignment", AssignmentState.WAITING)
    unscored = facts.counts.of("score_sheet", ScoreSheetState.DRAFT)
    if undeclared or unscored or facts.empty_seats:
        return Task(
            Message(
                N_("“%(round)s”进行中：%(undeclared)s 项待声明，%(unscored)s 份评分表未提交"),
                {"round": round_.name, "undeclared": undeclared, "unscored": unscored},
            ),
            "scoring.progress",
            N_("查看进度"),
            state=Standing("round", RoundState.SCORING),
            due=round_.due,
        )
    return Task(
        Message(N_("“%(round)s”的评分表已经收齐"), {"round": round_.name}),
        "scoring.close_round",
        N_("结束评分"),
        {"round_id": round_.id},
        state=Standing("round", RoundState.SCORING),
        due=round_.due,
    )


def _committee(facts: OfficeFacts) -> Iterator[Task]:
    counts = facts.counts
    if facts.is_ranked and not counts.all("session"):
        yield Task(
            Message(N_("最终排名已确认，等待召集评审委员会")),
            "decisions.sessions",
            N_("召集会议"),
            due=facts.dues.get("vote"),
        )
    yield from _session(facts)
    if counts.of("session", SessionState.CLOSED) and not counts.all("notice"):
        yield Task(
            Message(N_("拟奖名单已经产生，等待拟定公示")),
            "notices.index",
            N_("拟定公示"),
            state=Standing("session", SessionState.CLOSED),
            due=facts.dues.get("notice"),
        )


SESSION_TEXTS: dict[SessionState, str] = {
    SessionState.CONVENED: N_("评委会会议已召集：登记到会，宣布开始投票"),
    SessionState.VOTING: N_("评委会正在投票：收齐后计票"),
    SessionState.COUNTED: N_("评委会已计票：再投一轮，或者闭会"),
}


def _session(facts: OfficeFacts) -> Iterator[Task]:
    if not facts.session_id:
        return
    for state, text in SESSION_TEXTS.items():
        if facts.counts.of("session", state):
            yield Task(
                Message(text),
                "decisions.show",
                N_("进入会议"),
                {"session_id": facts.session_id},
                state=Standing("session", state),
                due=facts.dues.get("vote"),
            )


def _notices(facts: OfficeFacts) -> Iterator[Task]:
    counts = facts.counts
    if counts.of("notice", NoticeState.DRAFT):
        yield Task(
            Message(N_("公示已拟定，等待发布")),
            "notices.index",
            N_("发布公示"),
            state=Standing("notice", NoticeState.DRAFT),
            due=facts.dues.get("notice"),
        )
    if counts.of("notice", NoticeState.PUBLISHED):
        yield Task(
            Message(N_("公示进行中，期满自动结束")),
            "notices.index",
            N_("查看公示"),
            state=Standing("notice", NoticeState.PUBLISHED),
            due=facts.notice_closes_at,
        )
    yield from _objections(facts)


def _objections(facts: OfficeFacts) -> Iterator[Task]:
    """Those without a handler, and those in somebody's hands."""
    steps = (
        (N_("%(n)s 件异议等待指定办理人"), N_("指定办理人"), (ObjectionState.RECEIVED,)),
        (
            N_("%(n)s 件异议等待核查答复"),
            N_("核查异议"),
            (ObjectionState.INVESTIGATING, ObjectionState.ASSIGNED),
        ),
    )
    for title, verb, states in steps:
        waiting = facts.counts.of("objection", *states)
        if waiting:
            state = Standing("objection", states[0])
            yield Task(counted(title, waiting), "notices.objections", verb, state=state, due=facts.objection_due)


def _outcomes(facts: OfficeFacts) -> Iterator[Task]:
    counts = facts.counts
    if facts.is_unopposed and not counts.all("outcome"):
        yield Task(
            Message(N_("公示期满，等待政府批准；批准后记录文号")),
            "outcomes.index",
            N_("记录批准文件"),
            state=Standing("notice", NoticeState.ENDED),
            due=facts.dues.get("approval"),
        )
    approved = counts.of("outcome", OutcomeState.APPROVED)
    if approved:
        yield Task(
            counted(N_("%(n)s 项结果已获批准，等待公布"), approved),
            "outcomes.index",
            N_("公布结果"),
            state=Standing("outcome", OutcomeState.APPROVED),
            due=facts.dues.get("commendation"),
        )


def _watch(facts: OfficeFacts) -> Iterator[Task]:
    """What honours of any edition ask for in their watch period."""
    rows = (
        (facts.declarations_late, N_("%(n)s 份年度声明逾期未交"), N_("查看逾期")),
        (facts.declarations_to_review, N_("%(n)s 份年度声明等待审阅"), N_("审阅声明")),
        (facts.watch_facts, N_("监督期内有 %(n)s 项情况等待核实处理"), N_("核实处理")),
    )
    for count, text, verb in rows:
        if count:
            yield Task(
                counted(text, count),
                "watch.index",
                verb,
                {"edition": facts.watch_edition_id},
                word=Message(N_("待办理")),
            )
