"""Site visits, purely: which days are possible, what a step still lacks, what the report says for good."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from typing import Any

from app.kernel.words import N_, Message
from app.workflow import VISIT, VisitState

TEXT_LIMIT = 1000
REPORT_LIMIT = 5000
SCHEMA = "zhiheng/visit-report/1"
OVER = frozenset({VisitState.CLOSED, VisitState.REPORTED})

Problem = tuple[str, Message]
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Days:
    """When and where the team comes."""

    starts_on: date
    ends_on: date
    place: str
    contact: str = ""

    @property
    def count(self) -> int:
        return (self.ends_on - self.starts_on).days + 1


@dataclass(frozen=True, slots=True)
class Window:
    """The first and the last day of the round, where the calendar names them."""

    first: date | None = None
    last: date | None = None

    def holds(self, days: Days) -> bool:
        return (self.first or date.min) <= days.starts_on and days.ends_on <= (self.last or date.max)


def days_problem(days: Days, *, allowed: int, window: Window) -> Problem | None:
    """The field and the sentence of what is wrong: the end before the beginning, more days than the rulebook gives
    (`visit.days`), or a day outside of the round."""
    if days.ends_on < days.starts_on:
        return "ends_on", Message(N_("结束日期早于开始日期。请核对两个日期。"))
    if days.count > allowed:
        values = {"n": days.count, "allowed": allowed}
        return "ends_on", Message(N_("共 %(n)s 天，超过规则规定的 %(allowed)s 天。请缩短。"), values)
    if not window.holds(days):
        text = N_("日期不在本轮评审期内（%(first)s 至 %(last)s）。请另选日期，或先修改日程。")
        return "starts_on", Message(text, {"first": window.first, "last": window.last})
    return None


# --- what a step still lacks --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a visit is, as its steps ask."""

    has_leader: bool
    appointments: int
    starts_on: date
    today: date
    is_settled: bool = True
    """The applicant has confirmed date and plan, or the office has said why the visit takes place without."""
    meetings: frozenset[str] = frozenset()
    signed_by_team: frozenset[str] = frozenset()
    """The papers under which somebody of the team has put a name."""
    unsettled: tuple[str, ...] = ()
    """The items of the issues without a finding."""


def _lacking(conditions: Iterable[tuple[bool, Message]]) -> list[Message]:
    return [message for holds, message in conditions if not holds]


def missing_for_notice(now: Standing) -> list[Message]:
    return _lacking(
        (
            (now.has_leader, Message(N_("评审组还没有声明无利害关系的组长。请等组长声明，或先补齐席位。"))),
            (now.appointments > 0, Message(N_("日程还是空的。请至少安排一项：何时、见谁、谈什么。"))),
        )
    )


def missing_for_opening(now: Standing) -> list[Message]:
    early = Message(N_("现场评审从 %(day)s 开始，今天还没有到。"), {"day": now.starts_on.isoformat()})
    return _lacking(
        (
            (now.today >= now.starts_on, early),
            (
                now.is_settled,
                Message(N_("申报者还没有确认日期和日程。请申报者确认，或由秘书处写明理由后按原计划进行。")),
            ),
        )
    )


MEETING_LABELS = {"opening": N_("首次会议"), "closing": N_("末次会议")}


def missing_for_closing(now: Standing) -> list[Message]:
    """Both meetings are on record, each with at least one signature of the team."""
    lacking: list[Message] = []
    for paper, label in MEETING_LABELS.items():
        meeting = {"meeting": Message(label)}
        lacking += _lacking(
            (
                (paper in now.meetings, Message(N_("还没有%(meeting)s的记录。"), meeting)),
                (paper in now.signed_by_team, Message(N_("%(meeting)s还没有评审组成员签到。"), meeting)),
            )
        )
    return lacking


def missing_for_scores(visit: VisitState | None) -> list[Message]:
    """What keeps back the sheets of a visit's round: scores after a visit are given when it is over, both meetings on record."""
    if visit is None:
        return [Message(N_("这份申报的现场评审还没有安排，现场评审后的评分不能提交。请联系秘书处。"))]
    if visit in OVER:
        return []
    values = {"state": Message(VISIT.labels[visit].internal)}
    text = N_(
        "现场评审还没有结束（现在是“%(state)s”）。首次会议和末次会议记录齐全、组长结束现场评审之后，才能提交评分。"
    )
    return [Message(text, values)]


def missing_for_report(now: Standing) -> list[Message]:
    return [Message(N_("核实事项 %(code)s 还没有写核实结果。"), {"code": code}) for code in now.unsettled]


# --- carried over from the consensus ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Open:
    """An item on which an earlier panel lay apart, with what it agreed to improve."""

    code: str
    improvements: str


def carried_over(items: Iterable[Open]) -> dict[str, str]:
    """By item what the team is to verify: the panel's own words, without a percentage and without a name."""
    return {item.code: item.improvements.strip() for item in items if item.improvements.strip()}


# --- the report ---------------------------------------------------------------------------------------------------


def report_content(
    about: Mapping[str, Any],
    *,
    issues: Sequence[Mapping[str, Any]],
    logs: Sequence[Mapping[str, Any]],
    photos: Sequence[Mapping[str, Any]],
    meetings: Sequence[Mapping[str, Any]],
    text: str,
) -> dict[str, Any]:
    """What the team hands on, complete in itself: a picture stands in it with its digest. No score is in it."""
    return {
        "schema": SCHEMA,
        **about,
        "text": text,
        "issues": list(issues),
        "logs": list(logs),
        "photos": list(photos),
        "meetings": list(meetings),
    }


def fields_of(row: Any, names: Sequence[str]) -> dict[str, Any]:
    """The named fields of a row as a record holds them: times in ISO, kinds as their word."""
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    render: Callable[[], str] | None = getattr(value, "isoformat", None)
    if render is not None:
        return render()
    return value if value is None or isinstance(value, int) else str(value)


def moment_of(day: date, typed: str, zone: tzinfo) -> datetime | None:
    """`09:30` of a day where the award is run; None for what is no time."""
    found = re.fullmatch(r"([01]?\d|2[0-3])[:：]([0-5]\d)", typed.strip())
    return datetime.combine(day, time(int(found[1]), int(found[2])), zone) if found else None
