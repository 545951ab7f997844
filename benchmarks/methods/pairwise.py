"""Bradley and Terry's model of paired comparisons: log odds that one beats the other = difference of their abilities.

Source: Bradley and Terry, Rank analysis of incomplete block designs, Biometrika 39 (1952); by Newton's method.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Ability:
    """In log odds above the reference, with its standard error."""

    value: float
    error: float


def bradley_terry(comparisons: Iterable[tuple[str, str, float, float]], reference: str) -> dict[str, Ability]:
    """`comparisons`: one, another, how often the one was preferred, how often the other. Needs a win and a loss of every
    part of the field against the rest; raises numpy's LinAlgError otherwise."""
    rows = list(comparisons)
    names = sorted({name for row in rows for name in row[:2]} - {reference})
    place = {name: index for index, name in enumerate(names)}
    design = np.zeros((len(rows), len(names) + 1))
    for index, (one, other, _won, _lost) in enumerate(rows):
        design[index, place.get(one, -1)] += 1
        design[index, place.get(other, -1)] -= 1
    design = design[:, :-1]
    won = np.array([row[2] for row in rows], dtype=np.float64)
    played = won + np.array([row[3] for row in rows], dtype=np.float64)
    abilities, information = np.zeros(len(names)), np.eye(len(names))
    for _ in range(100):
        chance = 1 / (1 + np.exp(-design @ abilities))
        information = design.T @ (design * (played * chance * (1 - chance))[:, None])
        step = np.linalg.solve(information, design.T @ (won - played * chance))
        abilities += step
        if abs(step).max() < 1e-13:
            break
    errors = np.sqrt(np.diag(np.linalg.inv(information)))
    return {name: Ability(float(abilities[at]), float(errors[at])) for name, at in place.items()}
