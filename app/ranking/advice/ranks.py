"""From joint draws to ranks: how often each dossier is within each cut, and between which ranks it lies."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from app.ranking.advice.posterior import Draws
from app.ranking.calibration.data import Places

CHUNK = 125
"""Draws made and ranked at a time; every chunk has its own stream, so that how they are shared among threads cannot matter."""
THREADS = 2
SMALL = 1_000_000
"""Dossiers × draws up to which one thread is quicker than two."""

Sample = Callable[[int, int], Draws]
"""`sample(number of the chunk, draws in it)` gives dossiers × draws, the higher the better."""
Ranks = npt.NDArray[np.signedinteger]
Given = TypeVar("Given")
Found = TypeVar("Found")


@dataclass(frozen=True)
class Tally:
    """`within[k]`: in how many of the draws each dossier is among the first k. `ranks`: dossiers × draws, sorted along the draws."""

    draws: int
    within: dict[int, Places]
    ranks: Ranks

    def interval(self, share: float) -> tuple[Ranks, Ranks]:
        """The lowest and highest rank left when as many draws are cut off at both ends as keep at least this share."""
        cut = int((1 - share) / 2 * self.draws)
        return self.ranks[:, cut], self.ranks[:, self.draws - 1 - cut]


def tally(sample: Sample, dossiers: int, draws: int, cuts: Sequence[int]) -> Tally:
    """Rank every draw. The same sample gives the same tally whatever the machine does at the same time."""
    ranks: Ranks = np.empty((dossiers, draws), np.int16 if dossiers < 2**15 else np.int32)
    within = {cut: np.zeros(dossiers, np.intp) for cut in cuts}
    places = np.arange(1, dossiers + 1, dtype=ranks.dtype)

    def rank(number: int) -> list[Places]:
        """The dossiers of one chunk in their order, draw by draw; their ranks are written where they belong."""
        start = number * CHUNK
        count = min(CHUNK, draws - start)
        levels = np.ascontiguousarray(sample(number, count).T)
        order = np.argsort(np.negative(levels, out=levels), axis=1)
        own = np.empty((count, dossiers), ranks.dtype)
        for row in range(count):
            own[row, order[row]] = places
        ranks[:, start : start + count] = own.T
        return [np.bincount(order[:, :cut].ravel(), minlength=dossiers) for cut in cuts]

    def sort(part: slice) -> None:
        ranks[part].sort(axis=1, kind="stable")  # by radix: quick for small integers

    chunks = range(-(-draws // CHUNK))
    for counts in _each(rank, chunks, dossiers * draws):
        for cut, added in zip(cuts, counts, strict=True):
            within[cut] += added
    step = -(-dossiers // (4 * THREADS))
    list(_each(sort, [slice(start, start + step) for start in range(0, dossiers, step)], dossiers * draws))
    return Tally(draws, within, ranks)


def _each(work: Callable[[Given], Found], parts: Sequence[Given], size: int) -> Iterator[Found]:
    if size <= SMALL:
        yield from map(work, parts)
        return
    with ThreadPoolExecutor(THREADS) as pool:
        yield from pool.map(work, parts)
