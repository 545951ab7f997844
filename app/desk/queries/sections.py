"""What a section of the desk is made of, and what all sources share: the edition and its calendar, read once."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from app.desk.rules import Task, Text
from app.kernel.actor import Role
from app.kernel.words import LocalText, Message
from app.programmes.models import Edition
from app.programmes.queries import CalendarRow, calendar


@dataclass(frozen=True)
class Around:
    """The current edition and its calendar."""

    edition: Edition | None
    calendar: tuple[CalendarRow, ...] = ()

    @classmethod
    def of(cls, edition: Edition | None) -> "Around":
        return cls(edition, tuple(calendar(edition)) if edition is not None else ())

    @property
    def dues(self) -> dict[str, datetime]:
        return {row.key: row.closes_at for row in self.calendar}

    def day_of(self, moment: datetime) -> str:
        """The date in the award's zone."""
        zone = ZoneInfo(self.edition.time_zone) if self.edition is not None else UTC
        return moment.astimezone(zone).date().isoformat()

    def staged(self, phases: Mapping[str, str]) -> tuple[CalendarRow, ...]:
        """The calendar, with the stages that what has happened puts elsewhere than the dates do."""
        return tuple(replace(row, phase=phases.get(row.key, row.phase)) for row in self.calendar)

    def window(self, key: str) -> CalendarRow | None:
        return next((row for row in self.calendar if row.key == key), None)


@dataclass(frozen=True)
class Stat:
    """A counter of the cockpit; the endpoint shows the rows that were counted."""

    label: str
    value: str
    note: Text | None = None
    endpoint: str = ""
    arguments: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Moment:
    """A dated step of somebody's dossier."""

    label: Message
    at: datetime | None
    phase: str
    words: str = ""


@dataclass(frozen=True)
class Section:
    """One role's part of the desk. `why` and `first` are shown where there are no tasks."""

    role: Role
    tasks: list[Task]
    why: Text
    first: Text | None = None
    link: tuple[str, str] | None = None
    notes: list[Text] = field(default_factory=list)
    stats: list[Stat] = field(default_factory=list)
    stages: tuple[CalendarRow, ...] = ()
    timeline: list[Moment] = field(default_factory=list)
    timeline_of: LocalText | None = None
    partial: str = ""
    content: object = None
