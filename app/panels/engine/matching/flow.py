"""Cheapest flows in integers, their prices, and whether there is a second one as cheap.

OR-tools' `SimpleMinCostFlow` finds a flow but returns no prices and takes no start; both are added here. Any network will
do: the full rules hang role and employer nodes into the same functions.
"""

from collections import deque
from dataclasses import dataclass, replace

import numpy as np
from ortools.graph.python import min_cost_flow

from app.panels.engine.matching.instance import Integers, Mask


class NotOptimal(Exception):
    """Prices were asked for a flow that can still be made cheaper: a fault of the program."""


class OutOfRange(Exception):
    """Costs or capacities are too large for 64-bit arithmetic."""


@dataclass(frozen=True, slots=True)
class Network:
    """`supply` is a node's (negative: its demand) and sums to zero; the other arrays have one entry an arc."""

    supply: Integers
    tail: Integers
    head: Integers
    capacity: Integers
    cost: Integers

    @property
    def nodes(self) -> int:
        return len(self.supply)


@dataclass(frozen=True, slots=True)
class Residual:
    """Which arcs can still carry more (`forward`) and which can give back (`back`), as one list of arcs."""

    forward: Integers
    back: Integers
    tail: Integers
    head: Integers
    cost: Integers


def cheapest(network: Network) -> Integers | None:
    """The flow on each arc of least total cost; none where the supply cannot reach the demand."""
    solver = min_cost_flow.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(
        network.tail.astype(np.int32), network.head.astype(np.int32), network.capacity, network.cost
    )
    solver.set_nodes_supplies(np.arange(network.nodes, dtype=np.int32), network.supply)
    status = solver.solve()
    if status == solver.INFEASIBLE:
        return None
    if status != solver.OPTIMAL:
        raise OutOfRange(str(status))
    return np.asarray(solver.flows(arcs), dtype=np.int64)


def residual(network: Network, flow: Integers) -> Residual:
    forward, back = np.flatnonzero(flow < network.capacity), np.flatnonzero(flow > 0)
    return Residual(
        forward,
        back,
        np.concatenate([network.tail[forward], network.head[back]]),
        np.concatenate([network.head[forward], network.tail[back]]),
        np.concatenate([network.cost[forward], -network.cost[back]]),
    )


def potentials(network: Network, flow: Integers, start: Integers | None = None) -> Integers:
    """Integers π with cost + π[tail] − π[head] ≥ 0 on every residual arc: the proof that `flow` is cheapest.

    Bellman–Ford over all arcs at once from `start`; potentials of a similar flow make it short.
    """
    left = residual(network, flow)
    order = np.argsort(left.head, kind="stable")
    tail, head, cost = left.tail[order], left.head[order], left.cost[order]
    firsts = np.flatnonzero(np.diff(head, prepend=-1))
    nodes = head[firsts]
    found = np.zeros(network.nodes, dtype=np.int64) if start is None else start.copy()
    for _ in range(network.nodes + 1):
        reached = np.minimum.reduceat(found[tail] + cost, firsts) if len(firsts) else found[nodes]
        lower = reached < found[nodes]
        if not lower.any():
            return found
        found[nodes[lower]] = reached[lower]
    raise NotOptimal


def reduced(network: Network, potential: Integers) -> Integers:
    return network.cost + potential[network.tail] - potential[network.head]


def improved(network: Network, flow: Integers, potential: Integers) -> Integers:
    """The cheapest flow, from a flow that meets the supplies already and potentials that fit most of its arcs.

    Only the difference is solved for: a circulation in the residual network at reduced costs, where nothing but the arcs
    that break the potentials sets anything in motion.
    """
    priced = replace(network, cost=reduced(network, potential))
    left = residual(priced, flow)
    change = cheapest(
        Network(
            np.zeros(network.nodes, dtype=np.int64),
            left.tail,
            left.head,
            np.concatenate([network.capacity[left.forward] - flow[left.forward], flow[left.back]]),
            left.cost,
        )
    )
    assert change is not None, "a circulation of nothing is always possible"
    better = flow.copy()
    better[left.forward] += change[: len(left.forward)]
    better[left.back] -= change[len(left.forward) :]
    return better


def is_only(network: Network, flow: Integers, potential: Integers) -> bool:
    """Whether no other flow is as cheap: no cycle of residual arcs at reduced cost zero, save along one arc and back."""
    free = reduced(network, potential) == 0
    more, less = free & (flow < network.capacity), free & (flow > 0)
    joined = _joined(network, more & less)
    if joined is None:
        return False
    tail = np.concatenate([network.tail[more & ~less], network.head[less & ~more]])
    head = np.concatenate([network.head[more & ~less], network.tail[less & ~more]])
    return _has_no_cycle(joined[tail], joined[head], network.nodes)


def _joined(network: Network, both: Mask) -> Integers | None:
    """Nodes joined by arcs that are free both ways carry one number; none where such arcs close a ring."""
    number = list(range(network.nodes))

    def root(node: int) -> int:
        while number[node] != node:
            number[node] = number[number[node]]
            node = number[node]
        return node

    for tail, head in zip(network.tail[both].tolist(), network.head[both].tolist(), strict=True):
        one, other = root(tail), root(head)
        if one == other:
            return None
        number[one] = other
    return np.array([root(node) for node in range(network.nodes)], dtype=np.int64)


def _has_no_cycle(tail: Integers, head: Integers, nodes: int) -> bool:
    """Takes away nodes without an incoming arc until none is left (Kahn)."""
    order = np.argsort(tail, kind="stable")
    heads, starts = head[order].tolist(), np.searchsorted(tail[order], np.arange(nodes + 1)).tolist()
    waiting = np.bincount(head, minlength=nodes).tolist()
    ready = deque(node for node in range(nodes) if not waiting[node])
    gone = 0
    while ready:
        node = ready.popleft()
        gone += 1
        for follower in heads[starts[node] : starts[node + 1]]:
            waiting[follower] -= 1
            if not waiting[follower]:
                ready.append(follower)
    return gone == nodes
