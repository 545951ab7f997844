"""Objections: who may raise one, how an objector is checked and shown, and what a public notice says. Pure."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.kernel import credit_code
from app.kernel.words import N_, LocalText, Message
from app.programmes.rules.admission import Level
from app.programmes.rules.review import ObjectionRule

IDENTITY_CARD = re.compile(r"[0-9]{17}[0-9X]")
PASSPORT = re.compile(r"[A-Z]{1,2}[0-9]{6,9}")
SHOWN_FIRST, SHOWN_LAST = 3, 2
NO_PERSON = Message(N_("请填写 18 位居民身份证号码，或护照、通行证号码（字母加数字）。"))


# --- who objects --------------------------------------------------------------------------------------------------


def normal_identity(text: str) -> str:
    return credit_code.normal(text)


def identity_problem(identity: str, *, is_unit: bool) -> Message | None:
    """A unit's credit code is checked in full; a person's document only by its form (rulebook `objection.real_name`)."""
    plain = normal_identity(identity)
    if is_unit:
        return credit_code.problem(plain)
    return None if IDENTITY_CARD.fullmatch(plain) or PASSPORT.fullmatch(plain) else NO_PERSON


def masked(identity: str) -> str:
    """First three and last two characters: enough to recognise, too little to use."""
    hidden = max(0, len(identity) - SHOWN_FIRST - SHOWN_LAST)
    return identity[:SHOWN_FIRST] + "*" * hidden + identity[SHOWN_FIRST + hidden :]


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


# --- the notice ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Listed:
    """One of the proposed, as published: no score, no rank, no count."""

    application_id: int
    level_key: str
    name: str
    region_code: str
    city: LocalText
    group: LocalText


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which that day is over where the award lives."""
    return datetime.combine(day + timedelta(days=1), time(), zone)


def content_of(
    *, title: LocalText, organiser: LocalText, levels: Sequence[Level], listed: Iterable[Listed], rule: ObjectionRule
) -> dict[str, Any]:
    """What is published, as plain data; within a level by region and name, so that the order tells nothing."""
    rows = sorted(listed, key=lambda each: (each.region_code, each.name))
    return {
        "title": _both(title),
        "organiser": _both(organiser),
        "levels": [
            {
                "key": level.key,
                "name": _both(level.name),
                "seats": level.seats,
                "rows": [_row(each) for each in rows if each.level_key == level.key],
            }
            for level in levels
        ],
        "objection": {
            "working_days": rule.working_days,
            "real_name": rule.real_name,
            "evidence_required": rule.evidence_required,
        },
    }


def _both(text: LocalText) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _row(listed: Listed) -> dict[str, Any]:
    return {
        "application_id": listed.application_id,
        "name": listed.name,
        "city": _both(listed.city),
        "group": _both(listed.group),
    }


def local(text: Mapping[str, str]) -> LocalText:
    """A text of the published content."""
    return LocalText(text["zh"], text["en"])


def listed_names(content: Mapping[str, Any]) -> dict[int, str]:
    """Those against whom an objection can be raised."""
    return {row["application_id"]: row["name"] for level in content.get("levels", ()) for row in level["rows"]}
