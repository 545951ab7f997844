"""Mail as rows of the same transaction as the act that causes it; a job sends them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel import clock
from app.kernel.database import Base, db, short

MOST_ATTEMPTS = 12
FIRST_PAUSE = timedelta(seconds=10)


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


def due(limit: int) -> Sequence[OutboxMessage]:
    """Waiting mails whose turn it is, the oldest first: after each failure the pause doubles, and the twelfth is the last."""
    waiting = (
        select(OutboxMessage)
        .where(OutboxMessage.sent_at.is_(None), OutboxMessage.attempts < MOST_ATTEMPTS)
        .order_by(OutboxMessage.attempts, OutboxMessage.id)
        .limit(limit)
    )
    return [mail for mail in db.session.scalars(waiting) if clock.now() >= next_attempt(mail)]


def next_attempt(mail: OutboxMessage) -> datetime:
    pause: timedelta = FIRST_PAUSE * (2**mail.attempts - 1)
    return mail.created_at + pause


def claim(mail_id: int, attempts: int) -> bool:
    """Count an attempt before it is made; False where another sender was quicker."""
    mine = update(OutboxMessage).where(
        OutboxMessage.id == mail_id, OutboxMessage.attempts == attempts, OutboxMessage.sent_at.is_(None)
    )
    claimed = db.session.execute(mine.values(attempts=attempts + 1).returning(OutboxMessage.id))
    return claimed.one_or_none() is not None


def note_sent(mail_id: int) -> None:
    sent = update(OutboxMessage).where(OutboxMessage.id == mail_id)
    db.session.execute(sent.values(sent_at=clock.now(), last_error=""))


def note_failed(mail_id: int, error: str) -> None:
    db.session.execute(update(OutboxMessage).where(OutboxMessage.id == mail_id).values(last_error=error[:500]))
