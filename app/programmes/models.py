"""Award programmes, their editions with the frozen rulebook, periods and rounds, and the edited calendar of working days."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.database import Base, enumeration, short
from app.kernel.words import LocalText
from app.workflow import EditionState, RoundState


class Programme(Base, kw_only=True):
    __tablename__ = "programme"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    code: Mapped[str] = mapped_column(short(40), unique=True)
    name_zh: Mapped[str] = mapped_column(short())
    name_en: Mapped[str] = mapped_column(short())
    organiser_zh: Mapped[str] = mapped_column(short())
    organiser_en: Mapped[str] = mapped_column(short())
    region_code: Mapped[str] = mapped_column(short(6))

    @property
    def name(self) -> LocalText:
        return LocalText(self.name_zh, self.name_en)

    @property
    def organiser(self) -> LocalText:
        return LocalText(self.organiser_zh, self.organiser_en)


class Edition(Base, kw_only=True):
    """One run of an award. `rulebook` and `criteria` are the very texts that were frozen; nothing reads the files again.

    `region_digits` (2 province, 4 city, 6 county, 0 no such rule), `expert_region_kinds` (comma-separated; empty: all count)
    and `leader_outside_prefix` repeat the frozen rule for the database's own trigger, which refuses an unlawful assignment
    whatever route it takes.
    """

    __tablename__ = "edition"
    lifecycle: ClassVar[str] = "edition"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    code: Mapped[str] = mapped_column(short(40), unique=True)
    number: Mapped[int]
    title_zh: Mapped[str] = mapped_column(short())
    title_en: Mapped[str] = mapped_column(short())
    time_zone: Mapped[str] = mapped_column(short(40))
    rulebook_key: Mapped[str] = mapped_column(short(60))
    rulebook: Mapped[str] = mapped_column(deferred=True)
    criteria: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    rulebook_digest: Mapped[str] = mapped_column(short(64))
    region_digits: Mapped[int]
    leader_outside_prefix: Mapped[str] = mapped_column(short(6), default="")
    expert_region_kinds: Mapped[str] = mapped_column(short(60), default="")
    state: Mapped[EditionState] = mapped_column(enumeration(EditionState), default=EditionState.DRAFT, init=False)
    frozen_at: Mapped[datetime | None] = mapped_column(default=None)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(init=False)
    programme: Mapped[Programme] = relationship(init=False, lazy="joined", innerjoin=True)
    periods: Mapped[list["Period"]] = relationship(init=False, order_by="Period.opens_at", back_populates="edition")
    rounds: Mapped[list["Round"]] = relationship(init=False, order_by="Round.position", back_populates="edition")

    __mapper_args__ = {"version_id_col": version}

    @property
    def title(self) -> LocalText:
        return LocalText(self.title_zh, self.title_en)

    @property
    def edition_id(self) -> int:
        return self.id


class Period(Base, kw_only=True):
    """A window of the calendar: `application`, `recommendation`, `formal_check`, `paper`, `committee`, `notice` …"""

    __tablename__ = "period"
    __table_args__ = (UniqueConstraint("edition_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    key: Mapped[str] = mapped_column(short(40))
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    edition: Mapped[Edition] = relationship(init=False, back_populates="periods")


class Round(Base, kw_only=True):
    """A round of review as a row: order and presence of paper review, visit and defence differ between awards."""

    __tablename__ = "round"
    __table_args__ = (UniqueConstraint("edition_id", "position"), UniqueConstraint("edition_id", "key"))
    lifecycle: ClassVar[str] = "round"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    position: Mapped[int]
    key: Mapped[str] = mapped_column(short(40))
    kind: Mapped[str] = mapped_column(short(20))
    name_zh: Mapped[str] = mapped_column(short())
    name_en: Mapped[str] = mapped_column(short())
    state: Mapped[RoundState] = mapped_column(enumeration(RoundState), default=RoundState.PLANNED, init=False)
    edition: Mapped[Edition] = relationship(init=False, back_populates="rounds")

    @property
    def name(self) -> LocalText:
        return LocalText(self.name_zh, self.name_en)


class CalendarDay(Base, kw_only=True):
    """A day that the office has marked by hand where the shipped calendar of working days does not yet know it."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    working: Mapped[bool]
    note: Mapped[str] = mapped_column(short(200), default="")
