"""Small made-up instances, and the same problem asked of networkx's network simplex."""

import networkx as nx
import numpy as np
from hypothesis import strategies as st

from app.panels.engine.matching.core import Core
from app.panels.engine.matching.instance import Instance


def made(
    seed: int, *, dossiers: int = 6, experts: int = 14, seats: int = 3, levels: int = 10_000, lowest: float = 0.3
) -> Instance:
    """Always solvable: eight of ten pairs are eligible, and experts have time for twice the seats."""
    source = np.random.default_rng(seed)
    eligible = source.random((dossiers, experts)) < 0.8
    eligible |= np.arange(experts) % dossiers == np.arange(dossiers)[:, None]
    eligible[:, :seats] = True
    step = 10_000 // levels
    least = (source.permutation(experts) < lowest * min(experts, dossiers * seats)).astype(np.int64)
    most = np.full(experts, dossiers, dtype=np.int64) - source.integers(0, 2, experts) * (np.arange(experts) >= seats)
    return Instance(
        (source.integers(0, levels + 1, (dossiers, experts)) * step).astype(np.int32),
        eligible,
        np.full(dossiers, seats, dtype=np.int64),
        least,
        np.maximum(least, most),
    )


def instances() -> st.SearchStrategy[Instance]:
    """Of any size up to eight dossiers; few levels of affinity make many ties."""
    return st.builds(
        made,
        st.integers(0, 2**32 - 1),
        dossiers=st.integers(1, 8),
        experts=st.integers(9, 16),
        seats=st.integers(1, 4),
        levels=st.sampled_from((1, 4, 100, 10_000)),
        lowest=st.sampled_from((0.0, 0.3, 0.6)),
    )


def by_network_simplex(core: Core) -> tuple[int, dict[int, int]]:
    """The highest value and the parts of each pair, over all pairs at once."""
    network = core.network(core.instance.every)
    graph = nx.DiGraph()
    graph.add_nodes_from((node, {"demand": -supply}) for node, supply in enumerate(network.supply.tolist()))
    columns = (network.tail, network.head, network.capacity, network.cost)
    for tail, head, capacity, cost in zip(*(column.tolist() for column in columns), strict=True):
        graph.add_edge(tail, head, capacity=capacity, weight=cost)
    total, flow = nx.network_simplex(graph)
    parts = {}
    for pair in core.instance.every.tolist():
        dossier, expert = divmod(pair, core.instance.experts)
        if carried := flow[expert][core.instance.experts + dossier]:
            parts[pair] = carried
    return -total, parts
