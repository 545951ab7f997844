"""Certificates."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.database import Base, short
from app.outcomes.models import Outcome


class Certificate(Base, kw_only=True):
    """One honour's certificate. `content` is what is printed, with its digest; whether it still holds, the honour says."""

    __tablename__ = "certificate"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcome.id"), unique=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    number: Mapped[str] = mapped_column(short(40), unique=True)
    code: Mapped[str] = mapped_column(short(16), unique=True)
    content: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(short(64))
    issued_at: Mapped[datetime]
    outcome: Mapped[Outcome] = relationship(init=False)

    @property
    def edition_id(self) -> int:
        """Under which what is done with it goes on record."""
        return self.outcome.edition_id
