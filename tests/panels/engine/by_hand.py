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
    found += [fault for expert in range(terms.experts) for fault in expert_faults(terms, panels, expert)]
    missing = set(terms.standing.tolist()) - set(pairs.tolist())
    return [*found, *(f"{pair} does not stand" for pair in missing)]


def expert_faults(terms: Terms, panels: dict[int, list[int]], expert: int) -> Iterator[str]:
    served = [dossier for dossier, panel in panels.items() for member in panel if member == expert]
    if not terms.low[expert] <= len(served) <= terms.high[expert]:
        yield f"expert {expert} takes {len(served)}"
    groups = {int(terms.group[dossier]) for dossier in served} if len(terms.group) else set()
    if len(groups) > 1:
        yield f"expert {expert} serves {groups}"


def panel_faults(terms: Terms, dossier: int, panel: list[int]) -> Iterator[str]:
    if len(panel) != terms.size[dossier] or len(set(panel)) != len(panel):
        yield "size"
    if not all(terms.eligible[dossier, expert] for expert in panel):
        yield "not lawful"
    if not roles_filled(terms, dossier, panel):
        yield "roles"
    yield from origin_faults(terms, panel)


def origin_faults(terms: Terms, panel: list[int]) -> Iterator[str]:
    known = [label for label in terms.employer[panel].tolist() if label >= 0] if len(terms.employer) else []
    if len(set(known)) != len(known):
        yield "employer"
    provinces = Counter(terms.province[panel].tolist() if len(terms.province) else ())
    if terms.provinces and len(provinces) < min(terms.provinces, len(panel)):
        yield "provinces"
    if terms.per_province and max(provinces.values(), default=0) > terms.per_province:
        yield "one province"


def roles_filled(terms: Terms, dossier: int, panel: list[int]) -> bool:
    able = [{expert for expert in panel if role.who[role.kind[dossier], expert]} for role in terms.roles]
    if not terms.apart:
        return all(len(who) >= role.needed[dossier] for who, role in zip(able, terms.roles, strict=True))
    seats = [who for who, role in zip(able, terms.roles, strict=True) for _ in range(role.needed[dossier])]
    return any(all(e in who for e, who in zip(order, seats, strict=False)) for order in permutations(panel, len(seats)))


def best_value(terms: Terms) -> int | None:
    """By trying everything."""
    return max((sum(each) for each in _values(terms)), default=None)


def highest_floor(terms: Terms) -> int | None:
    """What the worst panel is worth in the list that treats it best."""
    return max(map(min, _values(terms)), default=None)


def _values(terms: Terms) -> Iterator[list[int]]:
    """What each panel is worth, for every lawful list."""
    choices = [
        [
            panel
            for panel in combinations(range(terms.experts), int(terms.size[d]))
            if not any(panel_faults(terms, d, list(panel)))
        ]
        for d in range(terms.dossiers)
    ]
    for panels in product(*choices):
        pairs = [d * terms.experts + expert for d, panel in enumerate(panels) for expert in panel]
        if not faults(terms, np.array(pairs, dtype=np.int64)):
            yield [int(terms.worth[d, list(panel)].sum()) for d, panel in enumerate(panels)]
