"""Reads of results: the public front, an edition's result, the office's list."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.kernel import regions
from app.kernel.database import db
from app.kernel.words import LocalText
from app.notices.models import Notice
from app.outcomes.models import Outcome
from app.programmes.models import Edition
from app.workflow import EditionState, NoticeState, OutcomeState

SHOWN = (OutcomeState.PUBLISHED, OutcomeState.REVOKED)


@dataclass(frozen=True)
class HonourRow:
    id: int
    position: int
    level_key: str
    level: LocalText
    name: str
    city: LocalText
    group: str
    revoked: bool


@dataclass(frozen=True)
class PastEdition:
    """An edition with a published result, and how many honours of each level it gave, in the order of the levels."""

    code: str
    title: LocalText
    approved_on: date | None
    counts: tuple[tuple[LocalText, int], ...]


@dataclass(frozen=True)
class CityCount:
    city: LocalText
    total: int


@dataclass(frozen=True)
class CurrentNotice:
    id: int
    last_day: date | None


def find_outcome(outcome_id: int) -> Outcome | None:
    return db.session.get(Outcome, outcome_id)


def outcomes_of(edition_id: int) -> Sequence[Outcome]:
    """For the office and the supervisor: approved ones too."""
    return db.session.scalars(select(Outcome).where(Outcome.edition_id == edition_id).order_by(Outcome.position)).all()


def honours(edition_id: int) -> list[HonourRow]:
    """The published list, revoked honours marked."""
    rows = db.session.execute(
        select(
            Outcome.id,
            Outcome.position,
            Outcome.level_key,
            Outcome.level_zh,
            Outcome.level_en,
            Outcome.name,
            Outcome.region_code,
            Outcome.group_name,
            Outcome.state,
        )
        .where(Outcome.edition_id == edition_id, Outcome.state.in_(SHOWN))
        .order_by(Outcome.position)
    )
    return [
        HonourRow(
            row.id,
            row.position,
            row.level_key,
            LocalText(row.level_zh, row.level_en),
            row.name,
            city_of(row.region_code),
            row.group_name,
            row.state == OutcomeState.REVOKED,
        )
        for row in rows
    ]


def city_of(code: str) -> LocalText:
    """The city of a place, or the place itself where it is none of a city."""
    found = regions.find(f"{code[:4]}00") or regions.find(code)
    return found.name if found else LocalText.same(code)


def by_city(rows: Sequence[HonourRow]) -> list[CityCount]:
    """How many standing honours each city has, most first."""
    counted = Counter(row.city for row in rows if not row.revoked)
    return [CityCount(city, total) for city, total in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0].zh))]


def past_editions() -> list[PastEdition]:
    """Every edition with a published result, newest first."""
    rows = db.session.execute(
        select(
            Edition.code,
            Edition.title_zh,
            Edition.title_en,
            Outcome.approved_on,
            Outcome.level_zh,
            Outcome.level_en,
        )
        .join(Outcome, Outcome.edition_id == Edition.id)
        .where(Outcome.state == OutcomeState.PUBLISHED)
        .order_by(Edition.number.desc(), Outcome.position)
    ).all()
    editions: dict[str, PastEdition] = {}
    counts: dict[str, Counter[LocalText]] = {}
    for row in rows:
        counts.setdefault(row.code, Counter())[LocalText(row.level_zh, row.level_en)] += 1
        editions[row.code] = PastEdition(row.code, LocalText(row.title_zh, row.title_en), row.approved_on, ())
    return [
        PastEdition(past.code, past.title, past.approved_on, tuple(counts[code].items()))
        for code, past in editions.items()
    ]


def current_notice(edition_id: int) -> CurrentNotice | None:
    """The notice that is out now."""
    row = db.session.execute(
        select(Notice.id, Notice.last_day)
        .where(Notice.edition_id == edition_id, Notice.state == NoticeState.PUBLISHED)
        .order_by(Notice.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else CurrentNotice(row.id, row.last_day)


def edition_with_result(code: str) -> Edition | None:
    """An edition that the public may see: its call has opened, or its result is published."""
    return db.session.scalar(select(Edition).where(Edition.code == code, Edition.state != EditionState.DRAFT))


def ended_notice(edition_id: int) -> Notice | None:
    """The notice whose period is over, on which an approval can be recorded."""
    found = select(Notice).where(Notice.edition_id == edition_id, Notice.state == NoticeState.ENDED)
    return db.session.scalars(found.order_by(Notice.id.desc())).first()
