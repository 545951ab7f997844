"""Recommending bodies, recommendations and formal checks."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.applications.models import Application
from app.kernel.database import Base, enumeration, short
from app.kernel.words import N_
from app.programmes.rules.values import BodyKind

BODY_KIND_LABELS: dict[BodyKind, str] = {
    BodyKind.CITY: N_("市质量强市办"),
    BodyKind.COUNTY: N_("县（市、区）"),
    BodyKind.ZONE: N_("示范区"),
    BodyKind.PROVINCE: N_("省级市场监管部门"),
    BodyKind.DEPARTMENT: N_("省直部门"),
    BodyKind.ASSOCIATION: N_("行业协会"),
}


class RecommendingBody(Base, kw_only=True):
    """Its quota comes from the edition's rulebook by `kind`; `region_code` is where its applicants are seated."""

    __tablename__ = "recommending_body"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    name: Mapped[str] = mapped_column(short(), unique=True)
    kind: Mapped[BodyKind] = mapped_column(enumeration(BodyKind))
    region_code: Mapped[str] = mapped_column(short(6))


class Recommendation(Base, kw_only=True):
    """One body's word on one dossier. Unique by dossier: a second word replaces nothing, it is refused."""

    __tablename__ = "recommendation"
    __table_args__ = (UniqueConstraint("application_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    body_id: Mapped[int] = mapped_column(ForeignKey("recommending_body.id"), index=True)
    recommended: Mapped[bool]
    opinion: Mapped[str]
    notice_from: Mapped[date | None] = mapped_column(default=None)
    notice_until: Mapped[date | None] = mapped_column(default=None)
    decided_at: Mapped[datetime]
    decided_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    application: Mapped[Application] = relationship(init=False)
    body: Mapped[RecommendingBody] = relationship(init=False)


class Reply(StrEnum):
    WAITING = "waiting"
    NO_OBJECTION = "no_objection"
    OBJECTION = "objection"


class Consultation(Base, kw_only=True):
    """One department asked about one dossier: its reply, or the due time until which it may still reply."""

    __tablename__ = "consultation"
    __table_args__ = (UniqueConstraint("application_id", "department_key"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    department_key: Mapped[str] = mapped_column(short(40))
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    reply: Mapped[Reply] = mapped_column(enumeration(Reply), default=Reply.WAITING)
    replied_on: Mapped[date | None] = mapped_column(default=None)
    note: Mapped[str] = mapped_column(default="")
    file_name: Mapped[str] = mapped_column(short(200), default="")
    file_sha256: Mapped[str] = mapped_column(short(64), default="")
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"), default=None)
    application: Mapped[Application] = relationship(init=False)


class FormalCheck(Base, kw_only=True):
    """The office's check of one dossier: `ticks` by check key → {met, note}; a returned dossier keeps its history here."""

    __tablename__ = "formal_check"
    __table_args__ = (UniqueConstraint("application_id", "cycle"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    cycle: Mapped[int]
    ticks: Mapped[dict[str, Any]]
    decision: Mapped[str] = mapped_column(short(20))
    reason: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime]
    decided_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
