"""What shares of reviews that cross come to, measured in the background while the office goes on."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import jobs
from app.kernel import unit_of_work
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import Forbidden, NotReady
from app.kernel.words import Message
from app.panels import measurements, preview, services, trials
from app.panels.crossing import Share, read_share, share_record
from app.panels.measurements import Shown
from app.panels.models import Draw, DrawMeasurement
from app.panels.plan import Aims
from app.panels.services import measuring
from tests.factories.accounts import office, supervisor
from tests.panels.test_group_plan import CROSSING, OFFICE, setting

STEPS = 4
"""The most without groups, then 0, 10 and 20 per cent."""


def turns(number: int = STEPS) -> None:
    for _turn in range(number):
        jobs.work(threading.Event())


def asked(dossiers: int = 8, pool: int = 12) -> Actor:
    """Committed, as the clock's own session would see it; who asked."""
    with unit_of_work.transaction():
        given = setting(CROSSING, dossiers, pool)
        services.measure(given.office, services.start_draw(given.office, given.round), "crossing")
    return given.office


def draw() -> Draw:
    """The only one, as it stands now; the clock has closed the session that made it."""
    return db.session.scalars(select(Draw)).one()


def seen() -> Shown:
    db.session.expire_all()
    found = measurements.shown(draw(), "crossing", preview.look(draw()).given)
    assert found is not None
    return found


@pytest.mark.databases
@pytest.mark.usefixtures("app_context")
def test_the_clock_measures_step_by_step_what_crossing_costs_and_gains() -> None:
    asked()
    assert (seen().is_open, seen().row.done) == (True, 0)
    turns(1)
    assert (seen().is_open, seen().row.done, seen().shares) == (True, 1, ())
    turns(STEPS - 1)
    found = seen()
    assert (found.is_open, found.is_current, found.problem) == (False, True, None)
    none, ten, twenty = found.shares
    assert none.design is not None
    assert ten.design is not None
    assert twenty.design is not None
    assert (none.design["crossing"], none.design["parts"] > 1, none.design["efficiency"]) == (0, True, "")
    assert 2 <= ten.design["crossing"] <= 3 < twenty.design["crossing"] <= 5
    assert 0 < float(ten.design["efficiency"]) <= float(twenty.design["efficiency"]) <= 1
    assert all(share.kept is None or 0 < share.kept <= 1 for share in found.shares)
    assert measurements.waiting() == []


@pytest.mark.databases
@pytest.mark.usefixtures("app_context")
def test_what_was_cut_off_in_a_step_does_it_again() -> None:
    asked(4, 24)
    turns(2)
    (waiting,) = measurements.waiting()
    with unit_of_work.reading():
        trials.work_out(measuring.prepare(waiting).work)  # and the process ends here
    assert len(seen().shares) == 1
    turns(2)
    assert [share.percent for share in seen().shares] == [0, 10, 20]


@pytest.mark.usefixtures("app_context")
def test_a_change_of_the_plan_makes_it_begin_anew_and_later_puts_it_out_of_date() -> None:
    actor = asked(4, 24)
    turns(2)
    before = seen().row.basis
    with unit_of_work.transaction():
        services.choose_aims(actor, draw(), Aims(balance=0), version=draw().version)
    turns(1)
    assert (seen().row.done, seen().row.basis != before) == (1, True)
    turns(3)
    with unit_of_work.transaction():
        services.choose_crossing(actor, draw(), 10, version=draw().version)
    assert (seen().is_open, seen().is_current) == (False, True)  # it is what the choice was made by
    with unit_of_work.transaction():
        services.choose_aims(actor, draw(), Aims(balance=2000), version=draw().version)
    assert not seen().is_current


@pytest.mark.usefixtures("app_context")
def test_asking_twice_measures_once_and_asking_again_later_begins_anew() -> None:
    actor = asked(4, 24)
    turns(1)
    with unit_of_work.transaction():
        services.measure(actor, draw(), "crossing")
    assert seen().row.done == 1
    turns(3)
    with unit_of_work.transaction():
        services.measure(actor, draw(), "crossing")
    assert (seen().row.done, seen().is_open) == (0, True)


@pytest.mark.usefixtures("app_context")
def test_a_share_that_leads_to_no_list_says_why() -> None:
    asked(4, 3)
    turns()
    shares = seen().shares
    assert [(share.percent, share.design) for share in shares] == [(0, None), (10, None), (20, None)]
    assert all("符合规则的" in str(share.short) for share in shares)


def test_a_reason_is_kept_with_the_words_in_it_so_that_it_can_be_said_in_any_language() -> None:
    reason = Message("共需 %(n)s 个：%(relief)s", {"n": 3, "relief": (Message("组长要求"), Message("任务上限"))})
    share = Share(10, short=reason)
    assert read_share(json.loads(json.dumps(share_record(share)))) == share


@pytest.mark.usefixtures("app_context")
def test_a_plan_that_is_none_any_more_is_measured_no_further() -> None:
    actor = asked(4, 24)
    turns(1)
    with unit_of_work.transaction():
        services.discard_draw(actor, draw(), reason="重新拟定")
    turns(1)
    assert "方案已经封定或作废" in str(seen().problem)
    assert measurements.waiting() == []
    with pytest.raises(Forbidden):
        services.measure(actor, draw(), "crossing")


@pytest.mark.usefixtures("app_context")
def test_a_fault_is_a_sentence_and_the_clock_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    asked(4, 24)
    with unit_of_work.transaction():
        seen().row.asked_for = ["ten"]
    turns(2)
    assert "意外的错误" in str(seen().problem)
    assert "measurement" in caplog.text
    assert measurements.waiting() == []


@pytest.mark.usefixtures("app_context")
def test_where_nothing_may_cross_there_is_nothing_to_measure() -> None:
    given = setting()
    draw = services.start_draw(given.office, given.round)
    with pytest.raises(NotReady) as refused:
        services.measure(given.office, draw, "crossing")
    assert "不允许跨组评审" in str(refused.value.missing[0])


# --- in a process of its own ------------------------------------------------------------------------------------


def worked(beside: jobs.Beside, times: int) -> list[dict[str, int]]:
    """Turns of the loop until so many steps have ended."""
    done: list[dict[str, int]] = []
    deadline = time.monotonic() + 120
    while sum(turn["measurements"] for turn in done) < times and time.monotonic() < deadline:
        done.append(jobs.work(threading.Event(), beside.turn))
        time.sleep(0.05)
    return done


@pytest.mark.slow
@pytest.mark.usefixtures("app_context")
def test_the_loop_turns_on_while_a_step_is_worked_out_and_comes_to_the_same() -> None:
    asked(4, 24)
    turns()
    here = seen().shares
    with unit_of_work.transaction():
        services.measure(office(email="again@test.example"), draw(), "crossing")
    beside = jobs.Beside()
    try:
        done = worked(beside, STEPS)
    finally:
        beside.apart.stop()
    assert len(done) > STEPS
    assert (seen().is_open, seen().shares) == (False, here)


@pytest.mark.usefixtures("app_context")
def test_a_process_that_dies_is_a_sentence_and_the_next_measurement_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    actor = asked(4, 24)
    with unit_of_work.transaction():
        services.measure(actor, draw(), "policies")
    beside = jobs.Beside()
    try:
        beside.turn()
        assert beside.apart.process is not None
        beside.apart.process.kill()
        beside.apart.process.wait()
        beside.turn()
        assert "意外的错误" in str(seen().problem)
        assert "measurement" in caplog.text
        assert beside.apart.is_working
        worked(beside, 1)
    finally:
        beside.apart.stop()
    assert not beside.apart.is_working
    found = measurements.shown(draw(), "policies", preview.look(draw()).given)
    assert found is not None
    assert found.row.done == 1


# --- the page -----------------------------------------------------------------------------------------------------


@pytest.fixture
def step(app: Flask, signed_in: Any) -> Callable[[], tuple[Any, str]]:
    def started() -> tuple[Any, str]:
        with app.app_context(), unit_of_work.transaction():
            given = setting(CROSSING, 4, 24, actor=office(email=OFFICE, password=True))
            address = f"/draws/{services.start_draw(given.office, given.round).id}/plan"
        return signed_in(OFFICE), address

    return started


def test_the_office_asks_goes_on_and_finds_the_answer_on_the_page(app: Flask, step: Any) -> None:
    desk, address = step()
    page = f"{address}/groups"
    assert "测算 0、10、20 % 的代价与所得" in desk.page(page).text
    assert desk.get(f"{address}/crossing/progress").status_code == 404
    assert desk.submit(page, form="measure").status_code == 303
    waiting = desk.page(page)
    assert "起在后台测算" in waiting.text
    assert waiting.all("progress")[0].get("value") == "0"
    with app.app_context():
        turns(2)
    told = desk.get(f"{address}/crossing/progress").json
    assert (told["done"], told["total"], "按 10 % 的跨组比例" in told["text"], "url" in told) == (2, 4, True, False)
    assert desk.submit(f"{address}/aims", form="/plan/aims", balance="0").status_code == 303
    with app.app_context():
        turns(STEPS)
    ended = desk.get(f"{address}/crossing/progress").json
    text = desk.page(ended["url"].partition("#")[0]).text
    assert "个互不相连的部分" in text
    assert "已经过时" not in text
    assert desk.submit(f"{address}/aims", form="/plan/aims", balance="2000").status_code == 303
    assert "已经过时" in desk.page(page).text


def test_whoever_watches_sees_the_answer_and_does_not_ask(app: Flask, step: Any, signed_in: Any) -> None:
    desk, address = step()
    desk.submit(f"{address}/groups", form="measure")
    with app.app_context():
        turns()
        with unit_of_work.transaction():
            supervisor(email="watch@test.example", password=True)
        assert db.session.scalars(select(DrawMeasurement)).one().ended_at is not None
    watcher = signed_in("watch@test.example")
    page = watcher.page(f"{address}/groups")
    assert "个互不相连的部分" in page.text
    assert "重新测算" not in page.text


def test_what_each_way_of_choosing_costs_is_measured_in_the_background_too(app: Flask, step: Any) -> None:
    desk, address = step()
    page = f"{address}/policy"
    assert desk.submit(page, form="measure").status_code == 303
    assert "起在后台测算" in desk.page(page).text
    with app.app_context():
        turns(2)
    told = desk.get(f"{address}/policies/progress").json
    assert (told["done"], told["total"], "按“最不利者优先”试抽" in told["text"]) == (2, 5, True)
    with app.app_context():
        turns(3)
    ended = desk.get(f"{address}/policies/progress").json
    text = desk.page(ended["url"].partition("#")[0]).text
    assert "任何合规名单的最差一组平均都不超过" in text
    assert text.count("已经过时") == 0
    assert desk.submit(page, form="/plan/policy", policy="random", share="1/3").status_code == 303
    assert "已经过时" in desk.page(page).text  # another cap is another price
