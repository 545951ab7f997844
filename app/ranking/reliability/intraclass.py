"""Intraclass correlations of a complete table: every judge scored every target.

Source: Shrout and Fleiss, Intraclass correlations: uses in assessing rater reliability, Psychological Bulletin 86 (1979);
McGraw and Wong, Forming inferences about some intraclass correlation coefficients, Psychological Methods 1 (1996).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.kernel.words import N_, Message
from app.ranking.reliability.distributions import f_quantile
from app.ranking.reliability.undefined import Undefined

Matrix = npt.NDArray[np.float64]
TAIL = 0.975
"""Both ends of an interval of 95 %."""


@dataclass(frozen=True, slots=True)
class Coefficient:
    """With the ends of its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Intraclass:
    """Mean squares of the two-way table and the six coefficients: single score and mean of all judges, judges different for
    every target (1), judges a sample (2), these judges and no others (3)."""

    between: float
    judges: float
    error: float
    within: float
    one_single: Coefficient
    one_mean: Coefficient
    two_single: Coefficient
    two_mean: Coefficient
    three_single: Coefficient
    three_mean: Coefficient


def intraclass(scores: Matrix) -> Intraclass:
    """`scores`: targets × judges, at least 2 × 2, nothing missing. Raises Undefined where all scores of it are alike."""
    squares = _Squares.of(np.asarray(scores, dtype=np.float64))
    one, two, three = squares.one(), squares.two(), squares.three()
    return Intraclass(
        squares.between,
        squares.judges,
        squares.error,
        squares.within,
        one,
        squares.averaged(one),
        two,
        squares.averaged(two),
        three,
        squares.averaged(three),
    )


@dataclass(frozen=True, slots=True)
class _Squares:
    n: int
    k: int
    between: float
    judges: float
    error: float
    within: float

    @classmethod
    def of(cls, scores: Matrix) -> "_Squares":
        n, k = scores.shape
        if min(n, k) < 2:
            raise ValueError("at least two targets and two judges")
        rows, columns, mean = scores.mean(axis=1), scores.mean(axis=0), scores.mean()
        rest = float(((scores - rows[:, None] - columns + mean) ** 2).sum())
        across = n * float(((columns - mean) ** 2).sum())
        if rest <= 0:
            raise Undefined(Message(N_("各专家给分的差别处处相同，组内相关没有意义。")))
        between = k * float(((rows - mean) ** 2).sum()) / (n - 1)
        return cls(n, k, between, across / (k - 1), rest / ((n - 1) * (k - 1)), (rest + across) / (n * (k - 1)))

    def one(self) -> Coefficient:
        """ICC(1,1)."""
        ratio, above, below = self.between / self.within, self.n - 1, self.n * (self.k - 1)
        return self._from_ratios(ratio, ratio / f_quantile(TAIL, above, below), ratio * f_quantile(TAIL, below, above))

    def three(self) -> Coefficient:
        """ICC(3,1)."""
        ratio, above, below = self.between / self.error, self.n - 1, (self.n - 1) * (self.k - 1)
        return self._from_ratios(ratio, ratio / f_quantile(TAIL, above, below), ratio * f_quantile(TAIL, below, above))

    def _from_ratios(self, *ratios: float) -> Coefficient:
        value, low, high = ((ratio - 1) / (ratio + self.k - 1) for ratio in ratios)
        return Coefficient(value, low, high)

    def two(self) -> Coefficient:
        """ICC(2,1); the interval after Satterthwaite, as Shrout and Fleiss give it."""
        n, k, between, error = self.n, self.k, self.between, self.error
        value = (between - error) / (between + (k - 1) * error + k * (self.judges - error) / n)
        ratio = self.judges / error
        spread = n * (1 + (k - 1) * value) - k * value
        freedom = (k - 1) * (n - 1) * (k * value * ratio + spread) ** 2
        freedom /= (n - 1) * (k * value * ratio) ** 2 + spread**2
        upper, lower = f_quantile(TAIL, n - 1, freedom), f_quantile(TAIL, freedom, n - 1)
        other = k * self.judges + (k * n - k - n) * error
        low = n * (between - upper * error) / (upper * other + n * between)
        high = n * (lower * between - error) / (other + n * lower * between)
        return Coefficient(value, low, high)

    def averaged(self, single: Coefficient) -> Coefficient:
        """Of the mean of all judges, from that of one (Spearman and Brown)."""
        value, low, high = (
            self.k * each / (1 + (self.k - 1) * each) for each in (single.value, single.low, single.high)
        )
        return Coefficient(value, low, high)
