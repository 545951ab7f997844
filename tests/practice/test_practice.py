"""Practice comes before the first dossier, is locked when finished, and can enter nothing that counts."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.kernel import clock, unit_of_work
from app.kernel.actor import Role
from app.kernel.database import Base, db
from app.kernel.errors import Forbidden, Invalid, NotReady
from app.panels import services as panels
from app.panels.pledge import PLEDGE_VERSION
from app.practice import queries, services
from app.practice.models import PracticeSheet
from app.practice.rules import Sittings
from app.workflow import AssignmentState, PracticeState
from tests.factories.accounts import office, person
from tests.factories.panels import Setting, acting, drawn, let_sign_in, setting
from tests.factories.practice import practised

KEY = "gbt-19580-2012"
OFFICE, HEAD = "office@demo.example", "head@demo.example"


def seated(given: Setting) -> Any:
    draw = drawn(given)
    panels.publish_draw(given.office, draw)
    return next(iter(draw.assignments))


@pytest.mark.databases
def test_no_dossier_opens_before_the_case_of_its_criteria_is_finished(app_context: object) -> None:
    given = setting(1)
    seat = seated(given)
    with pytest.raises(NotReady) as refused:
        panels.declare_clear(acting(seat.expert), seat, text=PLEDGE_VERSION)
    assert "先完成" in str(refused.value.missing[0])

    practised(given.edition, seat.expert)
    panels.declare_clear(acting(seat.expert), seat, text=PLEDGE_VERSION)
    assert seat.state is AssignmentState.CLEARED


def test_a_rulebook_without_practice_asks_for_none(app_context: object) -> None:
    given = setting(1, rulebook=("practice = true", "practice = false"))
    seat = seated(given)
    assert queries.cases_of(given.edition) == []
    panels.declare_clear(acting(seat.expert), seat, text=PLEDGE_VERSION)
    assert seat.state is AssignmentState.CLEARED


@pytest.mark.databases
def test_it_is_finished_once_and_whole(app_context: object) -> None:
    given = setting(1)
    expert = given.pool[0]
    actor, shipped = acting(expert), queries.shipped()[KEY]
    sheet = services.begin(actor, given.edition, shipped)
    assert services.begin(actor, given.edition, shipped) is sheet
    with pytest.raises(NotReady) as refused:
        services.finish(actor, sheet)
    assert len(refused.value.missing) == len(shipped.case.items)
    with pytest.raises(Invalid):
        services.save(actor, sheet, {shipped.case.codes[0]: services.Answered(33)})

    (done,) = [each for each in practised(given.edition, expert, apart=5) if each.case_key == KEY]
    assert (done.state, done.case_digest) == (PracticeState.FINISHED, shipped.digest)
    with pytest.raises(Forbidden):
        services.save(actor, done, {shipped.case.codes[0]: services.Answered(50)})


def test_nobody_works_on_anothers_case(app_context: object) -> None:
    given = setting(1)
    sheet = services.begin(acting(given.pool[0]), given.edition, queries.shipped()[KEY])
    for stranger in (acting(given.pool[1]), given.office):
        with pytest.raises(Forbidden):
            services.save(stranger, sheet, {})
        with pytest.raises(Forbidden):
            services.finish(stranger, sheet)


def test_how_long_it_takes_is_measured_from_begun_to_finished_and_by_case(
    frozen_clock: Any, app_context: object
) -> None:
    given = setting(1)
    shipped = queries.shipped()[KEY]
    for place, expert in enumerate(given.pool[:5]):
        assert queries.sittings_of(given.edition) == {}, "of fewer than five nothing is said"
        services.begin(acting(expert), given.edition, shipped)
        frozen_clock.move_to(clock.now() + timedelta(minutes=20 + 10 * place))
        practised(given.edition, expert)
    assert queries.sittings_of(given.edition) == {KEY: Sittings(5, 40)}, (
        "the case done at the last minute tells nothing"
    )


def test_no_table_leads_from_practice_to_anything_that_counts() -> None:
    """Neither do practice's tables name a dossier, a seat or a sheet, nor does any other table name practice."""
    own = {"practice_sheet", "practice_answer"}
    named = {key.column.table.name for name in own for key in Base.metadata.tables[name].foreign_keys}
    assert named == {"edition", "expert", "practice_sheet"}
    for table in Base.metadata.tables.values():
        if table.name not in own:
            assert not own & {key.column.table.name for key in table.foreign_keys}, table.name


@pytest.fixture
def place(app: Flask) -> Callable[[], tuple[str, str]]:
    def arrange() -> tuple[str, str]:
        with app.app_context(), unit_of_work.transaction():
            given = setting(1, actor=office(email=OFFICE, password=True))
            seat = seated(given)
            return let_sign_in(seat.expert), f"/assignments/{seat.id}"

    return arrange


def test_an_expert_practises_and_sees_the_model_answer_only_afterwards(
    app: Flask, place: Callable[[], tuple[str, str]], signed_in: Any
) -> None:
    email, seat_page = place()
    expert = signed_in(email)
    assert "做练习" in expert.page("/desk").text
    assert "请先完成练习案例" in expert.page(seat_page).text
    cases = expert.page("/practice").text
    assert "共 23 个条款" in cases
    assert "分钟" not in cases, "nobody has done it yet, so nobody knows how long it takes"
    assert expert.submit("/practice", form=f"/{KEY}/begin").status_code == 303
    case = queries.shipped()[KEY].case
    page = expert.page(f"/practice/{KEY}").text
    assert case.items[0].text.zh[:20] in page
    assert case.items[0].reason.zh[:20] not in page

    half = expert.submit(f"/practice/{KEY}", then="finish", **{"percent_4.1.2": "40"})
    assert half.status_code == 422
    assert "4.1.3 还没有评分" in half.get_data(as_text=True)
    assert expert.submit(f"/practice/{KEY}", then="save", **{"percent_4.1.2": "60"}).status_code == 303
    answers = {f"percent_{item.code}": str(item.model) for item in case.items} | {"percent_4.1.2": "60"}
    assert expert.submit(f"/practice/{KEY}", then="finish", **answers).status_code == 303
    after = expert.page(f"/practice/{KEY}").text
    assert "23 个条款中，22 个在可接受的范围内" in after
    assert case.items[0].reason.zh[:20] in after
    assert "请先完成练习案例" not in expert.page(seat_page).text
    assert "练习已完成" in signed_in(OFFICE).page("/practice/overview").text


def test_the_others_see_only_the_overview(app: Flask, place: Callable[[], tuple[str, str]], signed_in: Any) -> None:
    place()
    with app.app_context(), unit_of_work.transaction():
        person(Role.HEAD, email=HEAD, password=True)
    for who in (OFFICE, HEAD):
        assert signed_in(who).get("/practice/overview").status_code == 200
    assert signed_in(OFFICE).get(f"/practice/{KEY}").status_code == 403
    with app.app_context():
        assert db.session.scalars(select(PracticeSheet)).all() == []
