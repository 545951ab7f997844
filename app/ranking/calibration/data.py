"""What goes into a calibration and what comes out. All scores here are in points; only `Review.twentieths` is not."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from app.kernel.words import Message

Vector = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]
TWENTIETHS = 20.0


@dataclass(frozen=True, slots=True, order=True)
class Review:
    """One expert's independent total of one dossier, in twentieths of a point."""

    dossier: str
    expert: str
    twentieths: int


@dataclass(frozen=True, slots=True)
class Severity:
    """How an expert scores against colleagues on shared dossiers, allowing for chance; above zero: lenient. In points."""

    offset: float
    error: float
    reviews: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing is calibrated. Told in words, never replaced silently by something else."""

    reason: Message


@dataclass(frozen=True)
class Calibration:
    """`values` and `errors` (one standard error) by dossier; `noise` and `severity` are standard deviations, in points.

    `is_established`: whether a difference in severity shows beyond chance (likelihood ratio, 5 %). `parts`: the dossiers that
    experts in common connect; between two parts nothing was corrected.
    """

    values: Mapping[str, float]
    errors: Mapping[str, float]
    experts: Mapping[str, Severity]
    noise: float
    severity: float
    is_established: bool
    parts: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Numbers(Sequence[str]):
    """The names "0", "1", … without making them before somebody asks."""

    size: int

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, place: Any) -> Any:
        return list(map(str, range(self.size)[place])) if isinstance(place, slice) else str(range(self.size)[place])


class Table:
    """The reviews as arrays, sorted by dossier and expert so that the order of the input cannot matter."""

    def __init__(
        self,
        names: tuple[Sequence[str], Sequence[str]],
        seats: tuple[Places, Places],
        scores: Vector,
        weights: Vector | None = None,
    ) -> None:
        """`names` of dossiers and experts, `seats` the places of each review's among them. Raises ValueError where an expert
        has two totals of one dossier."""
        self.dossiers, self.experts = names
        pairs = seats[0] * len(self.experts) + seats[1]
        order = slice(None) if (np.diff(pairs) > 0).all() else np.argsort(pairs, kind="stable")
        if not np.diff(pairs[order]).all():
            raise ValueError("an expert has two totals of one dossier")
        self.d, self.e, self.y = seats[0][order], seats[1][order], scores[order]
        self.weights = weights

    @classmethod
    def of(cls, reviews: Iterable[Review]) -> "Table":
        rows = sorted(reviews)
        dossiers, experts = sorted({row.dossier for row in rows}), sorted({row.expert for row in rows})
        place = {name: index for index, name in enumerate(dossiers)}
        seat = {name: index for index, name in enumerate(experts)}
        found = np.array([(place[row.dossier], seat[row.expert]) for row in rows], dtype=np.intp).reshape(-1, 2)
        scores = np.array([row.twentieths for row in rows], dtype=np.float64) / TWENTIETHS
        return cls((dossiers, experts), (found[:, 0], found[:, 1]), scores)

    @classmethod
    def numbered(cls, dossiers: Places, experts: Places, scores: Vector) -> "Table":
        """From arrays: places of dossiers 0 … n − 1 and of experts 0 … m − 1, none of them without a review; points."""
        return cls((Numbers(int(dossiers.max()) + 1), Numbers(int(experts.max()) + 1)), (dossiers, experts), scores)

    def weighted(self, weights: Vector) -> "Table":
        """The same reviews, each counting as much as its weight says."""
        return Table((self.dossiers, self.experts), (self.d, self.e), self.y, weights)

    def __len__(self) -> int:
        return len(self.y)

    @cached_property
    def per_dossier(self) -> Vector:
        """How many reviews each dossier has; their weights where reviews are weighted."""
        return self.over_dossiers(np.ones(len(self)))

    @cached_property
    def per_expert(self) -> Vector:
        return self.over_experts(np.ones(len(self)))

    @cached_property
    def means(self) -> Vector:
        return self.over_dossiers(self.y) / self.per_dossier

    @cached_property
    def residuals(self) -> Vector:
        """Each score less its dossier's mean."""
        return np.asarray(self.y - self.means[self.d])

    def weigh(self, values: Vector) -> Vector:
        return values if self.weights is None else self.weights * values

    def over_dossiers(self, values: Vector) -> Vector:
        return np.bincount(self.d, self.weigh(values), len(self.dossiers)).astype(np.float64, copy=False)

    def over_experts(self, values: Vector) -> Vector:
        return np.bincount(self.e, self.weigh(values), len(self.experts)).astype(np.float64, copy=False)

    @cached_property
    def count(self) -> Places:
        """How many reviews each dossier has."""
        return np.bincount(self.d, minlength=len(self.dossiers))

    @cached_property
    def first(self) -> Places:
        """Where the reviews of each dossier begin."""
        return np.cumsum(self.count) - self.count

    @cached_property
    def pairs(self) -> tuple[Places, Places, Vector]:
        """Every two reviews of one dossier (each with itself, too): the dossier, the cell of their experts in a square of
        all experts, row by row, and the product of their weights."""
        times = self.count[self.d]
        left = np.repeat(np.arange(len(self)), times)
        right = np.arange(len(left)) - np.repeat(np.cumsum(times) - times, times) + self.first[self.d[left]]
        weights = self.weigh(np.ones(len(self)))
        return self.d[left], self.e[left] * len(self.experts) + self.e[right], weights[left] * weights[right]

    def shared(self, values: Vector) -> Vector:
        """Experts × experts: the sum of the dossiers' `values` over those that both read."""
        experts = len(self.experts)
        dossier, cell, weights = self.pairs
        found = np.bincount(cell, values[dossier] * weights, experts * experts)
        return found.reshape(experts, experts).astype(np.float64, copy=False)
