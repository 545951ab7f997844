"""Letters."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.applications.models import Application
from app.kernel.database import Base, enumeration, short
from app.outcomes.letters.rules import Occasion
from app.programmes.models import Edition


class Letter(Base, kw_only=True):
    """One letter to the applicant of one dossier. `content` is what is printed, with its digest; the same content makes the
    same bytes. It is written when the applicant is told, never before."""

    __tablename__ = "letter"
    __table_args__ = (UniqueConstraint("edition_id", "sequence"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    occasion: Mapped[Occasion] = mapped_column(enumeration(Occasion))
    sequence: Mapped[int]
    number: Mapped[str] = mapped_column(short(60), unique=True)
    content: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(short(64))
    issued_at: Mapped[datetime]
    edition: Mapped[Edition] = relationship(init=False)
    application: Mapped[Application] = relationship(init=False)

    @property
    def owner_id(self) -> int:
        return self.application.owner_id
