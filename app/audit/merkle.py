"""One digest over the whole record, after RFC 6962: a leaf is an event's hash, and a root over the first n events never
changes when others follow. Pure, so that anyone can compute it from the list of hashes alone."""

import hashlib
from collections.abc import Collection, Iterable


class Tree:
    """Grows leaf by leaf and keeps only the roots of its whole subtrees: as many as the count has binary ones."""

    def __init__(self) -> None:
        self.count = 0
        self._peaks: list[bytes] = []

    def add(self, event_hash: str) -> None:
        node = hashlib.sha256(b"\x00" + bytes.fromhex(event_hash)).digest()
        place = self.count
        while place & 1:
            node = _joined(self._peaks.pop(), node)
            place >>= 1
        self._peaks.append(node)
        self.count += 1

    @property
    def root(self) -> str:
        """Of no leaf at all: SHA-256 of nothing."""
        if not self._peaks:
            return hashlib.sha256(b"").hexdigest()
        *others, node = self._peaks
        for peak in reversed(others):
            node = _joined(peak, node)
        return node.hex()


def _joined(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def roots(hashes: Iterable[str], counts: Collection[int]) -> dict[int, str]:
    """The root after each of these counts, in one pass; a count that is never reached has none."""
    tree, found = Tree(), dict[int, str]()
    for event_hash in hashes:
        tree.add(event_hash)
        if tree.count in counts:
            found[tree.count] = tree.root
    return found
