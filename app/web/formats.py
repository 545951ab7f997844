"""How values read on a page: sentences, times in the award's zone, points, sizes, state words."""

from collections.abc import Iterable
from datetime import date, datetime
from fractions import Fraction
from math import ceil
from typing import Any
from unicodedata import east_asian_width
from zoneinfo import ZoneInfo

from flask import Flask, g

from app import workflow
from app.kernel import clock
from app.kernel.actor import ROLE_LABELS, Actor, Role
from app.kernel.exact import display
from app.kernel.words import N_, LocalText, Message
from app.web.language import _, chosen

DEFAULT_ZONE = "Asia/Shanghai"
WEEKDAYS = (N_("周一"), N_("周二"), N_("周三"), N_("周四"), N_("周五"), N_("周六"), N_("周日"))


def say(text: object) -> str:
    """A Message, a LocalText or a plain marked literal, in the reader's language."""
    if isinstance(text, Message):
        return _(text.text, **{key: plain(value) for key, value in text.values.items()})
    if isinstance(text, LocalText):
        return text.in_language(chosen())
    return _(text) if isinstance(text, str) and text else str(text)


def plain(value: object) -> str:
    """A value inside a sentence: texts are translated, a tuple is a list of them, everything else reads as it is."""
    if isinstance(value, tuple):
        return _("、").join(map(plain, value))
    return say(value) if isinstance(value, (Message, LocalText)) else str(value)


def zone() -> ZoneInfo:
    return ZoneInfo(g.get("time_zone") or DEFAULT_ZONE)


def moment(value: datetime | None) -> str:
    if value is None:
        return "—"
    there = value.astimezone(zone())
    return _("%(time)s（%(weekday)s）", time=f"{there:%Y-%m-%d %H:%M}", weekday=_(WEEKDAYS[there.weekday()]))


def clock_time(value: datetime) -> str:
    return f"{value.astimezone(zone()):%H:%M}"


def day(value: date | datetime | None) -> str:
    if value is None:
        return "—"
    there = value.astimezone(zone()).date() if isinstance(value, datetime) else value
    return _("%(date)s（%(weekday)s）", date=f"{there:%Y-%m-%d}", weekday=_(WEEKDAYS[there.weekday()]))


def remaining(value: datetime | None) -> str:
    """How long until a due time, in whole days, hours or minutes; past ones say so in words."""
    if value is None:
        return ""
    seconds = int((value - clock.now()).total_seconds())
    if seconds < 0:
        return _("已过期")
    if seconds >= 86400:
        return _("还剩 %(n)s 天", n=seconds // 86400)
    if seconds >= 3600:
        return _("还剩 %(n)s 小时", n=seconds // 3600)
    return _("还剩 %(n)s 分钟", n=seconds // 60)


def points(value: int | Fraction | None) -> str:
    """Integers are 1/20 points; fractions are points. Rounded once, half to even (GB/T 8170)."""
    if value is None:
        return "—"
    return display(value if isinstance(value, Fraction) else Fraction(value, 20))


def filesize(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MB" if size >= 1024 * 1024 else f"{max(1, round(size / 1024))} KB"


def state_label(subject: Any) -> str:
    """The state word: the internal one for those who run and watch the award, the public one for everybody else.

    Once the result is out (`is_released`), the internal word is everybody's.
    """
    label = _label(subject)
    return _(label.internal if is_inside(g.actor) or getattr(subject, "is_released", False) else label.public)


def is_inside(actor: Actor) -> bool:
    return actor.has(Role.OFFICE, Role.SUPERVISOR, Role.RECOMMENDER, Role.COMMITTEE, Role.EXPERT, Role.HEAD)


def state_tone(subject: Any) -> str:
    return _label(subject).tone


def state_word(lifecycle: str, state: str) -> str:
    """The internal word of a state given by its names, for rows that are no objects."""
    table = workflow.LIFECYCLES[lifecycle]
    return _(table.labels[table.states(state)].internal)


def step_label(action: str) -> str:
    return _(workflow.find(action)[1].label)


TYPE_SIZE = 14
"""Pixels of a letter's square in pictures (zhiheng.css, .plot text)."""


def breadth(texts: Iterable[str]) -> int:
    """About how wide the widest of these lines is in a picture, in pixels: a Han character fills a square, others rather more than half of one."""
    return max(
        (ceil(TYPE_SIZE * sum(1 if east_asian_width(each) in "WF" else 0.56 for each in line)) for line in texts),
        default=0,
    )


def role_label(role: Role) -> str:
    return _(ROLE_LABELS[role])


def _label(subject: Any) -> workflow.Label:
    return workflow.LIFECYCLES[subject.lifecycle].labels[subject.state]


def install(app: Flask) -> None:
    filters = {
        "say": say,
        "local": say,
        "moment": moment,
        "day": day,
        "clock": clock_time,
        "remaining": remaining,
        "points": points,
        "filesize": filesize,
        "breadth": breadth,
    }
    app.jinja_env.filters.update(filters)
    app.jinja_env.globals.update(
        state_label=state_label,
        state_tone=state_tone,
        state_word_of=state_word,
        step_label=step_label,
        role_label=role_label,
        now=clock.now,
    )
