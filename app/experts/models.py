"""Experts with their regions (each a dated fact with its source), industries, certificates and blocked dates; their credit
files; imports with their preview."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.kernel.database import Base, enumeration, short
from app.kernel.words import N_
from app.programmes.models import Edition
from app.workflow import InvitationState, MergeState, PoolImportState


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
    REGISTRATION = "registration"


EXPERT_REGION_LABELS: dict[ExpertRegionKind, str] = {
    ExpertRegionKind.EMPLOYER: N_("工作单位所在地"),
    ExpertRegionKind.RESIDENCE: N_("常住地"),
    ExpertRegionKind.FORMER_EMPLOYER: N_("原工作单位所在地"),
    ExpertRegionKind.REGISTRATION: N_("户籍地"),
}


class Expert(Base, kw_only=True):
    """`number` is the pool's own stable number (the spreadsheet's key); `available` false keeps a person out of draws.

    `searchable` is what a search looks into, without width, case and spaces; `last_used_on` the day of the last seat that
    was published. `proposal` is what the expert asks the office to correct, empty once it is settled. `merged_into`: the
    entry of the same person that goes on; `absorbed` are those that went into this one, removed and kept as they were.
    """

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
    min_load: Mapped[int] = mapped_column(default=0)
    degree: Mapped[str] = mapped_column(short(20), default="")
    criteria: Mapped[list[str]] = mapped_column(default_factory=list)
    languages: Mapped[list[str]] = mapped_column(default_factory=list)
    available: Mapped[bool] = mapped_column(default=True)
    searchable: Mapped[str] = mapped_column(default="")
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    last_used_on: Mapped[date | None] = mapped_column(default=None)
    removed_at: Mapped[datetime | None] = mapped_column(default=None)
    removal_reason: Mapped[str] = mapped_column(default="")
    proposal: Mapped[str] = mapped_column(default="")
    proposed_at: Mapped[datetime | None] = mapped_column(default=None)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("expert.id"), default=None, index=True)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(init=False)
    regions: Mapped[list["ExpertRegion"]] = relationship(
        init=False, back_populates="expert", cascade="all, delete-orphan", order_by="ExpertRegion.kind"
    )
    industries: Mapped[list["ExpertIndustry"]] = relationship(
        init=False, back_populates="expert", cascade="all, delete-orphan", order_by="ExpertIndustry.division"
    )
    certificates: Mapped[list["ExpertCertificate"]] = relationship(init=False, order_by="ExpertCertificate.name")
    blocked: Mapped[list["ExpertBlocked"]] = relationship(init=False, order_by="ExpertBlocked.first_day")
    merged_into: Mapped["Expert | None"] = relationship(init=False, back_populates="absorbed", remote_side="Expert.id")
    absorbed: Mapped[list["Expert"]] = relationship(init=False, back_populates="merged_into", order_by="Expert.number")

    __mapper_args__ = {"version_id_col": version}


class ExpertRegion(Base, kw_only=True):
    """One place of one kind, over the time from `since` to `until` (open where unknown or still true).

    `typed_code` is the abolished code that was written for it, empty where the code in force was.
    """

    __tablename__ = "expert_region"
    __table_args__ = (UniqueConstraint("expert_id", "kind", "region_code"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"), init=False)
    kind: Mapped[ExpertRegionKind] = mapped_column(enumeration(ExpertRegionKind))
    region_code: Mapped[str] = mapped_column(short(6), index=True)
    since: Mapped[date | None] = mapped_column(default=None)
    until: Mapped[date | None] = mapped_column(default=None)
    typed_code: Mapped[str] = mapped_column(short(6), default="")
    source: Mapped[str] = mapped_column(short(200), default="")
    expert: Mapped[Expert] = relationship(init=False, back_populates="regions")


class ExpertIndustry(Base, kw_only=True):
    """Two-digit division of GB/T 4754."""

    __tablename__ = "expert_industry"

    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"), primary_key=True, init=False)
    division: Mapped[str] = mapped_column(short(2), primary_key=True)
    expert: Mapped[Expert] = relationship(init=False, back_populates="industries")


class ExpertCertificate(Base, kw_only=True):
    __tablename__ = "expert_certificate"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"), index=True)
    name: Mapped[str] = mapped_column(short(80))
    number: Mapped[str] = mapped_column(short(40), default="")
    expires_on: Mapped[date | None] = mapped_column(default=None)


class ExpertBlocked(Base, kw_only=True):
    """Days on which the expert cannot take part, the last one included."""

    __tablename__ = "expert_blocked"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]


class ExpertMerge(Base, kw_only=True):
    """Two entries of one person made one: proposed by one named person, confirmed by another, and never undone.

    `taken` are the columns in which the other entry's value stands; the versions are those that the proposer saw. `before`
    keeps what both entries said until the day of the merge; `decision` is what was said when it was refused.
    """

    __tablename__ = "expert_merge"
    __table_args__ = (
        CheckConstraint("survivor_id <> other_id", name="two_entries"),
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> proposed_by", name="two_people"),
        CheckConstraint("state <> 'confirmed' OR confirmed_by IS NOT NULL", name="confirmer"),
    )
    lifecycle: ClassVar[str] = "expert_merge"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    survivor_id: Mapped[int] = mapped_column(ForeignKey("expert.id"), index=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("expert.id"), index=True)
    survivor_version: Mapped[int]
    other_version: Mapped[int]
    taken: Mapped[list[str]] = mapped_column(default_factory=list)
    reason: Mapped[str]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    proposed_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"), default=None)
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    decision: Mapped[str] = mapped_column(default="")
    before: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    state: Mapped[MergeState] = mapped_column(enumeration(MergeState), default=MergeState.PROPOSED, init=False)
    version: Mapped[int] = mapped_column(init=False)
    survivor: Mapped[Expert] = relationship(init=False, foreign_keys=[survivor_id])
    other: Mapped[Expert] = relationship(init=False, foreign_keys=[other_id])
    proposer: Mapped[User] = relationship(init=False, foreign_keys=[proposed_by])
    confirmer: Mapped[User | None] = relationship(init=False, foreign_keys=[confirmed_by])

    __mapper_args__ = {"version_id_col": version}


class CreditFactKind(StrEnum):
    """What happened, never how good or bad it was."""

    LATE = "late"
    DECLINED = "declined"
    RECUSED = "recused"
    EXCUSED = "excused"
    VOID_SHEET = "void_sheet"
    MISCONDUCT = "misconduct"
    TRAINING = "training"


CREDIT_FACT_LABELS: dict[CreditFactKind, str] = {
    CreditFactKind.LATE: N_("逾期"),
    CreditFactKind.DECLINED: N_("谢绝任务"),
    CreditFactKind.RECUSED: N_("依规回避"),
    CreditFactKind.EXCUSED: N_("任务被收回"),
    CreditFactKind.VOID_SHEET: N_("评分作废"),
    CreditFactKind.MISCONDUCT: N_("违反纪律"),
    CreditFactKind.TRAINING: N_("参加培训"),
}


class CreditFact(Base, kw_only=True):
    """One dated fact of an expert's credit file with its source; nobody's opinion, and nothing that is added up.

    `recorded_by` is empty where it followed from a step, and `text` is then a sentence of the catalogue. `reply` is the
    expert's own word beside it. A withdrawn fact stays with its reason.
    """

    __tablename__ = "credit_fact"
    __table_args__ = (
        Index("ix_credit_fact_expert_day", "expert_id", "happened_on"),
        CheckConstraint("withdrawn_at IS NULL OR withdrawal_reason <> ''", name="withdrawn_with_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"))
    kind: Mapped[CreditFactKind] = mapped_column(enumeration(CreditFactKind))
    happened_on: Mapped[date]
    text: Mapped[str]
    source: Mapped[str] = mapped_column(short(200))
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"), default=None)
    recorded_at: Mapped[datetime]
    reply: Mapped[str] = mapped_column(default="")
    replied_at: Mapped[datetime | None] = mapped_column(default=None)
    withdrawn_at: Mapped[datetime | None] = mapped_column(default=None)
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"), default=None)
    withdrawal_reason: Mapped[str] = mapped_column(default="")
    expert: Mapped[Expert] = relationship(init=False)


class PoolImport(Base, kw_only=True):
    """An uploaded spreadsheet (kept under its `digest`) and what it would do; `problem` is why it could not be read or
    carried out."""

    __tablename__ = "pool_import"
    lifecycle: ClassVar[str] = "pool_import"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    filename: Mapped[str] = mapped_column(short(200))
    digest: Mapped[str] = mapped_column(short(64))
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    uploaded_at: Mapped[datetime]
    counts: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    applied_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"), default=None)
    problem: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    state: Mapped[PoolImportState] = mapped_column(
        enumeration(PoolImportState), default=PoolImportState.RECEIVED, init=False
    )

    @property
    def key(self) -> str:
        """Under which its progress is told."""
        return f"{self.__tablename__}-{self.id}"


class PoolImportRow(Base, kw_only=True):
    """One row of an upload as {texts, reasons, changes, typed} with its verdict: new, changed, same, refused."""

    __tablename__ = "pool_import_row"
    __table_args__ = (Index("ix_pool_import_row_import_verdict", "import_id", "verdict", "row"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    import_id: Mapped[int] = mapped_column(ForeignKey("pool_import.id"))
    row: Mapped[int]
    verdict: Mapped[str] = mapped_column(short(10))
    content: Mapped[dict[str, Any]]


class DeclineKind(StrEnum):
    PROFESSIONAL = "professional"
    PERSONAL = "personal"
    OTHER = "other"


DECLINE_LABELS: dict[DeclineKind, str] = {
    DeclineKind.PROFESSIONAL: N_("工作原因"),
    DeclineKind.PERSONAL: N_("个人原因"),
    DeclineKind.OTHER: N_("其他原因"),
}


class ExpertInvitation(Base, kw_only=True):
    """An expert asked to serve in one edition, and his last answer; it may be changed until `due_at`.

    What was promised with an acceptance stays here as given (`max_load`, `languages`, `blocked`, the pledge with its very
    words), whatever the pool says later.
    """

    __tablename__ = "expert_invitation"
    lifecycle: ClassVar[str] = "expert_invitation"
    __table_args__ = (
        Index(
            "uq_expert_invitation_standing",
            "edition_id",
            "expert_id",
            unique=True,
            sqlite_where=text("state <> 'withdrawn'"),
            postgresql_where=text("state <> 'withdrawn'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"), index=True)
    sent_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    sent_at: Mapped[datetime]
    due_at: Mapped[datetime]
    reminders: Mapped[int] = mapped_column(default=0)
    reminded_at: Mapped[datetime | None] = mapped_column(default=None)
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    decline_kind: Mapped[DeclineKind | None] = mapped_column(enumeration(DeclineKind), default=None)
    decline_text: Mapped[str] = mapped_column(short(500), default="")
    max_load: Mapped[int | None] = mapped_column(default=None)
    languages: Mapped[list[str]] = mapped_column(default_factory=list)
    blocked: Mapped[list[str]] = mapped_column(default_factory=list)
    pledge_version: Mapped[str] = mapped_column(short(20), default="")
    pledge_text: Mapped[str] = mapped_column(default="")
    pledged_at: Mapped[datetime | None] = mapped_column(default=None)
    state: Mapped[InvitationState] = mapped_column(
        enumeration(InvitationState), default=InvitationState.SENT, init=False
    )
    version: Mapped[int] = mapped_column(init=False)
    expert: Mapped[Expert] = relationship(init=False, lazy="joined", innerjoin=True)
    edition: Mapped[Edition] = relationship(init=False)

    __mapper_args__ = {"version_id_col": version}
