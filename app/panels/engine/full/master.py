"""The programme over schedules (HiGHS): every expert takes one at most, every panel is filled; rows and columns join as needed.

A seat, a role, a promise or a link that cannot be had is counted by an artificial column dearer than any gain.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import highspy
import numpy as np

from app.panels.engine.full.parted import POINT
from app.panels.engine.full.programme import OPTIONS, TOLERANCE, UNFILLED, Vector
from app.panels.engine.full.schedules import Join, Prices, Pricing, Schedules, joined
from app.panels.engine.full.terms import Integers, none

Entries = tuple[Integers, Integers, Vector]
GRAIN = float(POINT)
GAP, NODES = 2e-4, 400  # of the programme in whole schedules where no proof is sought: counted, never timed
PROOF = 1_000  # nodes in which the best of all is found and proven, or it is not


@dataclass(frozen=True)
class Run:
    """`taken` of every schedule; `missing` is what the artificial columns had to fill, by row; `rows` are the rows' prices."""

    value: float
    taken: Vector
    missing: Vector
    rows: Vector

    @property
    def short(self) -> bool:
        return bool(self.missing.max(initial=0.0) >= UNFILLED)


def grained(values: Vector) -> Vector:
    """In whole parts of a basis point, as the pairs' worth is: sums of such are exact, in any order and on any machine."""
    whole: Vector = np.rint(values * GRAIN) / GRAIN
    return whole


class Limit:
    """At most `highest[d]` experts of one label on panel d; a row only for those that could be broken."""

    def __init__(self, labels: Integers, highest: Integers) -> None:
        self.labels, self.highest = labels, highest
        self.width = int(labels.max(initial=0)) + 1
        self.row = np.full(len(highest) * self.width, -1)

    def keys(self, dossiers: Integers, experts: Integers) -> Integers:
        return np.where(self.labels[experts] < 0, -1, dossiers * self.width + self.labels[experts])


class Master:
    def __init__(self, pricing: Pricing, first: Schedules) -> None:
        self.pricing, self.terms = pricing, pricing.terms
        self.coverings = list(self.terms.coverings())
        self.limits = [Limit(labels, highest) for labels, highest in self.terms.limits()]
        self.joins: list[tuple[Join, int]] = []
        self.known: set[bytes] = set()
        self.schedules, self.at, self.artificial, self.opened = first[none()], none(), none(), none()
        self.solver = highspy.Highs()
        for option, value in OPTIONS.items():
            self.solver.setOptionValue(option, value)
        self.solver.changeObjectiveSense(highspy.ObjSense.kMaximize)
        self._begin()
        self.add(first)
        if self.terms.crossing[1]:
            self.join(np.arange(len(pricing.members)))

    @cached_property
    def worth(self) -> Vector:
        worth: Vector = self.terms.worth * (np.float64(self.terms.unit) / self.terms.parts)
        return worth

    @cached_property
    def dearest(self) -> float:
        """More than any number of swaps can gain or save."""
        costs = np.diff(self.pricing.costs, axis=0)
        most = 1.0 + float(np.abs(self.worth).max(initial=0)) + float(costs[np.abs(costs) < 1e9].max(initial=0))
        return most * (int(self.terms.size.max(initial=0)) + 1) * (self.terms.dossiers + 1)

    # --- rows -----------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Seats, then every covering, all by dossier; the experts; how many reviews cross."""
        terms = self.terms
        must = (terms.low > 0) | (np.bincount(self.pricing.standing[1], minlength=terms.experts) > 0)
        needed = [need for _, need in self.coverings]
        low = np.concatenate([terms.size, *needed, must, [terms.crossing[0]]]).astype(float)
        free = [np.full(terms.dossiers, np.inf)] * len(needed)
        high = np.concatenate([terms.size, *free, np.ones(terms.experts), [terms.crossing[1]]])
        self.first_expert = len(low) - terms.experts - 1
        nothing = np.zeros(0, dtype=np.int32)
        self.solver.addRows(len(low), low, high, 0, np.zeros(len(low), dtype=np.int32), nothing, np.zeros(0))
        self.open(np.flatnonzero(low > 0))

    @property
    def crossing_row(self) -> int:
        return self.first_expert + self.terms.experts

    def dossiers_of(self, missing: Vector) -> Integers:
        """The dossiers whose seats or roles the artificial columns had to fill."""
        rows = self.opened[missing > 0]
        return np.unique(rows[rows < self.first_expert] % self.terms.dossiers)

    def open(self, rows: Integers) -> None:
        """Artificial columns that fill these rows."""
        self.opened = np.append(self.opened, rows)
        self.artificial = np.append(self.artificial, self.solver.getNumCol() + np.arange(len(rows)))
        self._columns(np.full(len(rows), -self.dearest), np.arange(len(rows)), rows, np.ones(len(rows)))

    def _columns(self, values: Vector, columns: Integers, rows: Integers, weights: Vector) -> None:
        order = np.lexsort((rows, columns))
        starts = np.searchsorted(columns[order], np.arange(len(values))).astype(np.int32)
        count, flat = len(values), rows[order].astype(np.int32)
        low, high = np.zeros(count), np.full(count, np.inf)
        self.solver.addCols(count, values, low, high, len(flat), starts, flat, weights[order].astype(float))

    def _row(self, low: float, high: float, chosen: Integers, weights: Integers) -> int:
        """`weights` of all schedules."""
        row, columns = int(self.solver.getNumRow()), self.at[chosen].astype(np.int32)
        self.solver.addRow(low, high, len(columns), columns, weights[chosen].astype(float))
        return row

    def join(self, part: Integers) -> None:
        """The experts together hold so many parts of the groups together that all are one: where a schedule reads in n of
        them, it does so n − 1 times."""
        join = Join(part)
        beyond = join.joined(self.schedules.served(self.terms.group))
        row = self._row(join.least(self.terms.group), np.inf, np.flatnonzero(beyond), beyond)
        self.joins.append((join, row))
        self.open(np.array([row]))

    def tighten(self, taken: Vector) -> int:
        """Rows for the labels of which so much `taken` would put too many on a panel; how many there were."""
        chosen = np.flatnonzero(taken > 1e-9)
        rows, dossiers, experts = self.schedules[chosen].seats()
        added, ones = 0, np.ones(len(self.at), dtype=np.int64)
        for limit in self.limits:
            key = limit.keys(dossiers, experts)
            seated = np.bincount(key[key >= 0], weights=taken[chosen][rows[key >= 0]], minlength=len(limit.row))
            over = np.flatnonzero((seated > np.repeat(limit.highest, limit.width) + TOLERANCE) & (limit.row < 0))
            every, places, people = self.schedules.seats()
            keys = limit.keys(places, people)
            for one in over.tolist():
                held = every[keys == one]
                limit.row[one] = self._row(-np.inf, float(limit.highest[one // limit.width]), held, ones)
            added += len(over)
        return added

    # --- columns --------------------------------------------------------------------------------------------------

    def add(self, offered: Schedules) -> int:
        """The schedules that are not held yet; how many there were."""
        rows = np.concatenate([offered.experts[:, None], offered.dossiers], axis=1).astype(np.int64)
        keys = {row.tobytes(): at for at, row in enumerate(rows)}
        new = offered[np.array(sorted(keys[key] for key in keys.keys() - self.known), dtype=np.int64)]
        self.known.update(keys)
        if not len(new):
            return 0
        self.at = np.append(self.at, self.solver.getNumCol() + np.arange(len(new)))
        self._columns(self.values(new), *(np.concatenate(part) for part in zip(*self._entries(new), strict=True)))
        self.schedules = joined([self.schedules, new])
        return len(new)

    def values(self, schedules: Schedules) -> Vector:
        return self._summed(schedules, self.worth)

    def gains(self, schedules: Schedules, prices: Prices) -> Vector:
        """What schedules are worth above their prices."""
        served = schedules.served(self.terms.group)
        away = schedules.sizes - served.max(axis=1)
        gains: Vector = self._summed(schedules, prices.gains) - prices.experts[schedules.experts] - prices.away * away
        for join in prices.joins:
            gains += join.price * join.joined(served)
        return gains

    def _summed(self, schedules: Schedules, worth: Vector) -> Vector:
        rows, dossiers, experts = schedules.seats()
        total = np.bincount(rows, weights=worth[dossiers, experts], minlength=len(schedules))
        summed: Vector = total - self.pricing.costs[schedules.sizes, schedules.experts]
        return summed

    def _entries(self, new: Schedules) -> Iterable[Entries]:
        """Column, row and weight."""
        terms, count = self.terms, np.arange(len(new))
        rows, dossiers, experts = new.seats()
        types, one = terms.types(terms.pairs(dossiers, experts)), np.ones(len(rows))
        yield rows, dossiers, one
        for place, (bits, _) in enumerate(self.coverings, start=1):
            able = (types & bits) > 0
            yield rows[able], place * terms.dossiers + dossiers[able], one[able]
        yield count, self.first_expert + new.experts, np.ones(len(new))
        yield from self._limited(rows, dossiers, experts)
        yield from self._grouped(new)

    def _limited(self, rows: Integers, dossiers: Integers, experts: Integers) -> Iterable[Entries]:
        for limit in self.limits:
            key = limit.keys(dossiers, experts)
            found = np.where(key < 0, -1, limit.row[key])
            yield rows[found >= 0], found[found >= 0], np.ones(int((found >= 0).sum()))

    def _grouped(self, new: Schedules) -> Iterable[Entries]:
        served, count = new.served(self.terms.group), np.arange(len(new))
        away = new.sizes - served.max(axis=1)
        yield count[away > 0], np.full(int((away > 0).sum()), self.crossing_row), away[away > 0].astype(float)
        for join, row in self.joins:
            beyond = join.joined(served)
            yield count[beyond > 0], np.full(int((beyond > 0).sum()), row), beyond[beyond > 0].astype(float)

    # --- solving --------------------------------------------------------------------------------------------------

    def run(self) -> Run:
        self.solver.run()
        solution = self.solver.getSolution()
        columns = np.array(solution.col_value)
        value = float(self.solver.getInfo().objective_function_value)
        return Run(value, columns[self.at], columns[self.artificial], np.array(solution.row_dual))

    def whole(self, gap: float = GAP, nodes: int = NODES) -> Run:
        """The best found in whole schedules, within the gap and the nodes allowed."""
        for option, value in (("mip_rel_gap", gap), ("mip_max_nodes", nodes), ("mip_heuristic_effort", 0.0)):
            self.solver.setOptionValue(option, value)
        integral = [highspy.HighsVarType.kInteger] * len(self.at)
        self.solver.changeColsIntegrality(len(self.at), self.at.astype(np.int32), integral)
        return self.run()

    @property
    def proven(self) -> bool:
        """Whether the solver came to an end."""
        return bool(self.solver.getModelStatus() == highspy.HighsModelStatus.kOptimal)

    def prices(self, run: Run) -> Prices:
        terms, rows = self.terms, grained(run.rows)
        gains = grained(self.worth) - rows[: terms.dossiers, None]
        by_type = self._by_type(rows)
        for kind in terms.kinds:
            gains[kind] -= by_type[kind][:, terms.types_of(int(kind[0]))]
        for limit in self.limits:
            price = np.where(limit.row < 0, 0.0, rows[limit.row]).reshape(terms.dossiers, limit.width)
            gains -= np.append(price, np.zeros((terms.dossiers, 1)), axis=1)[:, limit.labels]
        joins = tuple(Join(join.part, -float(rows[row])) for join, row in self.joins)
        experts = rows[self.first_expert : self.crossing_row]
        return Prices(gains, experts, float(rows[self.crossing_row]), joins)

    def _by_type(self, rows: Vector) -> Vector:
        """Dossiers × types: what the roles' rows ask of an expert who may fill so many."""
        count, numbers = self.terms.dossiers, np.arange(1 << len(self.terms.roles))
        by_type = np.zeros((count, len(numbers)))
        for place, (bits, _) in enumerate(self.coverings, start=1):
            by_type += rows[place * count : (place + 1) * count, None] * ((numbers & bits) > 0)
        return by_type

    def bound(self, run: Run, prices: Prices, best: Vector) -> float:
        """What no choice of schedules can exceed, at these prices; `best` is every expert's best schedule less his price."""
        terms, rows = self.terms, grained(run.rows)
        total = float(rows[: terms.dossiers] @ terms.size)
        for place, (_, needed) in enumerate(self.coverings, start=1):
            total += float(rows[place * terms.dossiers : (place + 1) * terms.dossiers] @ needed)
        for limit in self.limits:
            held = np.flatnonzero(limit.row >= 0)
            total += float(rows[limit.row[held]] @ limit.highest[held // limit.width])
        for join, row in self.joins:
            total += float(rows[row]) * join.least(terms.group)
        crossing = float(rows[self.crossing_row])
        total += max(crossing * terms.crossing[0], crossing * terms.crossing[1])
        return total + float(np.maximum(best + prices.experts, np.where(terms.low > 0, -np.inf, 0.0)).sum())
