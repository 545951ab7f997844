"""Whether experts score otherwise where they share a region or a kind of employer with the dossier: over all of them and one by one.

y = dossier + expert + effect · tied + chance, dossiers fixed and experts random, the variances put in as the calibration found them
(generalised least squares); beside it the same with the experts' labels dealt out anew. To be looked at, proof of nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import erfc, sqrt

import numpy as np
import numpy.typing as npt

from app.kernel.words import N_, Message
from app.ranking.advice.residuals import discoveries
from app.ranking.calibration.data import Table, Vector
from app.ranking.calibration.fit import LARGEST_DENSE, Variances, offsets_of

FEWEST_REVIEWS, FEWEST_EXPERTS, FEWEST_EFFECTIVE = 10, 5, 5.0
"""Reviews with the relation and without; experts with both; and so many reviews' worth of information once dossiers and experts are
taken out, below which nothing is said of all experts together."""
FEWEST_OWN = 2
"""Reviews with and without that an expert must have given to be told of alone."""
DEALS = 999
NOTHING = 1e-9
"""Information below which there is none."""

TOO_MANY = N_("专家太多（超过 %(n)s 位），不作估计。")
TOO_FEW = N_("有这种关联的评分 %(tied)s 份，没有的 %(free)s 份；两种都至少要 %(n)s 份。")
TOO_FEW_EXPERTS = N_("有关联和无关联的申报都评过的专家只有 %(n)s 位，至少要 %(fewest)s 位。")
INSEPARABLE = N_("这种关联与申报之间、专家之间的差别分不开。")

Truths = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Labels:
    """One relation: what each expert and each dossier carries of it. The two are tied where they share a label."""

    experts: Mapping[str, Sequence[str]]
    dossiers: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Own:
    """One expert: by how many points his scores of tied dossiers lie above what dossier and severity let expect, with its
    standard error; `tied` of his `reviews`."""

    expert: str
    tied: int
    reviews: int
    effect: float
    error: float
    is_unusual: bool


@dataclass(frozen=True)
class Relation:
    """One relation over all experts: as `Own`, with `dealt`, the share of deals of the labels that give as much. Where `refused`
    says why, there are no such numbers (None)."""

    key: str
    tied: int
    reviews: int
    refused: Message | None = None
    effect: float | None = None
    error: float | None = None
    dealt: float | None = None
    is_unusual: bool = False
    own: tuple[Own, ...] = ()


class Cleared:
    """Takes dossiers and experts out of values that stand beside the reviews: the noise variance times P of the mixed model."""

    def __init__(self, table: Table, inverse: Vector) -> None:
        self.table, self.inverse = table, inverse

    def __call__(self, values: Vector) -> Vector:
        offsets = self.inverse @ self.table.over_experts(self._less_dossiers(values))
        return self._less_dossiers(values - offsets[self.table.e])

    def _less_dossiers(self, values: Vector) -> Vector:
        return np.asarray(values - (self.table.over_dossiers(values) / self.table.per_dossier)[self.table.d])


def relations(table: Table, found: Variances, labels: Mapping[str, Labels], seed: int) -> tuple[Relation, ...]:
    """Of a calibrated round, by relation: the same in whatever order reviews and labels come."""
    inverse = offsets_of(table, found.ratio)[1]
    if inverse is None:
        return tuple(Relation(key, 0, len(table), Message(TOO_MANY, {"n": LARGEST_DENSE})) for key in sorted(labels))
    cleared = Cleared(table, inverse)
    seeds = np.random.SeedSequence(seed).spawn(len(labels))
    looks = [Look(table, found.noise, cleared, key, labels[key]) for key in sorted(labels)]
    told = [look.told(np.random.default_rng(own)) for look, own in zip(looks, seeds, strict=True)]
    dealt = [(place, each.dealt) for place, each in enumerate(told) if each.dealt is not None]
    unusual = {dealt[found][0] for found in discoveries([share for _place, share in dealt])}
    return tuple(replace(each, is_unusual=place in unusual) for place, each in enumerate(told))


@dataclass(frozen=True)
class Look:
    """One relation in one round."""

    table: Table
    noise: float
    cleared: Cleared
    key: str
    labels: Labels

    @cached_property
    def pairs(self) -> Truths:
        """Experts × dossiers: whether they share a label."""
        sides = (self.labels.experts, self.table.experts), (self.labels.dossiers, self.table.dossiers)
        every = sorted({label for held, names in sides for name in names for label in held.get(name, ())})
        place = {label: n for n, label in enumerate(every)}
        experts, dossiers = (_carried(held, names, place) for held, names in sides)
        return np.asarray(experts @ dossiers.T > 0)

    @cached_property
    def tied(self) -> Truths:
        return np.asarray(self.pairs[self.table.e, self.table.d])

    @cached_property
    def residuals(self) -> Vector:
        return self.cleared(self.table.y)

    @cached_property
    def rarer(self) -> Vector:
        """By expert, how many of his reviews are of the sort, tied or not, of which he has fewer."""
        tied = self.table.over_experts(self.tied.astype(np.float64))
        return np.asarray(np.minimum(tied, self.table.per_expert - tied))

    def told(self, chance: np.random.Generator) -> Relation:
        """What can be said, or why nothing."""
        relation = Relation(self.key, int(self.tied.sum()), len(self.table), own=self._own())
        values = self.tied.astype(np.float64)
        seen = self.cleared(values)
        information = float(values @ seen)
        refused = self._refused(information)
        if refused is not None:
            return replace(relation, refused=refused)
        effect, error = float(values @ self.residuals) / information, sqrt(self.noise / information)
        return replace(relation, effect=effect, error=error, dealt=self._dealt(abs(effect) * sqrt(information), chance))

    def _refused(self, information: float) -> Message | None:
        tied = int(self.tied.sum())
        free, both = len(self.table) - tied, int((self.rarer > 0).sum())
        if min(tied, free) < FEWEST_REVIEWS:
            return Message(TOO_FEW, {"tied": tied, "free": free, "n": FEWEST_REVIEWS})
        if both < FEWEST_EXPERTS:
            return Message(TOO_FEW_EXPERTS, {"n": both, "fewest": FEWEST_EXPERTS})
        return Message(INSEPARABLE) if information < FEWEST_EFFECTIVE else None

    def _dealt(self, seen: float, chance: np.random.Generator) -> float:
        """The share of deals in which the experts' labels, dealt out anew among them, give an effect at least as far from nought."""
        as_far = 0
        for _deal in range(DEALS):
            order = chance.permutation(len(self.table.experts))
            values = self.pairs[order[self.table.e], self.table.d].astype(np.float64)
            information = float(values @ self.cleared(values))
            if information > NOTHING:
                as_far += abs(float(values @ self.residuals)) >= (seen - NOTHING) * sqrt(information)
        return (as_far + 1) / (DEALS + 1)

    def _own(self) -> tuple[Own, ...]:
        told = [each for place in np.flatnonzero(self.rarer >= FEWEST_OWN) for each in self._of_expert(int(place))]
        unusual = discoveries([erfc(abs(each.effect) / each.error / sqrt(2)) for each in told])
        return tuple(replace(each, is_unusual=place in unusual) for place, each in enumerate(told))

    def _of_expert(self, place: int) -> list[Own]:
        """One, or none where nothing is left of his relation once dossiers and experts are taken out."""
        mine = self.table.e == place
        values = (mine & self.tied).astype(np.float64)
        information = float(values @ self.cleared(values))
        if information <= NOTHING:
            return []
        effect, error = float(values @ self.residuals) / information, sqrt(self.noise / information)
        return [Own(self.table.experts[place], int(values.sum()), int(mine.sum()), effect, error, is_unusual=False)]


def _carried(held: Mapping[str, Sequence[str]], names: Sequence[str], place: Mapping[str, int]) -> Vector:
    """Names × labels: 1 where one carries the other."""
    found = np.zeros((len(names), len(place)))
    for row, name in enumerate(names):
        found[row, [place[label] for label in held.get(name, ())]] = 1.0
    return found
