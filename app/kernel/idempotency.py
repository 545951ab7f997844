"""A double click stores once: the first answer to a form's key is kept in the same transaction and replayed."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel import clock
from app.kernel.database import Base, db, short


class StoredAnswer(Base, kw_only=True):
    """`owner` is the user's id or the anonymous session's mark; `fingerprint` is over address and fields."""

    __tablename__ = "stored_answer"

    owner: Mapped[str] = mapped_column(short(64), primary_key=True)
    key: Mapped[str] = mapped_column(short(64), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(short(64))
    status: Mapped[int]
    location: Mapped[str] = mapped_column(short(500))
    body: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


def find(owner: str, key: str) -> StoredAnswer | None:
    return db.session.scalar(select(StoredAnswer).where(StoredAnswer.owner == owner, StoredAnswer.key == key))


def keep(owner: str, key: str, *, fingerprint: str, status: int, location: str, body: str) -> None:
    db.session.add(
        StoredAnswer(
            owner=owner,
            key=key,
            fingerprint=fingerprint,
            status=status,
            location=location,
            body=body,
            created_at=clock.now(),
        )
    )


def forget_before(moment: datetime) -> int:
    """Answers that nobody will ask for again; how many they were."""
    gone = delete(StoredAnswer).where(StoredAnswer.created_at < moment).returning(StoredAnswer.key)
    return len(db.session.scalars(gone).all())
