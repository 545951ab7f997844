"""Acts by which something is taken out for good, and the files and people that they took out."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.experts.models import Expert
from app.kernel.database import Base, enumeration, short
from app.kernel.words import N_
from app.programmes.models import Edition
from app.workflow import RetentionState


class RetentionKind(StrEnum):
    FILES = "files"
    CONTACTS = "contacts"
    NAMES = "names"
    WISH = "wish"


RETENTION_KIND_LABELS: dict[RetentionKind, str] = {
    RetentionKind.FILES: N_("申报材料的文件"),
    RetentionKind.CONTACTS: N_("申报者和异议人的联系信息"),
    RetentionKind.NAMES: N_("专家姓名"),
    RetentionKind.WISH: N_("离库专家要求删除个人信息"),
}


class RetentionAct(Base, kw_only=True):
    """One kind of an edition, or one expert by his own wish; proposed by one person, confirmed by another.

    `counts` and `digest` say what was taken out. While the act is confirmed and not carried out, and only then, the seal of
    its archived edition lets the columns of `sealing.DOORS` be changed.
    """

    __tablename__ = "retention_act"
    __table_args__ = (
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> proposed_by", name="two_people"),
        CheckConstraint("state IN ('proposed', 'refused') OR confirmed_by IS NOT NULL", name="confirmer"),
        CheckConstraint(
            "(kind = 'wish' AND expert_id IS NOT NULL AND edition_id IS NULL)"
            " OR (kind <> 'wish' AND edition_id IS NOT NULL AND expert_id IS NULL)",
            name="one_subject",
        ),
    )
    lifecycle: ClassVar[str] = "retention_act"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    kind: Mapped[RetentionKind] = mapped_column(enumeration(RetentionKind))
    edition_id: Mapped[int | None] = mapped_column(ForeignKey("edition.id"), index=True, default=None)
    expert_id: Mapped[int | None] = mapped_column(ForeignKey("expert.id"), index=True, default=None)
    reason: Mapped[str]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    proposed_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"), default=None)
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    decision: Mapped[str] = mapped_column(default="")
    counts: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    digest: Mapped[str] = mapped_column(short(64), default="")
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    state: Mapped[RetentionState] = mapped_column(
        enumeration(RetentionState), default=RetentionState.PROPOSED, init=False
    )
    version: Mapped[int] = mapped_column(init=False)
    edition: Mapped[Edition | None] = relationship(init=False)
    expert: Mapped[Expert | None] = relationship(init=False)
    proposer: Mapped[User] = relationship(init=False, foreign_keys=[proposed_by])
    confirmer: Mapped[User | None] = relationship(init=False, foreign_keys=[confirmed_by])

    __mapper_args__ = {"version_id_col": version}


class ErasedFile(Base, kw_only=True):
    """A row that named a stored file whose bytes are gone by an act; the row itself keeps name and digest.

    `removed_at` is empty until the clock has removed the bytes, in the turn after the act.
    """

    __tablename__ = "erased_file"
    __table_args__ = (UniqueConstraint("of_table", "row_id", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    act_id: Mapped[int] = mapped_column(ForeignKey("retention_act.id"), index=True)
    of_table: Mapped[str] = mapped_column(short(40))
    row_id: Mapped[int]
    sha256: Mapped[str] = mapped_column(short(64), index=True)
    removed_at: Mapped[datetime | None] = mapped_column(default=None)


class ErasedExpert(Base, kw_only=True):
    """An entry of the pool that goes by its number only; no row keeps who it was."""

    __tablename__ = "erased_expert"

    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"), primary_key=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("retention_act.id"), index=True)
    at: Mapped[datetime]
