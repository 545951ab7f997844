"""Random choices that anybody can recompute: SHA-256 in counter mode, with rejection so that no choice is favoured.

The key of a stream is SHA-256 of the text `zhiheng/stream/1`, a zero byte, the length of the seed in four bytes, the
seed, and the label in UTF-8. Block i (eight bytes, from 0) is SHA-256(key, i). All integers are big-endian. A number
below n takes as many bytes as n − 1 needs, drops the surplus high bits, and is drawn again while it is not below n.
"""

import hashlib
from collections.abc import MutableSequence, Sequence
from typing import TypeVar

T = TypeVar("T")
SCHEME = b"zhiheng/stream/1\0"


class Stream:
    """One seed gives an independent stream for every label."""

    def __init__(self, seed: bytes, label: str) -> None:
        self._key = hashlib.sha256(SCHEME + len(seed).to_bytes(4) + seed + label.encode()).digest()
        self._blocks = 0
        self._unused = b""

    def bytes(self, count: int) -> bytes:
        while len(self._unused) < count:
            self._unused += hashlib.sha256(self._key + self._blocks.to_bytes(8)).digest()
            self._blocks += 1
        taken, self._unused = self._unused[:count], self._unused[count:]
        return taken

    def below(self, limit: int) -> int:
        """A number from 0 to limit − 1, each equally likely."""
        if limit < 1:
            raise ValueError(f"nothing to choose from: {limit}")
        bits = (limit - 1).bit_length()
        size = (bits + 7) // 8
        while True:
            number = int.from_bytes(self.bytes(size)) >> (8 * size - bits)
            if number < limit:
                return number

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """A new list in random order (Fisher and Yates, from the end)."""
        order = list(items)
        self.shuffle(order)
        return order

    def shuffle(self, items: MutableSequence[T]) -> None:
        for last in range(len(items) - 1, 0, -1):
            other = self.below(last + 1)
            items[last], items[other] = items[other], items[last]

    def choice(self, items: Sequence[T]) -> T:
        return items[self.below(len(items))]
