"""Letters."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.applications.models import Application
from app.kernel.database import Base, enumeration, short
from app.notices.models import Objection
from app.outcomes.letters.rules import Occasion
from app.programmes.models import Edition


class Letter(Base, kw_only=True):
    """One letter to the applicant of a dossier, or to whoever raised an objection. `content` is what is printed, with its
    digest; the same content makes the same bytes. It is written when its receiver is told, never before. Where its term is over, content and
    digest are empty (outcomes/retention)."""

    __tablename__ = "letter"
    __table_args__ = (
        UniqueConstraint("edition_id", "sequence"),
        CheckConstraint("(application_id IS NULL) <> (objection_id IS NULL)", name="one_receiver"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"), index=True, default=None)
    objection_id: Mapped[int | None] = mapped_column(ForeignKey("objection.id"), index=True, default=None)
    occasion: Mapped[Occasion] = mapped_column(enumeration(Occasion))
    sequence: Mapped[int]
    number: Mapped[str] = mapped_column(short(60), unique=True)
    content: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(short(64))
    issued_at: Mapped[datetime]
    edition: Mapped[Edition] = relationship(init=False)
    application: Mapped[Application | None] = relationship(init=False)
    objection: Mapped[Objection | None] = relationship(init=False)

    @property
    def about(self) -> Application | Objection:
        """What it is about; its name is the receiver's."""
        found = self.application or self.objection
        assert found is not None, "by a constraint"
        return found

    @property
    def is_kept(self) -> bool:
        return self.digest != ""

    @property
    def owner_id(self) -> int | None:
        """Whose account it belongs to: an objector has none, but the secret link."""
        return self.application.owner_id if self.application is not None else None
