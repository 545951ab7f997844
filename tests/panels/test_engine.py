from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, product
from typing import Any

import highspy
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kernel.words import LocalText
from app.panels import rules
from app.panels.engine import (
    Assignment,
    Infeasible,
    Panel,
    Pool,
    Problem,
    Seat,
    Shape,
    UnlawfulPanel,
    assign,
    check,
    composition_faults,
)
from app.panels.engine.pool import LOT_PARTS
from app.panels.rules import ConflictFact
from tests.panels.pools import PROVINCES, SEED, dossier, expert, people, pool, problem, refused, staffed
from tests.support.effort import examples

KINSHIP = ConflictFact("kinship", LocalText("亲属关系", "Kinship"))


def weight(given: Problem, assignment: Assignment) -> int:
    """What the engine maximises: weights, less what uneven loads cost."""
    numbers = Pool(given)
    total = sum(
        int(numbers.weights[numbers.expert_at[seat.expert], numbers.dossier_at[seat.dossier]])
        for seat in assignment.seats
    )
    loads = Counter(seat.expert for seat in assignment.seats)
    before = {person.id: person.load for person in given.experts}
    dear = sum(before[name] + step for name, seats in loads.items() for step in range(seats))
    return total - dear * given.balance * LOT_PARTS


# --- what a panel looks like --------------------------------------------------------------------------------------


def look_at(panel: Panel, members: list[rules.ExpertFacts], file: rules.DossierFacts) -> None:
    """Five from elsewhere, of five employers and two provinces at least, with a leader, two examiners and an industry expert."""
    assert len(set(panel.members)) == 5
    assert panel.leader in {member.id for member in members if member.may_lead}
    assert not [fact for member in members for fact in member.regions if fact.code.startswith("14")]
    assert len([member for member in members if "quality" in member.kinds]) >= 2
    assert any(rules.is_industry_expert(member, file) for member in members)
    assert len({member.employer_code for member in members}) == 5
    assert len(set(map(rules.province_of, members))) >= 2


def test_an_edition_is_staffed_under_every_rule() -> None:
    given = pool(120, 30).problem(SEED)
    panels = staffed(given).panels
    assert len(panels) == 30
    by_number = {person.id: person for person in given.experts}
    files = {entry.id: entry for entry in given.dossiers}
    for panel in panels:
        look_at(panel, [by_number[member] for member in panel.members], files[panel.dossier])
    assert max(Counter(member for panel in panels for member in panel.members).values()) <= 8


def test_the_order_of_the_rows_changes_nothing() -> None:
    given = pool(60, 12)
    turned = replace(given, experts=given.experts[::-1], dossiers=given.dossiers[5:] + given.dossiers[:5])
    assert staffed(given.problem(SEED)) == staffed(turned.problem(SEED))


def test_another_seed_gives_other_panels() -> None:
    given = pool(60, 12)
    assert staffed(given.problem(SEED)) != staffed(given.problem("77" * 32))


def test_loads_are_spread() -> None:
    answer = staffed(problem(people(12), [dossier(f"D{number}") for number in range(4)], balance=5_000))
    assert set(Counter(seat.expert for seat in answer.seats).values()) == {1}


def test_a_given_affinity_decides() -> None:
    experts = people(6)
    affinity = {("E1", "D01"): 9_000, ("E3", "D01"): 8_000, ("E5", "D01"): 7_000}
    (panel,) = staffed(problem(experts, [dossier()], affinity=affinity, lot=0)).panels
    assert (panel.members, panel.leader) == (("E1", "E3", "E5"), "E1")


def test_nothing_to_staff_is_staffed() -> None:
    assert staffed(problem(people(3), [])) == Assignment(())


def test_a_shape_without_a_leader_names_none() -> None:
    (panel,) = staffed(problem(people(3, may_lead=False), [dossier()], shape=Shape(size=3, leader=False))).panels
    assert panel.leader == ""


def test_experts_without_an_employer_on_record_may_sit_together() -> None:
    (panel,) = staffed(problem(people(3, employer_code=""), [dossier()])).panels
    assert len(panel.members) == 3


# --- seats that stand ---------------------------------------------------------------------------------------------


def test_a_top_up_keeps_who_is_there() -> None:
    fixed = (Seat("D01", "E5", is_leader=True), Seat("D01", "E4"))
    affinity = {("E0", "D01"): 10_000, ("E1", "D01"): 9_000}
    (panel,) = staffed(problem(people(6), [dossier()], fixed=fixed, affinity=affinity, lot=0)).panels
    assert (panel.members, panel.leader) == (("E0", "E4", "E5"), "E5")


def test_a_leader_who_stands_is_named_where_no_leader_is_asked_for() -> None:
    given = problem(
        people(3), [dossier()], shape=Shape(size=3, leader=False), fixed=(Seat("D01", "E1", is_leader=True),)
    )
    assert staffed(given).panels[0].leader == "E1"


@pytest.mark.parametrize(
    ("fixed", "parts"),
    [
        pytest.param([("D01", "home", False)], {}, id="from the applicant's province"),
        pytest.param([("D01", "E1", True)], {"leads": False}, id="a leader who may not lead"),
        pytest.param([("D01", "E1", False)], {"conflicts": {("E1", "D01"): KINSHIP}}, id="a conflict declared since"),
        pytest.param(
            [("D01", "E1", False), ("D02", "E1", False)], {"max_load": 1}, id="more seats than the load allows"
        ),
        pytest.param([("D01", f"E{number}", False) for number in range(4)], {}, id="more seats than the panel has"),
        pytest.param([("D01", "E1", True), ("D01", "E2", True)], {}, id="two leaders"),
        pytest.param([("D01", "E1", False), ("D01", "E2", False)], {"employer_code": "one"}, id="two of one employer"),
        pytest.param(
            [("D01", "E0", False), ("D01", "E6", False)],
            {"shape": Shape(size=3, max_per_province=1)},
            id="one province",
        ),
    ],
)
def test_seats_that_cannot_stand_are_named(fixed: list[tuple[str, str, bool]], parts: dict[str, Any]) -> None:
    facts = {name: parts.pop(name) for name in ("max_load", "employer_code") if name in parts}
    experts = [*people(8, may_lead=parts.pop("leads", True), **facts), expert("home", "140100")]
    seats = tuple(Seat(*seat) for seat in fixed)
    answer = refused(problem(experts, [dossier(), dossier("D02")], fixed=seats, **parts))
    assert {shortage.need for shortage in answer.shortages} == {"fixed"} or answer.shortages[0].need == "fixed"


# --- what cannot be done ------------------------------------------------------------------------------------------


def test_a_dossier_with_too_small_a_pool_says_which_rule_removed_whom() -> None:
    experts = [*people(2), expert("H1", "140100"), expert("H2", "140200"), expert("H3", "140300", load=10)]
    answer = refused(problem(experts, [dossier(), dossier("D02", "650100")]))
    (shortage,) = answer.shortages
    assert (shortage.dossier, shortage.need, shortage.needed, shortage.available) == ("D01", "eligible", 3, 2)
    assert shortage.removals.by_rule == {"region": 3, "load": 1}
    assert str(shortage.text) == "需要 3 名专家，符合规则的只有 2 名。"


@pytest.mark.parametrize(
    ("need", "shape", "facts"),
    [
        ("leader", Shape(size=3), {"may_lead": False}),
        ("industry", Shape(size=3, industry_experts=1), {}),
        ("examiner", Shape(size=3, examiners=2), {"kinds": frozenset({"industry"})}),
    ],
)
def test_a_role_that_nobody_can_fill_is_named(need: str, shape: Shape, facts: dict[str, Any]) -> None:
    (shortage,) = refused(problem(people(5, **facts), [dossier()], shape=shape)).shortages
    assert (shortage.need, shortage.available) == (need, 0)


@pytest.mark.parametrize(
    ("need", "experts", "sentence"),
    [
        ("capacity", people(5, max_load=1), "全部材料共需 6 个席位，专家的任务上限合计只够 5 个"),
        ("leader", [*people(1, max_load=1), *people(8, may_lead=False)[1:]], "全部材料共需 2 个组长席位"),
    ],
)
def test_too_many_dossiers_for_the_loads(need: str, experts: list[rules.ExpertFacts], sentence: str) -> None:
    (shortage, *_) = refused(problem(experts, [dossier(), dossier("D02")])).shortages
    assert shortage.need == need
    assert sentence in str(shortage.text)


def test_rules_that_clash_only_together_are_said_to() -> None:
    same = people(4, employer_code="one")
    (shortage,) = refused(problem([*same, expert("E9", "650100")], [dossier()])).shortages
    assert shortage.need == "together"
    assert "同一单位" in str(shortage.text)


# --- the best there is --------------------------------------------------------------------------------------------


def every_assignment(given: Problem) -> Iterator[Assignment]:
    """All lawful assignments, by trying everything."""
    files = sorted(given.dossiers, key=lambda entry: entry.id)
    for chosen in product(*(list(every_panel(given, entry)) for entry in files)):
        loads = Counter(member for panel in chosen for member in panel.members)
        if all(person.load + loads[person.id] <= person.max_load for person in given.experts):
            yield Assignment(chosen)


def every_panel(given: Problem, entry: rules.DossierFacts) -> Iterator[Panel]:
    lawful = [who for who in given.experts if rules.judge(who, entry, given.rule, conflicts=given.conflicts).is_lawful]
    for members in combinations(sorted(lawful, key=lambda who: who.id), given.shape.size):
        leaders = [who.id for who in members if rules.may_lead(who, given.rule)]
        panel = Panel(entry.id, tuple(who.id for who in members), leaders[0] if leaders else "")
        if not any(composition_faults(panel, members, entry, shape=given.shape, rule=given.rule)):
            yield panel


@st.composite
def small_problems(draw: st.DrawFn) -> Problem:
    experts = [
        expert(
            f"E{number}",
            draw(st.sampled_from((*PROVINCES[:3], "140100"))),
            employer_code=draw(st.sampled_from(("", "A", "B", "C"))),
            kinds=frozenset({draw(st.sampled_from(("quality", "industry")))}),
            industries=frozenset({draw(st.sampled_from(("34", "35", "83")))}),
            may_lead=draw(st.booleans()),
            max_load=draw(st.integers(1, 3)),
            load=draw(st.integers(0, 1)),
        )
        for number in range(draw(st.integers(3, 7)))
    ]
    files = [
        dossier(f"D{number}", industry=draw(st.sampled_from(("34", "83")))) for number in range(draw(st.integers(1, 3)))
    ]
    shape = Shape(
        2,
        draw(st.booleans()),
        draw(st.integers(0, 1)),
        draw(st.integers(0, 1)),
        draw(st.booleans()),
        draw(st.integers(0, 1)),
    )
    return problem(
        experts, files, shape=shape, lot=draw(st.sampled_from((0, 2_000))), balance=draw(st.sampled_from((0, 500)))
    )


@settings(max_examples=examples(150), deadline=None)
@given(small_problems())
def test_no_lawful_assignment_is_better_and_none_is_missed(given: Problem) -> None:
    best = max((weight(given, candidate) for candidate in every_assignment(given)), default=None)
    answer = assign(given)
    if best is None:
        assert isinstance(answer, Infeasible)
    else:
        assert isinstance(answer, Assignment)
        assert weight(given, answer) == best


Seats = dict[tuple[int, int], Any]


def best_of_the_whole_programme(given: Problem) -> float:
    """The optimum by one integer programme over all pairs, written row by row, in basis points."""
    numbers, solver = Pool(given), highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("mip_rel_gap", 0.0)
    seats = {(int(e), int(d)): solver.addBinary() for e, d in zip(*np.nonzero(numbers.eligible), strict=True)}
    for column in range(len(numbers.dossiers)):
        ask_of_a_panel(solver, numbers, {e: taken for (e, d), taken in seats.items() if d == column}, column)
    value = sum(int(numbers.weights[pair]) / LOT_PARTS * taken for pair, taken in seats.items())
    solver.maximize(value - cost_of_loads(solver, numbers, seats))
    return float(solver.getObjectiveValue())


def ask_of_a_panel(solver: highspy.Highs, numbers: Pool, seats: dict[int, Any], column: int) -> None:
    solver.addConstr(sum(seats.values()) == numbers.problem.shape.size)
    for role in numbers.roles:
        solver.addConstr(sum(taken for e, taken in seats.items() if role.mask[e, column]) >= role.needed)
    for highest, labels in numbers.limits:
        for label in {labels[e] for e in seats}:
            solver.addConstr(sum(taken for e, taken in seats.items() if labels[e] == label) <= highest)


def cost_of_loads(solver: highspy.Highs, numbers: Pool, seats: Seats) -> Any:
    """Each further dossier of one expert costs `balance` more than the one before."""
    costs = []
    for row, room in enumerate(numbers.capacity):
        steps = [solver.addBinary() for _ in range(room)]
        solver.addConstr(sum(taken for (e, _), taken in seats.items() if e == row) <= sum(steps))
        costs += [number * numbers.problem.balance * step for number, step in enumerate(steps)]
    return sum(costs)


@pytest.mark.parametrize("label", ["s35", "s36"])  # the relaxation of s35 is fractional and needs pairs from outside
def test_the_answer_is_the_optimum_over_all_pairs(label: str) -> None:
    given = pool(90, 24, label).problem(SEED)
    assert weight(given, staffed(given)) / LOT_PARTS == pytest.approx(best_of_the_whole_programme(given), abs=1e-4)


# --- the independent check ----------------------------------------------------------------------------------------


def panels(*members: Sequence[str]) -> Assignment:
    return Assignment(
        tuple(Panel(f"D0{number}", tuple(names), names[0]) for number, names in enumerate(members, start=1))
    )


@pytest.mark.parametrize(
    ("assignment", "parts", "fault"),
    [
        (panels(), {}, "not one panel for every dossier"),
        (panels(["E0", "E1"]), {}, "2 members instead of 3"),
        (panels(["E0", "E1", "E1"]), {}, "2 members instead of 3"),
        (panels(["E0", "E1", "home"]), {}, "home is not lawful \\(region\\)"),
        (panels(["E0", "E1", "E2"]), {"conflicts": {("E2", "D01"): KINSHIP}}, "E2 is not lawful \\(conflict\\)"),
        (panels(["follower", "E1", "E2"]), {}, "no leader"),
        (panels(["E0", "E1", "E2"]), {"shape": Shape(size=3, industry_experts=1)}, "too few industry experts"),
        (panels(["E0", "E1", "follower"]), {"shape": Shape(size=3, examiners=3)}, "too few examiners"),
        (panels(["E0", "E1", "twin"]), {}, "two experts of one employer"),
        (
            panels(["E0", "E1", "E6"]),
            {"shape": Shape(size=3, max_per_province=1)},
            "too many experts from one province",
        ),
        (panels(["E0", "E1", "busy"]), {"fixed": (Seat("D01", "E2"),)}, "the fixed seat of E2 was moved"),
        (panels(["E0", "E1", "E2"]), {"fixed": (Seat("D01", "E2", is_leader=True),)}, "the fixed seat of E2 was moved"),
        (
            panels(["E0", "E1", "busy"], ["E2", "E3", "busy"]),
            {"dossiers": (dossier(), dossier("D02"))},
            "busy: more dossiers than allowed",
        ),
    ],
)
def test_the_check_finds_every_fault(assignment: Assignment, parts: dict[str, Any], fault: str) -> None:
    experts = [
        *people(7),
        expert("home", "140100"),
        expert("follower", "650100", may_lead=False, kinds=frozenset()),
        expert("twin", "650100", employer_code="employer of E1"),
        expert("busy", "650100", max_load=1),
    ]
    with pytest.raises(UnlawfulPanel, match=fault):
        check(replace(problem(experts, [dossier()]), **parts), assignment)


def test_the_check_says_nothing_when_all_is_right() -> None:
    check(problem(people(4), [dossier()], fixed=(Seat("D01", "E0"),)), panels(["E0", "E1", "E2"]))
