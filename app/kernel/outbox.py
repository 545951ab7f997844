"""Mail as rows of the same transaction as the act that causes it; a job sends them."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from app.kernel import clock
from app.kernel.database import Base, db, short


class OutboxMessage(Base, kw_only=True):
    """One mail to one person. `action` names what caused it; `sent_at` empty means waiting."""

    __tablename__ = "outbox_message"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    action: Mapped[str] = mapped_column(short(64))
    recipient: Mapped[str] = mapped_column(short(254))
    subject: Mapped[str] = mapped_column(short(200))
    body: Mapped[str]
    edition_id: Mapped[int | None] = mapped_column(default=None)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None] = mapped_column(default=None, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(default="")


def post(action: str, recipient: str, *, subject: str, body: str, edition_id: int | None = None) -> None:
    """Put a mail into the outbox; it leaves after the commit, or never."""
    db.session.add(
        OutboxMessage(
            action=action,
            recipient=recipient,
            subject=subject,
            body=body,
            edition_id=edition_id,
            created_at=clock.now(),
        )
    )
