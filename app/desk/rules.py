"""What waits for whom, worked out from counts and dates alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.kernel.words import N_, LocalText, Message
from app.workflow import (
    ApplicationState,
    AssignmentState,
    DrawState,
    EditionState,
    ExceptionState,
    InterestQuestionState,
    MergeState,
    NoticeState,
    ObjectionState,
    OutcomeState,
    RankingState,
    RoundState,
    ScoreSheetState,
    SessionState,
)

Text = Message | LocalText


@dataclass(frozen=True)
class Standing:
    """A state whose word and look the workflow table has."""

    lifecycle: str
    state: str


@dataclass(frozen=True)
class Task:
    """A row of the desk: what, in which state, until when, and the one verb that leads to it.

    `word` and `tone` are for rows whose state is in no lifecycle.
    """

    title: Text
    endpoint: str
    verb: str
    arguments: Mapping[str, object] = field(default_factory=dict)
    state: Standing | None = None
    word: Message | None = None
    tone: str = "waiting"
    due: datetime | None = None
    note: Text | None = None


@dataclass(frozen=True)
class Counts:
    """How many rows of each lifecycle stand in each state in one edition."""

    numbers: Mapping[tuple[str, str], int]

    def of(self, lifecycle: str, *states: str) -> int:
        return sum(self.numbers.get((lifecycle, state), 0) for state in states)

    def all(self, lifecycle: str) -> int:
        return sum(count for (kind, _state), count in self.numbers.items() if kind == lifecycle)


@dataclass(frozen=True)
class RoundFacts:
    """A round with its due time and the state of its newest ranking, None where there is none."""

    id: int
    name: LocalText
    state: RoundState
    due: datetime | None
    ranking_id: int | None
    ranking_state: RankingState | None

    @property
    def is_unranked(self) -> bool:
        return self.state == RoundState.CLOSED and self.ranking_id is None

    @property
    def is_unfinished(self) -> bool:
        is_unconfirmed = self.state == RoundState.CLOSED and self.ranking_state != RankingState.CONFIRMED
        return is_unconfirmed or self.state == RoundState.SCORING


@dataclass(frozen=True)
class OfficeFacts:
    edition_id: int
    edition_state: EditionState
    counts: Counts
    dues: Mapping[str, datetime]
    rounds: tuple[RoundFacts, ...]
    empty_seats: int
    escalated_seats: int = 0
    unlawful_seats: int = 0
    proposals: int = 0
    merges: int = 0
    notice_id: int | None = None
    session_id: int | None = None
    notice_closes_at: datetime | None = None
    objection_due: datetime | None = None

    @property
    def is_ranked(self) -> bool:
        """Whether the ranking of the last round, from which the committee works, is confirmed."""
        return bool(self.rounds) and self.rounds[-1].ranking_state == RankingState.CONFIRMED

    @property
    def is_judging(self) -> bool:
        """Whether a round is still being scored or ranked."""
        return any(round_.is_unfinished for round_ in self.rounds)

    @property
    def is_unopposed(self) -> bool:
        """Whether a notice has ended, none follows it, and no objection is left to be answered."""
        still_open = self.counts.of("notice", NoticeState.DRAFT, NoticeState.PUBLISHED)
        still_open += self.counts.of("objection", ObjectionState.RECEIVED)
        return self.counts.of("notice", NoticeState.ENDED) > 0 and not still_open


def office_tasks(facts: OfficeFacts) -> list[Task]:
    """What the office has to do now, in the order in which the edition goes."""
    if facts.edition_state == EditionState.DRAFT:
        return [_opening(facts)]
    if facts.edition_state != EditionState.RUNNING:
        return []
    parts = (_intake, _pool, _panels, _rounds, _committee, _notices, _outcomes)
    return [task for part in parts for task in part(facts)]


def counted(text: str, count: int) -> Message:
    return Message(text, {"n": count})


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


def _panels(facts: OfficeFacts) -> Iterator[Task]:
    counts = facts.counts
    underway = counts.of("draw", DrawState.SKETCH, DrawState.COMMITTED, DrawState.DRAWN)
    yield from _draws(facts)
    planned = _round_to_draw(facts) if not underway else None
    if planned is not None:
        yield Task(
            Message(N_("为“%(round)s”抽取专家"), {"round": planned.name}),
            "panels.draws",
            N_("抽取专家"),
            state=Standing("round", RoundState.PLANNED),
            due=planned.due,
        )
    yield from _lawfulness(facts)
    if facts.escalated_seats:
        yield escalated(facts.escalated_seats)
    if facts.empty_seats:
        yield Task(
            counted(N_("%(n)s 个席位已回避或收回，等待抽取替补"), facts.empty_seats),
            "panels.draws",
            N_("抽取替补专家"),
            word=Message(N_("席位空缺")),
            tone="fault",
        )


def escalated(seats: int) -> Task:
    """Seats that three experts in a row could not take: for the office to ask by telephone, for the supervisor to watch."""
    return Task(
        counted(N_("%(n)s 个席位已连续三位专家未能承担，须电话核实人选或报请领导研究"), seats),
        "panels.draws",
        N_("查看空席"),
        word=Message(N_("须研究")),
        tone="fault",
    )


def _lawfulness(facts: OfficeFacts) -> Iterator[Task]:
    """What a moved expert, a new interest or a revoked exception leaves to do, and exceptions that wait for a second name."""
    if facts.unlawful_seats:
        yield Task(
            counted(N_("%(n)s 个席位因所在地、利害关系或例外的变化不再合规，须收回或更换"), facts.unlawful_seats),
            "panels.unlawful_seats",
            N_("处理席位"),
            word=Message(N_("不再合规")),
            tone="fault",
        )
    for lifecycle, state, text, endpoint, verb in AWAITED:
        if count := facts.counts.of(lifecycle, state):
            yield Task(counted(text, count), endpoint, verb, state=Standing(lifecycle, state))


AWAITED: tuple[tuple[str, str, str, str, str], ...] = (
    (
        "interest_question",
        InterestQuestionState.OPEN,
        N_("%(n)s 项拿不准的利害关系等待认定"),
        "panels.conflicts",
        N_("认定"),
    ),
    (
        "exception",
        ExceptionState.PROPOSED,
        N_("%(n)s 项例外等待提出人以外的另一人确认"),
        "panels.exceptions",
        N_("确认例外"),
    ),
)
DRAWS: tuple[tuple[DrawState, str, str], ...] = (
    (DrawState.SKETCH, N_("%(n)s 个抽取方案正在拟定，等待封定输入"), N_("继续拟定方案")),
    (DrawState.COMMITTED, N_("%(n)s 次抽取的输入已经封定，等待公开数和抽取"), N_("进入抽取")),
    (DrawState.DRAWN, N_("%(n)s 次抽取已经封存，等待启封并通知专家"), N_("启封名单")),
)


def _draws(facts: OfficeFacts) -> Iterator[Task]:
    for state, text, verb in DRAWS:
        if count := facts.counts.of("draw", state):
            yield Task(
                counted(text, count),
                "panels.draws",
                verb,
                state=Standing("draw", state),
                due=facts.dues.get("draw"),
            )


def _round_to_draw(facts: OfficeFacts) -> RoundFacts | None:
    """The next round, once dossiers are there and no earlier round is still being scored or ranked."""
    ready = facts.counts.of("application", ApplicationState.ACCEPTED, ApplicationState.UNDER_REVIEW)
    if not ready or facts.is_judging:
        return None
    return next((round_ for round_ in facts.rounds if round_.state == RoundState.PLANNED), None)


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
    SessionState.VOTING: N_("评委会正在投票：收齐后计票并闭会"),
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
    received = counts.of("objection", ObjectionState.RECEIVED)
    if received:
        yield Task(
            counted(N_("%(n)s 件异议等待核查答复"), received),
            "notices.objections",
            N_("核查异议"),
            state=Standing("objection", ObjectionState.RECEIVED),
            due=facts.objection_due,
        )


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
