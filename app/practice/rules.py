"""What a practice case says, and how far an expert's percentages are from the model answer. Pure."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from functools import cached_property
from statistics import median

from app.kernel.words import N_, LocalText, Message
from app.programmes.rules.criteria import CriteriaSet
from app.programmes.rules.cross import wrong
from app.programmes.rules.errors import RulebookError, RulebookInvalid
from app.programmes.rules.reader import At, Reader
from app.programmes.rules.values import Code, Key, Percent, Schema

REASON_LIMIT = 500
LEANING, FAR = 5, 10
"""Percentage points from which on the words speak of a leaning, and of a distance: one and two steps of the scale."""

SHORTEST, SITTING, FEWEST = timedelta(minutes=1), timedelta(hours=4), 5
"""In less nobody has read a case, and one that took longer was put aside in between; of fewer experts nothing is said about how
long it takes."""


@dataclass(frozen=True)
class PracticeItem:
    """One item of the case: what the fictitious applicant writes, and the model answer with the range that is as good."""

    code: Code
    text: LocalText
    low: Percent
    model: Percent
    high: Percent
    reason: LocalText
    strengths: tuple[LocalText, ...]
    improvements: tuple[LocalText, ...]


@dataclass(frozen=True)
class PracticeCase:
    schema: Schema
    key: Key
    criteria: str
    name: LocalText
    profile: LocalText
    items: tuple[PracticeItem, ...]

    @cached_property
    def codes(self) -> tuple[str, ...]:
        return tuple(item.code for item in self.items)


@dataclass(frozen=True)
class Distance:
    """An expert's percentage of one item beside the model answer; all in percentage points."""

    item: PracticeItem
    percent: int

    @property
    def points_apart(self) -> int:
        """Above zero: the expert was kinder than the model answer."""
        return self.percent - self.item.model

    @property
    def is_within(self) -> bool:
        return self.item.low <= self.percent <= self.item.high


@dataclass(frozen=True)
class Comparison:
    """All items of a finished case. `mean_apart` and `leaning` are exact; at least one item."""

    distances: tuple[Distance, ...]

    @property
    def within(self) -> int:
        return sum(distance.is_within for distance in self.distances)

    @property
    def mean_apart(self) -> Fraction:
        """The mean distance from the model answer, its direction left out."""
        return self._mean(abs(distance.points_apart) for distance in self.distances)

    @property
    def leaning(self) -> Fraction:
        """The mean difference from the model answer: above zero lenient, below zero severe."""
        return self._mean(distance.points_apart for distance in self.distances)

    def _mean(self, values: Iterable[int]) -> Fraction:
        return Fraction(sum(values), len(self.distances))


@dataclass(frozen=True)
class Sittings:
    """How long those took who did a case in one go: how many they are, and the middle of their times in minutes."""

    experts: int
    minutes: int


def sittings(taken: Iterable[timedelta]) -> Sittings | None:
    """As measured, from beginning to end; None with too few."""
    whole = [each / timedelta(minutes=1) for each in taken if SHORTEST <= each <= SITTING]
    return Sittings(len(whole), round(median(whole))) if len(whole) >= FEWEST else None


def parse_case(text: str, criteria: Mapping[str, CriteriaSet]) -> PracticeCase:
    """Raises RulebookInvalid with every error at once, each with the key's path and what would be right."""
    reader = Reader()
    case: PracticeCase = reader.table(PracticeCase, tomllib.loads(text), At())
    errors = reader.errors or list(_misfits(case, criteria))
    if errors:
        raise RulebookInvalid(errors)
    return case


def _misfits(case: PracticeCase, criteria: Mapping[str, CriteriaSet]) -> Iterator[RulebookError]:
    known = criteria.get(case.criteria)
    if known is None:
        choices = ", ".join(sorted(criteria))
        yield wrong(
            "criteria", N_("没有名为 %(key)s 的项"), N_("以下之一：%(choices)s"), key=case.criteria, choices=choices
        )
        return
    for index, item in enumerate(case.items):
        if item.code not in known.item_codes:
            yield wrong(f"items[{index}].code", N_("准则中没有条款 %(code)s"), N_("准则中的条款号"), code=item.code)
        if not item.low <= item.model <= item.high:
            yield wrong(f"items[{index}].model", N_("标准答案不在可接受的范围内"), N_("low ≤ model ≤ high"))
        if item.model not in known.percents:
            yield wrong(f"items[{index}].model", N_("标准答案不在评分刻度上"), N_("准则的评分刻度之一"))


def missing(case: PracticeCase, percents: Mapping[str, int | None]) -> list[Message]:
    """What is left to be scored before the model answer is shown, one sentence an item."""
    return [Message(N_("%(code)s 还没有评分。"), {"code": code}) for code in case.codes if percents.get(code) is None]


def compare(case: PracticeCase, percents: Mapping[str, int]) -> Comparison:
    """On the items that were answered: a case may have grown since somebody finished it."""
    return Comparison(tuple(Distance(item, percents[item.code]) for item in case.items if item.code in percents))


def in_words(comparison: Comparison) -> Sequence[Message]:
    """How far, and in which direction, in words that need no statistics."""
    count = {"within": comparison.within, "n": len(comparison.distances)}
    said = [Message(N_("%(n)s 个条款中，%(within)s 个在可接受的范围内。"), count)]
    leaning = comparison.leaning
    if abs(leaning) >= LEANING:
        text = N_("总体比标准答案高 %(points)s 个百分点，请留意评分是否偏宽。")
        if leaning < 0:
            text = N_("总体比标准答案低 %(points)s 个百分点，请留意评分是否偏严。")
        said.append(Message(text, {"points": round(abs(leaning))}))
    else:
        said.append(Message(N_("总体宽严与标准答案相当。")))
    if comparison.mean_apart >= FAR:
        apart = {"points": round(comparison.mean_apart)}
        said.append(Message(N_("平均每条相差 %(points)s 个百分点，请对照各条的理由。"), apart))
    return said
