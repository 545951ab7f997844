"""Calibration with confidence: scores weighed by how sure their experts say they are, experts' offsets fixed and not shrunk.

Source: MacKay, Kenna, Low and Parker, Calibration with confidence: a principled method for panel assessment, Royal Society
Open Science 4 (2017). The product shrinks the offsets instead: unshrunk they do harm where few reviews join the groups.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Calibrated:
    """Exactly, in the unit of the scores; the offsets' sum, weighed by confidence, is zero."""

    values: dict[str, Fraction]
    offsets: dict[str, Fraction]


def calibrated_with_confidence(rows: Iterable[tuple[str, str, Fraction, Fraction]]) -> Calibrated:
    """`rows`: dossier, expert, score, confidence above zero. Minimises Σ confidence · (score − value − offset)². Raises
    ValueError where experts in common don't connect all dossiers."""
    given = list(rows)
    names = [
        *(("dossier", name) for name in sorted({row[0] for row in given})),
        *(("expert", name) for name in sorted({row[1] for row in given})),
    ]
    place = {name: index for index, name in enumerate(names)}
    system = [[Fraction(0)] * (len(names) + 1) for _ in names]
    for dossier, expert, score, confidence in given:
        pair = place["dossier", dossier], place["expert", expert]
        for row in pair:
            for column in pair:
                system[row][column] += confidence
            system[row][-1] += confidence * score
    # One equation follows from the others; in its place stands that the weighed offsets sum to zero.
    system[-1] = [
        sum((row[3] for row in given if ("expert", row[1]) == name), Fraction(0)) for name in [*names, ("", "")]
    ]
    solved = dict(zip(names, _solved(system), strict=True))
    parts = ({name: value for (kind, name), value in solved.items() if kind == part} for part in ("dossier", "expert"))
    return Calibrated(*parts)


def _solved(system: list[list[Fraction]]) -> list[Fraction]:
    """By elimination; each row ends with its right side."""
    for column in range(len(system)):
        pivot = next((row for row in range(column, len(system)) if system[row][column]), None)
        if pivot is None:
            raise ValueError("the dossiers are not connected by experts in common")
        system[column], system[pivot] = system[pivot], system[column]
        leading = system[column][column]
        system[column] = [value / leading for value in system[column]]
        for row in set(range(len(system))) - {column}:
            factor = system[row][column]
            system[row] = [value - factor * own for value, own in zip(system[row], system[column], strict=True)]
    return [row[-1] for row in system]
