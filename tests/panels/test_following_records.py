"""Whoever checks a repair or a replacement by its record alone finds every byte that was changed."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace as changed
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, settings
from hypothesis import given as drawn_from
from hypothesis import strategies as st

from app.kernel.canonical import Record, canonical, digest
from app.panels import draw as drawing
from app.panels import published, records, services
from app.panels.draw import DrawInput, DrawResult
from app.panels.engine import Infeasible, Panel, Seat, Shape
from app.panels.models import SeatRole
from tests.factories.panels import published as seated
from tests.factories.panels import setting
from tests.panels.engine.records import PROGRAM, verified
from tests.panels.pools import SEED, pool
from tests.panels.test_repairing import losing
from tests.support.effort import examples

REASON = "身体原因"
Tamper = Callable[[Record], object]


def plain(record: object) -> Record:
    copied: Record = json.loads(canonical(record))
    return copied


@pytest.fixture
def repaired(app_context: object) -> Record:
    given = setting(2, 24)
    losing(given, seated(given), SeatRole.LEADER, SeatRole.MEMBER)
    (draw,) = services.repair(given.office, given.round, reason=REASON).draws
    return plain(published.whole_record(draw))


@pytest.fixture
def replaced(app_context: object) -> Record:
    given = setting(2, 24)
    return plain(published.whole_record(services.replace(given.office, seated(given)[0], reason=REASON)))


def test_an_honest_repair_holds_and_says_what_was_checked(repaired: Record, tmp_path: Path) -> None:
    code, said = verified(repaired, tmp_path)
    assert code == 0, said
    assert [line[0] for line in said.splitlines()[:-1]] == ["✓"] * 11
    for sentence in (
        f"（摘要{repaired['follows']['input']}）",
        "其余席位都没有变动。",
        "失去席位的专家没有回到原席位",
        "在任的组长留任",
        "排在前面的，依规则都不能补",
    ):
        assert sentence in said


def test_an_honest_replacement_holds_and_its_successor_is_looked_up_again(replaced: Record, tmp_path: Path) -> None:
    code, said = verified(replaced, tmp_path)
    assert code == 0, said
    assert "得到同一名替补" in said
    assert [line[0] for line in said.splitlines()[:-1]] == ["✓"] * 5


@pytest.mark.parametrize("kind", ["repaired", "replaced"])
def test_without_its_input_a_following_record_still_proves_its_seed(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    record = {part: value for part, value in request.getfixturevalue(kind).items() if part not in ("input", "codes")}
    code, said = verified(record, tmp_path)
    assert code == 0, said
    assert "不含输入" in said
    record["follows"]["input"] = "0" * 64
    assert "种子不是由输入、公共数值和秘密算出的" in verified(record, tmp_path)[1]


# --- what an organiser might change, with every digest made to fit -------------------------------------------------


def sealed(record: Record) -> None:
    """As a dishonest organiser would publish it: all digests fit what was changed."""
    record["result"]["input"] = digest(record["input"]["input"])
    record["digests"].update(input=digest(record["input"]), result=digest(record["result"]))


def panel_of(record: Record, seat: list[Any]) -> Record:
    panel: Record = next(panel for panel in record["result"]["panels"] if panel["dossier"] == seat[0])
    return panel


def newcomer(record: Record) -> tuple[Record, str]:
    """The panel that lost a member, and who was drawn for it."""
    lost = next(seat for seat in record["input"]["lost"] if not seat[2])
    panel = panel_of(record, lost)
    stood = {seat[1] for seat in record["input"]["standing"] if seat[0] == lost[0]}
    (new,) = set(panel["members"]) - stood
    return panel, new


def another_follows(record: Record) -> None:
    """Somebody lawful who stands behind the one drawn."""
    panel, new = newcomer(record)
    taken = {name for each in record["result"]["panels"] for name in each["members"]}
    gone = {seat[1] for seat in record["input"]["lost"]}
    other = next(
        entry["id"]
        for entry in reversed(record["input"]["input"]["experts"])
        if entry["id"] not in taken | gone and not entry["exceptions"] and entry["state"] == "available"
    )
    panel["members"] = sorted([*(set(panel["members"]) - {new}), other])


def loser_returns(record: Record) -> None:
    panel, new = newcomer(record)
    lost = next(seat for seat in record["input"]["lost"] if not seat[2])
    panel["members"] = sorted([*(set(panel["members"]) - {new}), lost[1]])
    record["input"]["input"]["conflicts"] = []


def somebody_else_moves(record: Record) -> None:
    """The panel that lost a member loses another one, and nobody is said to have left."""
    panel, new = newcomer(record)
    taken = {name for each in record["result"]["panels"] for name in each["members"]}
    moved = next(name for name in panel["members"] if name not in (new, panel["leader"]))
    gone = {seat[1] for seat in record["input"]["lost"]}
    other = next(entry["id"] for entry in record["input"]["input"]["experts"] if entry["id"] not in taken | gone)
    panel["members"] = sorted([*(set(panel["members"]) - {moved}), other])


def another_leads(record: Record) -> None:
    """The newcomer's panel is led by whoever weighs least, though all of them may lead."""
    lost, given = next(seat for seat in record["input"]["lost"] if seat[2]), record["input"]["input"]
    panel = panel_of(record, lost)
    for entry in given["experts"]:
        entry["may_lead"] = True
    members = [entry for entry in given["experts"] if entry["id"] in panel["members"]]
    dossier = next(entry for entry in given["dossiers"] if entry["id"] == panel["dossier"])
    lots = program()["Lots"](given, record["seed"])
    panel["leader"] = min(members, key=lambda entry: lots.weight(entry, dossier))["id"]


def sitting_leader_steps_back(record: Record) -> None:
    panel, _ = newcomer(record)
    panel["leader"] = next(name for name in panel["members"] if name != panel["leader"])
    for entry in record["input"]["input"]["experts"]:
        entry["may_lead"] = entry["may_lead"] or entry["id"] == panel["leader"]


def local_newcomer(record: Record) -> None:
    _, new = newcomer(record)
    entry = next(entry for entry in record["input"]["input"]["experts"] if entry["id"] == new)
    entry["regions"] = [["employer", "140200", "", ""]]


@pytest.mark.parametrize(
    ("tamper", "sentence"),
    [
        (another_follows, "没有按次序补"),
        (loser_returns, "失去的席位"),
        (another_leads, "新组长不是分量最高的"),
        (sitting_leader_steps_back, "不再带队"),
        (local_newcomer, "属于同一地区"),
        (lambda record: record["result"]["panels"].pop(), "没有专家组"),
        (lambda record: record["input"]["lost"].append(["SX2026-009", "X", False]), "材料SX2026-009没有专家组"),
        (lambda record: record["openings"][0].update(secret="another"), "与承诺不符"),
        (lambda record: record.update(public="another number"), "种子不是由输入、公共数值和秘密算出的"),
        (lambda record: record["result"].update(seed="0" * 64), "结果记录的输入或种子"),
    ],
)
def test_a_repair_that_was_tampered_with_is_refused_by_the_right_sentence(
    repaired: Record, tmp_path: Path, tamper: Tamper, sentence: str
) -> None:
    tamper(repaired)
    sealed(repaired)
    code, said = verified(repaired, tmp_path)
    assert code == 1, said
    assert sentence in said


def test_a_seat_moved_without_need_is_said(repaired: Record, tmp_path: Path) -> None:
    somebody_else_moves(repaired)
    sealed(repaired)
    assert "另有1个席位随之调整" in verified(repaired, tmp_path)[1]


@pytest.mark.parametrize("kind", ["repaired", "replaced"])
def test_one_changed_byte_of_a_following_record_is_found(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    honest = request.getfixturevalue(kind)
    for part, sentence in (("input", "输入被改动"), ("result", "结果被改动")):
        record, text = plain(honest), canonical(honest[part])
        at = text.index("SX2026-00") + len("SX2026-00")
        record[part] = json.loads(f"{text[:at]}7{text[at + 1 :]}")
        code, said = verified(record, tmp_path)
        assert code == 1
        assert sentence in said


def test_another_successor_is_found(replaced: Record, tmp_path: Path) -> None:
    dossier, chosen, leads = replaced["result"]["seat"]
    held = {name for where, name, _ in replaced["input"]["standing"] if where == dossier}
    others = {entry["id"] for entry in replaced["input"]["input"]["experts"]} - held - {chosen}
    replaced["result"]["seat"] = [dossier, min(others), leads]
    replaced["digests"]["result"] = digest(replaced["result"])
    code, said = verified(replaced, tmp_path)
    assert code == 1
    assert f"专家{chosen}排在{min(others)}之前" in said


# --- whatever is lost: what the engine answers, the program finds in order ------------------------------------------


@cache
def program() -> dict[str, Any]:
    scope: dict[str, Any] = {"__name__": "verify"}
    exec(compile(PROGRAM.read_text(encoding="utf-8"), PROGRAM, "exec"), scope)  # noqa: S102
    return scope


def faults(record: Record) -> list[str]:
    found = []
    for key, check in program()["CHECKS_OF"][record["input"]["format"]](record):
        try:
            check()
        except program()["Fault"] as fault:
            found.append(f"{key}: {fault.sentences[1]}")
    return found


SHAPES = (
    Shape(size=3),
    Shape(size=4, industry_experts=1, examiners=1, provinces=2),
    Shape(size=3, max_per_province=1, apart=True, examiners=1),
)


def _seats(panels: tuple[Panel, ...]) -> list[Seat]:
    return [Seat(panel.dossier, name, name == panel.leader) for panel in panels for name in panel.members]


def weighed(given: DrawInput, factor: int) -> DrawInput:
    """With affinities of its own for every pair, where the factor is any."""
    if not factor:
        return given
    pairs = [(expert.id, dossier.id) for expert in given.experts for dossier in given.dossiers]
    return changed(given, affinity={pair: (at * factor) % 10_001 for at, pair in enumerate(pairs)}, lot=300)


def repair_faults(given: DrawInput, lost: Sequence[Seat], standing: Sequence[Seat]) -> list[str]:
    found = drawing.restore(given, SEED, lost, standing=standing)
    if isinstance(found, Infeasible):
        return []
    return faults({"input": records.repair_input(given, lost, standing), "result": found.record, "seed": SEED})


def replacement_faults(given: DrawInput, lost: Seat, standing: Sequence[Seat]) -> list[str]:
    found = drawing.replace(given, SEED, lost, standing=standing)
    if isinstance(found, Infeasible):
        return []
    source = records.replacement_input(given, lost, standing)
    result = records.replacement_result(digest(source), SEED, found.seat)
    return faults({"input": source, "result": result, "seed": SEED})


@settings(max_examples=examples(25), deadline=None)
@drawn_from(st.integers(0, 10**6), st.integers(14, 40), st.integers(1, 4), st.sampled_from(SHAPES), st.data())
def test_whatever_is_lost_the_program_agrees_with_the_engine(
    label: int, experts: int, dossiers: int, shape: Shape, data: st.DataObject
) -> None:
    factor = data.draw(st.sampled_from((0, 7_919)))
    given = weighed(changed(pool(experts, dossiers, f"{label}"), shape=shape), factor)
    drawn = drawing.draw(given, SEED)
    assume(isinstance(drawn, DrawResult))
    assert isinstance(drawn, DrawResult)
    seats = _seats(drawn.panels)
    order = data.draw(st.permutations(seats))
    count = data.draw(st.integers(1, min(3, len(seats))))
    assert repair_faults(given, order[:count], order[count:]) == []
    assert replacement_faults(given, order[0], order[1:]) == []
