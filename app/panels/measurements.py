"""Reads of what was measured on working copies: what waits for the clock, and what the page shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

from sqlalchemy import select

from app.kernel.database import db
from app.kernel.words import N_, Message
from app.panels.crossing import Share, read_share
from app.panels.draw import DrawInput
from app.panels.models import Draw, DrawMeasurement
from app.panels.policies import POLICIES, Price, read_price
from app.panels.trials import BOUND, Kind, basis
from app.panels.worded import read_message

FIRST: dict[Kind, str] = {
    "crossing": N_("正在等待或计算不分组时的最高总匹配度。第 %(step)s 步，共 %(steps)s 步。"),
    "policies": N_("正在等待或计算规则所许的最高总匹配度。第 %(step)s 步，共 %(steps)s 步。"),
}


@dataclass(frozen=True)
class Shown:
    """A measurement beside the input as it is today; `shares` or `prices`, as its kind is."""

    row: DrawMeasurement
    problem: Message | None
    is_current: bool
    shares: tuple[Share, ...] = ()
    prices: tuple[Price, ...] = ()
    bound: Fraction | None = None

    @property
    def is_open(self) -> bool:
        return self.row.ended_at is None


def shown(draw: Draw, kind: Kind, given: DrawInput) -> Shown | None:
    row = of_draw(draw, kind)
    if row is None:
        return None
    problem = read_message(row.problem) if row.problem else None
    is_current = row.basis == basis(kind, given)
    if kind == "crossing":
        return Shown(row, problem, is_current, shares=tuple(map(read_share, row.found)))
    prices = tuple(read_price(each) for each in row.found if BOUND not in each)
    bounds = [Fraction(each[BOUND]) for each in row.found if BOUND in each]
    return Shown(row, problem, is_current, prices=prices, bound=bounds[0] if bounds else None)


def of_draw(draw: Draw, kind: Kind) -> DrawMeasurement | None:
    return db.session.scalar(
        select(DrawMeasurement).where(DrawMeasurement.draw_id == draw.id, DrawMeasurement.kind == kind)
    )


def kind_of(row: DrawMeasurement) -> Kind:
    return cast("Kind", row.kind)


def waiting() -> Sequence[int]:
    """What the clock has to go on with, what was asked for first before all."""
    still = DrawMeasurement.ended_at.is_(None)
    order = (DrawMeasurement.asked_at, DrawMeasurement.id)
    return db.session.scalars(select(DrawMeasurement.id).where(still).order_by(*order)).all()


def stage_of(row: DrawMeasurement) -> Message:
    """What the clock is doing, in words."""
    if row.highest is None:
        return Message(FIRST[kind_of(row)], _step(row))
    if row.done == row.steps:
        return Message(N_("测算已经完成。"))
    asked = row.asked_for[len(row.found)]
    if row.kind == "crossing":
        text = N_("正在按 %(percent)s %% 的跨组比例试抽。第 %(step)s 步，共 %(steps)s 步。")
        return Message(text, {"percent": asked, **_step(row)})
    if asked == BOUND:
        return Message(N_("正在证明最差一组至多能有多好。第 %(step)s 步，共 %(steps)s 步。"), _step(row))
    text = N_("正在按“%(policy)s”试抽。第 %(step)s 步，共 %(steps)s 步。")
    return Message(text, {"policy": Message(POLICIES[asked]), **_step(row)})


def _step(row: DrawMeasurement) -> dict[str, int]:
    return {"step": row.done + 1, "steps": row.steps}
