"""Experts, dossiers and whole pools for the tests of rules, engine and draw."""

from collections.abc import Sequence
from typing import Any

from app.kernel import regions
from app.kernel.randomness import Stream
from app.panels.draw import DrawInput
from app.panels.engine import Assignment, Infeasible, Problem, Shape, assign
from app.panels.rules import DossierFacts, ExpertFacts, PairRule, RegionFact

OUTSIDE_SHANXI = PairRule("province", leader_outside_prefix="14")
SEED = "5e" * 32
INDUSTRIES = ("27", "31", "34", "37", "39", "48", "65", "83")


def expert(number: str = "E01", region: str = "610100", **facts: Any) -> ExpertFacts:
    given: dict[str, Any] = {
        "regions": (RegionFact("employer", region),),
        "employer_code": f"employer of {number}",
        "kinds": frozenset({"quality"}),
        "industries": frozenset({"34"}),
        "may_lead": True,
    }
    return ExpertFacts(id=number, **(given | facts))


def dossier(number: str = "D01", *codes: str, **facts: Any) -> DossierFacts:
    given: dict[str, Any] = {"credit_code": f"applicant of {number}", "industry": "34"}
    return DossierFacts(
        number, tuple(RegionFact("registered", code) for code in codes or ("140100",)), **(given | facts)
    )


def problem(experts: Sequence[ExpertFacts], dossiers: Sequence[DossierFacts], **parts: Any) -> Problem:
    given: dict[str, Any] = {"rule": OUTSIDE_SHANXI, "shape": Shape(size=3), "seed": SEED}
    return Problem(tuple(experts), tuple(dossiers), **(given | parts))


PROVINCES = ("610100", "110100", "310100", "440100", "330100", "340100")


def people(count: int, **facts: Any) -> list[ExpertFacts]:
    """E0, E1 … from six provinces in turn, each from an employer of their own."""
    return [expert(f"E{number}", PROVINCES[number % len(PROVINCES)], **facts) for number in range(count)]


def staffed(given: Problem) -> Assignment:
    answer = assign(given)
    assert isinstance(answer, Assignment), answer
    return answer


def refused(given: Problem) -> Infeasible:
    answer = assign(given)
    assert isinstance(answer, Infeasible), answer
    return answer


def pool(experts: int, dossiers: int, label: str = "pool", **parts: Any) -> DrawInput:
    """A pool as an award has one: half the provinces, few employers with several experts, one in three may lead."""
    stream = Stream(b"tests", label)
    provinces = [region.code for region in regions.provinces()[:31]]
    people = tuple(_person(stream, number, provinces, experts) for number in range(experts))
    files = tuple(
        dossier(f"D{number:03d}", stream.choice(regions.cities("14")).code, industry=stream.choice(INDUSTRIES))
        for number in range(dossiers)
    )
    given: dict[str, Any] = {
        "rule": OUTSIDE_SHANXI,
        "shape": Shape(size=5, industry_experts=1, examiners=2, max_per_province=4),
    }
    return DrawInput(people, files, **(given | parts))


def _person(stream: Stream, number: int, provinces: list[str], experts: int) -> ExpertFacts:
    home = regions.cities(provinces[min(stream.below(31), stream.below(31))])[0].code
    facts = [RegionFact("employer", home)]
    if stream.below(4) == 0:
        facts.append(RegionFact("residence", stream.choice(provinces)))
    return expert(
        f"E{number:04d}",
        regions=tuple(facts),
        employer_code=f"C{min(stream.below(experts), stream.below(experts))}",
        kinds=frozenset({stream.choice(("quality", "industry"))}),
        industries=frozenset(stream.shuffled(INDUSTRIES)[:3]),
        may_lead=stream.below(3) == 0,
        max_load=8,
    )
