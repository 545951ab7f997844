"""Adapters from a dict of arrays to the engine, for a bench that measures several engines side by side."""

from typing import Any

import numpy as np

from app.panels.engine.matching.best import Short, assigned
from app.panels.engine.matching.certificate import checked
from app.panels.engine.matching.instance import Instance

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
