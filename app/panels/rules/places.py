"""The out-of-region rule: whose places count, when two sets of places meet, and where a leader may come from."""

from functools import lru_cache

from app.kernel import regions
from app.kernel.words import N_, Message
from app.panels.rules.data import FACT_LABELS, LEVEL_LABELS, Objection, PairRule, RegionFact

Facts = tuple[RegionFact, ...]

SAME_REGION = N_(
    "专家的%(expert_fact)s为%(expert_region)s（%(expert_code)s），"
    "申报者的%(dossier_fact)s为%(dossier_region)s（%(dossier_code)s），属于同一%(level)s。"
)
EXPERT_UNKNOWN = N_("专家没有登记所在地，无法证明其来自申报者所在地区以外。")
DOSSIER_UNKNOWN = N_("申报者没有登记所在地，无法确认专家来自其他地区。")
LEADER_UNKNOWN = N_("专家没有登记所在地，无法证明其来自奖项所在地区以外。")
LEADER_AT_HOME = N_("组长须来自%(award_region)s以外；专家的%(expert_fact)s为%(expert_region)s（%(expert_code)s）。")


def counted(facts: Facts, rule: PairRule) -> Facts:
    """The places of an expert that the rulebook looks at and that were not left before its window."""
    return tuple(fact for fact in facts if _is_counted(fact, rule))


def _is_counted(fact: RegionFact, rule: PairRule) -> bool:
    if rule.expert_regions and fact.kind not in rule.expert_regions:
        return False
    return fact.until is None or rule.places_since is None or fact.until >= rule.places_since


@lru_cache(maxsize=100_000)
def same_region(mine: Facts, theirs: Facts, rule: PairRule) -> tuple[Objection, ...]:
    """Out-of-region rule: no region of the expert that counts lies in one of the dossier's at the rulebook's level.

    Who has no region on record cannot be shown to come from elsewhere, so is not eligible either.
    """
    if rule.region_level == "none":
        return ()
    known = counted(mine, rule)
    if not known:
        return (Objection("region", Message(EXPERT_UNKNOWN)),)
    if not theirs:
        return (Objection("region", Message(DOSSIER_UNKNOWN)),)
    return tuple(
        Objection("region", _same_region_text(place, other, rule.region_level), place, other, rule.region_level)
        for place in known
        for other in theirs
        if regions.same_region(place.code, other.code, rule.region_level)
    )


@lru_cache(maxsize=100_000)
def leader_at_home(facts: Facts, rule: PairRule) -> tuple[Objection, ...]:
    """Leaders come from outside the award's own region, by every region that counts."""
    outside = rule.leader_outside_prefix
    if not outside:
        return ()
    known = counted(facts, rule)
    if not known:
        return (Objection("leader_region", Message(LEADER_UNKNOWN)),)
    level = regions.level_of(outside.ljust(6, "0"))
    return tuple(
        Objection("leader_region", Message(LEADER_AT_HOME, _leader_values(fact, outside)), fact, level=level)
        for fact in known
        if regions.same_region(fact.code, outside, level)
    )


def expert_fact(fact: RegionFact) -> Message:
    """The kind of place, with the days that bound it where they are known."""
    label = Message(FACT_LABELS[fact.kind])
    if fact.since is not None and fact.until is not None:
        values = {"fact": label, "since": fact.since, "until": fact.until}
        return Message(N_("%(fact)s（%(since)s 至 %(until)s）"), values)
    if fact.since is not None:
        return Message(N_("%(fact)s（%(since)s 起）"), {"fact": label, "since": fact.since})
    if fact.until is not None:
        return Message(N_("%(fact)s（%(until)s 止）"), {"fact": label, "until": fact.until})
    return label


def dossier_fact(fact: RegionFact) -> Message:
    label = Message(FACT_LABELS[fact.kind])
    if fact.since is None:
        return label
    return Message(N_("%(fact)s（%(day)s 申报）"), {"fact": label, "day": fact.since})


def _same_region_text(mine: RegionFact, theirs: RegionFact, level: str) -> Message:
    return Message(
        SAME_REGION,
        {
            "expert_fact": expert_fact(mine),
            "expert_region": regions.full_name(mine.code),
            "expert_code": mine.code,
            "dossier_fact": dossier_fact(theirs),
            "dossier_region": regions.full_name(theirs.code),
            "dossier_code": theirs.code,
            "level": Message(LEVEL_LABELS[level]),
        },
    )


def _leader_values(fact: RegionFact, outside: str) -> dict[str, object]:
    return {
        "award_region": regions.full_name(outside),
        "expert_fact": expert_fact(fact),
        "expert_region": regions.full_name(fact.code),
        "expert_code": fact.code,
    }
