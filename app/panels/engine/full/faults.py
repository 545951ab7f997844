"""Which panels of an assignment break a rule, by counting; shares nothing with the solvers."""

import numpy as np

from app.panels.engine.full.terms import Integers, Mask, Terms


def broken(terms: Terms, pairs: Integers) -> Integers:
    """The dossiers whose panel is short, too large, or breaks a rule of its composition."""
    dossiers, experts = terms.split(np.unique(pairs))
    wrong = np.bincount(dossiers, minlength=terms.dossiers) != terms.size
    wrong |= np.bincount(dossiers[~terms.eligible[dossiers, experts]], minlength=terms.dossiers) > 0
    types = terms.types(terms.pairs(dossiers, experts))
    for bits, needed in terms.coverings():
        wrong |= np.bincount(dossiers[(types & bits) > 0], minlength=terms.dossiers) < needed
    for labels, highest in terms.limits():
        wrong |= _most_alike(dossiers, labels[experts], terms.dossiers) > highest
    if terms.provinces >= 2:
        wrong |= _distinct(dossiers, terms.province[experts], terms.dossiers) < np.minimum(terms.provinces, terms.size)
    return np.flatnonzero(wrong)


def overloaded(terms: Terms, pairs: Integers) -> Mask:
    """Experts above their maximum or below their minimum, and those who serve two groups."""
    loads = terms.loads(pairs)
    wrong: Mask = (loads > terms.high) | (loads < terms.low)
    if len(terms.group) and not terms.crossing[1]:
        dossiers, experts = terms.split(pairs)
        served = np.unique(np.stack([experts, terms.group[dossiers]]), axis=1)
        wrong |= np.bincount(served[0], minlength=terms.experts) > 1
    return wrong


def lawful(terms: Terms, pairs: Integers) -> bool:
    kept = bool(np.isin(terms.standing, pairs).all())
    return kept and not len(broken(terms, pairs)) and not overloaded(terms, pairs).any()


def _most_alike(dossiers: Integers, labels: Integers, count: int) -> Integers:
    known = labels >= 0
    width = int(labels.max(initial=0)) + 1
    keys, times = np.unique(dossiers[known] * width + labels[known], return_counts=True)
    most = np.zeros(count, dtype=np.int64)
    np.maximum.at(most, keys // width, times)
    return most


def _distinct(dossiers: Integers, labels: Integers, count: int) -> Integers:
    width = int(labels.max(initial=0)) + 1
    return np.bincount(np.unique(dossiers * width + labels) // width, minlength=count)
