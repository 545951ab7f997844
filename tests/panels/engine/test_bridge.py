"""The product's problem through the engine: the rules that came later, the random policy, repair, and reasons in words."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from operator import attrgetter
from typing import Any

import pytest

from app.panels import rules
from app.panels.draw import input_record, read_input
from app.panels.engine import (
    Assignment,
    Infeasible,
    Panel,
    Seat,
    Shape,
    UnlawfulPanel,
    assign,
    check,
    restore,
)
from tests.panels.pools import SEED, dossier, expert, people, pool, problem, refused, staffed

# --- rules that came later ----------------------------------------------------------------------------------------


def test_a_finance_expert_a_promise_and_a_forbidden_pair_are_heeded() -> None:
    experts = [*people(6), expert("F1", "110100", kinds=frozenset({"finance"})), expert("last", "310100", min_load=1)]
    affinity = {(who.id, "D01"): 9_000 for who in experts[:6]}
    given = problem(
        experts,
        [dossier()],
        shape=Shape(size=3, finance_experts=1),
        affinity=affinity,
        forbidden=frozenset({("E0", "D01")}),
    )
    (panel,) = staffed(given).panels
    assert {"F1", "last"} < set(panel.members)
    assert "E0" not in panel.members


def test_a_panel_comes_from_as_many_provinces_as_asked() -> None:
    experts = [expert(f"E{number}", "610100") for number in range(5)] + [
        expert("far", "110100"),
        expert("off", "310100"),
    ]
    affinity = {(f"E{number}", "D01"): 9_000 for number in range(5)}
    (panel,) = staffed(problem(experts, [dossier()], shape=Shape(size=3, provinces=3), affinity=affinity)).panels
    assert {"far", "off"} < set(panel.members)


def test_an_expert_stays_in_one_group_where_the_rules_say_so() -> None:
    files = [dossier(f"D{number}", group="AB"[number % 2]) for number in range(4)]
    given = problem(people(8), files, one_group=True, balance=0)
    served: dict[str, set[str]] = {}
    group = {entry.id: entry.group for entry in files}
    for seat in staffed(given).seats:
        served.setdefault(seat.expert, set()).add(group[seat.dossier])
    assert all(len(groups) == 1 for groups in served.values())


def test_roles_may_be_asked_of_different_people() -> None:
    both = people(4, kinds=frozenset({"industry", "finance"}))
    shape = Shape(size=2, industry_experts=1, finance_experts=1)
    assert isinstance(assign(problem(both, [dossier()], shape=shape)), Assignment)
    (shortage, *_) = refused(problem(both, [dossier()], shape=replace(shape, apart=True))).shortages
    assert shortage.need in {"together", "leader", "industry", "finance"}


def test_a_record_says_what_is_asked_and_nothing_of_what_is_not() -> None:
    given = pool(10, 2)
    assert not {"forbidden", "one_group", "policy", "share"} & set(input_record(given))
    asked = replace(
        given,
        experts=tuple(replace(who, min_load=1) for who in given.experts),
        shape=replace(given.shape, finance_experts=1, provinces=2, apart=True),
        forbidden=frozenset({("E0001", "D001")}),
        one_group=True,
        policy="random",
        share=(1, 3),
    )
    assert input_record(read_input(input_record(asked))) == input_record(asked)
    assert read_input(input_record(asked)).problem(SEED) == replace(
        asked.problem(SEED),
        experts=read_input(input_record(asked)).experts,
        dossiers=read_input(input_record(asked)).dossiers,
    )


@pytest.mark.parametrize(
    ("members", "parts", "fault"),
    [
        (["E0", "E1", "E2"], {"shape": Shape(size=3, finance_experts=1)}, "too few finance experts"),
        (["E0", "E1", "E6"], {"shape": Shape(size=3, provinces=3)}, "experts from too few provinces"),
        (["E0", "E1", "E2"], {"forbidden": frozenset({("E1", "D01")})}, "E1 is forbidden"),
        (["E0", "E1", "E2"], {"shape": Shape(size=3, examiners=3, apart=True)}, "fill two roles"),
    ],
)
def test_the_check_knows_the_later_rules(members: list[str], parts: dict[str, Any], fault: str) -> None:
    given = replace(problem(people(8), [dossier()]), **parts)
    with pytest.raises(UnlawfulPanel, match=fault):
        check(given, Assignment((Panel("D01", tuple(members), members[0]),)))


def test_the_check_counts_promises_and_groups() -> None:
    files = [dossier("D01", group="A"), dossier("D02", group="B")]
    experts = [*people(5), expert("promised", "110100", min_load=1)]
    panels = Assignment(tuple(Panel(entry.id, ("E0", "E1", "E2"), "E0") for entry in files))
    with pytest.raises(UnlawfulPanel, match=r"promised: fewer dossiers than promised.*E0: serves 2 groups"):
        check(problem(experts, files, one_group=True), panels)


# --- at random ----------------------------------------------------------------------------------------------------


def test_a_random_draw_is_lawful_and_nobody_is_sure_of_a_dossier() -> None:
    given = replace(pool(120, 8), policy="random", balance=0)
    seeds = [f"{number:064x}" for number in range(12)]
    drawn = [staffed(given.problem(seed)) for seed in seeds]
    assert drawn[0] == staffed(given.problem(seeds[0]))
    times = Counter((seat.expert, seat.dossier) for answer in drawn for seat in answer.seats)
    assert max(times.values()) < len(seeds)


def test_too_small_a_share_is_said() -> None:
    given = problem(people(4), [dossier()], policy="random")
    (shortage,) = refused(given).shortages
    assert shortage.need == "share"
    assert "不超过 1/2" in str(shortage.text)
    assert isinstance(assign(replace(given, share=(9, 10))), Assignment)


def test_a_fixed_seat_is_sure_in_a_random_draw() -> None:
    given = replace(pool(120, 6), policy="random", fixed=(Seat("D001", "E0007"),))
    if any(who.id == "E0007" and rules.judge(who, given.dossiers[1], given.rule).is_lawful for who in given.experts):
        assert all(
            Seat("D001", "E0007") in {Seat(s.dossier, s.expert) for s in staffed(given.problem(f"{n:064x}")).seats}
            for n in range(4)
        )


# --- lost seats ---------------------------------------------------------------------------------------------------


LEADS = attrgetter("is_leader")


def pairs(seats: Iterable[Seat]) -> set[tuple[str, str]]:
    return {(seat.dossier, seat.expert) for seat in seats}


def test_lost_seats_are_filled_and_nobody_else_moves() -> None:
    given = pool(120, 12).problem(SEED)
    before = staffed(given)
    leader = next(seat for seat in before.seats if seat.is_leader)
    lost = [leader, next(seat for seat in before.seats if seat.dossier != leader.dossier)]
    standing = [seat for seat in before.seats if seat not in lost]
    after = restore(replace(given, seed="fresh"), standing, lost)
    assert isinstance(after, Assignment)
    assert pairs(standing) < pairs(after.seats)
    assert not pairs(lost) & pairs(after.seats)
    assert pairs(filter(LEADS, standing)) < pairs(filter(LEADS, after.seats))
    assert after == restore(replace(given, seed="fresh"), standing[::-1], lost[::-1])


def test_a_seat_that_nobody_can_take_is_explained() -> None:
    given = problem(people(3), [dossier()])
    (panel,) = staffed(given).panels
    lost = Seat("D01", panel.members[0])
    answer = restore(given, [Seat("D01", name) for name in panel.members[1:]], [lost])
    assert isinstance(answer, Infeasible)
    assert answer.shortages


# --- why not ------------------------------------------------------------------------------------------------------


def test_the_dossiers_that_compete_are_named_with_their_experts() -> None:
    """Two dossiers from Shaanxi and Beijing leave the same three experts two seats each; four more are elsewhere."""
    few = [expert(f"E{number}", "310100", max_load=1) for number in range(5)]
    many = [expert(f"N{number}", "610100", max_load=9) for number in range(6)]
    files = [dossier("D01", "610100"), dossier("D02", "610100"), dossier("D03", "440100")]
    shortages = refused(problem([*few, *many], files)).shortages
    assert {shortage.dossier for shortage in shortages} == {"D01", "D02"}
    assert {(shortage.need, shortage.needed, shortage.available) for shortage in shortages} == {("seats", 6, 5)}
    assert shortages[0].among == ("D01", "D02")
    assert "2 份材料（D01、D02）合计需要 6 个席位" in str(shortages[0].text)


def test_as_few_dossiers_as_fail_are_named() -> None:
    few = [expert(f"E{number}", "310100", max_load=1) for number in range(20)]
    many = [expert(f"N{number}", "610100", max_load=99) for number in range(6)]
    files = [dossier(f"D{n:02d}", "610100" if n < 10 else "440100") for n in range(15)]
    (shortage, *_) = refused(problem([*few, *many], files)).shortages
    assert len(shortage.among) == 7
    assert "D06" in str(shortage.text)
    assert "…" not in str(shortage.text)


def test_one_change_that_would_do_is_named() -> None:
    same = people(4, employer_code="one")
    (shortage,) = refused(problem([*same, expert("E9", "650100")], [dossier()])).shortages
    assert (shortage.need, shortage.relief) == ("together", ("employer",))
    assert "只要放宽以下任意一项就能排出：同一单位限一人" in str(shortage.text)
