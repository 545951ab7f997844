"""Adapters of the full-rule engine for a bench that measures several engines side by side: a dict of arrays in, experts and
dossiers of the seats out, with what was proven."""

from dataclasses import replace
from typing import Any

import numpy as np

from app.panels import rules
from app.panels.engine.full import exact
from app.panels.engine.full.choice import best
from app.panels.engine.full.lottery import chances, drawn
from app.panels.engine.full.terms import Role, Terms
from app.panels.engine.full.witness import find

Inst = dict[str, Any]
Answer = tuple[Any, Any, dict[str, Any]]
INDUSTRY_SEATS = 2


def terms(inst: Inst) -> Terms:
    """One leader, one finance expert from three seats on, up to two of the industry; two provinces; one of an employer."""
    size = inst["k"].astype(np.int64)
    leader = np.ones_like(size)
    finance = (size >= 3).astype(np.int64)
    industry = np.clip(size - leader - finance, 0, INDUSTRY_SEATS)
    every = range(int(inst["dind"].max()) + 1)
    known = np.array([((inst["ind"] == one) | (inst["ind2"] == one)) & ~inst["finance"] for one in every])
    roles = (
        Role("leader", leader, inst["leader"][None, :], 0 * size),
        Role("finance", finance, inst["finance"][None, :], 0 * size),
        Role("industry", industry, known, inst["dind"].astype(np.int64)),
    )
    return Terms(
        inst["aff"],
        inst["ok"],
        size,
        inst["lo"],
        inst["hi"],
        unit=10_000,
        roles=roles,
        employer=inst["employer"].astype(np.int64),
        province=inst["prov"].astype(np.int64),
        provinces=2,
    )


def whole_points(given: Terms) -> Terms:
    """In basis points, as the product's own terms are."""
    return replace(given, worth=np.rint(given.worth * np.float64(given.unit)).astype(np.int64), unit=1)


def full(inst: Inst) -> Answer:
    """The highest total under all rules, or the sets of dossiers that cannot be staffed."""
    given = terms(inst)
    found = best(given)
    if found.short:
        return _nothing({"short": [(witness.roles, witness.needed, witness.capacity) for witness in find(given)]})
    dossiers, experts = given.split(found.pairs)
    share = 100 * found.value / found.bound
    return experts, dossiers, {"bound": found.bound, "of_bound": share, "proven": found.proven, **found.info}


def group(inst: Inst, crossing: int = 0) -> Answer:
    """The same with experts in groups; `crossing` per cent of all reviews join them."""
    kinds = inst["group"].astype(np.int64)
    rule = rules.group_rule(int(inst["k"].sum()), len(np.unique(kinds)), crossing)
    found = best(replace(terms(inst), group=kinds, crossing=(rule.least, rule.most)))
    if found.short:
        return _nothing({"short": found.missing})
    dossiers, experts = terms(inst).split(found.pairs)
    return experts, dossiers, {"bound": found.bound, "of_bound": 100 * found.value / found.bound, **found.info}


def lottery(inst: Inst) -> Answer:
    """One outcome of the draw in which no pair has more than an even chance."""
    given = terms(inst)
    model = exact.solve(given) if given.dossiers <= 300 else best(given)
    found = chances(given, (1, 2), model.pairs)
    if model.short or found is None:
        return _nothing({"short": model.missing})
    dossiers, experts = given.split(drawn(found, "bench"))
    expected = {"expected": found.expected, "before": found.before, "of_bound": 100 * found.expected / model.bound}
    return experts, dossiers, expected


def _nothing(info: dict[str, Any]) -> Answer:
    return np.zeros(0, int), np.zeros(0, int), info
