"""Industry groups: who serves which, how many reviews cross from one to another, and whether the groups hang together."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.panels.rules.data import DossierFacts

Served = Mapping[str, Counter[str]]


@dataclass(frozen=True, slots=True)
class GroupRule:
    """Of all reviews `least` to `most` are done outside the group in which their expert reads most; none at all: every
    expert serves one group. Where any are asked for, experts in common join all groups with one another."""

    least: int
    most: int


def group_rule(seats: int, groups: int, percent: int) -> GroupRule:
    """The share of reviews that cross, rounded either way; so many at least as it takes to join all groups."""
    if not percent or groups < 2:
        return GroupRule(0, 0)
    joining = groups - 1
    return GroupRule(max(seats * percent // 100, joining), max(-(-seats * percent // 100), joining))


def group_rule_of(dossiers: Sequence[DossierFacts], size: int, percent: int) -> GroupRule:
    """For panels of one size."""
    return group_rule(len(dossiers) * size, len({dossier.group for dossier in dossiers}), percent)


def served(seats: Iterable[tuple[str, str]], group: Mapping[str, str]) -> dict[str, Counter[str]]:
    """For every expert how many dossiers of each group; `seats` are pairs (dossier, expert)."""
    found: dict[str, Counter[str]] = {}
    for dossier, expert in seats:
        found.setdefault(expert, Counter())[group[dossier]] += 1
    return found


def crossing(served: Served) -> int:
    """Reviews outside the group in which their expert reads most."""
    return sum(counts.total() - max(counts.values()) for counts in served.values())


def joined(served: Served, groups: Collection[str]) -> list[set[str]]:
    """The groups that experts in common hold together, set by set, each set with the first name first in line."""
    parts: list[set[str]] = [{group} for group in sorted(groups)]
    for counts in served.values():
        parts = _merged(parts, set(counts))
    return sorted(parts, key=min)


def _merged(parts: list[set[str]], touched: set[str]) -> list[set[str]]:
    """The parts with all that are touched made one."""
    apart = [part for part in parts if not part & touched]
    return [*apart, set().union(*(part for part in parts if part & touched))]
