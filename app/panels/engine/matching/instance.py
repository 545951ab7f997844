"""Who may serve on what, how well, and how much of it; and what a pair counts in the objective."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Matrix = npt.NDArray[Any]
Floats = npt.NDArray[np.float32]

BASIS_POINTS = 10_000
BLOCK = 1 << 18  # entries of a block of rows: two float32 blocks stay in a processor's cache
SPREAD = (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)  # splitmix64, Steele et al. 2014


@dataclass(frozen=True)
class Instance:
    """Dossier-major: row d, column i. A pair is one number, d × experts + i.

    `affinity` holds integer basis points, or float32 fractions of 1 on that grid. Every dossier has `seats`; every expert
    serves at least `lowest` and at most `highest` times.
    """

    affinity: Matrix
    eligible: Mask
    seats: Integers
    lowest: Integers
    highest: Integers

    def __post_init__(self) -> None:
        if (self.lowest > self.highest).any():
            raise ValueError("an expert's lowest load is above the highest")

    @cached_property
    def dossiers(self) -> int:
        return int(self.affinity.shape[0])

    @cached_property
    def experts(self) -> int:
        return int(self.affinity.shape[1])

    @cached_property
    def unit(self) -> int:
        """How many basis points one unit of the matrix is."""
        return BASIS_POINTS if self.affinity.dtype.kind == "f" else 1

    @cached_property
    def highest_points(self) -> int:
        """No pair has more basis points; more than 10 000 only where a matrix of integers is weighted."""
        weighted = self.affinity.dtype.kind != "f" and self.affinity.size
        return max(BASIS_POINTS, int(self.affinity.max())) if weighted else BASIS_POINTS

    @cached_property
    def every(self) -> Integers:
        """All eligible pairs."""
        return np.flatnonzero(self.eligible)

    def basis_points(self, pairs: Integers) -> Integers:
        found = self.affinity.reshape(-1)[pairs]
        return np.rint(found * BASIS_POINTS).astype(np.int64) if self.unit > 1 else found.astype(np.int64)

    def dossier(self, pairs: Integers) -> Integers:
        return pairs // self.experts

    def expert(self, pairs: Integers) -> Integers:
        return pairs % self.experts

    def blocks(self, entries: int = BLOCK) -> Iterator[slice]:
        """Rows in blocks of about so many entries."""
        height = max(1, entries // max(1, self.experts))
        for first in range(0, self.dossiers, height):
            yield slice(first, min(self.dossiers, first + height))

    def rows(self, block: slice) -> Floats:
        """A block of the matrix in units of its own (`unit`), as float32: exact up to 2²⁴."""
        return self.affinity[block].astype(np.float32, copy=False)


@dataclass(frozen=True, slots=True)
class Worth:
    """What a pair counts: its basis points × `unit`, and a tie-break from 0 to `unit` − 1 that depends on nothing but the
    pair's number and `counter`. With unit 1 there is no tie-break."""

    unit: int = 1
    counter: int = 0

    def of(self, instance: Instance, pairs: Integers) -> Integers:
        points = instance.basis_points(pairs)
        return points if self.unit == 1 else points * self.unit + self.tie_break(pairs)

    def tie_break(self, pairs: Integers) -> Integers:
        """splitmix64 of the pair's number, keyed by SHA-256 of the counter's name: integers only, the same everywhere."""
        key = hashlib.sha256(f"zhiheng-tie/1|{self.counter}".encode()).digest()[:8]
        first, second, third = (np.uint64(number) for number in SPREAD)
        with np.errstate(over="ignore"):
            mixed = pairs.astype(np.uint64) * first + np.uint64(int.from_bytes(key, "big"))
            mixed = (mixed ^ (mixed >> np.uint64(30))) * second
            mixed = (mixed ^ (mixed >> np.uint64(27))) * third
            mixed ^= mixed >> np.uint64(31)
        return (mixed % np.uint64(self.unit)).astype(np.int64)


@dataclass(frozen=True)
class Weighed(Worth):
    """A pair counts its basis points × `unit` and what `rests` says of it, from 0 to `unit` − 1: the lots of a seed."""

    rests: Integers = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def tie_break(self, pairs: Integers) -> Integers:
        return self.rests[pairs]


@dataclass(frozen=True, slots=True)
class Share:
    """How much of one pair an answer may use: at most `most` of `whole` parts. 1 of 1 is a plain assignment."""

    most: int = 1
    whole: int = 1


WHOLE = Share()
PLAIN = Worth()


@dataclass(frozen=True, slots=True)
class Prices:
    """The dual side, integers in the objective's units: what a seat of a dossier earns, what an expert's time costs."""

    dossier: Integers
    expert: Integers

    def of(self, instance: Instance, pairs: Integers) -> Integers:
        return self.dossier[instance.dossier(pairs)] + self.expert[instance.expert(pairs)]
