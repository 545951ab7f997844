"""Honours of this and earlier editions."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.kernel.database import Base, enumeration, short
from app.kernel.words import N_, LocalText
from app.programmes.models import Edition
from app.workflow import BundleState, OutcomeState


class RevokedFor(StrEnum):
    """Why an honour was taken back; for how long its holder is barred follows from it (rulebook `watch`)."""

    FRAUD = "fraud"
    INCIDENT = "incident"


REVOKED_FOR_LABELS: dict[RevokedFor, str] = {
    RevokedFor.FRAUD: N_("申报或评审中弄虚作假"),
    RevokedFor.INCIDENT: N_("获奖后发生规则所列的情形"),
}


class Outcome(Base, kw_only=True):
    """One honour, with the authority's document as a file where one was given. Past editions have outcomes without an application: only what was published is known of them."""

    __tablename__ = "outcome"
    __table_args__ = (Index("ix_outcome_edition_position", "edition_id", "position"),)
    lifecycle: ClassVar[str] = "outcome"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"), unique=True, default=None)
    position: Mapped[int]
    level_key: Mapped[str] = mapped_column(short(20))
    level_zh: Mapped[str] = mapped_column(short(40))
    level_en: Mapped[str] = mapped_column(short(60))
    name: Mapped[str] = mapped_column(short())
    kind: Mapped[str] = mapped_column(short(20))
    region_code: Mapped[str] = mapped_column(short(6))
    group_name: Mapped[str] = mapped_column(short(60), default="")
    credit_code: Mapped[str] = mapped_column(short(18), default="")
    approval_document: Mapped[str] = mapped_column(short(), default="")
    approval_filename: Mapped[str] = mapped_column(short(200), default="")
    approval_sha256: Mapped[str] = mapped_column(short(64), default="")
    approved_on: Mapped[date | None] = mapped_column(default=None)
    published_at: Mapped[datetime | None] = mapped_column(default=None)
    revoked_for: Mapped[RevokedFor | None] = mapped_column(enumeration(RevokedFor), default=None)
    state: Mapped[OutcomeState] = mapped_column(enumeration(OutcomeState), default=OutcomeState.APPROVED, init=False)
    edition: Mapped[Edition] = relationship(init=False)

    @property
    def level(self) -> LocalText:
        return LocalText(self.level_zh, self.level_en)


class Bundle(Base, kw_only=True):
    """The archive of an edition as it was ordered, both versions kept among the stored files under their digests."""

    __tablename__ = "bundle"
    lifecycle: ClassVar[str] = "bundle"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    ordered_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    ordered_at: Mapped[datetime]
    public_sha256: Mapped[str] = mapped_column(short(64), default="")
    public_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    full_sha256: Mapped[str] = mapped_column(short(64), default="")
    full_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    made_at: Mapped[datetime | None] = mapped_column(default=None)
    state: Mapped[BundleState] = mapped_column(enumeration(BundleState), default=BundleState.ORDERED, init=False)
    edition: Mapped[Edition] = relationship(init=False)
    orderer: Mapped[User] = relationship(init=False)

    @property
    def key(self) -> str:
        """Under which its progress is told."""
        return f"{self.__tablename__}-{self.id}"
