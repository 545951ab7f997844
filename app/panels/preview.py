"""What a working copy would come to, in counts: nobody is named, because the seed is not known yet and nothing is told."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as changed
from fractions import Fraction

import numpy as np

from app.kernel.words import N_, Message
from app.panels import ceremonies, facts, rules
from app.panels import draw as drawing
from app.panels.ceremonies import Staffing
from app.panels.comparing import measured, sentences
from app.panels.draw import DrawInput, DrawResult
from app.panels.engine import Infeasible, Panel, Shortage
from app.panels.models import Draw
from app.panels.planned import plan_of, planned_input
from app.panels.rules import ExpertFacts, Objection, RuleName

TRIAL_SEED = "preview"
HARDEST = 5
SAME_DIVISION, SAME_SECTION = 10_000, 4_000


@dataclass(frozen=True)
class Working:
    """The working copy against today's facts: the input, and for each dossier what the rules leave of the pool."""

    given: DrawInput
    staffings: list[Staffing]
    begun: int
    """Dossiers on whose panel somebody sits already."""

    @property
    def dossiers(self) -> int:
        """Those that get seats by this draw."""
        return len(self.staffings)

    @property
    def full(self) -> int:
        """Dossiers whose panels are full, in the input because reviews that cross are counted over the whole round."""
        return len(self.given.dossiers) - self.dossiers

    @property
    def pairs(self) -> int:
        return len(self.given.experts) * len(self.given.dossiers)

    @property
    def eligible_pairs(self) -> int:
        return sum(staffing.removals.eligible for staffing in self.staffings)

    @property
    def removed(self) -> dict[RuleName, tuple[int, int]]:
        """For each rule: how many pairs it removes, and how many that no other rule would."""
        every, only = Counter[RuleName](), Counter[RuleName]()
        for staffing in self.staffings:
            every.update(staffing.removals.by_rule)
            only.update(staffing.removals.only_by_rule)
        return {name: (every[name], only[name]) for name in rules.RULE_LABELS if name in every}

    @property
    def states(self) -> Mapping[str, int]:
        return Counter(expert.state for expert in self.given.experts)

    @property
    def seats(self) -> int:
        return self.given.shape.size * len(self.given.dossiers)

    @property
    def capacity(self) -> int:
        """How many dossiers all who may take part could hold together."""
        return sum(
            max(0, expert.max_load - expert.load) for expert in self.given.experts if expert.state == "available"
        )


def look(draw: Draw) -> Working:
    plan = plan_of(draw)
    given = planned_input(draw.round, plan)
    staffings = ceremonies.precheck(draw.round, plan)
    drawn_for = {staffing.application.number for staffing in staffings}
    begun = drawn_for & {seat.dossier for seat in facts.live_seats(draw.round)}
    return Working(given, staffings, len(begun))


@dataclass(frozen=True)
class Trial:
    """A draw with a seed that will never be the real one. `shortages` where there is none; `kept`: the affinity of the
    chosen pairs as a share of the most that these rules allow."""

    panels: tuple[Panel, ...]
    shortages: tuple[Shortage, ...]
    loads: list[tuple[int, int]]
    same_division: int
    same_section: int
    kept: Fraction | None
    comparison: tuple[Message, ...] = ()
    groups: tuple["GroupCount", ...] = ()

    @property
    def seats(self) -> int:
        return sum(len(panel.members) for panel in self.panels)

    @property
    def experts(self) -> int:
        return sum(number for _load, number in self.loads)


def trial(working: Working) -> Trial:
    drawn = drawing.draw(working.given, TRIAL_SEED)
    if isinstance(drawn, Infeasible):
        return Trial((), drawn.shortages, [], 0, 0, None)
    found = _affinities(working.given, drawn)
    held = Counter(Counter(member for panel in drawn.panels for member in panel.members).values())
    return Trial(
        drawn.panels,
        (),
        sorted(held.items()),
        found.count(SAME_DIVISION),
        found.count(SAME_SECTION),
        _kept(working.given, sum(found)),
        sentences(measured(working.given, drawn.panels)),
        _by_group(working.given, drawn.panels),
    )


@dataclass(frozen=True)
class GroupPool:
    """One industry group before any draw: its dossiers, seats, who may review any of them, and who may lead there."""

    group: str
    dossiers: tuple[str, ...]
    seats: int
    experts: int
    leaders: int


def group_counts(working: Working) -> list[GroupPool]:
    given = working.given
    lawful = rules.masks(given.experts, given.dossiers, given.rule, conflicts=given.conflicts).lawful
    leads = np.array([rules.may_lead(expert, given.rule) for expert in given.experts], dtype=bool)
    groups = np.array([dossier.group for dossier in given.dossiers])
    numbers = np.array([dossier.id for dossier in given.dossiers])
    found = []
    for name in sorted(set(groups.tolist())):
        may, own = lawful[:, groups == name].any(axis=1), tuple(numbers[groups == name].tolist())
        seats = given.shape.size * len(own)
        found.append(GroupPool(name, own, seats, int(may.sum()), int((may & leads).sum())))
    return found


@dataclass(frozen=True)
class GroupCount:
    """One industry group in a trial: its dossiers, who reviews them, who leads, and how many of its reviews are by visitors,
    who read more in another group."""

    group: str
    dossiers: int
    experts: int
    leaders: int
    visits: int


def _by_group(given: DrawInput, panels: Sequence[Panel]) -> tuple[GroupCount, ...]:
    group = {dossier.id: dossier.group for dossier in given.dossiers}
    served = rules.served(_pairs(panels), group)
    homes = {expert: min(rules.homes(counts)) for expert, counts in served.items()}
    names = sorted(set(group.values()))
    return tuple(_counted(name, [each for each in panels if group[each.dossier] == name], homes) for name in names)


def _pairs(panels: Sequence[Panel]) -> list[tuple[str, str]]:
    return [(panel.dossier, member) for panel in panels for member in panel.members]


def _counted(name: str, panels: Sequence[Panel], homes: Mapping[str, str]) -> GroupCount:
    members = [member for _dossier, member in _pairs(panels)]
    leaders = {panel.leader for panel in panels} - {""}
    visits = sum(homes[member] != name for member in members)
    return GroupCount(name, len(panels), len(set(members)), len(leaders), visits)


def _affinities(given: DrawInput, drawn: DrawResult) -> list[int]:
    experts = {expert.id: expert for expert in given.experts}
    dossiers = {dossier.id: dossier for dossier in given.dossiers}
    return [
        rules.affinity(experts[member], dossiers[panel.dossier]) for panel in drawn.panels for member in panel.members
    ]


def _kept(given: DrawInput, reached: int) -> Fraction | None:
    """Against a draw for knowledge of the field alone; None where the pool knows nothing of any dossier's field."""
    best = drawing.draw(changed(given, policy="best", lot=1, balance=0, affinity={}), TRIAL_SEED)
    most = 0 if isinstance(best, Infeasible) else sum(_affinities(given, best))
    return Fraction(reached, most) if most else None


# --- one pair -----------------------------------------------------------------------------------------------------


def why(working: Working, expert: str, dossier: str) -> tuple[Objection, ...] | Message | None:
    """Every objection to one pair; a sentence where one of the two is not in this draw; None where nothing was asked."""
    if not expert or not dossier:
        return None
    found = _called(working.given, expert)
    wanted = next((each for each in working.given.dossiers if each.id == dossier), None)
    if found is None or wanted is None:
        return Message(N_("这次抽取里没有这个专家编号或申报书编号。"))
    return rules.judge(found, wanted, working.given.rule, conflicts=working.given.conflicts).objections


def _called(given: DrawInput, number: str) -> ExpertFacts | None:
    return next((expert for expert in given.experts if expert.id.lower() == number.lower()), None)
