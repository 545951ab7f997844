"""Which dossiers experts in common hold together."""

import numpy as np

from app.ranking.calibration.data import Places, Table


def labels(table: Table) -> Places:
    """For every dossier the place of the first dossier that it is connected with.

    Each round every expert takes the lowest label among his dossiers and hands it to all of them; following the labels
    themselves (a dossier's label is a dossier) makes long chains short.
    """
    found = np.arange(len(table.dossiers))
    while True:
        lowest = np.full(len(table.experts), len(found))
        np.minimum.at(lowest, table.e, found[table.d])
        new = found.copy()
        np.minimum.at(new, table.d, lowest[table.e])
        new = new[new]
        if (new == found).all():
            return found
        found = new


def parts(table: Table) -> tuple[tuple[str, ...], ...]:
    """The connected sets of dossiers, the largest first, equals by their first dossier."""
    found: dict[int, list[str]] = {}
    for name, label in zip(table.dossiers, labels(table).tolist(), strict=True):
        found.setdefault(label, []).append(name)
    return tuple(sorted(map(tuple, found.values()), key=lambda part: (-len(part), part[0])))
