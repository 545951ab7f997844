"""Scores without rounding: integers in twentieths of a point, fractions for what is divided, one rounding for display.

A percentage moves in steps of five, so an item's score is a whole number of twentieths: 15 points at 5 % are 15/20.
"""

import re
from fractions import Fraction
from math import floor
from typing import Literal

Exact = Fraction
Rounding = Literal["half_even", "half_up"]
TWENTIETHS = 20
STEP = 5


def score_twentieths(points: int, percent: int) -> int:
    """The score of an item in twentieths of a point (GB/T 19580: points × percentage, in steps of 5 %)."""
    if percent % STEP or not 0 <= percent <= 100:
        raise ValueError(f"percent {percent} is not one of 0, 5, 10 … 100")
    return points * percent // STEP


def from_twentieths(twentieths: int) -> Fraction:
    """Points, exactly."""
    return Fraction(twentieths, TWENTIETHS)


def rounded(value: Fraction, interval: Fraction, rounding: Rounding = "half_even") -> Fraction:
    """The multiple of `interval` nearest to the value, in one step (GB/T 8170): a half goes to the even multiple,
    or away from zero where a rulebook says half up."""
    quotient = abs(value) / interval
    below = floor(quotient)
    rest = quotient - below
    up = rest > Fraction(1, 2) or (rest == Fraction(1, 2) and (rounding == "half_up" or below % 2 == 1))
    size = (below + up) * interval
    return -size if value < 0 else size


def display(value: Fraction, decimals: int = 2, rounding: Rounding = "half_even") -> str:
    """The value in decimals for people; never compare or add what this returns."""
    scaled = rounded(value, Fraction(1, 10**decimals), rounding) * 10**decimals
    digits = f"{abs(scaled.numerator):0{decimals + 1}d}"
    sign = "-" if scaled < 0 else ""
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}" if decimals else sign + digits


def display_twentieths(twentieths: int, decimals: int = 2, rounding: Rounding = "half_even") -> str:
    return display(from_twentieths(twentieths), decimals, rounding)


def to_text(value: Fraction) -> str:
    """The exact value for storage and bundles: `6501/10`, and `626/1` for a whole number."""
    return f"{value.numerator}/{value.denominator}"


def from_text(text: str) -> Fraction:
    """The value written by `to_text`; a whole number may stand alone. Decimals are refused: they may have been rounded."""
    if not re.fullmatch(r"-?[0-9]+(/0*[1-9][0-9]*)?", text):
        raise ValueError(f"{text!r} is not an exact value of the form n/d")
    return Fraction(text)
