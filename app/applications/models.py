"""Applicants and their dossiers."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.kernel.database import Base, enumeration, short
from app.kernel.words import N_
from app.programmes.models import Edition, Round
from app.programmes.rules.values import ApplicantKind
from app.workflow import ApplicationState, EditionState

RELEASED = (EditionState.CONCLUDED, EditionState.ARCHIVED)


class ApplicantRegionKind(StrEnum):
    REGISTERED = "registered"
    SITE = "site"
    PARENT = "parent"


APPLICANT_KIND_LABELS: dict[ApplicantKind, str] = {
    ApplicantKind.ORGANISATION: N_("组织"),
    ApplicantKind.TEAM: N_("一线班组"),
    ApplicantKind.INDIVIDUAL: N_("个人"),
    ApplicantKind.GOVERNMENT: N_("政府"),
}

APPLICANT_REGION_LABELS: dict[ApplicantRegionKind, str] = {
    ApplicantRegionKind.REGISTERED: N_("注册地"),
    ApplicantRegionKind.SITE: N_("生产经营地"),
    ApplicantRegionKind.PARENT: N_("上级集团所在地"),
}


class Applicant(Base, kw_only=True):
    """An organisation (credit code) or a person (working for the organisation of that code).

    A code registers one organisation only; its teams and its people carry it too.
    """

    __tablename__ = "applicant"
    __table_args__ = (
        Index(
            "uq_applicant_organisation_code",
            "credit_code",
            unique=True,
            sqlite_where=text("kind = 'organisation'"),
            postgresql_where=text("kind = 'organisation'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"), unique=True)
    kind: Mapped[ApplicantKind] = mapped_column(enumeration(ApplicantKind))
    name: Mapped[str] = mapped_column(short())
    credit_code: Mapped[str] = mapped_column(short(18), index=True)
    region_code: Mapped[str] = mapped_column(short(6))
    industry_code: Mapped[str] = mapped_column(short(2))
    contact_name: Mapped[str] = mapped_column(short(60), default="")
    contact_phone: Mapped[str] = mapped_column(short(30), default="")
    created_at: Mapped[datetime]
    owner: Mapped[User] = relationship(init=False)


class Application(Base, kw_only=True):
    """One dossier in one edition. Name, credit code, region and industry are copied: the dossier keeps what was declared.

    `sequence` numbers the submitted dossiers of an edition; `number` is what people quote.
    """

    __tablename__ = "application"
    __table_args__ = (
        UniqueConstraint("edition_id", "applicant_id"),
        UniqueConstraint("edition_id", "sequence"),
        Index("ix_application_edition_state", "edition_id", "state"),
    )
    lifecycle: ClassVar[str] = "application"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    applicant_id: Mapped[int] = mapped_column(ForeignKey("applicant.id"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    kind: Mapped[ApplicantKind] = mapped_column(enumeration(ApplicantKind))
    name: Mapped[str] = mapped_column(short())
    credit_code: Mapped[str] = mapped_column(short(18))
    region_code: Mapped[str] = mapped_column(short(6))
    industry_code: Mapped[str] = mapped_column(short(2))
    group_key: Mapped[str] = mapped_column(short(40))
    body_id: Mapped[int | None] = mapped_column(default=None, index=True)
    sequence: Mapped[int | None] = mapped_column(default=None)
    number: Mapped[str] = mapped_column(short(40), default="")
    answers: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    round_id: Mapped[int | None] = mapped_column(ForeignKey("round.id"), default=None)
    level_key: Mapped[str] = mapped_column(short(20), default="")
    corrections: Mapped[int] = mapped_column(default=0)
    correction_due: Mapped[datetime | None] = mapped_column(default=None)
    submitted_at: Mapped[datetime | None] = mapped_column(default=None)
    state: Mapped[ApplicationState] = mapped_column(
        enumeration(ApplicationState), default=ApplicationState.DRAFT, init=False
    )
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(init=False)
    edition: Mapped[Edition] = relationship(init=False)
    applicant: Mapped[Applicant] = relationship(init=False)
    round: Mapped[Round | None] = relationship(init=False)
    regions: Mapped[list["ApplicationRegion"]] = relationship(
        init=False, back_populates="application", cascade="all, delete-orphan"
    )
    sections: Mapped[list["DossierSection"]] = relationship(
        init=False, back_populates="application", cascade="all, delete-orphan", order_by="DossierSection.key"
    )
    files: Mapped[list["EvidenceFile"]] = relationship(
        init=False, back_populates="application", order_by="EvidenceFile.id"
    )
    receipts: Mapped[list["Receipt"]] = relationship(
        init=False, back_populates="application", order_by="Receipt.version_number"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def is_released(self) -> bool:
        """Whether the edition's result is out, so that the applicant too reads how far the dossier came."""
        return self.edition.state in RELEASED


class ApplicationRegion(Base, kw_only=True):
    """Every region that counts for the out-of-region rule."""

    __tablename__ = "application_region"
    __table_args__ = (UniqueConstraint("application_id", "kind", "region_code"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), init=False)
    kind: Mapped[ApplicantRegionKind] = mapped_column(enumeration(ApplicantRegionKind))
    region_code: Mapped[str] = mapped_column(short(6), index=True)
    application: Mapped[Application] = relationship(init=False, back_populates="regions")


class DossierSection(Base, kw_only=True):
    """A text of the dossier: `overview`, or `item:4.1.2` for the self-assessment of one criteria item."""

    __tablename__ = "dossier_section"
    __table_args__ = (UniqueConstraint("application_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    key: Mapped[str] = mapped_column(short(40))
    text: Mapped[str] = mapped_column(default="")
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(init=False)
    application: Mapped[Application] = relationship(init=False, back_populates="sections")

    __mapper_args__ = {"version_id_col": version}


class EvidenceFile(Base, kw_only=True):
    """A stored file; `storage_key` is its SHA-256. Removing hides it (`removed_at`), submitted versions keep it."""

    __tablename__ = "evidence_file"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    section_key: Mapped[str] = mapped_column(short(40))
    filename: Mapped[str] = mapped_column(short(200))
    media_type: Mapped[str] = mapped_column(short(120))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(short(64))
    uploaded_at: Mapped[datetime]
    removed_at: Mapped[datetime | None] = mapped_column(default=None)
    application: Mapped[Application] = relationship(init=False, back_populates="files")


class AvoidedExpert(Base, kw_only=True):
    """An expert whom the applicant asks to be kept away, by name, with the reason; only the office reads it."""

    __tablename__ = "avoided_expert"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    name: Mapped[str] = mapped_column(short(60))
    employer: Mapped[str] = mapped_column(short(), default="")
    reason: Mapped[str]
    named_at: Mapped[datetime]


class StaffList(Base, kw_only=True):
    """Names of the applicant's people, given freely, against which experts' names are held; only the office reads it."""

    __tablename__ = "staff_list"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True)
    names: Mapped[str] = mapped_column(default="")
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": version}


class Receipt(Base, kw_only=True):
    """What was handed in at one submission: the whole dossier frozen as canonical JSON, and its digest."""

    __tablename__ = "receipt"
    __table_args__ = (UniqueConstraint("application_id", "version_number"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    version_number: Mapped[int]
    submitted_at: Mapped[datetime]
    submitted_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    signatory: Mapped[str] = mapped_column(short(60))
    content: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(short(64))
    application: Mapped[Application] = relationship(init=False, back_populates="receipts")
