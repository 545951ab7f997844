"""What drawing and keeping the panels leaves to do for the office."""

from collections.abc import Iterator

from app.desk.rules.shapes import OfficeFacts, RoundFacts, Standing, Task, counted
from app.kernel.words import N_, Message
from app.workflow import ApplicationState, DrawState, ExceptionState, InterestQuestionState, RoundState


def panels(facts: OfficeFacts) -> Iterator[Task]:
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
