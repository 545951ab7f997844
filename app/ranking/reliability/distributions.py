"""The two distributions that the statistics here need: the upper tail of χ², quantiles of F. Both to about twelve digits.

Source: Press et al., Numerical Recipes, 3rd ed. (2007), 6.2 and 6.4 (series and continued fractions after Lentz).
"""

from collections.abc import Callable
from math import exp, lgamma, log, log1p

TINY = 1e-300
CLOSE = 1e-14


def chi2_tail(value: float, freedom: float) -> float:
    """P(χ² > value) with `freedom` > 0 degrees of freedom; 1 for a value that is not above zero."""
    if value <= 0:
        return 1.0
    shape, point = freedom / 2, value / 2
    front = exp(-point + shape * log(point) - lgamma(shape))
    if point < shape + 1:
        return 1.0 - front * _gamma_series(shape, point)
    return front / _fraction(point + 1 - shape, lambda step: (-step * (step - shape), point + 1 - shape + 2 * step))


def f_quantile(probability: float, above: float, below: float) -> float:
    """Below which value F with these degrees of freedom (numerator, denominator) lies with this probability, in (0, 1)."""
    a, b = above / 2, below / 2
    low, high = 0.0, 1.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if _beta(middle, a, b) < probability else (low, middle)
    return below * low / (above * (1 - low))


def _gamma_series(shape: float, point: float) -> float:
    term = total = 1 / shape
    above = shape
    while term > total * CLOSE:
        above += 1
        term *= point / above
        total += term
    return total


def _beta(point: float, a: float, b: float) -> float:
    """The regularised incomplete beta function."""
    if point <= 0 or point >= 1:
        return float(point >= 1)
    if point > (a + 1) / (a + b + 2):
        return 1.0 - _beta(1 - point, b, a)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(point) + b * log1p(-point)) / a

    def term(step: int) -> tuple[float, float]:
        half = step // 2
        if step % 2:
            return -(a + half) * (a + b + half) * point / ((a + 2 * half) * (a + 2 * half + 1)), 1.0
        return half * (b - half) * point / ((a + 2 * half - 1) * (a + 2 * half)), 1.0

    return front / _fraction(1.0, term)


def _fraction(first: float, term: Callable[[int], tuple[float, float]]) -> float:
    """first + a₁/(b₁ + a₂/(b₂ + …)) with (a, b) = term(1), term(2), …"""
    value = ratio = first or TINY
    inverse, step = 0.0, 0
    while abs(ratio * inverse - 1) > CLOSE:
        step += 1
        a, b = term(step)
        inverse = 1 / ((b + a * inverse) or TINY)
        ratio = (b + a / ratio) or TINY
        value *= ratio * inverse
    return value
