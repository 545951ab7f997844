"""The rulebook's rule of industry groups, from the draw to every later way onto a panel."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import update

from app import doctor
from app.applications.models import Application
from app.kernel.canonical import canonical
from app.kernel.database import db
from app.kernel.errors import NotReady
from app.panels import ceremonies, facts, lists, preview, published, queries, rules, services
from app.panels.models import Assignment, Draw, SeatRole
from tests.factories import panels as made
from tests.panels.engine.records import verified
from tests.support.rulebooks import rulebook

pytestmark = pytest.mark.usefixtures("app_context")

MIXED = 'groups = "mixed"'
SEPARATE = (MIXED, 'groups = "separate"')
CROSSING = (MIXED, 'groups = "crossing"\ncrossing_percent = 20')
GROUPS = ("machinery", "power")
REASON = "身体原因"


def setting(rule: tuple[str, str], dossiers: int = 4, pool: int = 24) -> made.Setting:
    """Dossiers of two groups in turn."""
    given = made.setting(dossiers, pool, rulebook=rule)
    for at, dossier in enumerate(given.dossiers):
        dossier.group_key = GROUPS[at % 2]
    db.session.flush()
    return given


def served(given: made.Setting) -> dict[str, Counter[str]]:
    group = {dossier.number: dossier.group_key for dossier in given.dossiers}
    return rules.served(((seat.dossier, seat.expert) for seat in facts.live_seats(given.round)), group)


def broken() -> list[str]:
    return [fault for finding in doctor.examine() for fault in finding.faults]


def freed(given: made.Setting, group: str) -> Assignment:
    """One ordinary seat on a panel of this group, taken back."""
    seat = next(
        each
        for each in queries.held_seats(given.round)
        if each.application.group_key == group
        and each.role is SeatRole.MEMBER
        and set(served(given)[each.expert.number]) == {group}
    )
    services.excuse(given.office, seat, reason=REASON)
    return seat


def of_group(given: made.Setting, group: str) -> str:
    return min(expert for expert, counts in served(given).items() if set(counts) == {group})


@pytest.mark.parametrize("rule", [SEPARATE, CROSSING], ids=["separate", "crossing"])
def test_a_draw_keeps_the_group_rule_and_whoever_checks_its_record_finds_it(
    rule: tuple[str, str], tmp_path: Path
) -> None:
    given = setting(rule)
    seats = made.published(given)

    crossing = rules.crossing(served(given))
    assert crossing == 0 if rule is SEPARATE else 2 <= crossing <= 3
    assert len(rules.joined(served(given), GROUPS)) == (2 if rule is SEPARATE else 1)
    draw = seats[0].draw
    assert draw is not None
    assert ceremonies.verify(draw).agrees
    record = published.whole_record(draw)
    assert verified(record, tmp_path)[0] == 0
    assert not broken()
    told = json.loads(canonical(record))
    told["input"]["one_group"], told["input"]["crossing"] = True, 0 if rule is CROSSING else 20
    assert verified(told, tmp_path)[0] == 1


def test_a_seat_by_name_says_in_which_group_the_expert_serves() -> None:
    given = setting(SEPARATE)
    made.published(given)
    dossier, expert = freed(given, "power").application, of_group(given, "machinery")
    with pytest.raises(services.UnlawfulSeats) as refused:
        name(given, dossier, expert)
    texts = [str(objection.text) for objection in refused.value.faults[0].objections]
    assert texts.count("专家已在“装备制造与轨道交通”组任评审，本届各组专家不交叉。") == 1


def test_a_list_is_refused_where_its_own_rows_cross() -> None:
    given = setting(SEPARATE)
    rows = [lists.ListedSeat(at, f"SX2026-00{at}", "E003", "leader") for at in (1, 2, 3)]
    first, second, third = lists.propose(given.round, rows).rows
    assert (first.faults, third.faults) == ((), ())
    assert [str(fault.text) for fault in second.faults] == [
        "专家已在“装备制造与轨道交通”组任评审，本届各组专家不交叉。"
    ]


def test_whoever_follows_comes_from_no_other_group() -> None:
    given = setting(SEPARATE)
    for seat in made.published(given)[:3]:
        draw = services.replace(given.office, seat, reason=REASON)
        assert ceremonies.verify(draw).agrees
    assert rules.crossing(served(given)) == 0
    lost = [seat for seat in queries.held_seats(given.round) if seat.role is SeatRole.MEMBER][:2]
    for seat in lost:
        services.excuse(given.office, seat, reason=REASON)
    services.repair(given.office, given.round, reason=REASON)
    assert rules.crossing(served(given)) == 0
    assert not broken()


@pytest.mark.parametrize("rule", [SEPARATE, CROSSING], ids=["separate", "crossing"])
def test_seats_of_an_earlier_draw_tie_an_expert_to_the_group(rule: tuple[str, str]) -> None:
    given = setting(rule)
    made.published(given)
    before = rules.crossing(served(given))
    late = made.accepted(given.office, given.edition, 5)
    late.group_key = "power"
    given.dossiers.append(late)
    made.published(given)
    assert rules.crossing(served(given)) == before
    assert not broken()


def topped_up(given: made.Setting) -> Draw:
    draw = services.start_draw(given.office, given.round, top_up=True)
    services.commit(given.office, draw, made.terms(), system=made.SYSTEM)
    with made.later(draw):
        services.record_public_value(given.office, draw, "3 5 1", again="3 5 1", witnesses="王某、李某")
        services.draw_panels(given.office, draw)
    services.publish_draw(given.office, draw)
    return draw


def test_a_panel_is_topped_up_within_its_group() -> None:
    given = setting(SEPARATE)
    made.published(given)
    dossier = freed(given, "power").application
    topped_up(given)
    assert len(queries.live_seats_of(given.round, dossier)) == 3
    assert rules.crossing(served(given)) == 0


def pairs_of(given: made.Setting) -> set[tuple[str, str]]:
    return {(seat.dossier, seat.expert) for seat in facts.live_seats(given.round)}


def joining_gone(given: made.Setting, seats: list[Assignment]) -> Counter[str]:
    """Everybody who serves two groups leaves; how many seats every panel lost."""
    joining = [seat for seat in seats if len(served(given)[seat.expert.number]) > 1]
    for seat in joining:
        services.excuse(given.office, seat, reason=REASON)
    return Counter(seat.application.number for seat in joining)


@pytest.mark.databases
def test_a_top_up_keeps_the_share_of_reviews_that_cross_over_old_and_new_seats(tmp_path: Path) -> None:
    given = setting(CROSSING)
    seats = made.published(given)
    gone = joining_gone(given, seats)
    assert rules.crossing(served(given)) == 0
    assert len(rules.joined(served(given), GROUPS)) == 2
    late = made.accepted(given.office, given.edition, 5)
    late.group_key = "power"
    given.dossiers.append(late)
    stood = pairs_of(given)

    draw = topped_up(given)

    assert stood <= pairs_of(given)
    assert sorted(Counter(dossier for dossier, _expert in pairs_of(given)).values()) == [3] * 5
    added = Counter(seat.application.number for seat in queries.assignments_of(draw))
    assert added == gone + Counter({late.number: 3})
    assert rules.crossing(served(given)) == 3  # of 15
    assert len(rules.joined(served(given), GROUPS)) == 1
    assert len(draw.input["dossiers"]) == 5
    assert verified(published.whole_record(draw), tmp_path)[0] == 0
    assert not broken()


def test_the_wizard_tells_who_is_topped_up_from_panels_that_are_full() -> None:
    given = setting(CROSSING)
    made.published(given)
    dossier = freed(given, "power").application
    working = preview.look(services.start_draw(given.office, given.round, top_up=True))
    assert (working.dossiers, working.begun, working.full) == (1, 1, 3)
    assert [staffing.application for staffing in working.staffings] == [dossier]


def test_seats_that_fell_empty_under_crossing_are_topped_up_and_not_repaired() -> None:
    given = setting(CROSSING)
    made.published(given)
    freed(given, "power")
    with pytest.raises(NotReady) as refused:
        services.repair(given.office, given.round, reason=REASON)
    assert "请新建抽取方案补抽" in str(refused.value.missing[0])


def test_reviews_cross_by_name_until_the_share_is_spent() -> None:
    given = setting(CROSSING, dossiers=6, pool=32)
    made.published(given)
    refused, gone = "", set[str]()
    while not refused:
        lost = freed(given, "power")
        gone.add(lost.expert.number)
        others = {seat.expert.number for seat in queries.live_seats_of(given.round, lost.application)}
        homes = {expert for expert, counts in served(given).items() if set(counts) == {"machinery"}}
        fitting = (
            each for each in sorted(homes - others - gone) if int(each[1:]) % 2 == int(lost.expert.number[1:]) % 2
        )
        refused = refusal(given, lost.application, next(fitting))
    assert "本轮可以跨组的评审份数已经用完" in refused
    assert rules.crossing(served(given)) == 4


def refusal(given: made.Setting, dossier: Application, expert: str) -> str:
    try:
        name(given, dossier, expert)
    except services.UnlawfulSeats as unlawful:
        return str(unlawful.missing[0])
    return ""


def name(given: made.Setting, dossier: Application, expert: str) -> Assignment:
    return services.seat_by_hand(
        given.office, given.round, dossier, given.expert(int(expert[1:])), is_leader=False, reason=REASON
    )


@pytest.mark.parametrize(
    ("rule", "fault"),
    [(SEPARATE, "在一轮中评审 2 个行业组"), (CROSSING, "跨组评审 12 份，规则最多 7 份")],
    ids=["separate", "crossing"],
)
def test_the_doctor_finds_a_group_rule_that_no_longer_holds(rule: tuple[str, str], fault: str) -> None:
    given = setting(rule, dossiers=8, pool=12)
    made.published(given)
    assert not broken()
    for dossier, group in zip(given.dossiers, rulebook().enabled_groups, strict=False):
        db.session.execute(update(Application).where(Application.id == dossier.id).values(group_key=group.key))
    db.session.expire_all()
    assert any(fault in each for each in broken())
