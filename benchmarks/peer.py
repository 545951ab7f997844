"""The way of the assignment service most used by conferences, written anew from what is published of it, to have something to
run beside ours: every pair an arc of one min-cost flow, added from Python one by one; affinity to two decimals; lowest loads
met by a first flow, the rest of the seats by a second one. (openreview-matcher itself is in no package index; without its
encoders this is quicker than it.)
"""

from typing import Any

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

Inst = dict[str, Any]
DECIMALS = 100


def dense_flow(inst: Inst) -> tuple[Any, Any]:
    first = _flow(inst, inst["lo"], inst["k"], set())
    rest_of_load = inst["hi"] - np.bincount([expert for expert, _ in first], minlength=len(inst["hi"]))
    seats = inst["k"] - np.bincount([dossier for _, dossier in first], minlength=len(inst["k"]))
    chosen = [*first, *_flow(inst, rest_of_load, seats, set(first), fill=True)]
    return np.array([expert for expert, _ in chosen]), np.array([dossier for _, dossier in chosen])


def _flow(
    inst: Inst, loads: Any, seats: Any, taken: set[tuple[int, int]], *, fill: bool = False
) -> list[tuple[int, int]]:
    """As many units as the loads ask for, or as the seats do."""
    dossiers, experts = inst["ok"].shape
    solver, source, sink = SimpleMinCostFlow(), dossiers + experts, dossiers + experts + 1
    worth = (inst["aff"] * DECIMALS).astype(int)
    arcs = {}
    for expert in range(experts):
        solver.add_arc_with_capacity_and_unit_cost(source, expert, int(loads[expert]), 0)
    for dossier in range(dossiers):
        solver.add_arc_with_capacity_and_unit_cost(experts + dossier, sink, int(seats[dossier]), 0)
        for expert in np.flatnonzero(inst["ok"][dossier]).tolist():
            if (expert, dossier) not in taken:
                arc = solver.add_arc_with_capacity_and_unit_cost(
                    expert, experts + dossier, 1, -int(worth[dossier, expert])
                )
                arcs[arc] = (expert, dossier)
    units = int(seats.sum() if fill else loads.sum())
    solver.set_node_supply(source, units)
    solver.set_node_supply(sink, -units)
    status = solver.solve()
    assert status == solver.OPTIMAL, status
    return [pair for arc, pair in arcs.items() if solver.flow(arc)]
