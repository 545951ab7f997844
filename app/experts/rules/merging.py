"""Two entries of one person as one: what a person chooses field by field, and what is simply put together."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from app.experts.rules.cells import CRITERIA, LANGUAGES, Certificate, Place, Span, folded
from app.experts.rules.columns import COLUMNS
from app.experts.rules.entry import ExpertEntry, Reason, contradictions

PUT_TOGETHER = ("former_regions", "industries", "criteria", "certificates", "languages", "blocked")
"""Lists of facts: what either entry has is true of the person."""
WITH_REGION = {"employer_since": "employer_region", "residence_since": "residence_region"}
"""A day says something only of its place: it goes with the region that is chosen."""
CHOSEN = tuple(c.key for c in COLUMNS if c.key not in (*PUT_TOGETHER, *WITH_REGION, "number"))


def to_choose(first: ExpertEntry, second: ExpertEntry) -> tuple[str, ...]:
    """The columns in which somebody has to say which value stands."""
    return tuple(key for key in CHOSEN if getattr(first, key) != getattr(second, key))


def united(survivor: ExpertEntry, other: ExpertEntry, taken: Collection[str], *, day: date) -> ExpertEntry:
    """The survivor with the other's values where they were taken; an employer's seat that does not stand was left on `day`."""
    values: dict[str, Any] = {key: getattr(other if key in taken else survivor, key) for key in CHOSEN}
    for since, region in WITH_REGION.items():
        values[since] = _since(survivor, other, since, region=region, taken=taken)
    left = _left((survivor, other), values["employer_region"], day)
    return replace(
        survivor,
        **values,
        former_regions=_places((*survivor.former_regions, *other.former_regions, *left)),
        **_lists(survivor, other),
    )


def _lists(survivor: ExpertEntry, other: ExpertEntry) -> dict[str, Any]:
    """What an entry has several of: all of both."""
    return {
        "industries": tuple(sorted({*survivor.industries, *other.industries})),
        "criteria": tuple(key for key in CRITERIA if key in (*survivor.criteria, *other.criteria)),
        "languages": tuple(key for key in LANGUAGES if key in (*survivor.languages, *other.languages)),
        "certificates": _certificates((*survivor.certificates, *other.certificates)),
        "blocked": tuple(sorted({*survivor.blocked, *other.blocked})),
    }


def faults(entry: ExpertEntry) -> list[Reason]:
    """Values that are each well written and yet do not go together."""
    return contradictions({key: getattr(entry, key) for key in CHOSEN} | {"industries": entry.industries}, set())


def joined(first: Span, second: Span) -> Span:
    """From the earlier begin to the later end, an unknown one counting as the wider."""
    since = min(first.since, second.since) if first.since and second.since else None
    return Span(since, max(first.until, second.until) if first.until and second.until else None)


def _since(survivor: ExpertEntry, other: ExpertEntry, since: str, *, region: str, taken: Collection[str]) -> str:
    if getattr(survivor, region) == getattr(other, region):
        return str(min(filter(None, (getattr(survivor, since), getattr(other, since))), default=""))
    return str(getattr(other if region in taken else survivor, since))


def _left(entries: Iterable[ExpertEntry], region: str, day: date) -> list[str]:
    """The employers' seats that do not stand, as places left on that day."""
    return [
        Place(each.employer_region, Span(Span.parse(f"{each.employer_since}~").since, day)).text
        for each in entries
        if each.employer_region != region
    ]


def _places(texts: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, Span] = {}
    for place in map(Place.parse, texts):
        found[place.code] = joined(found[place.code], place.span) if place.code in found else place.span
    return tuple(sorted(Place(code, span).text for code, span in found.items()))


def _certificates(texts: Iterable[str]) -> tuple[str, ...]:
    """The same certificate once, with the later day of its validity."""
    found: dict[tuple[str, str], Certificate] = {}
    for held in map(Certificate.parse, texts):
        key = folded(held.name), folded(held.number)
        known = found.get(key, held)
        found[key] = max(known, held, key=lambda each: each.expires_on or date.min)
    return tuple(sorted(each.text for each in found.values()))
