"""What goes into a calibration and what comes out. All scores here are in points; only `Review.twentieths` is not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

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


class Table:
    """The reviews as arrays, sorted by dossier and expert so that the order of the input cannot matter."""

    def __init__(self, reviews: Iterable[Review]) -> None:
        """Raises ValueError where an expert has two totals of one dossier."""
        rows = sorted(reviews)
        pairs = {(row.dossier, row.expert) for row in rows}
        if len(pairs) != len(rows):
            raise ValueError("an expert has two totals of one dossier")
        self.dossiers = sorted({row.dossier for row in rows})
        self.experts = sorted({row.expert for row in rows})
        place = {name: index for index, name in enumerate(self.dossiers)}
        seat = {name: index for index, name in enumerate(self.experts)}
        self.d: Places = np.array([place[row.dossier] for row in rows], dtype=np.intp)
        self.e: Places = np.array([seat[row.expert] for row in rows], dtype=np.intp)
        self.y: Vector = np.array([row.twentieths for row in rows], dtype=np.float64) / TWENTIETHS

    def __len__(self) -> int:
        return len(self.y)

    @cached_property
    def per_dossier(self) -> Vector:
        return np.bincount(self.d, minlength=len(self.dossiers)).astype(np.float64)

    @cached_property
    def per_expert(self) -> Vector:
        return np.bincount(self.e, minlength=len(self.experts)).astype(np.float64)

    @cached_property
    def means(self) -> Vector:
        return self.over_dossiers(self.y) / self.per_dossier

    @cached_property
    def residuals(self) -> Vector:
        """Each score less its dossier's mean."""
        return np.asarray(self.y - self.means[self.d])

    def over_dossiers(self, values: Vector) -> Vector:
        return np.bincount(self.d, values, len(self.dossiers)).astype(np.float64)

    def over_experts(self, values: Vector) -> Vector:
        return np.bincount(self.e, values, len(self.experts)).astype(np.float64)
