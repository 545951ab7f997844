"""Who may take the one seat that a panel lacks, for many panels at once.

`rows` are dossiers; their panels are given by `at`, the places in `rows`, and `experts`, who sits there.
"""

import numpy as np

from app.panels.engine.full.terms import Integers, Mask, Terms


def members(terms: Terms, pairs: Integers, rows: Integers) -> tuple[Integers, Integers]:
    """The seats among `pairs` of the (rising) `rows`: the place of the row, and the expert."""
    dossiers, experts = terms.split(pairs)
    at = np.minimum(np.searchsorted(rows, dossiers), len(rows) - 1)
    here = rows[at] == dossiers
    return at[here], experts[here]


def addable(terms: Terms, rows: Integers, at: Integers, experts: Integers) -> Mask:
    """Who is lawful, not on the panel and of no employer on it."""
    lawful: Mask = terms.eligible[rows].copy()
    lawful[at, experts] = False
    if len(terms.employer):
        width = int(terms.employer.max(initial=0)) + 2
        taken = np.zeros((len(rows), width), dtype=bool)
        taken[at, terms.employer[experts]] = True
        taken[:, -1] = False  # who has no employer on record is label −1
        lawful &= ~taken[:, terms.employer]
    return lawful


def completing(terms: Terms, rows: Integers, at: Integers, experts: Integers) -> Mask:
    """Who makes a panel whole that lacks one member: in roles and in provinces."""
    types = np.stack([terms.types_of(int(row)) for row in rows])
    fits: Mask = np.ones((len(rows), terms.experts), dtype=bool)
    for bits, needed in terms.coverings():
        lacking = needed[rows] - np.bincount(at[(types[at, experts] & bits) > 0], minlength=len(rows))
        fits &= np.where(lacking[:, None] > 0, (types & bits) > 0, True) & (lacking <= 1)[:, None]
    if len(terms.province):
        fits &= _from_elsewhere(terms, rows, at, experts)
    return fits


def _from_elsewhere(terms: Terms, rows: Integers, at: Integers, experts: Integers) -> Mask:
    """Whose province a panel with these members may still take."""
    counts = np.zeros((len(rows), int(terms.province.max(initial=0)) + 2), dtype=np.int64)
    np.add.at(counts, (at, terms.province[experts]), 1)
    few = counts[:, terms.province] < terms.province_caps()[rows][:, None]
    distinct = (counts > 0).sum(axis=1)[:, None] + (counts[:, terms.province] == 0)
    fits: Mask = few & (distinct >= np.minimum(terms.provinces, terms.size[rows])[:, None])
    return fits
