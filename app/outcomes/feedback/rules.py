"""What a feedback report says and keeps back: gathered comments without names, bands, the own profile in the field. Pure."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.kernel.exact import rounded
from app.kernel.words import LocalText
from app.programmes.rules.criteria import CriteriaSet

MINIMUM_OTHERS = 8
"""So many other dossiers make a field. Below it a quartile would lie on one or two dossiers and tell what they scored."""
BAND_POINTS = 100
LOWEST_BAND = 300
PROFILE_STEP = Fraction(5)
SOMEBODY = "评审专家"
TEXT_LIMIT = 4000
SUMMARY_LIMIT = 3000

Percents = Mapping[str, int]
"""Item code to per cent."""


# --- comments -----------------------------------------------------------------------------------------------------


def gathered(texts: Iterable[str], names: Sequence[str]) -> str:
    """Each remark once, a line each, in an order that follows from the words and not from who wrote them; names of the
    experts stand in none of them."""
    lines = {without_names(line.strip(), names) for text in texts for line in text.splitlines() if line.strip()}
    return "\n".join(sorted(lines, key=_order))


def _order(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()


def without_names(text: str, names: Sequence[str]) -> str:
    """Longer names first, so that a name inside another leaves no rest."""
    for name in sorted(filter(None, names), key=len, reverse=True):
        text = text.replace(name, SOMEBODY)
    return text


# --- bands and the profile ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Range:
    """A band of points, `low` included, `high` not (the highest band holds the full points, too)."""

    low: int
    high: int


def band_of(points: Fraction, full: int) -> Range:
    """The hundred in which a total lies; everything below 300 is one band, the full points belong to the highest."""
    scale = Fraction(full, 1000)
    low = min(int(points // (BAND_POINTS * scale)), 9) * BAND_POINTS
    if low < LOWEST_BAND:
        return Range(0, int(LOWEST_BAND * scale))
    return Range(int(low * scale), int((low + BAND_POINTS) * scale))


@dataclass(frozen=True)
class Line:
    """One category: the own share and, where the field is large enough, its quartiles; all in whole steps of 5 %."""

    code: str
    name: LocalText
    own: int
    field: tuple[int, int, int] | None


def share(percents: Percents, codes: Sequence[tuple[str, int]]) -> Fraction:
    """Points reached of a category's points, in per cent; an item that nobody scored counts nothing and weighs nothing."""
    scored = [(percents[code], points) for code, points in codes if code in percents]
    whole = sum(points for _percent, points in scored)
    return Fraction(sum(percent * points for percent, points in scored), whole) if whole else Fraction(0)


def quartiles(values: Sequence[Fraction]) -> tuple[Fraction, Fraction, Fraction]:
    """Lower quartile, median, upper quartile by linear interpolation between order statistics (Hyndman and Fan, type 7)."""
    ordered = sorted(values)

    def at(part: Fraction) -> Fraction:
        place = part * (len(ordered) - 1)
        below = int(place)
        above = min(below + 1, len(ordered) - 1)
        return ordered[below] + (place - below) * (ordered[above] - ordered[below])

    return at(Fraction(1, 4)), at(Fraction(1, 2)), at(Fraction(3, 4))


def profile(own: Percents, others: Sequence[Percents], criteria: CriteriaSet) -> list[Line]:
    """Every category against the others of the field; without a field where it is too small to stay anonymous."""
    return [
        Line(category.code, category.name, _step(share(own, codes)), _field(others, codes))
        for category in criteria.categories
        for codes in [[(item.code, item.points) for item in category.items]]
    ]


def _field(others: Sequence[Percents], codes: Sequence[tuple[str, int]]) -> tuple[int, int, int] | None:
    if len(others) < MINIMUM_OTHERS:
        return None
    low, middle, high = quartiles([share(each, codes) for each in others])
    return _step(low), _step(middle), _step(high)


def _step(value: Fraction) -> int:
    return int(rounded(value, PROFILE_STEP))


def mean_percent(percents: Sequence[int]) -> int:
    """Of several experts, in the step of the scale."""
    return _step(Fraction(sum(percents), len(percents)))


# --- what is approved ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Texts:
    code: str
    percent: int
    strengths: str
    improvements: str


def content_of(
    about: Mapping[str, Any],
    criteria: CriteriaSet,
    texts: Sequence[Texts],
    *,
    band: Range | None,
    lines: Sequence[Line],
) -> dict[str, Any]:
    """The report as it is approved and printed, whole in itself; neither points nor a rank nor a name of an expert."""
    of_item = {each.code: each for each in texts}
    return {
        "schema": 1,
        **about,
        "criteria": _both(criteria.name),
        "band": None if band is None else {"low": band.low, "high": band.high, "full": criteria.points},
        "profile": [
            {"code": line.code, "name": _both(line.name), "own": line.own, "field": _plain(line.field)}
            for line in lines
        ],
        "minimum_others": MINIMUM_OTHERS,
        "categories": [
            {
                "code": category.code,
                "name": _both(category.name),
                "items": [_item(criteria, of_item[item.code]) for item in category.items if item.code in of_item],
            }
            for category in criteria.categories
        ],
    }


def _item(criteria: CriteriaSet, texts: Texts) -> dict[str, Any]:
    item = criteria.item(texts.code)
    band = criteria.band(item.kind, texts.percent)
    return {
        "code": item.code,
        "name": _both(item.name),
        "band": {"low": band.low, "high": band.high, "text": _both(band.text)},
        "strengths": texts.strengths.splitlines(),
        "improvements": texts.improvements.splitlines(),
    }


def _both(text: LocalText) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _plain(field: tuple[int, int, int] | None) -> list[int] | None:
    return None if field is None else list(field)
