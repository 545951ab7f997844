"""Reads of editions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, select, true

from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.words import LocalText
from app.kernel.workdays import DayException, WorkingCalendar, china
from app.policy import allows
from app.programmes.models import CalendarDay, Edition, Period, Programme
from app.programmes.rules.parsing import parse_frozen
from app.programmes.rules.rulebook import Rulebook
from app.workflow import EditionState

KEPT_RULEBOOKS = 16
CURRENT_EDITION = (
    select(
        Edition.id,
        Edition.code,
        Edition.title_zh,
        Edition.title_en,
        Programme.name_zh,
        Programme.name_en,
        Edition.state,
        Edition.time_zone,
    )
    .join(Programme, Programme.id == Edition.programme_id)
    .order_by(
        case({EditionState.RUNNING: 0, EditionState.DRAFT: 1, EditionState.CONCLUDED: 2}, value=Edition.state, else_=3),
        Edition.id.desc(),
    )
    .limit(1)
)
"""Written once: nearly every page asks it, and putting a statement together costs more than sending it."""

_parsed: dict[str, Rulebook] = {}


@dataclass(frozen=True)
class EditionHeader:
    """What every page's head says of the edition it belongs to."""

    id: int
    code: str
    title: LocalText
    programme: LocalText
    state: EditionState
    time_zone: str
    lifecycle: str = "edition"


def current_header() -> EditionHeader | None:
    """The edition that is being worked on: the running one, else the newest that is not over, else the newest."""
    row = db.session.execute(CURRENT_EDITION).one_or_none()
    if row is None:
        return None
    return EditionHeader(
        row.id,
        row.code,
        LocalText(row.title_zh, row.title_en),
        LocalText(row.name_zh, row.name_en),
        row.state,
        row.time_zone,
    )


def find_edition(edition_id: int) -> Edition | None:
    return db.session.get(Edition, edition_id)


def all_editions() -> Sequence[Edition]:
    """Newest first."""
    return db.session.scalars(select(Edition).order_by(Edition.id.desc())).all()


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The editions that an actor may know of: those whose call has opened, and for who prepares and watches them all."""
    return true() if allows(actor, "edition.list") else Edition.state != EditionState.DRAFT


def published_edition(code: str, actor: Actor) -> Edition | None:
    """The edition of that code; one whose call has not opened is shown only to those who prepare and watch it."""
    found = db.session.scalar(select(Edition).where(Edition.code == code))
    visible = found is not None and (found.state != EditionState.DRAFT or allows(actor, "edition.read", found))
    return found if visible else None


@dataclass(frozen=True)
class CalendarRow:
    """A period with the rulebook's name for it and where it stands today: `done`, `now` or `next`."""

    key: str
    name: LocalText
    opens_at: datetime
    closes_at: datetime
    phase: str


def calendar(edition: Edition) -> list[CalendarRow]:
    rulebook, now = rulebook_of(edition), clock.now()
    return [
        CalendarRow(
            kept.key,
            rulebook.stage(kept.key).name,
            kept.opens_at,
            kept.closes_at,
            "done" if kept.closes_at < now else "now" if kept.opens_at <= now else "next",
        )
        for kept in edition.periods
    ]


def rulebook_of(edition: Edition) -> Rulebook:
    """The edition's own rulebook, as its texts stand in the database; parsed once for each digest."""
    return rulebook_with_digest(edition.id, edition.rulebook_digest)


def rulebook_with_digest(edition_id: int, digest: str) -> Rulebook:
    found = _parsed.get(digest)
    if found is None:
        text, criteria = db.session.execute(
            select(Edition.rulebook, Edition.criteria).where(Edition.id == edition_id)
        ).one()
        found = _keep(digest, parse_frozen(text, criteria))
    return found


def _keep(digest: str, rulebook: Rulebook) -> Rulebook:
    if len(_parsed) >= KEPT_RULEBOOKS:
        _parsed.clear()
    _parsed[digest] = rulebook
    return rulebook


def period(edition: Edition, key: str) -> Period | None:
    """The window of the calendar with that key, or None where the rulebook has no such stage."""
    return next((found for found in edition.periods if found.key == key), None)


def is_open(edition: Edition, key: str, at: datetime) -> bool:
    """Whether the edition runs and `at` lies in that window: the one place where "open" is derived from the calendar.

    The closing second itself is still inside; a stage that the calendar does not know is never open.
    """
    window = period(edition, key)
    return edition.state == EditionState.RUNNING and window is not None and window.opens_at <= at <= window.closes_at


def working_calendar() -> WorkingCalendar:
    """The shipped calendar of working days with the office's own marks over it."""
    marks = [
        DayException(mark.day, mark.working, LocalText.same(mark.note))
        for mark in db.session.scalars(select(CalendarDay))
    ]
    return china().with_marks(marks) if marks else china()
