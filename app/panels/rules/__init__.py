"""Whether an expert may sit on the panel of a dossier, and why not: the one place that every way into the table asks.

`judge` is asked before the draw (as its filter, for all pairs at once: `masks`), after it (as its check), and again by the
service that writes an assignment, whether it comes from a draw, a hand, a list, a replacement or an earlier panel. Facts
come in as plain data; nothing here reads a database.
"""

from app.panels.rules.data import (
    FACT_LABELS,
    LEVEL_LABELS,
    NO_CONFLICTS,
    RULE_LABELS,
    RULE_MARKS,
    ConflictFact,
    Conflicts,
    DossierFacts,
    ExceptionFact,
    ExpertFacts,
    ExpertState,
    Level,
    Lifted,
    Objection,
    Pair,
    PairRule,
    RegionFact,
    Removals,
    RuleName,
    Verdict,
)
from app.panels.rules.expertise import (
    EXAMINER,
    INDUSTRY_EXPERT,
    affinity,
    is_examiner,
    is_finance_expert,
    is_industry_expert,
    province_of,
)
from app.panels.rules.groups import GroupRule, crossing, group_rule, group_rule_of, joined, served
from app.panels.rules.masks import Mask, Masks, masks, removals
from app.panels.rules.pair import STATE_TEXTS, judge, lawful, may_lead, objections
from app.panels.rules.places import counted

__all__ = [
    "EXAMINER",
    "FACT_LABELS",
    "INDUSTRY_EXPERT",
    "LEVEL_LABELS",
    "NO_CONFLICTS",
    "RULE_LABELS",
    "RULE_MARKS",
    "STATE_TEXTS",
    "ConflictFact",
    "Conflicts",
    "DossierFacts",
    "ExceptionFact",
    "ExpertFacts",
    "ExpertState",
    "GroupRule",
    "Level",
    "Lifted",
    "Mask",
    "Masks",
    "Objection",
    "Pair",
    "PairRule",
    "RegionFact",
    "Removals",
    "RuleName",
    "Verdict",
    "affinity",
    "counted",
    "crossing",
    "group_rule",
    "group_rule_of",
    "is_examiner",
    "is_finance_expert",
    "is_industry_expert",
    "joined",
    "judge",
    "lawful",
    "masks",
    "may_lead",
    "objections",
    "province_of",
    "removals",
    "served",
]
