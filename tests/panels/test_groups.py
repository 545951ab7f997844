"""The group rule by plain counting, and as the engine keeps it from the problem's words to the panels."""

import importlib.util
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from app.panels import rules
from app.panels.comparing import measured, sentences
from app.panels.draw import DrawInput, draw, input_record, read_input, result_record
from app.panels.engine import Assignment, Infeasible, Panel, Policy, Seat, UnlawfulPanel, assign, check
from tests.panels.pools import SEED, dossier, expert, pool, problem

ROOT = Path(__file__).parents[2]


def grouped(crossing: int = 0, experts: int = 60, dossiers: int = 9, **parts: object) -> DrawInput:
    given = pool(experts, dossiers, **parts)
    files = tuple(replace(entry, group="ABC"[at % 3]) for at, entry in enumerate(given.dossiers))
    return replace(given, dossiers=files, one_group=True, crossing=crossing)


def served(given: DrawInput, panels: Sequence[Panel]) -> dict[str, Counter[str]]:
    group = {entry.id: entry.group for entry in given.dossiers}
    return rules.served(((panel.dossier, member) for panel in panels for member in panel.members), group)


@pytest.mark.parametrize(
    ("seats", "groups", "percent", "least", "most"),
    [(500, 19, 10, 50, 50), (36, 3, 10, 3, 4), (36, 12, 10, 11, 11), (45, 3, 0, 0, 0), (45, 1, 20, 0, 0)],
)
def test_the_share_is_rounded_either_way_and_joins_all_groups(
    seats: int, groups: int, percent: int, least: int, most: int
) -> None:
    assert rules.group_rule(seats, groups, percent) == rules.GroupRule(least, most)


def test_home_is_where_an_expert_reads_most() -> None:
    counts = {"E1": Counter(A=3, B=1), "E2": Counter(B=1, C=1), "E3": Counter(C=4), "E4": Counter(D=1)}
    assert rules.crossing(counts) == 2
    assert rules.joined(counts, "ABCDE") == [{"A", "B", "C"}, {"D"}, {"E"}]


@pytest.mark.parametrize("policy", ["best", "random"])
@pytest.mark.parametrize("crossing", [0, 10, 20])
def test_the_panels_keep_the_group_rule(crossing: int, policy: str) -> None:
    given = grouped(crossing, experts=60 if policy == "best" else 150, policy=policy)
    drawn = draw(given, SEED)
    assert not isinstance(drawn, Infeasible)
    counts = served(given, drawn.panels)
    rule = rules.group_rule(45, 3, crossing)
    assert rule.least <= rules.crossing(counts) <= rule.most
    assert len(rules.joined(counts, "ABC")) == (1 if crossing else 3)


@pytest.mark.parametrize("policy", ["best", "fairest", "random"])
@pytest.mark.parametrize("lost", [1, 4, 9])
def test_seats_that_stand_and_new_ones_keep_the_share_together(policy: Policy, lost: int) -> None:
    given = grouped(10, experts=60 if policy != "random" else 150, policy=policy)
    first = draw(given, SEED)
    assert not isinstance(first, Infeasible)
    seats = [Seat(panel.dossier, one, one == panel.leader) for panel in first.panels for one in panel.members]
    standing = [seat for at, seat in enumerate(seats) if at % (len(seats) // lost)]
    again = draw(replace(given, fixed=tuple(standing)), SEED[::-1])
    assert not isinstance(again, Infeasible)
    held = {(panel.dossier, member) for panel in again.panels for member in panel.members}
    assert {(seat.dossier, seat.expert) for seat in standing} <= held
    counts = served(given, again.panels)
    assert 4 <= rules.crossing(counts) <= 5
    assert len(rules.joined(counts, "ABC")) == 1


def test_whoever_is_left_with_one_seat_in_each_group_keeps_them_all() -> None:
    given = grouped(10)
    everywhere = next(one for one in given.experts if rules.may_lead(one, given.rule))
    people = tuple(replace(one, max_load=3) if one is everywhere else one for one in given.experts)
    fixed = tuple(Seat(entry.id, everywhere.id) for entry in given.dossiers[:3])
    drawn = draw(replace(given, experts=people, fixed=fixed), SEED)
    assert not isinstance(drawn, Infeasible)
    assert served(given, drawn.panels)[everywhere.id] == Counter("ABC")


def test_input_and_seed_give_the_same_panels_in_any_order() -> None:
    given = grouped(10)
    turned = replace(given, experts=given.experts[::-1], dossiers=given.dossiers[::-1])
    assert draw(given, SEED) == draw(turned, SEED)
    assert draw(given, SEED) == draw(read_input(input_record(given)), SEED)


DRAWN_AGAIN = """import json, sys
from app.panels.draw import draw, read_input
given, seed = json.load(sys.stdin)
print(draw(read_input(given), seed).digest)"""


def test_the_number_of_threads_changes_nothing() -> None:
    given = grouped(10)
    here = draw(given, SEED)
    assert not isinstance(here, Infeasible)
    limits = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    told = json.dumps([input_record(given), SEED])
    again = [sys.executable, "-c", DRAWN_AGAIN]
    found = subprocess.run(
        again, input=told, cwd=ROOT, env=os.environ | limits, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == here.digest


@pytest.mark.parametrize(
    ("crossing", "panels", "fault"),
    [
        (0, ("E00 E01 E02", "E02 E03 E04"), "E02: serves 2 groups"),
        (20, ("E00 E01 E02", "E03 E04 E05"), "0 reviews cross groups instead of 1 to 2"),
        (20, ("E00 E01 E02", "E00 E01 E02"), "3 reviews cross groups instead of 1 to 2"),
    ],
)
def test_the_check_counts_what_crosses(crossing: int, panels: tuple[str, str], fault: str) -> None:
    files = [dossier("D01", group="A"), dossier("D02", group="B")]
    given = problem([expert(f"E0{at}") for at in range(6)], files, one_group=True, crossing=crossing)
    seated = Assignment(tuple(Panel(f"D0{at}", tuple(who.split()), who[:3]) for at, who in enumerate(panels, 1)))
    with pytest.raises(UnlawfulPanel, match=fault):
        check(given, seated)


def test_groups_that_nobody_joins_are_a_fault_though_enough_reviews_cross() -> None:
    files = [dossier(f"D{at}", group="ABCD"[at]) for at in range(4)]
    given = problem([expert(f"E{at:02}") for at in range(12)], files, one_group=True, crossing=20)
    who = ("E00 E01 E02", "E00 E01 E03", "E04 E05 E06", "E04 E07 E08")
    seated = Assignment(tuple(Panel(f"D{at}", tuple(one.split()), one[:3]) for at, one in enumerate(who)))
    with pytest.raises(UnlawfulPanel, match="without an expert in common"):
        check(given, seated)


def _verify(given: DrawInput, panels: Sequence[Panel]) -> None:
    """By the program that knows nothing of the product."""
    spec = importlib.util.spec_from_file_location("verify_draw", ROOT / "verify" / "draw.py")
    assert spec is not None
    assert spec.loader is not None
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    program.check_loads({"input": input_record(given), "result": result_record("", SEED, panels)})


@pytest.mark.parametrize("crossing", [0, 10, 20])
def test_whoever_checks_the_record_finds_the_group_rule_kept_and_broken(crossing: int) -> None:
    given = grouped(crossing)
    drawn = draw(given, SEED)
    assert not isinstance(drawn, Infeasible)
    _verify(given, drawn.panels)
    other = draw(replace(given, one_group=crossing > 0, crossing=0), SEED)  # mixed where apart is asked for, else apart
    assert not isinstance(other, Infeasible)
    with pytest.raises(Exception, match=r"^(groups|crossing)$"):
        _verify(given, other.panels)


def test_whoever_checks_the_record_finds_groups_that_nobody_joins() -> None:
    files = [dossier(f"D{at}", group="ABCD"[at]) for at in range(4)]
    given = problem([expert(f"E{at:02}") for at in range(12)], files)
    told = DrawInput(given.experts, given.dossiers, given.rule, given.shape, one_group=True, crossing=20)
    who = ("E00 E01 E02", "E00 E01 E03", "E04 E05 E06", "E04 E07 E08")
    panels = [Panel(f"D{at}", tuple(one.split()), one[:3]) for at, one in enumerate(who)]
    with pytest.raises(Exception, match=r"^joined$"):
        _verify(told, panels)


def _words(given: DrawInput, *who: str) -> list[str]:
    panels = [Panel(f"D{at}", tuple(one.split()), one[:2]) for at, one in enumerate(who)]
    return [str(sentence.text % sentence.values) for sentence in sentences(measured(given, panels))]


def test_what_can_be_compared_is_said_before_anybody_scores() -> None:
    files = [dossier(f"D{at}", group="AABB"[at]) for at in range(4)]
    given = DrawInput((), tuple(files), grouped().rule, grouped().shape)
    whole, across = _words(given, "E1 E2", "E1 E2 E3", "E3 E4", "E4 E5")
    assert whole.startswith("共同的专家把全部 4 份申报书连在一起，得分可以比较：效率 0.")
    assert across.startswith("1 份评审跨组完成；不同组的两份相比，误差是同组相比的 ")
    (apart,) = _words(given, "E1 E2", "E1 E2", "E3 E4", "E3 E4")
    assert "分成 2 块，最大的一块有 2 份" in apart
    assert not _words(given, "E1 E2")


def test_groups_that_leave_too_few_are_said_with_what_would_help() -> None:
    files = [dossier(f"D{at}", group="ABC"[at]) for at in range(3)]
    people = [expert(f"E{at}", ("610100", "110100", "310100", "440100")[at % 4], max_load=3) for at in range(5)]
    answer = assign(problem(people, files, one_group=True))
    assert isinstance(answer, Infeasible)
    assert all("group" in shortage.relief for shortage in answer.shortages)
