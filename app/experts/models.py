"""Experts with their regions (each a fact with its source) and industries; imports with their preview."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.database import Base, enumeration, short
from app.kernel.words import N_
from app.workflow import PoolImportState


class ExpertKind(StrEnum):
    QUALITY = "quality"
    INDUSTRY = "industry"
    FINANCE = "finance"


EXPERT_KIND_LABELS: dict[ExpertKind, str] = {
    ExpertKind.QUALITY: N_("质量管理评审员"),
    ExpertKind.INDUSTRY: N_("行业专家"),
    ExpertKind.FINANCE: N_("财务专家"),
}


class ExpertRegionKind(StrEnum):
    EMPLOYER = "employer"
    RESIDENCE = "residence"
    FORMER_EMPLOYER = "former_employer"


EXPERT_REGION_LABELS: dict[ExpertRegionKind, str] = {
    ExpertRegionKind.EMPLOYER: N_("工作单位所在地"),
    ExpertRegionKind.RESIDENCE: N_("常住地"),
    ExpertRegionKind.FORMER_EMPLOYER: N_("原工作单位所在地"),
}


class Expert(Base, kw_only=True):
    """`number` is the pool's own stable number (the spreadsheet's key); `available` false keeps a person out of draws."""

    __tablename__ = "expert"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    number: Mapped[str] = mapped_column(short(20), unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), unique=True, default=None)
    name: Mapped[str] = mapped_column(short(60))
    email: Mapped[str] = mapped_column(short(254), unique=True)
    kind: Mapped[ExpertKind] = mapped_column(enumeration(ExpertKind))
    title: Mapped[str] = mapped_column(short(60), default="")
    specialty: Mapped[str] = mapped_column(short(200), default="")
    employer: Mapped[str] = mapped_column(short())
    employer_code: Mapped[str] = mapped_column(short(18), default="", index=True)
    may_lead: Mapped[bool] = mapped_column(default=False)
    max_load: Mapped[int] = mapped_column(default=10)
    available: Mapped[bool] = mapped_column(default=True)
    removed_at: Mapped[datetime | None] = mapped_column(default=None)
    removal_reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(init=False)
    regions: Mapped[list["ExpertRegion"]] = relationship(
        init=False, back_populates="expert", cascade="all, delete-orphan", order_by="ExpertRegion.kind"
    )
    industries: Mapped[list["ExpertIndustry"]] = relationship(
        init=False, back_populates="expert", cascade="all, delete-orphan", order_by="ExpertIndustry.division"
    )

    __mapper_args__ = {"version_id_col": version}


class ExpertRegion(Base, kw_only=True):
    __tablename__ = "expert_region"
    __table_args__ = (UniqueConstraint("expert_id", "kind", "region_code"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"), init=False)
    kind: Mapped[ExpertRegionKind] = mapped_column(enumeration(ExpertRegionKind))
    region_code: Mapped[str] = mapped_column(short(6), index=True)
    since: Mapped[date | None] = mapped_column(default=None)
    source: Mapped[str] = mapped_column(short(200), default="")
    expert: Mapped[Expert] = relationship(init=False, back_populates="regions")


class ExpertIndustry(Base, kw_only=True):
    """Two-digit division of GB/T 4754."""

    __tablename__ = "expert_industry"

    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"), primary_key=True, init=False)
    division: Mapped[str] = mapped_column(short(2), primary_key=True)
    expert: Mapped[Expert] = relationship(init=False, back_populates="industries")


class PoolImport(Base, kw_only=True):
    """An uploaded spreadsheet and what it would do: rows as {row, number, verdict: new|changed|same|refused, reasons, values}."""

    __tablename__ = "pool_import"
    lifecycle: ClassVar[str] = "pool_import"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    filename: Mapped[str] = mapped_column(short(200))
    digest: Mapped[str] = mapped_column(short(64))
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    uploaded_at: Mapped[datetime]
    rows: Mapped[list[Any]]
    counts: Mapped[dict[str, Any]]
    state: Mapped[PoolImportState] = mapped_column(
        enumeration(PoolImportState), default=PoolImportState.PREVIEWED, init=False
    )
