"""The choice itself: an integer programme over expert–dossier pairs, solved exactly by column generation (HiGHS).

A master programme holds a score of promising pairs for each dossier. Its linear relaxation prices all other pairs; those
that could improve it join until none can, so its value bounds every solution. When the relaxation is integral, as it
nearly always is, that is the optimum over all pairs. Otherwise the master is solved in integers, and every pair that the
bound does not exclude joins once more. Seats that cannot be filled are counted by artificial columns dearer than any gain.
"""

from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt

from app.panels.engine.pool import LOT_PARTS, Mask, Pool

FIRST_PER_DOSSIER, FIRST_PER_ROLE, MORE_PER_DOSSIER = 16, 6, 16
TOLERANCE, UNFILLED = 1e-6, 1e-3
OPTIONS: dict[str, bool | int | float | str] = {
    "output_flag": False,
    "threads": 1,
    "parallel": "off",
    "random_seed": 0,
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 1e-6,
}

Vector = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Choice:
    """`missing[0]` counts the unfilled seats of each dossier, `missing[r]` those of role r; all zero in a solution."""

    chosen: Mask
    missing: Vector


@dataclass(frozen=True)
class _Limit:
    """No more than `highest` in each of `count` rows; `row_of` names the row of every pair, −1 where none binds it."""

    highest: int
    count: int
    row_of: Indices


@dataclass(frozen=True)
class _Solved:
    value: float
    pairs: Vector
    missing: Vector
    prices: Vector


def solve(pool: Pool) -> Choice:
    master = _Master(pool)
    relaxed = master.solve(integral=False)
    while master.add(_best(np.where(_gains(master, relaxed), master.values, -np.inf), MORE_PER_DOSSIER)):
        relaxed = master.solve(integral=False)
    solved = relaxed
    if relaxed.missing.max(initial=0) < UNFILLED and np.abs(relaxed.pairs - relaxed.pairs.round()).max() > TOLERANCE:
        costs = master.reduced_costs(relaxed)
        solved = master.solve(integral=True)
        if master.add(costs >= solved.value - relaxed.value - TOLERANCE):
            solved = master.solve(integral=True)
    chosen = np.zeros_like(pool.eligible)
    chosen[master.rows, master.columns] = solved.pairs > 0.5
    return Choice(chosen, np.where(solved.missing < UNFILLED, 0.0, solved.missing))


def _gains(master: "_Master", relaxed: _Solved) -> Mask:
    gains: Mask = (master.reduced_costs(relaxed) > TOLERANCE) & ~master.held
    return gains


def _best(values: Vector, count: int) -> Mask:
    """The `count` highest finite values of each column."""
    mask = np.zeros(values.shape, dtype=bool)
    np.put_along_axis(mask, np.argsort(-values, axis=0, kind="stable")[:count], values=True, axis=0)
    best: Mask = mask & np.isfinite(values)
    return best


class _Master:
    """Rows: the seats of each dossier, its roles, the load of each expert, the limits of each panel.
    Columns: the pairs held, an artificial one for each seat and role row, one for each dossier an expert may take."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.values: Vector = pool.weights / LOT_PARTS
        self.experts, self.dossiers = pool.eligible.shape
        self.needs = (1 + len(pool.roles)) * self.dossiers
        self.step_experts, self.step_costs = self._load_steps()
        self.held = pool.fixed | self._first()
        self._take()

    def _first(self) -> Mask:
        values = np.where(self.pool.eligible, self.values, -np.inf)
        first = _best(values, FIRST_PER_DOSSIER)
        for role in self.pool.roles:
            first |= _best(np.where(role.mask, values, -np.inf), FIRST_PER_ROLE)
        return first

    def _load_steps(self) -> tuple[Indices, Vector]:
        """The expert and the cost of every dossier an expert may take: each costs `balance` more than the one before."""
        capacity = np.minimum(self.pool.capacity, self.dossiers)
        experts = np.repeat(np.arange(self.experts), capacity)
        taken = np.arange(len(experts)) - np.repeat(np.cumsum(capacity) - capacity, capacity)
        loads = np.array([expert.load for expert in self.pool.experts], dtype=np.int64)
        return experts, ((loads[experts] + taken) * self.pool.problem.balance).astype(float)

    def add(self, mask: Mask) -> bool:
        """Take further pairs in; whether there were any."""
        more = mask & self.pool.eligible & ~self.held
        if more.any():
            self.held = self.held | more
            self._take()
        return bool(more.any())

    def _take(self) -> None:
        self.rows, self.columns = np.nonzero(self.held)
        self.limits = [self._limit(highest, labels) for highest, labels in self.pool.limits]

    def _limit(self, highest: int, labels: list[str]) -> _Limit:
        """Only the rows that the pairs held could break are written: all others cost nothing and change nothing."""
        place = {label: number for number, label in enumerate(sorted(set(labels) - {""}))}
        label_of = np.array([place.get(label, -1) for label in labels])[:, None]
        keys = np.where(label_of < 0, -1, label_of * self.dossiers + np.arange(self.dossiers))
        held = keys[self.rows, self.columns]
        binding = np.bincount(held[held >= 0], minlength=len(place) * self.dossiers) > highest
        # the appended −1 is what a pair without a label (key −1) finds
        row_of_key = np.append(np.where(binding, np.cumsum(binding) - 1, -1), -1)
        return _Limit(highest, int(binding.sum()), row_of_key[keys])

    # --- writing the programme ------------------------------------------------------------------------------------

    def _entries(self) -> tuple[Indices, Indices, Vector]:
        """Row, column and value of everything in the matrix."""
        pairs, steps = np.arange(len(self.rows)), np.arange(len(self.step_experts))
        blocks = [(self.columns, pairs, 1.0), (np.arange(self.needs), len(pairs) + np.arange(self.needs), 1.0)]
        for number, role in enumerate(self.pool.roles, start=1):
            within = pairs[role.mask[self.rows, self.columns]]
            blocks.append((number * self.dossiers + self.columns[within], within, 1.0))
        blocks.append((self.needs + self.rows, pairs, 1.0))
        blocks.append((self.needs + self.step_experts, len(pairs) + self.needs + steps, -1.0))
        first = self.needs + self.experts
        for limit in self.limits:
            row_of = limit.row_of[self.rows, self.columns]
            blocks.append((first + row_of[row_of >= 0], pairs[row_of >= 0], 1.0))
            first += limit.count
        rows, columns = (np.concatenate([block[part] for block in blocks]) for part in (0, 1))
        return rows, columns, np.concatenate([np.full(len(block[0]), block[2]) for block in blocks])

    def _row_bounds(self) -> tuple[Vector, Vector]:
        size, roles = self.pool.problem.shape.size, self.pool.roles
        low = [np.full(self.dossiers, float(needed)) for needed in (size, *(role.needed for role in roles))]
        high = [np.full(self.dossiers, bound) for bound in (float(size), *(np.inf for _ in roles))]
        low.append(np.full(self.experts, -np.inf))
        high.append(np.zeros(self.experts))
        for limit in self.limits:
            low.append(np.full(limit.count, -np.inf))
            high.append(np.full(limit.count, float(limit.highest)))
        return np.concatenate(low), np.concatenate(high)

    def _dearest(self) -> float:
        """More than any number of swaps can gain or save."""
        most = 1.0 + float(self.values.max(initial=0)) + float(self.step_costs.max(initial=0))
        return most * self.pool.problem.shape.size * int(self.dossiers + 1)

    def _programme(self, *, integral: bool) -> highspy.HighsLp:
        rows, columns, entries = self._entries()
        pairs, steps = len(self.rows), len(self.step_experts)
        count = pairs + self.needs + steps
        order = np.lexsort((rows, columns))
        programme = highspy.HighsLp()
        programme.sense_ = highspy.ObjSense.kMaximize
        programme.col_cost_ = np.concatenate(
            [self.values[self.rows, self.columns], np.full(self.needs, -self._dearest()), -self.step_costs]
        )
        fixed = self.pool.fixed[self.rows, self.columns].astype(float)
        programme.col_lower_ = np.concatenate([fixed, np.zeros(self.needs + steps)])
        programme.col_upper_ = np.concatenate([np.ones(pairs), np.full(self.needs, np.inf), np.ones(steps)])
        programme.row_lower_, programme.row_upper_ = self._row_bounds()
        programme.num_col_, programme.num_row_ = count, len(programme.row_lower_)
        programme.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        programme.a_matrix_.start_ = np.concatenate([[0], np.cumsum(np.bincount(columns, minlength=count))])
        programme.a_matrix_.index_ = rows[order]
        programme.a_matrix_.value_ = entries[order]
        if integral:
            whole, parts = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
            programme.integrality_ = [whole] * pairs + [parts] * (count - pairs)
        return programme

    # --- solving and pricing --------------------------------------------------------------------------------------

    def solve(self, *, integral: bool) -> _Solved:
        solver = highspy.Highs()
        for option, value in OPTIONS.items():
            solver.setOptionValue(option, value)
        solver.passModel(self._programme(integral=integral))
        solver.run()
        status = solver.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            raise AssertionError(f"the solver stopped: {solver.modelStatusToString(status)}")
        solution = solver.getSolution()
        pairs, missing, _steps = np.split(np.array(solution.col_value), np.cumsum([len(self.rows), self.needs]))
        return _Solved(
            solver.getInfo().objective_function_value,
            pairs,
            missing.reshape(-1, self.dossiers),
            np.array(solution.row_dual),
        )

    def reduced_costs(self, relaxed: _Solved) -> Vector:
        """What each pair, held or not, would add to the relaxation's value for the first bit of it taken."""
        sizes = [*[self.dossiers] * (1 + len(self.pool.roles)), self.experts, *(limit.count for limit in self.limits)]
        prices = np.split(relaxed.prices, np.cumsum(sizes)[:-1])
        seats, roles = prices[0], prices[1 : 1 + len(self.pool.roles)]
        loads, limits = prices[1 + len(roles)], prices[2 + len(roles) :]
        costs = self.values - seats - loads[:, None]
        for role, price in zip(self.pool.roles, roles, strict=True):
            costs = costs - role.mask * price
        for limit, price in zip(self.limits, limits, strict=True):
            costs = costs - np.append(price, 0.0)[limit.row_of]
        priced: Vector = np.where(self.pool.eligible, costs, -np.inf)
        return priced
