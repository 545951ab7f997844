"""What the rules are asked with and what they answer, as plain data."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Literal

from app.kernel.words import N_, LocalText, Message

RuleName = Literal[
    "region", "conflict", "group", "load", "leader_region", "qualification", "state", "employer", "panel"
]
Level = Literal["province", "city", "county", "none"]
ExpertState = Literal["available", "unavailable", "away", "removed", "candidate", "left_out"]
Pair = tuple[str, str]  # expert, dossier

RULE_LABELS: dict[RuleName, str] = {
    "state": N_("不可参加"),
    "region": N_("同一地区"),
    "conflict": N_("利害关系"),
    "group": N_("已任另一行业组"),
    "leader_region": N_("组长须来自省外"),
    "qualification": N_("不具备组长资格"),
    "load": N_("任务已满"),
    "employer": N_("同一单位已有专家"),
    "panel": N_("专家组构成"),
}
RULE_MARKS: dict[RuleName, str] = {
    "state": N_("停"),
    "region": N_("区"),
    "conflict": N_("利"),
    "group": N_("组"),
    "load": N_("满"),
}
"""One sign a rule for the cells of the matrix."""
LEVEL_LABELS: dict[str, str] = {"province": N_("省级地区"), "city": N_("市级地区"), "county": N_("县级地区")}
FACT_LABELS: dict[str, str] = {
    "employer": N_("工作单位所在地"),
    "residence": N_("常住地"),
    "former_employer": N_("原工作单位所在地"),
    "registration": N_("户籍地"),
    "registered": N_("注册地"),
    "site": N_("生产经营地"),
    "parent": N_("上级集团所在地"),
}


@dataclass(frozen=True, slots=True)
class RegionFact:
    """A place on record; of an expert `since` and `until` bound it, of a dossier `since` is the day it was declared."""

    kind: str
    code: str
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class ExceptionFact:
    """The confirmed exception of this number lifts one rule for this dossier."""

    dossier: str
    rule: RuleName
    number: int


@dataclass(frozen=True, slots=True)
class ExpertFacts:
    """`load` counts the dossiers this expert holds already, apart from the ones in question; `max_load` bounds the sum, and
    whoever was promised work gets `min_load` at least."""

    id: str
    regions: tuple[RegionFact, ...]
    employer_code: str = ""
    kinds: frozenset[str] = frozenset()
    industries: frozenset[str] = frozenset()
    may_lead: bool = False
    max_load: int = 10
    load: int = 0
    state: ExpertState = "available"
    exceptions: tuple[ExceptionFact, ...] = ()
    min_load: int = 0


@dataclass(frozen=True, slots=True)
class DossierFacts:
    id: str
    regions: tuple[RegionFact, ...]
    credit_code: str = ""
    industry: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class PairRule:
    """The rulebook's part: `expert_regions` names the kinds of an expert's regions that count (empty: all of them);
    a place that was left before `places_since` counts no longer (None: every place counts, left or not);
    a leader's may not begin with `leader_outside_prefix` (empty: a leader may come from anywhere)."""

    region_level: Level = "province"
    expert_regions: frozenset[str] = frozenset()
    leader_outside_prefix: str = ""
    places_since: date | None = None


@dataclass(frozen=True, slots=True)
class ConflictFact:
    kind: str
    name: LocalText
    since: date | None = None
    until: date | None = None


Conflicts = Mapping[Pair, ConflictFact]
NO_CONFLICTS: Conflicts = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Objection:
    """One reason against a pair, in words; where places collide also the two facts and the level they share."""

    rule: RuleName
    text: Message
    mine: RegionFact | None = None
    theirs: RegionFact | None = None
    level: str = ""


@dataclass(frozen=True, slots=True)
class Lifted:
    """An objection that a confirmed exception lifts."""

    objection: Objection
    exception: int

    @property
    def text(self) -> Message:
        return Message(
            N_("依第 %(number)s 号例外可以评审：%(why)s"), {"number": self.exception, "why": self.objection.text}
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """Every reason against a pair that stands, and every one that an exception lifts."""

    objections: tuple[Objection, ...]
    lifted: tuple[Lifted, ...] = ()

    @property
    def is_lawful(self) -> bool:
        return not self.objections

    @property
    def exceptions(self) -> tuple[int, ...]:
        return tuple(sorted({each.exception for each in self.lifted}))


@dataclass(frozen=True, slots=True)
class Removals:
    """How a dossier's pool shrinks. An expert counts in `by_rule` under every rule that removes him, and in
    `only_by_rule` where no other does: so many would come back if that rule alone were relaxed."""

    dossier: str
    experts: int
    eligible: int
    by_rule: Mapping[RuleName, int] = field(default_factory=lambda: MappingProxyType({}))
    only_by_rule: Mapping[RuleName, int] = field(default_factory=lambda: MappingProxyType({}))


def lifting(expert: ExpertFacts, dossier: str) -> Iterator[ExceptionFact]:
    return (exception for exception in expert.exceptions if exception.dossier == dossier)
