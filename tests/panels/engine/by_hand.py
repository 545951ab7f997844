"""The rules once more, in plain loops over one panel after the other: shares nothing with the engine."""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations, permutations, product

import numpy as np

from app.panels.engine.full.terms import Integers, Terms


def panels_of(terms: Terms, pairs: Integers) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {dossier: [] for dossier in range(terms.dossiers)}
    for pair in pairs.tolist():
        found[pair // terms.experts].append(pair % terms.experts)
    return found


def faults(terms: Terms, pairs: Integers) -> list[str]:
    panels = panels_of(terms, pairs)
    found = [
        f"{dossier}: {fault}" for dossier, panel in panels.items() for fault in panel_faults(terms, dossier, panel)
    ]
    loads = Counter(expert for panel in panels.values() for expert in panel)
    for expert in range(terms.experts):
        if not terms.low[expert] <= loads[expert] <= terms.high[expert]:
            found.append(f"expert {expert} takes {loads[expert]}")
        groups = (
            {int(terms.group[dossier]) for dossier, panel in panels.items() if expert in panel}
            if len(terms.group)
            else ()
        )
        if len(groups) > 1:
            found.append(f"expert {expert} serves {groups}")
    missing = set(terms.standing.tolist()) - set(pairs.tolist())
    return [*found, *(f"{pair} does not stand" for pair in missing)]


def panel_faults(terms: Terms, dossier: int, panel: list[int]) -> Iterator[str]:
    if len(panel) != terms.size[dossier] or len(set(panel)) != len(panel):
        yield "size"
    if not all(terms.eligible[dossier, expert] for expert in panel):
        yield "not lawful"
    known = [int(terms.employer[expert]) for expert in panel if len(terms.employer) and terms.employer[expert] >= 0]
    if len(set(known)) != len(known):
        yield "employer"
    provinces = Counter(int(terms.province[expert]) for expert in panel) if len(terms.province) else Counter()
    if terms.provinces and len(provinces) < min(terms.provinces, len(panel)):
        yield "provinces"
    if terms.per_province and max(provinces.values(), default=0) > terms.per_province:
        yield "one province"
    if not roles_filled(terms, dossier, panel):
        yield "roles"


def roles_filled(terms: Terms, dossier: int, panel: list[int]) -> bool:
    able = [{expert for expert in panel if role.who[role.kind[dossier], expert]} for role in terms.roles]
    if not terms.apart:
        return all(len(who) >= role.needed[dossier] for who, role in zip(able, terms.roles, strict=True))
    seats = [who for who, role in zip(able, terms.roles, strict=True) for _ in range(role.needed[dossier])]
    return any(all(e in who for e, who in zip(order, seats, strict=False)) for order in permutations(panel, len(seats)))


def best_value(terms: Terms) -> int | None:
    """By trying everything."""
    choices = [
        [
            panel
            for panel in combinations(range(terms.experts), int(terms.size[d]))
            if not any(panel_faults(terms, d, list(panel)))
        ]
        for d in range(terms.dossiers)
    ]
    values = [
        int(sum(terms.worth[d, expert] for d, panel in enumerate(panels) for expert in panel))
        for panels in product(*choices)
        if not faults(
            terms, np.array([d * terms.experts + e for d, panel in enumerate(panels) for e in panel], dtype=np.int64)
        )
    ]
    return max(values, default=None)
