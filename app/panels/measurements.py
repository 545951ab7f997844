"""Reads of what was measured on working copies: what waits for the clock, and what the page shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.kernel.database import db
from app.kernel.words import N_, Message
from app.panels.crossing import Share, basis, read_message, read_share
from app.panels.draw import DrawInput
from app.panels.models import CrossingMeasurement, Draw


@dataclass(frozen=True)
class Shown:
    """A measurement beside the input as it is today."""

    row: CrossingMeasurement
    shares: tuple[Share, ...]
    problem: Message | None
    is_current: bool

    @property
    def is_open(self) -> bool:
        return self.row.ended_at is None


def shown(draw: Draw, given: DrawInput) -> Shown | None:
    row = of_draw(draw)
    if row is None:
        return None
    problem = read_message(row.problem) if row.problem else None
    return Shown(row, tuple(map(read_share, row.shares)), problem, row.basis == basis(given))


def of_draw(draw: Draw) -> CrossingMeasurement | None:
    return db.session.scalar(select(CrossingMeasurement).where(CrossingMeasurement.draw_id == draw.id))


def waiting() -> Sequence[int]:
    """What the clock has to go on with, what was asked for first before all."""
    still = CrossingMeasurement.ended_at.is_(None)
    order = (CrossingMeasurement.asked_at, CrossingMeasurement.id)
    return db.session.scalars(select(CrossingMeasurement.id).where(still).order_by(*order)).all()


def stage_of(row: CrossingMeasurement) -> Message:
    """What the clock is doing, in words."""
    if row.highest is None:
        return Message(N_("正在等待或计算不分组时的最高总匹配度。第 %(step)s 步，共 %(steps)s 步。"), _step(row))
    if row.done == row.steps:
        return Message(N_("测算已经完成。"))
    percent = row.percents[len(row.shares)]
    text = N_("正在按 %(percent)s %% 的跨组比例试抽。第 %(step)s 步，共 %(steps)s 步。")
    return Message(text, {"percent": percent, **_step(row)})


def _step(row: CrossingMeasurement) -> dict[str, int]:
    return {"step": row.done + 1, "steps": row.steps}
