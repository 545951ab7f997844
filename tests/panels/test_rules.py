from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel import regions
from app.kernel.words import LocalText
from app.panels import rules
from app.panels.rules import ConflictFact, DossierFacts, ExpertFacts, PairRule, RegionFact
from tests.panels.pools import OUTSIDE_SHANXI, dossier, expert

KINSHIP = ConflictFact("kinship", LocalText("亲属关系", "Kinship"))
NO_REGIONS: dict[str, Any] = {"regions": ()}


def places(*facts: tuple[str, str]) -> dict[str, Any]:
    return {"regions": tuple(RegionFact(kind, code) for kind, code in facts)}


@pytest.mark.parametrize(
    ("who", "what", "rule", "broken"),
    [
        pytest.param(expert(), dossier(), OUTSIDE_SHANXI, [], id="an expert from Shaanxi for an applicant in Taiyuan"),
        pytest.param(expert(region="140781"), dossier(), OUTSIDE_SHANXI, ["region"], id="same province, other city"),
        pytest.param(
            expert(**places(("employer", "610100"), ("residence", "140100"))),
            dossier(),
            OUTSIDE_SHANXI,
            ["region"],
            id="works elsewhere, lives in the province",
        ),
        pytest.param(
            expert(**places(("employer", "610100"), ("residence", "140100"))),
            dossier(),
            PairRule("province", frozenset({"employer"})),
            [],
            id="residence does not count in this rulebook",
        ),
        pytest.param(
            expert(region="340100"),
            dossier("D", "140100", "340200"),
            OUTSIDE_SHANXI,
            ["region"],
            id="the applicant has a second site in the expert's province",
        ),
        pytest.param(
            expert(region="140781"), dossier("D", "140100"), PairRule("city"), [], id="city level: another city will do"
        ),
        pytest.param(
            expert(region="140121"), dossier("D", "140107"), PairRule("city"), ["region"], id="city level: not"
        ),
        pytest.param(
            expert(region="140121"), dossier("D", "140107"), PairRule("county"), [], id="county level: another county"
        ),
        pytest.param(
            expert(region="140000"), dossier("D", "140107"), PairRule("county"), ["region"], id="city unknown: no proof"
        ),
        pytest.param(expert(region="140100"), dossier(), PairRule("none"), [], id="an award without the rule"),
        pytest.param(expert(**NO_REGIONS), dossier(), OUTSIDE_SHANXI, ["region"], id="no region on record"),
        pytest.param(expert(), DossierFacts("D", ()), OUTSIDE_SHANXI, ["region"], id="applicant without a region"),
        pytest.param(
            expert(region="371202"), dossier("D", "370102"), PairRule("city"), ["region"], id="abolished code"
        ),
        pytest.param(
            expert(employer_code="applicant of D01"), dossier(), OUTSIDE_SHANXI, ["conflict"], id="own employer"
        ),
        pytest.param(expert(employer_code=""), dossier(credit_code=""), OUTSIDE_SHANXI, [], id="codes unknown"),
        pytest.param(expert(load=10), dossier(), OUTSIDE_SHANXI, ["load"], id="full"),
        pytest.param(expert(load=9), dossier(), OUTSIDE_SHANXI, [], id="one place left"),
        pytest.param(expert(state="unavailable"), dossier(), OUTSIDE_SHANXI, ["state"], id="not available"),
        pytest.param(expert(state="removed"), dossier(), OUTSIDE_SHANXI, ["state"], id="removed"),
        pytest.param(expert(state="candidate"), dossier(), OUTSIDE_SHANXI, ["state"], id="a candidate of this edition"),
        pytest.param(
            expert(region="140100", state="removed", load=10),
            dossier(),
            OUTSIDE_SHANXI,
            ["state", "region", "load"],
            id="every reason at once",
        ),
    ],
)
def test_who_may_be_a_member(who: ExpertFacts, what: DossierFacts, rule: PairRule, broken: list[str]) -> None:
    found = rules.objections(who, what, rule)
    assert [objection.rule for objection in found] == broken
    assert rules.lawful(who, what, rule) is (not broken)


@pytest.mark.parametrize(
    ("who", "rule", "broken"),
    [
        (expert(), OUTSIDE_SHANXI, []),
        (expert(may_lead=False), OUTSIDE_SHANXI, ["qualification"]),
        (expert(region="140100"), PairRule("none", leader_outside_prefix="14"), ["leader_region"]),
        (expert(region="140100"), PairRule("none"), []),
        (expert(**NO_REGIONS), PairRule("none", leader_outside_prefix="14"), ["leader_region"]),
        (
            expert(**places(("employer", "610100"), ("residence", "140200"))),
            PairRule("none", leader_outside_prefix="14"),
            ["leader_region"],
        ),
        (
            expert(**places(("employer", "610100"), ("residence", "140200"))),
            PairRule("none", frozenset({"employer"}), "14"),
            [],
        ),
        # the award of a city: known only as from the province, he may be from the city
        (expert(region="340000"), PairRule("none", leader_outside_prefix="3401"), ["leader_region"]),
        (expert(region="340200"), PairRule("none", leader_outside_prefix="3401"), []),
        # 重庆 500000 is not 四川 51, 临汾 141000 not 吕梁 1411
        (expert(region="500000"), PairRule("none", leader_outside_prefix="51"), []),
        (expert(region="141000"), PairRule("none", leader_outside_prefix="1411"), []),
    ],
)
def test_who_may_lead(who: ExpertFacts, rule: PairRule, broken: list[str]) -> None:
    far = dossier("D", "650100")
    assert [objection.rule for objection in rules.objections(who, far, rule, as_leader=True)] == broken
    assert rules.may_lead(who, rule) is (not broken)
    assert rules.lawful(who, far, rule)


def test_an_objection_names_both_places_and_codes() -> None:
    (objection,) = rules.objections(expert(region="140121"), dossier("D", "140781"), OUTSIDE_SHANXI)
    assert str(objection.text) == (
        "专家的工作单位所在地为山西省太原市清徐县（140121），申报者的注册地为山西省晋中市介休市（140781），属于同一省级地区。"
    )
    (objection,) = rules.objections(expert(region="140121"), dossier("D", "650100"), OUTSIDE_SHANXI, as_leader=True)
    assert str(objection.text) == "组长须来自山西省以外；专家的工作单位所在地为山西省太原市清徐县（140121）。"


def test_a_declared_conflict_forbids_the_pair_and_no_other() -> None:
    conflicts = {("E01", "D01"): KINSHIP}
    (objection,) = rules.objections(expert(), dossier(), OUTSIDE_SHANXI, conflicts=conflicts)
    assert (objection.rule, str(objection.text)) == ("conflict", "专家与申报者存在利害关系：亲属关系。")
    assert rules.lawful(expert(), dossier("D02"), OUTSIDE_SHANXI, conflicts=conflicts)


def test_a_second_expert_of_one_employer_is_refused() -> None:
    mates = [expert("E02", employer_code="same"), expert("E03", employer_code="same")]
    found = rules.objections(expert(employer_code="same"), dossier(), OUTSIDE_SHANXI, panel=mates)
    assert [objection.rule for objection in found] == ["employer"]
    assert rules.lawful(expert("E02", employer_code="same"), dossier(), OUTSIDE_SHANXI, panel=mates[:1])
    assert rules.lawful(expert(employer_code=""), dossier(), OUTSIDE_SHANXI, panel=[expert("E02", employer_code="")])


def test_which_rule_removed_how_many() -> None:
    experts = [
        expert("E1"),
        expert("E2", "140200"),
        expert("E3", "140300", load=10),
        expert("E4", load=10),
        expert("E5"),
    ]
    first, second = rules.removals(
        [dossier(), dossier("D02", "650100")], experts, OUTSIDE_SHANXI, conflicts={("E5", "D01"): KINSHIP}
    )
    assert (first.dossier, first.experts, first.eligible) == ("D01", 5, 1)
    assert first.by_rule == {"region": 2, "conflict": 1, "load": 2}
    assert first.only_by_rule == {"region": 1, "conflict": 1, "load": 1}
    assert (second.eligible, second.by_rule) == (3, {"load": 2})


@pytest.mark.parametrize(
    ("kinds", "known", "asked", "is_expert", "points"),
    [
        ({"industry"}, {"34"}, "34", True, 10_000),
        ({"industry"}, {"C34"}, "34", True, 10_000),
        ({"industry"}, {"C"}, "34", True, 10_000),
        ({"quality"}, {"34"}, "34", False, 10_000),
        ({"industry"}, {"35"}, "34", False, 4_000),
        ({"industry"}, {"83"}, "34", False, 0),
        ({"industry"}, set(), "34", False, 0),
        ({"industry"}, {"34"}, "", True, 0),
    ],
)
def test_who_knows_the_industry(kinds: set[str], known: set[str], asked: str, *, is_expert: bool, points: int) -> None:
    person = expert(kinds=frozenset(kinds), industries=frozenset(known))
    assert rules.is_industry_expert(person, dossier(industry=asked)) is is_expert
    assert rules.affinity(person, dossier(industry=asked)) == points
    assert rules.is_examiner(person, dossier()) is ("quality" in kinds)


def test_an_expert_counts_for_the_province_of_the_employer() -> None:
    assert rules.province_of(expert(**places(("residence", "310100"), ("employer", "610100")))) == "61"
    assert rules.province_of(expert(**places(("residence", "310100")))) == "31"
    assert rules.province_of(expert(**NO_REGIONS)) == ""


CODES = st.sampled_from(sorted(regions._in_force()))


@given(
    st.lists(CODES, min_size=1, max_size=3),
    st.lists(CODES, min_size=1, max_size=3),
    st.sampled_from(["province", "city"]),
)
def test_nobody_lawful_shares_a_region_with_the_applicant(
    mine: list[str], theirs: list[str], level: regions.Level
) -> None:
    who = expert(**places(*(("residence", code) for code in mine)))
    apart = {regions.prefix(code, level) for code in mine}.isdisjoint(regions.prefix(code, level) for code in theirs)
    precise = all(level == "province" or regions.level_of(code) != "province" for code in mine + theirs)
    lawful = rules.lawful(who, dossier("D", *theirs), PairRule(level))
    assert apart if lawful else (not apart or not precise)
