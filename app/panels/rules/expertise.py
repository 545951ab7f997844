"""What an expert knows of a dossier's field, and where a panel counts an expert."""

from functools import lru_cache

from app.kernel import industries, regions
from app.panels.rules.data import DossierFacts, ExpertFacts

INDUSTRY_EXPERT, EXAMINER, FINANCE_EXPERT = "industry", "quality", "finance"


def is_industry_expert(expert: ExpertFacts, dossier: DossierFacts) -> bool:
    """An expert of the kind `industry` in the dossier's own division, or in any where the dossier has none."""
    if INDUSTRY_EXPERT not in expert.kinds:
        return False
    return not dossier.industry or _knows(expert.industries, dossier.industry)


def is_examiner(expert: ExpertFacts, _dossier: DossierFacts) -> bool:
    return EXAMINER in expert.kinds


def is_finance_expert(expert: ExpertFacts, _dossier: DossierFacts) -> bool:
    return FINANCE_EXPERT in expert.kinds


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
