"""Prices close to the best answer's before any flow is asked, so that its first network nearly holds the answer already.

Where a pair's gain over its two prices is within `blur` of nothing, a part of it is taken, the more the higher the gain.
So what a dossier fills and what an expert carries change smoothly with the prices, and each price is moved until they fit;
dossiers and experts in turn. Wide blurs come first, on few rows that stand for all; narrow ones last, on every row. The
result is only a start: whatever it misses is priced in later (`best`). Sums, products and quotients alone, always in the same
order, so it is the same on every machine.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.panels.engine.matching.core import Core
from app.panels.engine.matching.instance import BASIS_POINTS, BLOCK, Instance, Integers, Prices

Numbers = npt.NDArray[np.float64]

LARGE = 5_000_000  # pairs of a matrix from which on an estimate costs less than it saves
ROWS = 256  # no sample has fewer
WIDTH, NEAR = 3, 100  # blurs below a dossier's price that are looked at; basis points for the first network
SPARSE = 16  # every 16th expert's best tells where a dossier's price may lie
MOST = 1_000_000  # pairs in one look, where many are alike
EAGER = 1.5  # above one, as in successive over-relaxation: prices of one industry rise together, and slowly else
FALL, SHIFT = 5, 4  # blurs that a dossier's price may fall and an expert's move after one look
FIRST = 6  # turns of the dossiers alone, on rows not seen before


@dataclass(frozen=True, slots=True)
class Level:
    """Every `step`-th row; `looks` at the matrix, each followed by `turns` of moving the prices."""

    step: int
    blur: int
    looks: int
    turns: int


LEVELS = (Level(32, 1_000, 2, 8), Level(16, 300, 3, 8), Level(8, 100, 2, 8), Level(4, 60, 1, 8), Level(1, 40, 3, 10))


@dataclass(frozen=True, slots=True)
class Demand:
    """What every sampled dossier needs and every expert may carry of it, counted in pairs at their most."""

    seats: Numbers
    lowest: Numbers
    highest: Numbers


@dataclass(frozen=True, slots=True)
class Near:
    """Pairs whose gain is near or above nothing: place of the row in the sample, expert, basis points."""

    rows: Integers
    experts: Integers
    points: Numbers
    blur: float

    def taken(self, dossier: Numbers, expert: Numbers) -> Numbers:
        gain = self.points - dossier[self.rows] - expert[self.experts]
        return np.clip(gain / (2 * self.blur) + 0.5, 0, 1)

    def beyond(self, taken: Numbers, places: Integers, wanted: Numbers) -> tuple[Numbers, Numbers]:
        """By how much each sum exceeds what is wanted, and how fast it falls with the price."""
        moving = np.bincount(places[(taken > 0) & (taken < 1)], minlength=len(wanted))
        return np.bincount(places, taken, len(wanted)) - wanted, np.maximum(moving, 1) / (2 * self.blur)


def estimated(core: Core) -> Prices:
    """Rounded to basis points of the matrix."""
    instance, expert = core.instance, np.zeros(core.instance.experts)
    dossier = expert[:0]
    for level in LEVELS:
        step = max(1, min(level.step, instance.dossiers // ROWS))
        blur, demand = level.blur * _scale(instance), _demand(core, step)
        dossier = _tops(instance, step, expert)
        for look in range(level.looks):
            pairs = _above(instance, step, dossier - WIDTH * blur, expert)
            rows, points = instance.dossier(pairs) // step, instance.basis_points(pairs).astype(np.float64)
            near = Near(rows, instance.expert(pairs), points, blur)
            dossier, expert = _moved(near, demand, (dossier, expert), turns=level.turns, first=0 if look else FIRST)
    unit = core.worth.unit
    return Prices(np.rint(dossier).astype(np.int64) * unit, np.rint(expert).astype(np.int64) * unit)


def near_pairs(core: Core, prices: Prices) -> Integers:
    """Pairs of the whole matrix that are worth nearly their prices or more, in rising order."""
    instance, unit = core.instance, core.worth.unit
    return _above(instance, 1, prices.dossier / unit - NEAR * _scale(instance), prices.expert / unit)


def _scale(instance: Instance) -> float:
    return instance.highest_points / BASIS_POINTS


def _demand(core: Core, step: int) -> Demand:
    most = core.share.most
    return Demand(core.seats[::step] / most, core.lowest / (most * step), (core.lowest + core.spare) / (most * step))


def _moved(
    near: Near, demand: Demand, start: tuple[Numbers, Numbers], *, turns: int, first: int
) -> tuple[Numbers, Numbers]:
    """Prices that fit better: dossiers' first, then in turn; never so far that pairs not looked at would matter much."""
    dossier, expert = start
    floor, low, high = dossier - FALL * near.blur, expert - SHIFT * near.blur, expert + SHIFT * near.blur
    for turn in range(first + turns):
        beyond, slope = near.beyond(near.taken(dossier, expert), near.rows, demand.seats)
        dossier = np.maximum(dossier + np.clip(beyond / slope, -near.blur, near.blur), floor)
        if turn >= first:
            expert = np.clip(_expert(near, demand, dossier, expert), low, high)
    return dossier, expert


def _expert(near: Near, demand: Demand, dossier: Numbers, expert: Numbers) -> Numbers:
    """Above zero where the highest load binds, below where the lowest does, else zero."""
    beyond, slope = near.beyond(near.taken(dossier, expert), near.experts, demand.highest)
    under = beyond + (demand.highest - demand.lowest)
    for_most, for_least = (expert + np.clip(EAGER * over / slope, -near.blur, near.blur) for over in (beyond, under))
    moved: Numbers = np.clip(0, for_most, for_least)
    return moved


def _blocks(instance: Instance, step: int) -> Iterator[tuple[slice, slice]]:
    """Rows of a sample in blocks: their places in the sample, and in the matrix."""
    height, sampled = max(1, BLOCK // max(1, instance.experts)), -(-instance.dossiers // step)
    for start in range(0, sampled, height):
        stop = min(sampled, start + height)
        yield slice(start, stop), slice(start * step, stop * step, step)


def _tops(instance: Instance, step: int, expert: Numbers) -> Numbers:
    """What about the best of every `SPARSE`-th expert leaves a dossier after the expert's price."""
    taken_off = (expert / instance.unit).astype(np.float32)[::SPARSE]
    tops = []
    for _, rows in _blocks(instance, step):
        gain = instance.affinity[rows, ::SPARSE] - taken_off
        tops.append(np.where(instance.eligible[rows, ::SPARSE], gain, -taken_off.max()).max(axis=1))
    return np.concatenate(tops).astype(np.float64) * instance.unit


def _above(instance: Instance, step: int, least: Numbers, expert: Numbers) -> Integers:
    """Eligible pairs of the sampled rows that leave `least` or more after the expert's price; where very many do, a part."""
    taken_off = (expert / instance.unit).astype(np.float32)
    floor = (least / instance.unit).astype(np.float32)[:, None]
    most, found = 1 + MOST // len(least), []
    for places, rows in _blocks(instance, step):
        mask = instance.affinity[rows] - taken_off > floor[places]
        mask &= instance.eligible[rows]
        here = np.flatnonzero(mask)
        here = here[:: 1 + len(here) // (most * len(mask))]
        found.append(
            here + (here // instance.experts) * ((step - 1) * instance.experts) + rows.start * instance.experts
        )
    return np.concatenate(found)
