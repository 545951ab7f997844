from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel import regions
from app.kernel.words import LocalText
from app.panels import rules
from app.panels.rules import ConflictFact, DossierFacts, ExceptionFact, ExpertFacts, PairRule, RegionFact
from tests.panels.pools import OUTSIDE_SHANXI, dossier, expert

TODAY = date(2026, 5, 8)
"""The day of a draw whose rulebook looks back for three years."""
REACHES_BACK = PairRule("province", places_since=date(2023, 5, 8))
LEADERS_FROM_OUTSIDE = PairRule("none", leader_outside_prefix="14", places_since=date(2023, 5, 8))
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
    found = rules.judge(who, what, rule).objections
    assert [objection.rule for objection in found] == broken
    assert rules.judge(who, what, rule).is_lawful is (not broken)


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
    assert [objection.rule for objection in rules.judge(who, far, rule, as_leader=True).objections] == broken
    assert rules.may_lead(who, rule) is (not broken)
    assert rules.judge(who, far, rule).is_lawful


def test_an_objection_names_both_places_and_codes() -> None:
    (objection,) = rules.judge(expert(region="140121"), dossier("D", "140781"), OUTSIDE_SHANXI).objections
    assert str(objection.text) == (
        "专家的工作单位所在地为山西省太原市清徐县（140121），申报者的注册地为山西省晋中市介休市（140781），属于同一省级地区。"
    )
    (objection,) = rules.judge(
        expert(region="140121"), dossier("D", "650100"), OUTSIDE_SHANXI, as_leader=True
    ).objections
    assert str(objection.text) == "组长须来自山西省以外；专家的工作单位所在地为山西省太原市清徐县（140121）。"


def test_a_declared_conflict_forbids_the_pair_and_no_other() -> None:
    conflicts = {("E01", "D01"): KINSHIP}
    (objection,) = rules.judge(expert(), dossier(), OUTSIDE_SHANXI, conflicts=conflicts).objections
    assert (objection.rule, str(objection.text)) == ("conflict", "专家与申报者存在利害关系：亲属关系。")
    assert rules.judge(expert(), dossier("D02"), OUTSIDE_SHANXI, conflicts=conflicts).is_lawful


def test_a_second_expert_of_one_employer_is_refused() -> None:
    mates = [expert("E02", employer_code="same"), expert("E03", employer_code="same")]
    found = rules.judge(expert(employer_code="same"), dossier(), OUTSIDE_SHANXI, panel=mates).objections
    assert [objection.rule for objection in found] == ["employer"]
    assert rules.judge(expert("E02", employer_code="same"), dossier(), OUTSIDE_SHANXI, panel=mates[:1]).is_lawful
    assert rules.judge(
        expert(employer_code=""), dossier(), OUTSIDE_SHANXI, panel=[expert("E02", employer_code="")]
    ).is_lawful


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
    lawful = rules.judge(who, dossier("D", *theirs), PairRule(level)).is_lawful
    assert apart if lawful else (not apart or not precise)


# --- dated places, dated interests, exceptions --------------------------------------------------------------------


def lived(code: str, since: date | None = None, until: date | None = None, kind: str = "residence") -> RegionFact:
    return RegionFact(kind, code, since, until)


@pytest.mark.parametrize(
    ("fact", "is_lawful"),
    [
        pytest.param(lived("140100"), False, id="lives there, nobody knows since when"),
        pytest.param(lived("140100", since=date(2026, 5, 1)), False, id="moved there last week"),
        pytest.param(lived("140100", until=date(2026, 12, 31)), False, id="will leave at the end of the year"),
        pytest.param(lived("140100", until=date(2023, 5, 8)), False, id="left three years ago to the day"),
        pytest.param(lived("140100", until=date(2023, 5, 7)), True, id="left a day earlier"),
        pytest.param(
            lived("140100", until=date(2024, 1, 1), kind="former_employer"), False, id="worked there until lately"
        ),
        pytest.param(lived("140100", until=date(2014, 1, 1), kind="former_employer"), True, id="worked there long ago"),
        pytest.param(lived("140100", kind="former_employer"), False, id="worked there, nobody knows until when"),
    ],
)
def test_a_place_counts_until_the_window_has_passed(fact: RegionFact, *, is_lawful: bool) -> None:
    who = expert(regions=(RegionFact("employer", "610100"), fact))
    assert rules.judge(who, dossier(), REACHES_BACK).is_lawful is is_lawful
    assert rules.may_lead(who, LEADERS_FROM_OUTSIDE) is is_lawful


def test_an_expert_all_of_whose_places_were_left_long_ago_has_none() -> None:
    who = expert(regions=(lived("610100", until=date(2010, 1, 1)),))
    (objection,) = rules.judge(who, dossier(), REACHES_BACK).objections
    assert str(objection.text) == "专家没有登记所在地，无法证明其来自申报者所在地区以外。"


def test_an_objection_tells_the_day_of_each_fact() -> None:
    who = expert(
        regions=(
            lived("140121", since=date(2019, 3, 1)),
            lived("140781", since=date(2015, 1, 1), until=date(2025, 6, 30)),
            lived("140200", until=date(2025, 6, 30), kind="former_employer"),
        )
    )
    what = DossierFacts("D01", (RegionFact("registered", "140100", TODAY),))
    first, second, third = rules.judge(who, what, REACHES_BACK).objections
    assert str(first.text) == (
        "专家的常住地（2019-03-01 起）为山西省太原市清徐县（140121），"
        "申报者的注册地（2026-05-08 申报）为山西省太原市（140100），属于同一省级地区。"
    )
    assert (first.mine, first.theirs, first.level) == (who.regions[0], what.regions[0], "province")
    assert "常住地（2015-01-01 至 2025-06-30）" in str(second.text)
    assert "原工作单位所在地（2025-06-30 止）" in str(third.text)


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        (date(2024, 1, 1), None, "亲属关系（2024-01-01 起）。"),
        (date(2020, 1, 1), date(2025, 1, 1), "亲属关系（2025-01-01 止，仍在回溯期内）。"),
    ],
)
def test_an_interest_tells_its_days(since: date | None, until: date | None, words: str) -> None:
    fact = ConflictFact("kinship", KINSHIP.name, since, until)
    (objection,) = rules.judge(expert(), dossier(), OUTSIDE_SHANXI, conflicts={("E01", "D01"): fact}).objections
    assert str(objection.text).endswith(words)


def test_an_exception_lifts_its_rule_for_its_dossier_and_nothing_else() -> None:
    who = expert(region="140100", load=10, exceptions=(ExceptionFact("D01", "region", 7),))
    verdict = rules.judge(who, dossier(), OUTSIDE_SHANXI)
    assert [objection.rule for objection in verdict.objections] == ["load"]
    assert verdict.exceptions == (7,)
    assert str(verdict.lifted[0].text).startswith("依第 7 号例外可以评审：专家的工作单位所在地为山西省太原市（140100）")
    assert not rules.judge(who, dossier("D02"), OUTSIDE_SHANXI).exceptions
    free = expert(region="140100", exceptions=(ExceptionFact("D01", "region", 7),))
    assert rules.judge(free, dossier(), OUTSIDE_SHANXI).is_lawful
    assert not rules.judge(free, dossier(), OUTSIDE_SHANXI, as_leader=True).is_lawful


# --- all pairs at once --------------------------------------------------------------------------------------------

SOME_CODES = st.sampled_from(["140100", "140121", "140000", "370102", "371202", "610100", "110105", "110228", "650100"])
DAYS = st.none() | st.sampled_from([date(2020, 1, 1), date(2023, 5, 7), date(2023, 5, 8), date(2025, 1, 1)])
KINDS = st.sampled_from(["employer", "residence", "former_employer"])
REGIONS = st.lists(st.builds(RegionFact, KINDS, SOME_CODES, DAYS, DAYS), max_size=3).map(tuple)
EXCEPTIONS = st.lists(
    st.builds(
        ExceptionFact, st.sampled_from(["D0", "D1", "D9"]), st.sampled_from(["region", "conflict", "load"]), st.just(1)
    ),
    max_size=2,
).map(tuple)


@st.composite
def pools(draw: st.DrawFn) -> tuple[list[ExpertFacts], list[DossierFacts], PairRule, dict[rules.Pair, ConflictFact]]:
    people = [
        expert(
            f"E{number}",
            regions=draw(REGIONS),
            employer_code=draw(st.sampled_from(["", "one", "two"])),
            may_lead=draw(st.booleans()),
            load=draw(st.sampled_from([0, 10])),
            state=draw(st.sampled_from(["available", "available", "removed"])),
            exceptions=draw(EXCEPTIONS),
        )
        for number in range(draw(st.integers(0, 4)))
    ]
    files = [
        DossierFacts(f"D{number}", draw(REGIONS), credit_code=draw(st.sampled_from(["", "one", "three"])))
        for number in range(draw(st.integers(0, 3)))
    ]
    kinds = draw(st.sampled_from([frozenset[str](), frozenset({"employer", "residence"})]))
    levels = st.sampled_from(["none", "province", "city", "county"])
    rule = PairRule(draw(levels), kinds, draw(st.sampled_from(["", "14"])), draw(DAYS))
    pairs = st.tuples(st.sampled_from(["E0", "E1", "E9"]), st.sampled_from(["D0", "D1", "D9"]))
    return people, files, rule, dict.fromkeys(draw(st.lists(pairs, max_size=2)), KINSHIP)


@given(given_pool=pools(), as_leader=st.booleans())
def test_all_pairs_at_once_agree_with_the_one_rule_in_every_cell(*, given_pool: Any, as_leader: bool) -> None:
    people, files, rule, conflicts = given_pool
    found = rules.masks(people, files, rule, as_leader=as_leader, conflicts=conflicts)
    assert found.lawful.shape == (len(people), len(files))
    for row, who in enumerate(people):
        for column, what in enumerate(files):
            objections = rules.judge(who, what, rule, as_leader=as_leader, conflicts=conflicts).objections
            assert set(found.rules_at(row, column)) == {objection.rule for objection in objections}
            assert found.lawful[row, column] == (not objections)
