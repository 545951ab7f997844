"""Ours in the shape that a bench of several engines calls: a dict of arrays in; experts and dossiers of the seats and what was
proven out."""

import hashlib
from typing import Any

import numpy as np

from app.panels.engine.matching.best import Short, assigned
from app.panels.engine.matching.certificate import checked
from app.panels.engine.matching.fairest import fairest
from app.panels.engine.matching.instance import Instance, Share
from app.panels.engine.matching.marginals import drawn, marginals
from benchmarks.full_rules import full, group

__all__ = ["core", "draw", "fair", "full", "group"]
Inst = dict[str, Any]
Answer = tuple[Any, Any, dict[str, Any]]


def instance(inst: Inst) -> Instance:
    return Instance(inst["aff"], inst["ok"], inst["k"], inst["lo"], inst["hi"])


def core(inst: Inst) -> Answer:
    """The highest total, with its certificate checked over all pairs."""
    found = assigned(instance(inst))
    if isinstance(found, Short):
        return np.zeros(0, int), np.zeros(0, int), {"short": int(found.seats.sum())}
    verdict = checked(found.core, found.pairs, found.parts, found.prices)
    return found.experts, found.dossiers, {"rounds": found.rounds, "optimal": verdict.is_optimal}


def draw(inst: Inst, most: int = 1, whole: int = 2, seed: str = "public-seed") -> Answer:
    """A public draw in which no pair has a chance above `most` of `whole`."""
    found = marginals(instance(inst), Share(most, whole))
    if isinstance(found, Short):
        return np.zeros(0, int), np.zeros(0, int), {"short": int(found.seats.sum())}
    pairs = drawn(found, seed)
    digest = hashlib.sha256(pairs.astype(">i8").tobytes()).hexdigest()
    about = {"expected": found.expected / 10_000, "counter": found.core.worth.counter, "digest": digest[:16]}
    return found.core.instance.expert(pairs), found.core.instance.dossier(pairs), about


def fair(inst: Inst) -> Answer:
    """The worst panel as good as can be found, with a bound on how good any could be."""
    found = fairest(instance(inst))
    if isinstance(found, Short):
        return np.zeros(0, int), np.zeros(0, int), {"short": int(found.seats.sum())}
    experts, dossiers = found.instance.expert(found.pairs), found.instance.dossier(found.pairs)
    return experts, dossiers, {"floor": found.floor, "bound": found.bound, "price": found.total / found.highest}
