"""One round calibrated for the advice: its table, its variances, and the levels that may be drawn from it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from math import isnan, sqrt

import numpy as np

from app.kernel.words import N_, Message
from app.ranking.advice.data import Fit, Part
from app.ranking.advice.posterior import Design, System, fitted
from app.ranking.advice.residuals import APART, Manner, efficiency, manners, robust_weights, standardised
from app.ranking.advice.ties import Labels, Relation, relations
from app.ranking.calibration.data import Places, Refusal, Table, Vector
from app.ranking.calibration.fit import ESTABLISHED, Variances, offsets_of, refusal, variances
from app.ranking.calibration.graph import parts

MIXED = 0.30
"""Share of reviews that cross groups from which one common mean will do for all dossiers."""
WEAK, FEW_CROSSING = 0.4, 0.05
MANY_UNUSUAL = 0.10
MISSING = 0.05
TOLD = 3


@dataclass(frozen=True)
class Calibrated:
    """A round whose sheets suffice."""

    part: Part
    table: Table
    found: Variances
    connected: tuple[tuple[str, ...], ...]

    @cached_property
    def values(self) -> Vector:
        """The calibrated score of every dossier of the round."""
        return self._less_severity(self.table)

    @cached_property
    def robust(self) -> Vector:
        """The same with scores that stand apart counting less (Student t)."""
        return self._less_severity(self.table.weighted(robust_weights(self.table, self.found)))

    def _less_severity(self, table: Table) -> Vector:
        offsets, _spread = offsets_of(table, self.found.ratio)
        return np.asarray(table.over_dossiers(table.y - offsets[table.e]) / table.per_dossier)

    @cached_property
    def groups(self) -> Places:
        """The place of every dossier's group among the round's, in the order of their keys."""
        keys = [self.part.groups.get(name, "") for name in self.table.dossiers]
        order = {key: place for place, key in enumerate(sorted(set(keys)))}
        return np.array([order[key] for key in keys], dtype=np.intp)

    @cached_property
    def crossing(self) -> float:
        """The share of reviews of dossiers outside the group that their expert reads most."""
        read = Counter(zip(self.table.e.tolist(), self.groups[self.table.d].tolist(), strict=True))
        most: dict[int, int] = {}
        for (expert, _group), count in read.items():
            most[expert] = max(most.get(expert, 0), count)
        return 1 - sum(most.values()) / len(self.table)

    @cached_property
    def system(self) -> System:
        """Dossiers around one mean, or around their groups' where too few reviews cross to tell a strict group from a weak one."""
        one = np.zeros(len(self.table.dossiers), dtype=np.intp)
        return fitted(Design(self.table, one if self.crossing >= MIXED else self.groups), self.found)

    @cached_property
    def efficiency(self) -> float | None:
        return efficiency(self.table) if len(self.connected) == 1 else None

    @cached_property
    def manners(self) -> tuple[Manner, ...]:
        return manners(self.table, self.found)

    def ties(self, labels: Mapping[str, Labels], seed: int) -> tuple[Relation, ...]:
        """By relation, how scores differ where expert and dossier share a label."""
        return relations(self.table, self.found, labels, seed)

    @cached_property
    def apart(self) -> frozenset[str]:
        """Dossiers of which one score stands apart from what the others and its expert's severity let expect."""
        odd = np.abs(standardised(self.table, self.found)) > APART
        return frozenset(self.table.dossiers[place] for place in set(self.table.d[odd].tolist()))

    @cached_property
    def unusual(self) -> float:
        return sum(each.is_unusual for each in self.manners) / len(self.manners)

    @property
    def fit(self) -> Fit:
        return Fit(
            key=self.part.key,
            severity=sqrt(self.found.severity),
            noise=sqrt(self.found.noise),
            quality=sqrt(self.system.noise / self.system.quality),
            reviews=len(self.table),
            experts=len(self.table.experts),
            efficiency=self.efficiency,
            crossing=self.crossing,
            parts=len(self.connected),
        )

    def notices(self) -> Iterator[Message]:
        """What a reader must know before he trusts the numbers of this round."""
        named: dict[str, object] = {"round": self.part.key}
        missing = self.part.planned - len(self.table)
        if missing > MISSING * self.part.planned:
            values = named | {"missing": missing, "planned": self.part.planned}
            yield Message(N_("暂定：“%(round)s”应有 %(planned)s 份评分，还缺 %(missing)s 份。"), values)
        if len(self.connected) > 1:
            yield Message(PARTED, named | {"n": len(self.connected), "pairs": self._bridges()})
        elif self._is_weak():
            yield Message(N_("“%(round)s”中组与组之间联系薄弱：跨组评审太少，组间的比较只作参考。"), named)
        yield from self._about_severity(named)

    def _is_weak(self) -> bool:
        several = len(set(self.groups.tolist())) > 1
        return (self.efficiency is not None and self.efficiency < WEAK) or (several and self.crossing < FEW_CROSSING)

    def _bridges(self) -> tuple[str, ...]:
        """Pairs of dossiers of different parts: an expert who reads both would join them."""
        return tuple(
            f"{first[0]} + {second[0]}" for first, second in zip(self.connected, self.connected[1:], strict=False)
        )

    def _about_severity(self, named: dict[str, object]) -> Iterator[Message]:
        if self.found.severity == 0:
            yield Message(N_("“%(round)s”中看不出专家宽严有差异，校准后的分数就是平均分。"), named)
        elif self.found.gain <= ESTABLISHED:
            yield Message(N_("“%(round)s”中专家宽严的差异还不能确定，所作的调整因此很小。"), named)
        if self.unusual > MANY_UNUSUAL:
            percent = round(100 * self.unusual)
            text = N_("“%(round)s”中 %(percent)s%% 的专家评分起伏异常，请同时看对离群评分不敏感的结果。")
            yield Message(text, named | {"percent": percent})

    @property
    def is_uneven(self) -> bool:
        return not isnan(self.unusual) and self.unusual > MANY_UNUSUAL


PARTED = N_(
    "“%(round)s”的评审分成 %(n)s 个互不相连的部分：各部分之内分别校准，部分之间没有校准。"
    "若有专家同评 %(pairs)s，就能连起来。"
)


def calibrated(part: Part) -> Calibrated | Refusal:
    table = Table.of(part.reviews)
    connected = parts(table) if part.reviews else ()
    refused = refusal(table, len(connected))
    if refused is not None:
        reason = Message(N_("“%(round)s”：%(reason)s"), {"round": part.key, "reason": refused.reason})
        return replace(refused, reason=reason)
    return Calibrated(part, table, variances(table, len(connected)), connected)
