"""Industry groups: who serves which, how many reviews cross from one to another, and whether the groups hang together."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.kernel.words import N_, LocalText, Message
from app.panels.rules.data import ConflictFact, DossierFacts, Pair

Served = Mapping[str, Counter[str]]
TIED, SPENT = "other_group", "crossing_spent"
APART_TEXTS = {
    TIED: N_("专家已在“%(group)s”组任评审，本届各组专家不交叉。"),
    SPENT: N_("专家已在“%(group)s”组任评审，本轮可以跨组的评审份数已经用完。"),
}


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


@dataclass(frozen=True, slots=True)
class Grouping:
    """The industry groups of a round where experts keep to theirs: `group` of each dossier, how a group is called, seats a
    panel, and the share of reviews that may cross (0: none)."""

    group: Mapping[str, str]
    names: Mapping[str, LocalText]
    size: int
    percent: int

    @property
    def kind(self) -> str:
        """Why somebody stays out of another group: nobody crosses, or enough reviews do."""
        return SPENT if self.percent else TIED

    def rule_for(self, dossiers: Collection[str]) -> GroupRule:
        """For panels of all these dossiers."""
        groups = {self.group[dossier] for dossier in dossiers}
        return group_rule(len(dossiers) * self.size, len(groups), self.percent)


def served(seats: Iterable[tuple[str, str]], group: Mapping[str, str]) -> dict[str, Counter[str]]:
    """For every expert how many dossiers of each group; `seats` are pairs (dossier, expert)."""
    found: dict[str, Counter[str]] = {}
    for dossier, expert in seats:
        found.setdefault(expert, Counter())[group[dossier]] += 1
    return found


def crossing(served: Served) -> int:
    """Reviews outside the group in which their expert reads most."""
    return sum(counts.total() - max(counts.values()) for counts in served.values())


def homes(counts: Mapping[str, int]) -> frozenset[str]:
    """The groups in which an expert reads most, so that one more review there crosses nothing; none yet: no group."""
    most = max(counts.values(), default=0)
    return frozenset(group for group, number in counts.items() if number == most)


def ties(grouping: Grouping, seats: Collection[Pair], dossiers: Sequence[DossierFacts]) -> dict[Pair, ConflictFact]:
    """What bars the experts of these seats (dossier, expert) from dossiers outside their home groups, where they do not sit
    already."""
    found: dict[Pair, ConflictFact] = {}
    for expert, counts in served(seats, grouping.group).items():
        home = homes(counts)
        fact = ConflictFact(grouping.kind, grouping.names[min(home)])
        found |= {(expert, dossier.id): fact for dossier in dossiers if dossier.group not in home}
    return {(expert, dossier): fact for (expert, dossier), fact in found.items() if (dossier, expert) not in seats}


def is_tie(fact: ConflictFact) -> bool:
    """Whether what stands against a pair is the group that its expert serves, and no interest."""
    return fact.kind in APART_TEXTS


def apart_text(kind: str, group: LocalText) -> Message:
    """Why somebody who serves this group may not serve another one too."""
    return Message(APART_TEXTS[kind], {"group": group})


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
