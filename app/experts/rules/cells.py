"""Cells that hold more than one word: days, spans of days, earlier employers' places, certificates, languages.

What is read is written back in one way (`text` of each class), so that two entries are compared as plain texts.
"""

import calendar
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Self

from app.kernel import regions
from app.kernel.words import N_, LocalText, Message

OLDEST, LATEST = 1930, 2100
SEPARATORS = re.compile(r"[;,、\s]+")
OUTSIDE_BRACKETS = re.compile(r"[;,、\s]+(?![^()]*\))")
BETWEEN = re.compile(r"[至到~—–]")
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?")
PLACE = re.compile(r"(\d{6})(?:\(([^()]*)\))?")
REGION = re.compile(r"\d{6}")

DEGREES: dict[str, LocalText] = {
    "college": LocalText("大专", "college"),
    "bachelor": LocalText("本科", "bachelor"),
    "master": LocalText("硕士", "master"),
    "doctor": LocalText("博士", "doctor"),
}
LANGUAGES: dict[str, LocalText] = {
    "zh": LocalText("中文", "Chinese"),
    "en": LocalText("英语", "English"),
    "ja": LocalText("日语", "Japanese"),
    "ko": LocalText("韩语", "Korean"),
    "de": LocalText("德语", "German"),
    "fr": LocalText("法语", "French"),
    "ru": LocalText("俄语", "Russian"),
    "es": LocalText("西班牙语", "Spanish"),
}
CRITERIA: dict[str, LocalText] = {
    "leadership": LocalText("领导", "leadership"),
    "strategy": LocalText("战略", "strategy"),
    "customers": LocalText("顾客与市场", "customers"),
    "resources": LocalText("资源", "resources"),
    "processes": LocalText("过程管理", "processes"),
    "measurement": LocalText("测量分析与改进", "measurement"),
    "results": LocalText("结果", "results"),
}
"""The seven categories of GB/T 19580-2012."""


class Refused(Exception):
    """A cell that cannot be read; the sentence says what was found and what is wanted."""

    def __init__(self, sentence: str, /, **values: object) -> None:
        super().__init__(sentence)
        self.message = Message(sentence, values)


@dataclass(frozen=True)
class Span:
    """From a day to a day; either may be open."""

    since: date | None = None
    until: date | None = None

    @property
    def text(self) -> str:
        ends = [day.isoformat() if day else "" for day in (self.since, self.until)]
        return "~".join(ends) if any(ends) else ""

    @staticmethod
    @lru_cache(maxsize=8192)
    def parse(text: str) -> "Span":
        first, _, last = text.partition("~")
        return Span(*(date.fromisoformat(part) if part else None for part in (first, last)))


@dataclass(frozen=True)
class Place:
    """Where an expert once worked: a code in force and the time."""

    code: str
    span: Span = Span()

    @property
    def text(self) -> str:
        return f"{self.code}({self.span.text})" if self.span.text else self.code

    @classmethod
    def parse(cls, text: str) -> Self:
        code, _, rest = text.partition("(")
        return cls(code, Span.parse(rest.rstrip(")")))


@dataclass(frozen=True)
class Certificate:
    name: str
    number: str = ""
    expires_on: date | None = None

    @property
    def text(self) -> str:
        return ",".join((self.name, self.number, self.expires_on.isoformat() if self.expires_on else ""))

    @classmethod
    def parse(cls, text: str) -> Self:
        name, number, expires_on = text.split(",")
        return cls(name, number, date.fromisoformat(expires_on) if expires_on else None)


def narrow(text: str) -> str:
    """Full-width letters and digits are a way of typing, not an error."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def folded(text: str) -> str:
    """A text as it is compared or searched: width, case and spaces do not matter."""
    return "".join(narrow(text).casefold().split())


def parts(text: str) -> list[str]:
    return [part for part in SEPARATORS.split(narrow(text)) if part]


# --- days ---------------------------------------------------------------------------------------------------------


def day(text: str) -> str:
    """One day in ISO form; a month means its first day."""
    return _day(text).isoformat() if text else ""


def _day(text: str, *, as_end: bool = False) -> date:
    found = DAY.fullmatch(narrow(text).replace(" ", ""))
    if found is None:
        raise Refused(N_("“%(text)s”不是日期，应形如 2026-05-01。"), text=text)
    year, month, day_of_month = (int(part or 0) for part in found.groups())
    if not OLDEST <= year <= LATEST:
        raise Refused(
            N_("“%(text)s”的年份应在 %(first)s 至 %(last)s 之间。"), text=text, first=str(OLDEST), last=str(LATEST)
        )
    try:
        return date(year, month, day_of_month or _open_day(year, month, as_end=as_end))
    except ValueError as error:
        raise Refused(N_("“%(text)s”不是日历上的一天。"), text=text) from error


def _open_day(year: int, month: int, *, as_end: bool) -> int:
    """The day that a month alone means: its first, or its last where it ends a span."""
    return calendar.monthrange(year, month)[1] if as_end else 1


def _span(text: str) -> Span:
    """“2012-03至2019-08”; one end may be missing; a single day begins it."""
    pieces = BETWEEN.split(text)
    if len(pieces) > 2:
        raise Refused(N_("“%(text)s”不是一段时间，应形如 2012-03至2019-08。"), text=text)
    since, until = _end(pieces[0]), _end("".join(pieces[1:]), as_end=True)
    if until is not None and until < (since or until):
        raise Refused(N_("“%(text)s”的结束早于开始。"), text=text)
    return Span(since, until)


def _end(text: str, *, as_end: bool = False) -> date | None:
    return _day(text, as_end=as_end) if text.strip() else None


def blocked(text: str) -> tuple[str, ...]:
    return tuple(sorted({_blocked(part).text for part in parts(_joined(text))}))


def _blocked(text: str) -> Span:
    span = _span(text)
    if span.since is None or (span.until is None and BETWEEN.search(text)):
        raise Refused(N_("“%(text)s”不是一段时间，应形如 2026-05-01至2026-05-07。"), text=text)
    return Span(span.since, span.until or span.since)


def _joined(text: str) -> str:
    """Spaces around the sign between two days do not part them."""
    return re.sub(r"\s*([至到~—–])\s*", r"\1", narrow(text))


# --- places -------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=8192)
def region(text: str) -> str:
    """The code in force of that place: an abolished one stands for its successor."""
    code = narrow(text).replace(" ", "")
    if not REGION.fullmatch(code):
        raise Refused(N_("“%(text)s”应为 6 位行政区划代码，例如 330100（杭州市）。"), text=text)
    if regions.find(code) is None:
        raise Refused(N_("行政区划代码 %(code)s 不存在（GB/T 2260）。请核对。"), code=code)
    return regions.current(code)


def optional_region(text: str) -> str:
    return region(text) if text else ""


def places(text: str) -> tuple[str, ...]:
    """Earlier employers' places, each with its time where one is given."""
    joined = re.sub(r"\s*\(", "(", narrow(text))
    return tuple(sorted({_place(part).text for part in OUTSIDE_BRACKETS.split(joined) if part}))


def _place(text: str) -> Place:
    found = PLACE.fullmatch(text)
    if found is None:
        raise Refused(N_("“%(text)s”应为 6 位行政区划代码，例如 330100（杭州市）。"), text=text)
    return Place(region(found[1]), _span((found[2] or "").strip()))


@lru_cache(maxsize=8192)
def typed_codes(text: str) -> Mapping[str, str]:
    """Abolished codes in a cell, by the code in force that stands for each."""
    found = {code: regions.find(code) for code in REGION.findall(narrow(text))}
    return {place.successor: code for code, place in found.items() if place is not None and place.successor}


# --- words --------------------------------------------------------------------------------------------------------


def _keys(known: dict[str, LocalText]) -> dict[str, str]:
    return {folded(name): key for key, words in known.items() for name in (key, words.zh, words.en)}


_DEGREES = _keys(DEGREES) | {"学士": "bachelor", "硕士研究生": "master", "博士研究生": "doctor", "研究生": "master"}
_LANGUAGES = _keys(LANGUAGES) | {"汉语": "zh", "普通话": "zh", "英文": "en", "日文": "ja", "德文": "de", "法文": "fr"}
_CRITERIA = _keys(CRITERIA) | {"顾客": "customers", "市场": "customers", "过程": "processes", "经营结果": "results"}
_CRITERIA |= {"测量": "measurement", "分析与改进": "measurement", "customersandmarket": "customers"}


def degree(text: str) -> str:
    return _word(text, _DEGREES, N_("“%(text)s”不是学历学位：请填大专、本科、硕士或博士。")) if text else ""


def languages(text: str) -> tuple[str, ...]:
    sentence = N_("“%(text)s”不在可选的语言之中，例如中文、英语。")
    return _words(text, _LANGUAGES, sentence, order=LANGUAGES)


def criteria(text: str) -> tuple[str, ...]:
    sentence = N_("“%(text)s”不是准则的类目，例如领导、战略、结果。")
    return _words(text, _CRITERIA, sentence, order=CRITERIA)


def _words(text: str, known: dict[str, str], sentence: str, *, order: dict[str, LocalText]) -> tuple[str, ...]:
    chosen = {_word(part, known, sentence) for part in parts(text)}
    return tuple(key for key in order if key in chosen)


def _word(text: str, known: dict[str, str], sentence: str) -> str:
    key = known.get(folded(text))
    if key is None:
        raise Refused(sentence, text=text)
    return key


# --- certificates -------------------------------------------------------------------------------------------------


def certificates(text: str) -> tuple[str, ...]:
    wanted = (part.strip() for part in narrow(text).split(";"))
    return tuple(sorted({_certificate(part).text for part in wanted if part}))


def _certificate(text: str) -> Certificate:
    """Name, number, valid until: of two parts the second is a day if it reads as one."""
    pieces = [piece.strip() for piece in text.split(",")]
    if not pieces[0] or len(pieces) > 3:
        raise Refused(N_("“%(text)s”不是一项证书，应形如 质量奖评审员,PS-0012,2027-12-31。"), text=text)
    name, number, expires_on = (*pieces, "", "")[:3]
    if DAY.fullmatch(number) and not expires_on:
        number, expires_on = "", number
    return Certificate(name[:80], number[:40], _end(expires_on, as_end=True))
