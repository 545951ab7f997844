"""From shares to panels: cycle rounding, driven by nothing but the seed. Whole numbers and SHA-256 only (docs/draw.md).

Every arc of a network carries a number of parts; `whole` parts are one. Arcs whose parts are no whole number form cycles,
because every node's balance is whole. One cycle after the other is pushed one way or the other until it loses a broken
arc; the chance of each way is such that on average nothing changes. So every arc ends at its parts rounded down or up,
up exactly as often as its share says, and every node keeps its balance: every rule drawn into the network holds.

The walk begins at the first node with a broken arc (nodes in the order in which the arcs name them, tail before head)
and follows at each node the first broken arc, in the arcs' order, other than the one it came by; where it meets itself
the cycle is closed, and it goes on from there.
"""

import hashlib
from collections.abc import Iterator, Sequence

Node = int | str
Arc = tuple[Node, Node, int]  # tail, head, parts

STREAM = "zhiheng-round/1"
WORDS = 1 << 64


class NotWhole(Exception):
    """A node whose balance is no whole number: nothing can be drawn on such a network."""


class Stream:
    """Fair numbers: SHA-256 of the seed's key and a counter, eight bytes a word, words above the last multiple thrown away."""

    def __init__(self, seed: str) -> None:
        self._words = _words(hashlib.sha256(f"{STREAM}|{seed}".encode()).digest())

    def below(self, limit: int) -> int:
        fair = WORDS - WORDS % limit
        return next(word for word in self._words if word < fair) % limit


def _words(key: bytes) -> Iterator[int]:
    counter = 0
    while True:
        block = hashlib.sha256(key + counter.to_bytes(8, "big")).digest()
        for place in range(0, 32, 8):
            yield int.from_bytes(block[place : place + 8], "big")
        counter += 1


def rounded(arcs: Sequence[Arc], whole: int, seed: str) -> list[int]:
    """How many times each arc is used in this draw."""
    balance: dict[Node, int] = {}
    for tail, head, parts in arcs:
        balance[tail] = balance.get(tail, 0) + parts
        balance[head] = balance.get(head, 0) - parts
    if any(parts % whole for parts in balance.values()):
        raise NotWhole
    walk = _Walk(arcs, whole, Stream(seed))
    for node in walk.broken:
        while walk.broken[node]:
            walk.go_on(node)
    return [parts // whole for parts in walk.parts]


class _Walk:
    """`broken[node]` holds the node's broken arcs in order; `nodes` and `taken` are the way so far, one arc fewer."""

    def __init__(self, arcs: Sequence[Arc], whole: int, stream: Stream) -> None:
        self.tails, self.heads = [arc[0] for arc in arcs], [arc[1] for arc in arcs]
        self.parts = [arc[2] for arc in arcs]
        self.whole, self.stream = whole, stream
        self.broken: dict[Node, dict[int, None]] = {}
        for arc, (tail, head, parts) in enumerate(arcs):
            if parts % whole:
                self.broken.setdefault(tail, {})[arc] = None
                self.broken.setdefault(head, {})[arc] = None

    def go_on(self, start: Node) -> None:
        """Walks from `start` until there is no broken arc where the walk stands."""
        nodes, taken, place = [start], list[int](), {start: 0}
        while self.broken[nodes[-1]]:
            here, last = nodes[-1], taken[-1] if taken else -1
            arc = next(arc for arc in self.broken[here] if arc != last)
            there = self.heads[arc] if self.tails[arc] == here else self.tails[arc]
            taken.append(arc)
            if there not in place:
                place[there] = len(nodes)
                nodes.append(there)
                continue
            first = place[there]
            self._push(nodes[first:], taken[first:])
            for node in nodes[first + 1 :]:
                del place[node]
            del nodes[first + 1 :], taken[first:]

    def _push(self, nodes: list[Node], cycle: list[int]) -> None:
        ways = [1 if self.tails[arc] == node else -1 for node, arc in zip(nodes, cycle, strict=True)]
        over = [self.parts[arc] % self.whole for arc in cycle]
        rooms = [(self.whole - part, part)[::way] for part, way in zip(over, ways, strict=True)]
        ahead, back = min(room for room, _ in rooms), min(room for _, room in rooms)
        change = ahead if self.stream.below(ahead + back) < back else -back
        for arc, way in zip(cycle, ways, strict=True):
            self.parts[arc] += way * change
            if not self.parts[arc] % self.whole:
                del self.broken[self.tails[arc]][arc], self.broken[self.heads[arc]][arc]
