"""The same rule for every pair at once: grouped by distinct facts, so that 500 × 100 pairs take milliseconds.

Each mask is experts × dossiers and says where `pair.judge` finds an objection of that rule; a test holds every cell
against it. Places are compared once for each two codes, with the function that the rule itself uses.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.kernel import regions
from app.panels.rules import groups, pair, places
from app.panels.rules.data import (
    NO_CONFLICTS,
    RULE_LABELS,
    Conflicts,
    DossierFacts,
    ExpertFacts,
    PairRule,
    Removals,
    RuleName,
)

Mask = npt.NDArray[np.bool_]
Codes = frozenset[str]


@dataclass(frozen=True)
class Masks:
    """Where each rule objects; a rule that objects nowhere is left out."""

    by_rule: dict[RuleName, Mask]
    shape: tuple[int, int]

    @property
    def lawful(self) -> Mask:
        free = np.ones(self.shape, dtype=bool)
        for mask in self.by_rule.values():
            free &= ~mask
        return free

    def rules_at(self, row: int, column: int) -> tuple[RuleName, ...]:
        return tuple(name for name, mask in self.by_rule.items() if mask[row, column])


def masks(
    experts: Sequence[ExpertFacts],
    dossiers: Sequence[DossierFacts],
    rule: PairRule,
    *,
    as_leader: bool = False,
    conflicts: Conflicts = NO_CONFLICTS,
) -> Masks:
    """What `pair.judge` says of every pair, in the order given."""
    shape = (len(experts), len(dossiers))
    found: dict[RuleName, Mask] = {
        "state": _of_experts([expert.state != "available" for expert in experts], shape),
        "region": _region(experts, dossiers, rule),
        "conflict": _own_employer(experts, dossiers),
        "group": np.zeros(shape, dtype=bool),
        "load": _of_experts([pair.is_full(expert) for expert in experts], shape),
    }
    _mark(found, experts, dossiers, conflicts)
    if as_leader:
        found["qualification"] = _of_experts([not expert.may_lead for expert in experts], shape)
        at_home = [bool(places.leader_at_home(expert.regions, rule)) for expert in experts]
        found["leader_region"] = _of_experts(at_home, shape)
    _lift(found, experts, dossiers)
    return Masks({name: found[name] for name in RULE_LABELS if name in found and found[name].any()}, shape)


def removals(
    dossiers: Sequence[DossierFacts],
    experts: Sequence[ExpertFacts],
    rule: PairRule,
    *,
    conflicts: Conflicts = NO_CONFLICTS,
) -> tuple[Removals, ...]:
    """For each dossier how many experts each rule takes away, as members."""
    found = masks(experts, dossiers, rule, conflicts=conflicts)
    reasons = sum((mask.astype(int) for mask in found.by_rule.values()), np.zeros(found.shape, dtype=int))
    eligible = found.lawful.sum(axis=0)
    taken = {name: mask.sum(axis=0) for name, mask in found.by_rule.items()}
    alone = {name: (mask & (reasons == 1)).sum(axis=0) for name, mask in found.by_rule.items()}
    return tuple(
        Removals(dossier.id, len(experts), int(eligible[place]), _counts(taken, place), _counts(alone, place))
        for place, dossier in enumerate(dossiers)
    )


def _counts(by_rule: dict[RuleName, npt.NDArray[np.int64]], place: int) -> dict[RuleName, int]:
    return {name: int(counts[place]) for name, counts in by_rule.items() if counts[place]}


def _of_experts(holds: list[bool], shape: tuple[int, int]) -> Mask:
    return np.repeat(np.array(holds, dtype=bool).reshape(-1, 1), shape[1], axis=1)


def _region(experts: Sequence[ExpertFacts], dossiers: Sequence[DossierFacts], rule: PairRule) -> Mask:
    if rule.region_level == "none":
        return np.zeros((len(experts), len(dossiers)), dtype=bool)
    sets, row_of = _distinct([_codes(places.counted(expert.regions, rule)) for expert in experts])
    other_sets, column_of = _distinct([_codes(dossier.regions) for dossier in dossiers])
    collide = _collisions(sets, other_sets, rule.region_level)
    return collide[np.ix_(row_of, column_of)]


def _codes(facts: places.Facts) -> Codes:
    return frozenset(fact.code for fact in facts)


def _distinct(sets: list[Codes]) -> tuple[list[Codes], list[int]]:
    places_of = {codes: place for place, codes in enumerate(dict.fromkeys(sets))}
    return list(places_of), [places_of[codes] for codes in sets]


def _collisions(mine: list[Codes], theirs: list[Codes], level: regions.Level) -> Mask:
    """Which two sets of codes meet; an empty one cannot be shown to lie elsewhere and meets every other."""
    codes, others = sorted(frozenset().union(*mine)), sorted(frozenset().union(*theirs))
    same = np.array(
        [[regions.same_region(code, other, level) for other in others] for code in codes], dtype=np.float32
    ).reshape(len(codes), len(others))
    meet = (_membership(mine, codes) @ same @ _membership(theirs, others).T) > 0
    unknown = np.array([not known for known in mine], dtype=bool)
    unnamed = np.array([not known for known in theirs], dtype=bool)
    meets: Mask = meet | unknown[:, None] | unnamed[None, :]
    return meets


def _membership(sets: list[Codes], codes: list[str]) -> npt.NDArray[np.float32]:
    place = {code: number for number, code in enumerate(codes)}
    table = np.zeros((len(sets), len(codes)), dtype=np.float32)
    for row, known in enumerate(sets):
        table[row, [place[code] for code in known]] = 1.0
    return table


def _mark(
    found: dict[RuleName, Mask], experts: Sequence[ExpertFacts], dossiers: Sequence[DossierFacts], conflicts: Conflicts
) -> None:
    """What stands against single pairs, each under the name of its rule."""
    rows = {expert.id: row for row, expert in enumerate(experts)}
    columns = {dossier.id: column for column, dossier in enumerate(dossiers)}
    for (expert, dossier), fact in conflicts.items():
        if expert in rows and dossier in columns:
            found["group" if groups.is_tie(fact) else "conflict"][rows[expert], columns[dossier]] = True


def _own_employer(experts: Sequence[ExpertFacts], dossiers: Sequence[DossierFacts]) -> Mask:
    mask = np.zeros((len(experts), len(dossiers)), dtype=bool)
    columns: dict[str, list[int]] = {}
    for column, dossier in enumerate(dossiers):
        columns.setdefault(dossier.credit_code, []).append(column)
    for row, expert in enumerate(experts):
        mask[row, columns.get(expert.employer_code, []) if expert.employer_code else []] = True
    return mask


def _lift(found: dict[RuleName, Mask], experts: Sequence[ExpertFacts], dossiers: Sequence[DossierFacts]) -> None:
    columns = {dossier.id: column for column, dossier in enumerate(dossiers)}
    lifted = [(row, exception) for row, expert in enumerate(experts) for exception in expert.exceptions]
    for row, exception in lifted:
        if exception.dossier in columns and exception.rule in found:
            found[exception.rule][row, columns[exception.dossier]] = False
