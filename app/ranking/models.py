"""Rankings as frozen snapshots with their rows."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.applications.models import Application
from app.kernel.database import Base, enumeration, short
from app.programmes.models import Edition, Round
from app.workflow import RankingState


class Ranking(Base, kw_only=True):
    """A computed ranking after a round, over that round and those before it; the one after the last round is final.

    `snapshot` holds inputs and result as they were digested; `summary` says what the page draws between the rows: the
    cut lines, the floors and who goes on.
    """

    __tablename__ = "ranking"
    __table_args__ = (UniqueConstraint("round_id", "number"),)
    lifecycle: ClassVar[str] = "ranking"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    number: Mapped[int]
    is_final: Mapped[bool]
    snapshot: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    summary: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    digest: Mapped[str] = mapped_column(short(64))
    computed_at: Mapped[datetime]
    state: Mapped[RankingState] = mapped_column(enumeration(RankingState), default=RankingState.COMPUTED, init=False)
    edition: Mapped[Edition] = relationship(init=False)
    round: Mapped[Round] = relationship(init=False)
    rows: Mapped[list["RankingRow"]] = relationship(
        init=False, order_by="RankingRow.position", back_populates="ranking"
    )


class RankingRow(Base, kw_only=True):
    """`score` is an exact fraction "n/d" in points; `rank` is empty where the dossier could not be ranked (`reason` says why).

    `rounds` is the value of each round as it is shown, `bases` how it came about: `consensus`, or how sheets were combined;
    `deductions` the points that overtime took off it.
    """

    __tablename__ = "ranking_row"
    __table_args__ = (UniqueConstraint("ranking_id", "application_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    ranking_id: Mapped[int] = mapped_column(ForeignKey("ranking.id"), index=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    position: Mapped[int]
    rank: Mapped[int | None]
    score: Mapped[str] = mapped_column(short(80))
    shown: Mapped[str] = mapped_column(short(20))
    tied: Mapped[bool] = mapped_column(default=False)
    straddles: Mapped[bool] = mapped_column(default=False)
    line: Mapped[str] = mapped_column(short(20), default="")
    advances: Mapped[bool] = mapped_column(default=False)
    reviews: Mapped[int]
    rounds: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    bases: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    deductions: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    reason: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    ranking: Mapped[Ranking] = relationship(init=False, back_populates="rows")
    application: Mapped[Application] = relationship(init=False)


class RankingAdvice(Base, kw_only=True):
    """What may be said beside a confirmed ranking, made when it was confirmed and kept as it was then.

    `given` is its input, so that anybody can compute `content` again; `digest` is over both. No official number hangs on it.
    """

    __tablename__ = "ranking_advice"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    ranking_id: Mapped[int] = mapped_column(ForeignKey("ranking.id"), unique=True)
    version: Mapped[str] = mapped_column(short(40))
    seed: Mapped[str] = mapped_column(short(40))
    given: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    content: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(short(64))
    computed_at: Mapped[datetime]
    ranking: Mapped[Ranking] = relationship(init=False)
