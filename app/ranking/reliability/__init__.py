"""How far the scores of an edition can be relied on: components of variance, agreement, and what they mean for a mean. Pure.

Each module names its source; no statistic is replaced silently where it has no value (`Undefined`).
"""

from app.ranking.reliability.alpha import krippendorff_alpha
from app.ranking.reliability.box import VARIANTS, Reliability, Sheet, reliability
from app.ranking.reliability.concordance import kendall_w
from app.ranking.reliability.intraclass import intraclass
from app.ranking.reliability.kappa import quadratic, quadratic_kappa, weighted_kappa
from app.ranking.reliability.undefined import Undefined

__all__ = [
    "VARIANTS",
    "Reliability",
    "Sheet",
    "Undefined",
    "intraclass",
    "kendall_w",
    "krippendorff_alpha",
    "quadratic",
    "quadratic_kappa",
    "reliability",
    "weighted_kappa",
]
