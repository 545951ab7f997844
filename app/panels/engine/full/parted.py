"""Equals told apart: with a little that no two pairs have in common, the best list is one list, whoever finds it."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from app.panels.engine.full.exact import Best, Steps
from app.panels.engine.full.terms import Terms
from app.panels.engine.matching.instance import Worth

POINT, TIES = (
    1 << 20,
    1 << 14,
)  # what a basis point is parted into at least, and below how many of these a tie-break stays
HIGHEST = 1 << 14  # a pair's worth in basis points; where it is more, they are counted in larger units


@dataclass(frozen=True)
class Parted:
    """Terms in which every pair is worth up to 1/64 of a basis point more, by its number alone."""

    given: Terms

    @cached_property
    def unit(self) -> int:
        """A power of two: how many basis points are counted as one, so that sums keep their last digit."""
        most = int(np.abs(self.given.worth).max(initial=0) * self.given.unit) // self.given.parts
        return 1 << max(most // HIGHEST, 0).bit_length()

    @cached_property
    def terms(self) -> Terms:
        given, every = self.given, np.arange(self.given.eligible.size)
        parts = given.parts * self.unit
        times = max(POINT // parts, 1)
        ties = Worth(parts * times // POINT * TIES).tie_break(every)
        worth = (given.value(every) * times + ties).reshape(given.eligible.shape)
        return replace(given, worth=worth, unit=1, parts=parts * times)

    def steps(self, steps: Steps) -> Steps:
        return Steps(steps.experts, steps.costs / self.unit)

    def back(self, found: Best) -> Best:
        """As the given terms count it: without what the ties lent."""
        lent = self._worth(self.terms, found) - self._worth(self.given, found) / self.unit
        return replace(found, value=(found.value - lent) * self.unit, bound=found.bound * self.unit)

    @staticmethod
    def _worth(terms: Terms, found: Best) -> float:
        return float(terms.value(found.pairs).sum() / terms.parts)
