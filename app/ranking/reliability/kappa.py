"""Weighted kappa: agreement beyond chance of two judges on an ordered scale.

Source: Cohen, Weighted kappa: nominal scale agreement with provision for scaled disagreement or partial credit,
Psychological Bulletin 70 (1968).
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from app.kernel.words import N_, Message
from app.ranking.reliability.undefined import Undefined

Matrix = npt.NDArray[np.float64]


def weighted_kappa(table: Matrix, weights: Matrix) -> float:
    """`table`: how often (or in what share) the first judge chose the row and the second the column; `weights`: how bad a
    disagreement it is, 0 on the diagonal. 1: always agreed, 0: as by chance. Raises Undefined where both always chose the
    same one category."""
    shares = np.asarray(table, dtype=np.float64) / np.sum(table)
    by_chance = float((weights * np.outer(shares.sum(axis=1), shares.sum(axis=0))).sum())
    if by_chance == 0:
        raise Undefined(Message(N_("两位专家始终给出同一个比例，一致性没有意义。")))
    return 1 - float((weights * shares).sum()) / by_chance


def quadratic_kappa(first: Sequence[int], second: Sequence[int], categories: int) -> float:
    """Of two judges' categories, 0 to `categories` − 1, on the same things; a disagreement weighs by its square."""
    if len(first) != len(second) or not first:
        raise ValueError("as many categories of the one as of the other, at least one")
    table = np.zeros((categories, categories))
    np.add.at(table, (np.asarray(first), np.asarray(second)), 1)
    return weighted_kappa(table, quadratic(categories))


def quadratic(categories: int) -> Matrix:
    steps = np.arange(categories, dtype=np.float64)
    return np.asarray((steps[:, None] - steps) ** 2)
