"""The integer programme over pairs (HiGHS): one column a pair, rows for seats, roles, loads, employers, provinces, groups.

A seat, a role or a minimum load that cannot be met is counted by an artificial column dearer than any gain, so that the
programme always has a solution and says what is missing.
"""

from dataclasses import dataclass, field
from functools import cached_property

import highspy
import numpy as np
import numpy.typing as npt

from app.panels.engine.full.terms import Integers, Mask, Terms, none

Vector = npt.NDArray[np.float64]
TOLERANCE, UNFILLED = 1e-6, 1e-3
OPTIONS: dict[str, bool | int | float | str] = {
    "output_flag": False,
    "threads": 1,
    "parallel": "off",
    "random_seed": 0,
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 1e-6,
}


@dataclass(frozen=True)
class Block:
    """`count` rows of one kind; entry e adds 1 × column `at[e]` to row `row[e]`. `open` rows may be missed at a price."""

    row: Integers
    at: Integers
    lower: Vector
    upper: Vector
    open: Mask

    @property
    def count(self) -> int:
        return len(self.lower)


def block(row: Integers, at: Integers, lower: Integers | Vector, upper: Integers | Vector, *, missed: bool) -> Block:
    low, high = np.broadcast_arrays(lower.astype(float), upper.astype(float))
    return Block(row, at, low, high, np.full(len(low), missed) & (low > 0))


@dataclass(frozen=True)
class Solved:
    """`missing` by block: how much of each open row is not met. `prices` of the rows, of a relaxation only."""

    value: float
    taken: Vector
    missing: tuple[Vector, ...]
    prices: tuple[Vector, ...]

    @property
    def short(self) -> bool:
        return any(part.max(initial=0.0) >= UNFILLED for part in self.missing)

    @property
    def whole(self) -> bool:
        return bool(np.abs(self.taken - self.taken.round()).max(initial=0.0) <= TOLERANCE)


@dataclass(frozen=True)
class Programme:
    """The programme for `terms` over the pairs given. `steps` (expert, cost) charge for every dossier an expert takes,
    the cheapest first; `values` replace what the pairs are worth."""

    terms: Terms
    pairs: Integers
    values: Vector
    step_experts: Integers = field(default_factory=none)
    step_costs: Vector = field(default_factory=lambda: np.zeros(0))

    # --- rows -----------------------------------------------------------------------------------------------------

    @cached_property
    def dossier(self) -> Integers:
        return self.terms.split(self.pairs)[0]

    @cached_property
    def expert(self) -> Integers:
        return self.terms.split(self.pairs)[1]

    @cached_property
    def seats(self) -> Block:
        size = self.terms.size
        return block(self.dossier, np.arange(len(self.pairs)), size, size, missed=True)

    @cached_property
    def coverings(self) -> list[tuple[int, Block]]:
        """For every set of roles its bits and its rows."""
        types = self.terms.types(self.pairs)
        rows = []
        for bits, needed in self.terms.coverings():
            within = np.flatnonzero(types & bits)
            rows.append((bits, block(self.dossier[within], within, needed, np.full(1, np.inf), missed=True)))
        return rows

    @cached_property
    def load(self) -> Block:
        """At most `high` dossiers an expert and at least `low`; with steps, as many as there are steps taken."""
        terms, at = self.terms, np.arange(len(self.pairs))
        return block(self.expert, at, terms.low, terms.high, missed=True)

    @cached_property
    def stepped(self) -> Block | None:
        """What an expert takes less the steps taken for it is at most nothing."""
        if not len(self.step_experts):
            return None
        zero, free = np.zeros(self.terms.experts), np.full(self.terms.experts, -np.inf)
        return block(self.expert, np.arange(len(self.pairs)), free, zero, missed=False)

    @cached_property
    def limits(self) -> list[tuple[Integers, Block]]:
        """Rows that the pairs held could break, and where to find the row of a (dossier, label): −1 where there is none.
        All others cost nothing and change nothing."""
        return [self._limit(labels, highest) for labels, highest in self.terms.limits()]

    def _limit(self, labels: Integers, highest: Integers) -> tuple[Integers, Block]:
        width = int(labels.max(initial=-1)) + 1
        mine = labels[self.expert]
        keys = np.where(mine < 0, self.terms.dossiers * width, self.dossier * width + mine)
        counts = np.bincount(keys, minlength=self.terms.dossiers * width + 1)[:-1].reshape(-1, max(width, 1))
        binding = (counts > highest[:, None]).reshape(-1)
        row_of = np.append(np.where(binding, np.cumsum(binding) - 1, -1), -1)
        rows = row_of[keys]
        upper = np.repeat(highest, max(width, 1))[binding]
        within = np.flatnonzero(rows >= 0)
        return row_of, block(rows[within], within, np.full(1, -np.inf), upper, missed=False)

    # --- writing --------------------------------------------------------------------------------------------------

    @cached_property
    def blocks(self) -> list[Block]:
        stepped = [self.stepped] if self.stepped else []
        rows = [self.seats, *(rows for _, rows in self.coverings), self.load, *stepped]
        return [*rows, *(rows for _, rows in self.limits), *self.marks.blocks]

    @cached_property
    def marks(self) -> "Marks":
        return Marks(self.terms, self.pairs, first=len(self.pairs) + len(self.step_experts))

    @property
    def dearest(self) -> float:
        """More than any number of swaps can gain or save."""
        most = 1.0 + float(np.abs(self.values).max(initial=0)) + float(self.step_costs.max(initial=0))
        return most * (int(self.terms.size.max(initial=0)) + 1) * (self.terms.dossiers + 1)

    def written(self, *, integral: bool) -> highspy.HighsLp:
        blocks, pairs, plain = self.blocks, len(self.pairs), len(self.pairs) + len(self.step_experts) + self.marks.count
        starts = np.cumsum([0, *(rows.count for rows in blocks)])
        opened = np.concatenate([np.flatnonzero(rows.open) + at for rows, at in zip(blocks, starts, strict=False)])
        rows = [part.row + at for part, at in zip(blocks, starts, strict=False)]
        columns, entries = [part.at for part in blocks], [np.ones(sum(len(part.row) for part in blocks))]
        rows.append(opened)
        columns.append(plain + np.arange(len(opened)))
        entries.append(np.ones(len(opened)))
        if self.stepped:
            at = 1 + len(self.coverings) + 1
            rows.append(starts[at] + self.step_experts)
            columns.append(pairs + np.arange(len(self.step_experts)))
            entries.append(np.full(len(self.step_experts), -1.0))
        for row, column, value in self.marks.entries:
            rows.append(row + starts[len(blocks) - len(self.marks.blocks)])
            columns.append(column)
            entries.append(value)
        programme = self._bounded(plain, len(opened))
        _fill(programme, np.concatenate(rows), np.concatenate(columns), np.concatenate(entries))
        if integral:
            whole, parts = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
            steps = [parts] * len(self.step_experts)
            programme.integrality_ = [whole] * pairs + steps + [whole] * self.marks.count + [parts] * len(opened)
        return programme

    def _bounded(self, plain: int, opened: int) -> highspy.HighsLp:
        programme, others = highspy.HighsLp(), plain - len(self.pairs) - len(self.step_experts)
        programme.sense_ = highspy.ObjSense.kMaximize
        programme.col_cost_ = np.concatenate(
            [self.values, -self.step_costs, np.zeros(others), np.full(opened, -self.dearest)]
        )
        standing = np.isin(self.pairs, self.terms.standing).astype(float)
        programme.col_lower_ = np.concatenate([standing, np.zeros(plain - len(standing) + opened)])
        programme.col_upper_ = np.concatenate([np.ones(plain), np.full(opened, np.inf)])
        programme.row_lower_ = np.concatenate([rows.lower for rows in self.blocks])
        programme.row_upper_ = np.concatenate([rows.upper for rows in self.blocks])
        programme.num_col_, programme.num_row_ = plain + opened, len(programme.row_lower_)
        return programme

    # --- solving and pricing --------------------------------------------------------------------------------------

    def solve(self, *, integral: bool, seconds: float = np.inf) -> Solved:
        solver = highspy.Highs()
        for option, value in OPTIONS.items():
            solver.setOptionValue(option, value)
        solver.setOptionValue("time_limit", seconds)
        solver.passModel(self.written(integral=integral))
        solver.run()
        status = solver.getModelStatus()
        if status not in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kTimeLimit):
            raise AssertionError(f"the solver stopped: {solver.modelStatusToString(status)}")
        solution = solver.getSolution()
        return self._read(
            solver.getInfo().objective_function_value, np.array(solution.col_value), np.array(solution.row_dual)
        )

    def _read(self, value: float, columns: Vector, duals: Vector) -> Solved:
        opened = [int(rows.open.sum()) for rows in self.blocks]
        missing = np.split(columns[len(columns) - sum(opened) :], np.cumsum(opened)[:-1])
        counts = np.cumsum([rows.count for rows in self.blocks])[:-1]
        spread = []
        for rows, part in zip(self.blocks, missing, strict=True):
            whole = np.zeros(rows.count)
            whole[rows.open] = part
            spread.append(whole)
        return Solved(value, columns[: len(self.pairs)], tuple(spread), tuple(np.split(duals, counts)))

    def reduced_costs(self, relaxed: Solved, worth: Vector) -> Vector:
        """What each pair of the whole matrix, held or not, would add for the first bit of it taken."""
        terms, prices = self.terms, list(relaxed.prices)
        costs = worth - prices.pop(0)[:, None]
        by_type = np.zeros((terms.dossiers, 1 << len(terms.roles)))
        for bits, _ in self.coverings:
            price = prices.pop(0)
            touched = [number for number in range(by_type.shape[1]) if number & bits]
            by_type[:, touched] += price[:, None]
        costs -= prices.pop(0)
        if self.stepped:
            costs -= prices.pop(0)
        for labels, (row_of, _rows) in zip(terms.limits(), self.limits, strict=True):
            costs -= _prices_of_labels(labels[0], row_of, prices.pop(0), terms.dossiers)
        for kind in terms.kinds:
            costs[kind] -= by_type[kind][:, terms.types_of(int(kind[0]))]
        return np.where(terms.eligible, costs, -np.inf)


def _prices_of_labels(labels: Integers, row_of: Integers, prices: Vector, dossiers: int) -> Vector:
    width = max((len(row_of) - 1) // dossiers, 1)
    found = np.append(prices, 0.0)[row_of[:-1]].reshape(dossiers, width)
    spread: Vector = np.append(found, np.zeros((dossiers, 1)), axis=1)[:, labels]
    return spread


@dataclass(frozen=True)
class Marks:
    """Yes-or-no columns beside the pairs: whether a province sits on a panel (at least three asked for), and which group an
    expert serves. `blocks` holds their rows' entries on pairs, `entries` those on the marks themselves."""

    terms: Terms
    pairs: Integers
    first: int

    @cached_property
    def _provinces(self) -> Integers:
        if self.terms.provinces < 3:
            return none()
        dossiers, experts = self.terms.split(self.pairs)
        return np.unique(dossiers * self._width + self.terms.province[experts])

    @property
    def _width(self) -> int:
        return int(self.terms.province.max(initial=0)) + 1

    @cached_property
    def _served(self) -> tuple[Integers, Integers]:
        """(expert, group) marks as expert × groups + group, where an expert could serve several; and every pair's own."""
        if not len(self.terms.group):
            return none(), none()
        dossiers, experts = self.terms.split(self.pairs)
        groups = int(self.terms.group.max(initial=0)) + 1
        own = experts * groups + self.terms.group[dossiers]
        possible = np.unique(own)
        several = np.bincount(possible // groups, minlength=self.terms.experts) > 1
        return possible[several[possible // groups]], own

    @cached_property
    def count(self) -> int:
        return len(self._provinces) + len(self._served[0])

    @cached_property
    def blocks(self) -> list[Block]:
        return [rows for rows, _ in self._rows()]

    @cached_property
    def entries(self) -> list[tuple[Integers, Integers, Vector]]:
        """Row (from the first of the blocks), column and value."""
        starts = np.cumsum([0, *(rows.count for rows in self.blocks)])
        return [
            (row + at, self.first + mark, value)
            for (_, marks), at in zip(self._rows(), starts, strict=False)
            for row, mark, value in [marks]
        ]

    def _rows(self) -> list[tuple[Block, tuple[Integers, Integers, Vector]]]:
        return [*self._province_rows(), *self._group_rows()]

    def _province_rows(self) -> list[tuple[Block, tuple[Integers, Integers, Vector]]]:
        marks = self._provinces
        if not len(marks):
            return []
        dossiers, experts = self.terms.split(self.pairs)
        at, here = np.searchsorted(marks, dossiers * self._width + self.terms.province[experts]), np.arange(len(marks))
        present = block(at, np.arange(len(self.pairs)), np.zeros(len(marks)), np.full(1, np.inf), missed=False)
        least = np.minimum(self.terms.provinces, self.terms.size)
        enough = block(none(), none(), least, np.full(1, np.inf), missed=True)
        return [
            (present, (here, here, np.full(len(marks), -1.0))),
            (enough, (marks // self._width, here, np.ones(len(marks)))),
        ]

    def _group_rows(self) -> list[tuple[Block, tuple[Integers, Integers, Vector]]]:
        marks, own = self._served
        if not len(marks):
            return []
        groups = int(self.terms.group.max(initial=0)) + 1
        within = np.flatnonzero(np.isin(own, marks))
        rows, offset = np.arange(len(within)), len(self._provinces)
        linked = block(rows, within, np.full(len(within), -np.inf), np.zeros(1), missed=False)
        experts, row = np.unique(marks // groups, return_inverse=True)
        one = block(none(), none(), np.full(len(experts), -np.inf), np.ones(1), missed=False)
        place = offset + np.searchsorted(marks, own[within])
        return [
            (linked, (rows, place, np.full(len(within), -1.0))),
            (one, (row, offset + np.arange(len(marks)), np.ones(len(marks)))),
        ]


def _fill(programme: highspy.HighsLp, rows: Integers, columns: Integers, entries: Vector) -> None:
    order = np.lexsort((rows, columns))
    programme.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    programme.a_matrix_.start_ = np.concatenate([[0], np.cumsum(np.bincount(columns, minlength=programme.num_col_))])
    programme.a_matrix_.index_ = rows[order]
    programme.a_matrix_.value_ = entries[order]
