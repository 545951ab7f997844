"""What waits for the office at every point of an edition: one row a situation."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.desk.rules import Counts, OfficeFacts, RoundFacts, Task, is_public, office_tasks, phases
from app.desk.waiting import others_turn
from app.kernel.words import LocalText
from app.workflow import EditionState, RankingState, RoundState

DUE = datetime(2026, 6, 1, tzinfo=UTC)
COMPUTED, CONFIRMED = RankingState.COMPUTED, RankingState.CONFIRMED
PLANNED, SCORING, CLOSED = RoundState.PLANNED, RoundState.SCORING, RoundState.CLOSED


def round_of(state: RoundState, ranking: RankingState | None = None, number: int = 1) -> RoundFacts:
    return RoundFacts(number, LocalText("材料评审", "Paper"), state, DUE, 5 if ranking else None, ranking)


def facts(numbers: dict[tuple[str, str], int], *rounds: RoundFacts, **others: object) -> OfficeFacts:
    base = OfficeFacts(1, EditionState.RUNNING, Counts(numbers), {"formal_check": DUE, "vote": DUE}, rounds, 0)
    return replace(base, **others)  # type: ignore[arg-type]


def verbs(given: OfficeFacts) -> list[str]:
    return [task.verb for task in office_tasks(given)]


RANKED = round_of(CLOSED, CONFIRMED)
PUBLIC = {("notice", "ended"): 1, ("outcome", "published"): 15}
SITUATIONS: dict[str, tuple[OfficeFacts, list[str]]] = {
    "nothing yet": (facts({}), []),
    "dossiers to check": (facts({("application", "recommended"): 3}), ["审查"]),
    "accepted, first round planned": (facts({("application", "accepted"): 3}, round_of(PLANNED)), ["抽取专家"]),
    "seats that nobody takes": (facts({}, empty_seats=2, escalated_seats=1), ["查看空席", "抽取替补专家"]),
    "nobody accepted yet": (facts({("application", "submitted"): 3}, round_of(PLANNED)), []),
    "a draw is sealed": (
        facts({("application", "accepted"): 3, ("draw", "drawn"): 1}, round_of(PLANNED)),
        ["启封名单"],
    ),
    "scoring goes on": (
        facts({("application", "under_review"): 3, ("score_sheet", "draft"): 2}, round_of(SCORING)),
        ["查看进度"],
    ),
    "scoring, later round planned": (
        facts({("application", "under_review"): 3}, round_of(SCORING), round_of(PLANNED, number=2)),
        ["结束评分"],
    ),
    "a seat is empty": (
        facts({("application", "under_review"): 3}, round_of(SCORING), empty_seats=1),
        ["抽取替补专家", "查看进度"],
    ),
    "a seat became unlawful": (
        facts({("application", "under_review"): 3}, round_of(SCORING), unlawful_seats=2),
        ["处理席位", "结束评分"],
    ),
    "an exception waits for a second name": (facts({("exception", "proposed"): 1}), ["确认例外"]),
    "closed, not ranked": (
        facts({("application", "under_review"): 3}, round_of(CLOSED), round_of(PLANNED, number=2)),
        ["计算排名"],
    ),
    "ranking to confirm": (facts({}, round_of(CLOSED, COMPUTED)), ["确认排名"]),
    "first round ranked, second planned": (
        facts({("application", "under_review"): 3}, RANKED, round_of(PLANNED, number=2)),
        ["抽取专家"],
    ),
    "all ranked": (facts({("application", "under_review"): 3}, RANKED), ["召集会议"]),
    "session convened": (facts({("session", "convened"): 1}, RANKED, session_id=9), ["进入会议"]),
    "session voting": (facts({("session", "voting"): 1}, RANKED, session_id=9), ["进入会议"]),
    "list proposed": (facts({("session", "closed"): 1}, RANKED), ["拟定公示"]),
    "notice drafted": (facts({("session", "closed"): 1, ("notice", "draft"): 1}, RANKED), ["发布公示"]),
    "notice running": (facts({("session", "closed"): 1, ("notice", "published"): 1}, RANKED), ["查看公示"]),
    "notice over, objection open": (
        facts({("session", "closed"): 1, ("notice", "ended"): 1, ("objection", "received"): 2}, RANKED),
        ["指定办理人"],
    ),
    "notice over": (facts({("session", "closed"): 1, ("notice", "ended"): 1}, RANKED), ["记录批准文件"]),
    "approved": (
        facts({("session", "closed"): 1, ("notice", "ended"): 1, ("outcome", "approved"): 15}, RANKED),
        ["公布结果"],
    ),
    "published": (
        facts({("session", "closed"): 1, ("notice", "ended"): 1, ("outcome", "published"): 15}, RANKED),
        ["编写反馈报告", "制作存档包"],
    ),
    "published, one of two kinds not yet": (
        facts({**PUBLIC, ("outcome", "approved"): 5}),
        ["公布结果"],
    ),
    "feedback on its way": (
        facts({**PUBLIC, ("feedback_report", "drafted"): 3, ("feedback_report", "edited"): 2, ("bundle", "failed"): 1}),
        ["编辑报告", "批准报告", "制作存档包"],
    ),
    "feedback approved": (
        facts({**PUBLIC, ("feedback_report", "approved"): 5, ("bundle", "made"): 1}),
        ["发出报告"],
    ),
    "over, feedback not begun": (
        facts({**PUBLIC, ("bundle", "ordered"): 1}, edition_state=EditionState.CONCLUDED),
        ["编写反馈报告"],
    ),
    "archived without feedback: nothing can be written any more": (
        facts(PUBLIC, edition_state=EditionState.ARCHIVED),
        [],
    ),
    "all given": (facts({**PUBLIC, ("feedback_report", "released"): 5, ("bundle", "made"): 1}), []),
    "in preparation": (facts({}, edition_state=EditionState.DRAFT), ["启动本届"]),
    "over": (facts({("application", "recommended"): 1}, edition_state=EditionState.CONCLUDED), []),
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_the_office_is_told_what_to_do_next(situation: str) -> None:
    given, expected = SITUATIONS[situation]
    assert verbs(given) == expected


def test_a_task_names_its_number_its_state_and_its_due_time() -> None:
    [task] = office_tasks(facts({("application", "recommended"): 3}))
    assert isinstance(task, Task)
    assert str(task.title) == "3 份申报书等待形式审查"
    assert task.state is not None
    assert (task.state.lifecycle, task.state.state) == ("application", "recommended")
    assert task.due == DUE


def test_a_public_result_overtakes_the_calendar() -> None:
    overtaken = phases(is_public=is_public(facts(PUBLIC)))
    assert overtaken == {"approval": "done", "commendation": "done", "feedback": "now"}
    assert not phases(is_public=is_public(facts({("outcome", "approved"): 15})))


def test_where_the_office_waits_it_is_told_for_whom() -> None:
    counts = Counts({("application", "draft"): 2, ("application", "submitted"): 1, ("application", "accepted"): 9})
    assert [str(line) for line in others_turn(counts)] == ["2 份申报书还在填写。", "1 份申报书等待推荐单位推荐。"]
