"""Whether an expert may sit on the panel of a dossier, and why not: the one place that every way into the table asks.

`objections` is asked before the draw (as its filter), after it (as its check), and again by the service that writes an
assignment, whether it comes from a draw, a hand, a replacement or an import. Facts come in as plain data; nothing here
reads a database.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from app.kernel import industries, regions
from app.kernel.words import N_, LocalText, Message

RuleName = Literal["region", "conflict", "load", "leader_region", "qualification", "state", "employer"]
Level = Literal["province", "city", "county", "none"]
ExpertState = Literal["available", "unavailable", "removed", "candidate"]
Pair = tuple[str, str]  # expert, dossier

INDUSTRY_EXPERT, EXAMINER = "industry", "quality"

RULE_LABELS: dict[RuleName, str] = {
    "state": N_("不可参加"),
    "region": N_("同一地区"),
    "conflict": N_("利害关系"),
    "leader_region": N_("组长须来自省外"),
    "qualification": N_("不具备组长资格"),
    "load": N_("任务已满"),
    "employer": N_("同一单位已有专家"),
}
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
STATE_TEXTS: dict[str, str] = {
    "unavailable": N_("专家目前不可参加评审。"),
    "removed": N_("专家已移出专家库。"),
    "candidate": N_("专家本人或其单位是本届申报者，不能担任本届评审专家。"),
}


@dataclass(frozen=True, slots=True)
class RegionFact:
    kind: str
    code: str


@dataclass(frozen=True, slots=True)
class ExpertFacts:
    """`load` counts the dossiers this expert holds already, apart from the ones in question; `max_load` bounds the sum."""

    id: str
    regions: tuple[RegionFact, ...]
    employer_code: str = ""
    kinds: frozenset[str] = frozenset()
    industries: frozenset[str] = frozenset()
    may_lead: bool = False
    max_load: int = 10
    load: int = 0
    state: ExpertState = "available"


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
    a leader's may not begin with `leader_outside_prefix` (empty: a leader may come from anywhere)."""

    region_level: Level = "province"
    expert_regions: frozenset[str] = frozenset()
    leader_outside_prefix: str = ""


@dataclass(frozen=True, slots=True)
class ConflictFact:
    kind: str
    name: LocalText


Conflicts = Mapping[Pair, ConflictFact]
NO_CONFLICTS: Conflicts = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Objection:
    rule: RuleName
    text: Message


@dataclass(frozen=True, slots=True)
class Removals:
    """How a dossier's pool shrinks. An expert counts in `by_rule` under every rule that removes him, and in
    `only_by_rule` where no other does: so many would come back if that rule alone were relaxed."""

    dossier: str
    experts: int
    eligible: int
    by_rule: Mapping[RuleName, int] = field(default_factory=lambda: MappingProxyType({}))
    only_by_rule: Mapping[RuleName, int] = field(default_factory=lambda: MappingProxyType({}))


def objections(
    expert: ExpertFacts,
    dossier: DossierFacts,
    rule: PairRule,
    *,
    as_leader: bool = False,
    conflicts: Conflicts = NO_CONFLICTS,
    panel: Iterable[ExpertFacts] = (),
) -> tuple[Objection, ...]:
    """Every reason why this pair is not lawful, empty when it is; `panel` are the others on it, for the employer rule."""
    found = [*_state(expert), *_region(expert, dossier, rule), *_conflict(expert, dossier, conflicts)]
    if as_leader:
        found += [*_qualification(expert), *_leader_region(expert, rule)]
    return (*found, *_load(expert), *_employer(expert, panel))


def lawful(
    expert: ExpertFacts,
    dossier: DossierFacts,
    rule: PairRule,
    *,
    as_leader: bool = False,
    conflicts: Conflicts = NO_CONFLICTS,
    panel: Iterable[ExpertFacts] = (),
) -> bool:
    return not objections(expert, dossier, rule, as_leader=as_leader, conflicts=conflicts, panel=panel)


def removals(
    dossiers: Sequence[DossierFacts],
    experts: Sequence[ExpertFacts],
    rule: PairRule,
    *,
    conflicts: Conflicts = NO_CONFLICTS,
) -> tuple[Removals, ...]:
    """For each dossier how many experts each rule takes away, as members."""
    return tuple(_removals_of(dossier, experts, rule, conflicts) for dossier in dossiers)


def may_lead(expert: ExpertFacts, rule: PairRule) -> bool:
    """Qualified, and from outside the award's own region."""
    return not _qualification(expert) and not _leader_region(expert, rule)


def is_industry_expert(expert: ExpertFacts, dossier: DossierFacts) -> bool:
    """An expert of the kind `industry` in the dossier's own division, or in any where the dossier has none."""
    if INDUSTRY_EXPERT not in expert.kinds:
        return False
    return not dossier.industry or _knows(expert.industries, dossier.industry)


def is_examiner(expert: ExpertFacts, _dossier: DossierFacts) -> bool:
    return EXAMINER in expert.kinds


def affinity(expert: ExpertFacts, dossier: DossierFacts) -> int:
    """How well an expert knows a dossier's field, in basis points: its division, else its section, else nothing."""
    if _knows(expert.industries, dossier.industry):
        return 10_000
    return 4_000 if _knows_section(expert.industries, dossier.industry) else 0


def province_of(expert: ExpertFacts) -> str:
    """Where a panel counts an expert: the province of the employer, else of the first region known."""
    facts = sorted(expert.regions, key=lambda fact: fact.kind != "employer")
    return regions.prefix(facts[0].code, "province") if facts else ""


@lru_cache(maxsize=100_000)
def _knows(known: frozenset[str], industry: str) -> bool:
    return any(industries.covers(code, industry) for code in known)


@lru_cache(maxsize=100_000)
def _knows_section(known: frozenset[str], industry: str) -> bool:
    section = industries.section_of(industry)
    return bool(section) and section in map(industries.section_of, known)


# --- the rules one by one -----------------------------------------------------------------------------------------


def _state(expert: ExpertFacts) -> Iterator[Objection]:
    if expert.state != "available":
        yield Objection("state", Message(STATE_TEXTS[expert.state]))


def _region(expert: ExpertFacts, dossier: DossierFacts, rule: PairRule) -> tuple[Objection, ...]:
    return _region_objections(expert.regions, dossier.regions, rule)


@lru_cache(maxsize=100_000)
def _region_objections(
    expert: tuple[RegionFact, ...], dossier: tuple[RegionFact, ...], rule: PairRule
) -> tuple[Objection, ...]:
    """Out-of-region rule: no region of the expert that counts lies in one of the dossier's at the rulebook's level.

    Who has no region on record cannot be shown to come from elsewhere, so is not eligible either.
    """
    if rule.region_level == "none":
        return ()
    counted = _counted(expert, rule)
    if not counted:
        return (Objection("region", Message(N_("专家没有登记所在地，无法证明其来自申报者所在地区以外。"))),)
    if not dossier:
        return (Objection("region", Message(N_("申报者没有登记所在地，无法确认专家来自其他地区。"))),)
    return tuple(
        Objection("region", _same_region_text(mine, theirs, rule.region_level))
        for mine in counted
        for theirs in dossier
        if regions.same_region(mine.code, theirs.code, rule.region_level)
    )


def _counted(facts: tuple[RegionFact, ...], rule: PairRule) -> tuple[RegionFact, ...]:
    return tuple(fact for fact in facts if not rule.expert_regions or fact.kind in rule.expert_regions)


def _same_region_text(mine: RegionFact, theirs: RegionFact, level: str) -> Message:
    return Message(
        N_(
            "专家的%(expert_fact)s为%(expert_region)s（%(expert_code)s），"
            "申报者的%(dossier_fact)s为%(dossier_region)s（%(dossier_code)s），属于同一%(level)s。"
        ),
        {
            "expert_fact": Message(FACT_LABELS[mine.kind]),
            "expert_region": regions.full_name(mine.code),
            "expert_code": mine.code,
            "dossier_fact": Message(FACT_LABELS[theirs.kind]),
            "dossier_region": regions.full_name(theirs.code),
            "dossier_code": theirs.code,
            "level": Message(LEVEL_LABELS[level]),
        },
    )


def _conflict(expert: ExpertFacts, dossier: DossierFacts, conflicts: Conflicts) -> Iterator[Objection]:
    if expert.employer_code and expert.employer_code == dossier.credit_code:
        text = N_("专家的工作单位就是申报者（统一社会信用代码 %(code)s）。")
        yield Objection("conflict", Message(text, {"code": dossier.credit_code}))
    if conflict := conflicts.get((expert.id, dossier.id)):
        yield Objection("conflict", Message(N_("专家与申报者存在利害关系：%(kind)s。"), {"kind": conflict.name}))


def _qualification(expert: ExpertFacts) -> tuple[Objection, ...]:
    if expert.may_lead:
        return ()
    return (Objection("qualification", Message(N_("专家库中没有记录该专家可以担任组长。"))),)


def _leader_region(expert: ExpertFacts, rule: PairRule) -> tuple[Objection, ...]:
    return _leader_region_objections(expert.regions, rule)


@lru_cache(maxsize=100_000)
def _leader_region_objections(facts: tuple[RegionFact, ...], rule: PairRule) -> tuple[Objection, ...]:
    """Leaders come from outside the award's own region, by every region that counts."""
    outside = rule.leader_outside_prefix
    if not outside:
        return ()
    counted = _counted(facts, rule)
    if not counted:
        return (Objection("leader_region", Message(N_("专家没有登记所在地，无法证明其来自奖项所在地区以外。"))),)
    text = N_("组长须来自%(award_region)s以外；专家的%(expert_fact)s为%(expert_region)s（%(expert_code)s）。")
    return tuple(
        Objection("leader_region", Message(text, _leader_values(fact, outside)))
        for fact in counted
        if regions.same_region(fact.code, outside, regions.level_of(outside.ljust(6, "0")))
    )


def _leader_values(fact: RegionFact, outside: str) -> dict[str, object]:
    return {
        "award_region": regions.full_name(outside),
        "expert_fact": Message(FACT_LABELS[fact.kind]),
        "expert_region": regions.full_name(fact.code),
        "expert_code": fact.code,
    }


def _load(expert: ExpertFacts) -> Iterator[Objection]:
    if expert.load >= expert.max_load:
        text = N_("专家已承担 %(load)s 份材料，达到上限 %(limit)s 份。")
        yield Objection("load", Message(text, {"load": expert.load, "limit": expert.max_load}))


def _employer(expert: ExpertFacts, panel: Iterable[ExpertFacts]) -> Iterator[Objection]:
    for other in panel:
        if other.id != expert.id and expert.employer_code and other.employer_code == expert.employer_code:
            text = N_("专家组中已有同一单位（%(code)s）的专家。")
            yield Objection("employer", Message(text, {"code": expert.employer_code}))
            return


def _removals_of(
    dossier: DossierFacts, experts: Sequence[ExpertFacts], rule: PairRule, conflicts: Conflicts
) -> Removals:
    by_rule: dict[RuleName, int] = {}
    only: dict[RuleName, int] = {}
    eligible = 0
    for expert in experts:
        names = {objection.rule for objection in objections(expert, dossier, rule, conflicts=conflicts)}
        eligible += not names
        for name in names:
            by_rule[name] = by_rule.get(name, 0) + 1
        if len(names) == 1:
            only[name] = only.get(name, 0) + 1
    return Removals(dossier.id, len(experts), eligible, _in_order(by_rule), _in_order(only))


def _in_order(counts: Mapping[RuleName, int]) -> dict[RuleName, int]:
    return {name: counts[name] for name in RULE_LABELS if name in counts}
