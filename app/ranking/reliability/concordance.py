"""Kendall's coefficient of concordance W: how far several judges rank the same things alike.

Source: Kendall and Babington Smith, The problem of m rankings, Annals of Mathematical Statistics 10 (1939); with the
correction for ties of Kendall, Rank Correlation Methods (1948).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.kernel.words import N_, Message
from app.ranking.reliability.distributions import chi2_tail
from app.ranking.reliability.undefined import Undefined

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Concordance:
    """`w` from 0 (no concordance) to 1; `p`: the chance of such a χ² where judges rank at random, for many objects."""

    w: float
    chi2: float
    freedom: int
    p: float
    rank_sums: tuple[float, ...]


def kendall_w(scores: Matrix, *, ties_corrected: bool = True) -> Concordance:
    """`scores`: objects × judges, at least 2 × 2, nothing missing. Raises Undefined where every judge scored all alike."""
    table = np.asarray(scores, dtype=np.float64)
    objects, judges = table.shape
    if min(objects, judges) < 2:
        raise ValueError("at least two objects and two judges")
    sums = np.sum([midranks(column) for column in table.T], axis=0)
    spread = float(((sums - judges * (objects + 1) / 2) ** 2).sum())
    tied = sum(_ties(column) for column in table.T) if ties_corrected else 0
    most = judges * (judges * (objects**3 - objects) - tied)
    if most == 0:
        raise Undefined(Message(N_("每位专家给出的分数都相同，没有次序可以比较。")))
    w = 12 * spread / most
    chi2 = judges * (objects - 1) * w
    return Concordance(w, chi2, objects - 1, chi2_tail(chi2, objects - 1), tuple(sums.tolist()))


def midranks(values: Matrix) -> Matrix:
    """Ranks from 1 for the lowest; equal values share the mean of theirs."""
    _values, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2)[place])


def _ties(values: Matrix) -> int:
    _values, counts = np.unique(values, return_counts=True)
    return int((counts**3 - counts).sum())
