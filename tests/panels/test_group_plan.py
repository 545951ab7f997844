"""What the office decides about industry groups in the working copy of a draw, and what becomes of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import doctor
from app.kernel import unit_of_work
from app.kernel.database import db
from app.kernel.errors import Invalid, NotReady
from app.panels import ceremonies, facts, grouping, named, planned, rules, services
from app.panels.models import Draw, SeatRole
from app.panels.plan import Move
from tests.factories import panels as made
from tests.factories.accounts import office
from tests.support.client import document

MIXED = 'groups = "mixed"'
SEPARATE = (MIXED, 'groups = "separate"')
CROSSING = (MIXED, 'groups = "crossing"\ncrossing_percent = 20')
GROUPS = ("machinery", "power")
MOVE = Move("SX2026-001", "power", "主业已转为发电设备")
OFFICE = "office@test.example"


def setting(rule: tuple[str, str] = SEPARATE, dossiers: int = 4, pool: int = 24, **more: Any) -> made.Setting:
    """Dossiers of two groups in turn."""
    given = made.setting(dossiers, pool, rulebook=rule, **more)
    for at, dossier in enumerate(given.dossiers):
        dossier.group_key = GROUPS[at % 2]
    db.session.flush()
    return given


def drawn_to_the_end(given: made.Setting, draw: Draw) -> None:
    services.commit(given.office, draw, made.terms(), system=made.SYSTEM)
    with made.later(draw):
        services.record_public_value(given.office, draw, "3 5 1", again="3 5 1", witnesses="王某、李某")
        services.draw_panels(given.office, draw)
    services.publish_draw(given.office, draw)


def served(given: made.Setting) -> dict[str, Counter[str]]:
    found = grouping.grouping_in(given.round)
    assert found is not None
    return rules.served(facts_seats(given), found.group)


def facts_seats(given: made.Setting) -> list[tuple[str, str]]:
    return [(seat.dossier, seat.expert) for seat in facts.live_seats(given.round)]


def broken() -> list[str]:
    return [fault for finding in doctor.examine() for fault in finding.faults]


@pytest.mark.databases
@pytest.mark.usefixtures("app_context")
def test_a_moved_dossier_is_reviewed_by_the_experts_of_the_other_group_from_then_on() -> None:
    given = setting()
    draw = services.start_draw(given.office, given.round)
    services.move_dossier(given.office, draw, MOVE, version=draw.version)
    drawn_to_the_end(given, draw)

    assert {entry["id"]: entry["group"] for entry in draw.input["dossiers"]} == {
        "SX2026-001": "power",
        "SX2026-002": "power",
        "SX2026-003": "machinery",
        "SX2026-004": "power",
    }
    assert given.dossiers[0].group_key == "machinery"
    assert rules.crossing(served(given)) == 0
    assert ceremonies.verify(draw).agrees
    assert not broken()
    machinery, power = named.named_groups(draw)
    assert [len(group.panels) for group in (machinery, power)] == [1, 3]
    leaders = {seat.expert.number for seat in draw.assignments if seat.role is SeatRole.LEADER}
    assert {expert.number for group in (machinery, power) for expert, _dossiers in group.leaders} == leaders
    assert sorted(number for _expert, numbers in power.leaders for number in numbers) == [
        "SX2026-001",
        "SX2026-002",
        "SX2026-004",
    ]


@pytest.mark.usefixtures("app_context")
def test_whoever_follows_on_a_moved_dossier_comes_from_the_group_it_was_moved_to() -> None:
    given = setting()
    draw = services.start_draw(given.office, given.round)
    services.move_dossier(given.office, draw, MOVE, version=draw.version)
    drawn_to_the_end(given, draw)
    seat = next(each for each in draw.assignments if each.application.number == MOVE.dossier)
    services.replace(given.office, seat, reason="身体原因")
    assert rules.crossing(served(given)) == 0
    assert not broken()


@pytest.mark.usefixtures("app_context")
@pytest.mark.parametrize(
    ("move", "field", "why"),
    [
        (Move("SX2026-009", "power", "x"), "dossier", "这次抽取里没有这个编号"),
        (Move("SX2026-001", "nothing", "x"), "group", "请选择要移到的行业组"),
        (Move("SX2026-001", "machinery", "x"), "group", "已经在“装备制造与轨道交通”组"),
        (Move("SX2026-001", "power", " "), "reason", "请写明理由"),
    ],
)
def test_a_move_that_makes_no_sense_says_why(move: Move, field: str, why: str) -> None:
    given = setting()
    draw = services.start_draw(given.office, given.round)
    with pytest.raises(Invalid) as refused:
        services.move_dossier(given.office, draw, move, version=draw.version)
    assert (refused.value.field, why in str(refused.value)) == (field, True)


@pytest.mark.usefixtures("app_context")
def test_a_dossier_with_experts_stays_in_its_group() -> None:
    given = setting()
    draw = services.start_draw(given.office, given.round, top_up=True)
    services.move_dossier(given.office, draw, MOVE, version=draw.version)
    services.seat_by_hand(
        given.office, given.round, given.dossiers[0], given.expert(3), is_leader=True, reason="仅此一人"
    )
    with pytest.raises(Invalid) as refused:
        services.move_dossier(given.office, draw, MOVE, version=draw.version)
    assert "已有专家，分组不能再变" in str(refused.value)
    groups = {entry.id: entry.group for entry in planned.planned_input(given.round, planned.plan_of(draw)).dossiers}
    assert groups["SX2026-001"] == "machinery"
    with pytest.raises(NotReady) as late:
        services.commit(given.office, draw, made.terms(), system=made.SYSTEM)
    assert "请在“行业组”一步取消这项移动" in str(late.value.missing[0])
    services.move_back(given.office, draw, MOVE.dossier, version=draw.version)
    services.commit(given.office, draw, made.terms(), system=made.SYSTEM)


@pytest.mark.usefixtures("app_context")
def test_where_experts_are_mixed_there_is_nothing_to_move() -> None:
    given = made.setting(2)
    draw = services.start_draw(given.office, given.round)
    with pytest.raises(NotReady) as refused:
        services.move_dossier(given.office, draw, MOVE, version=draw.version)
    assert "不分行业组" in str(refused.value.missing[0])


@pytest.mark.usefixtures("app_context")
def test_less_may_cross_than_the_rulebook_allows_and_holds_for_the_round() -> None:
    given = setting(CROSSING)
    draw = services.start_draw(given.office, given.round)
    services.choose_crossing(given.office, draw, 0, version=draw.version)
    drawn_to_the_end(given, draw)
    assert rules.crossing(served(given)) == 0
    assert not grouping.has_crossing(given.round)
    seats = [seat for seat in draw.assignments if seat.role is SeatRole.MEMBER][:2]
    for seat in seats:
        services.excuse(given.office, seat, reason="身体原因")
    services.repair(given.office, given.round, reason="身体原因")
    assert rules.crossing(served(given)) == 0
    given.dossiers.append(made.accepted(given.office, given.edition, 5))
    later = services.start_draw(given.office, given.round)
    with pytest.raises(NotReady) as settled:
        services.choose_crossing(given.office, later, 10, version=later.version)
    assert "已经定下" in str(settled.value.missing[0])
    assert not broken()


@pytest.mark.usefixtures("app_context")
def test_more_may_not_cross_than_the_rulebook_allows() -> None:
    given = setting((MIXED, 'groups = "crossing"\ncrossing_percent = 10'))
    draw = services.start_draw(given.office, given.round)
    with pytest.raises(Invalid) as refused:
        services.choose_crossing(given.office, draw, 20, version=draw.version)
    assert "最多允许 10 %" in str(refused.value)


@pytest.mark.usefixtures("app_context")
def test_a_tie_to_a_group_is_counted_under_its_own_name() -> None:
    given = setting()
    made.published(given)
    late = made.accepted(given.office, given.edition, 5)
    late.group_key = "power"
    db.session.flush()
    (staffing,) = ceremonies.precheck(given.round)
    tied = {expert for expert, counts in served(given).items() if set(counts) == {"machinery"}}
    assert staffing.removals.by_rule["group"] == len(tied)
    assert "conflict" not in staffing.removals.by_rule


# --- the pages ----------------------------------------------------------------------------------------------------


@pytest.fixture
def draft(app: Flask, signed_in: Any) -> Callable[..., tuple[Any, str]]:
    def start(rule: tuple[str, str], dossiers: int = 4, pool: int = 24) -> tuple[Any, str]:
        with app.app_context(), unit_of_work.transaction():
            given = setting(rule, dossiers, pool, actor=office(email=OFFICE, password=True))
            address = f"/rounds/{given.round.id}/draw"
        desk = signed_in(OFFICE)
        return desk, desk.submit(address, form="/draw").location.partition("/plan")[0]

    return start


def test_the_office_moves_a_dossier_and_back_in_the_wizard(draft: Any) -> None:
    desk, address = draft(SEPARATE)
    step = f"{address}/plan/groups"
    assert "移到另一个行业组" in desk.page(step).text
    sent = {"dossier": MOVE.dossier, "group": MOVE.group, "reason": MOVE.reason}
    assert desk.submit(step, form="/plan/groups", **sent).status_code == 303
    page = desk.page(step)
    assert MOVE.reason in page.text
    again = desk.submit(step, form="/plan/groups", **sent)
    assert (again.status_code, "已经在“" in document(again).text) == (422, True)
    counted = desk.page(f"{address}/plan/preview").all("table[caption='各行业组']/tbody/tr")
    assert [" ".join(row.itertext()).split()[1] for row in counted] == ["1", "3"]
    assert desk.submit(step, form=f"/{MOVE.dossier}/back").status_code == 303
    assert MOVE.reason not in desk.page(step).text


def test_the_office_chooses_a_share(app: Flask, draft: Any) -> None:
    desk, address = draft(CROSSING)
    step = f"{address}/plan/groups"
    assert desk.submit(step, form="/plan/crossing", crossing="15").status_code == 422
    assert desk.submit(step, form="/plan/crossing", crossing="10").status_code == 303
    with app.app_context():
        (draw,) = db.session.scalars(select(Draw))
        assert planned.plan_of(draw).crossing == 10


def test_the_design_of_a_draw_stands_on_its_own_page(draft: Any, app: Flask, frozen_clock: Any) -> None:
    desk, address = draft(CROSSING, 8, 12)
    with app.app_context(), unit_of_work.transaction():
        (draw,) = db.session.scalars(select(Draw))
        given = made.Setting(office(email="second@test.example"), draw.edition, [], [])
        drawn_to_the_end(given, draw)
    text = desk.page(address).text
    assert "得分可以比较：效率 0." in text
    assert "份评审跨组完成" in text
    listed = desk.page(f"{address}/list").text
    assert "装备制造与轨道交通" in listed


def test_where_experts_are_mixed_the_wizard_has_no_step_for_groups(draft: Any) -> None:
    desk, address = draft((MIXED, MIXED))
    assert "plan/groups" not in " ".join(desk.page(f"{address}/plan/rules").links())
    assert desk.get(f"{address}/plan/groups").status_code == 404
