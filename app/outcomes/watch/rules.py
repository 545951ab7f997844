"""When a declaration is due, which letter goes out about it, and which facts follow from it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from itertools import pairwise
from typing import Any

from app.kernel.words import N_, Message
from app.programmes.rules.review import WatchRule, years_after

TEXT_LIMIT = 3000


class Letter(IntEnum):
    """Which letter has gone out: that the declaration may be handed in, that it is due soon, that it is late."""

    NONE = 0
    OPEN = 1
    SOON = 2
    LATE = 3


@dataclass(frozen=True)
class Owed:
    """One year of the watch period by its first and its last day, and until when its declaration is due."""

    year: int
    begins_on: date
    ends_on: date
    due_on: date


def owed(rule: WatchRule, approved_on: date) -> tuple[Owed, ...]:
    """One a year, due so many days after each anniversary of the approval. None where the rulebook asks for none.

    Years are counted as the law counts terms (Civil Code, art. 201 and 202): the day of the approval does not count, a year ends
    with its anniversary, and the next begins the day after, so that every day belongs to one year.
    """
    if not rule.yearly_declaration:
        return ()
    anniversaries = [years_after(approved_on, year) for year in range(rule.years + 1)]
    return tuple(
        Owed(year, day_after(before), ends, ends + timedelta(days=rule.declaration_days))
        for year, (before, ends) in enumerate(pairwise(anniversaries), 1)
    )


def day_after(day: date) -> date:
    """Of a year's last day: the first of the next, from which on the year that is over may be declared."""
    return day + timedelta(days=1)


def ends_on(rule: WatchRule, approved_on: date) -> date:
    """The last day of the watch period."""
    return years_after(approved_on, rule.years)


def letter_due(today: date, *, opens_on: date, due_on: date, reminder_days: int) -> Letter:
    """The furthest letter whose day has come; where the clock stood still, those before it are not sent late."""
    if today > due_on:
        return Letter.LATE
    if reminder_days and today >= due_on - timedelta(days=reminder_days):
        return Letter.SOON
    return Letter.OPEN if today >= opens_on else Letter.NONE


@dataclass(frozen=True)
class Statement:
    """What is declared. `told` are the questions answered so that the office has to look: key to what is said of it."""

    told: Mapping[str, str]
    figures: str
    signatory: str


QUESTIONS: dict[str, str] = {
    "conditions": N_("是否有不再符合评选条件的情形"),
    "accident": N_("是否发生重大质量、安全、环境或公共卫生事故"),
    "penalty": N_("是否受到行政处罚或刑事追究"),
    "changes": N_("名称、住所、法定代表人或主要业务是否有变更"),
}
NO_FACT = frozenset({"changes"})
"""A change of name or seat is recorded and speaks against nobody."""

SAY_WHAT = N_("回答“有”的，请写明时间、经过和处理结果。")
NO_FIGURES = N_("请写明本年度的主要质量和经营指标。")
NO_SIGNATORY = N_("请填写负责人姓名。")


def problems(statement: Statement) -> dict[str, Message]:
    """By field, what a declaration still lacks."""
    found = {f"{key}_text": Message(SAY_WHAT) for key, text in statement.told.items() if not text.strip()}
    if not statement.figures.strip():
        found["figures"] = Message(NO_FIGURES)
    if not statement.signatory.strip():
        found["signatory"] = Message(NO_SIGNATORY)
    return found


def content_of(
    about: Mapping[str, Any], statement: Statement, files: Sequence[Mapping[str, Any]], *, submitted_at: str
) -> dict[str, Any]:
    """What is frozen with its digest when a declaration is handed in."""
    return {
        "schema": 1,
        **about,
        "told": dict(statement.told),
        "figures": statement.figures,
        "signatory": statement.signatory,
        "files": list(files),
        "submitted_at": submitted_at,
    }


def facts_told(told: Mapping[str, str]) -> dict[str, str]:
    """Of a declaration, what the office must look into before it accepts anything."""
    return {key: text for key, text in told.items() if key not in NO_FACT}


def again_due(today: date, rule: WatchRule) -> date:
    """After it was sent back: twice the days of a reminder, and never less than a week."""
    return today + timedelta(days=max(7, 2 * rule.reminder_days))
