"""The series of a dossier side by side: complete, never mixed, and for nobody before the last of them is released."""

from collections.abc import Callable
from fractions import Fraction

import pytest
from flask import Flask

from app import lifecycle
from app.consensus import series
from app.kernel import unit_of_work
from app.kernel.actor import Role
from app.policy import allows
from app.scoring import queries, rules, services
from tests.factories.consensus import released, talking
from tests.factories.decisions import acting, office, supervisor
from tests.factories.scoring import Panel, judge, person
from tests.factories.scoring import acting as as_expert
from tests.factories.visits import on_site, over
from tests.support.client import Client

Enter = Callable[[str], Client]
WHY = "现场看到三年趋势。"


def scored_twice() -> Panel:
    """Independent 20, 80 and 50 %, agreed at 60 %, and after the visit 70 % on the first item by the leader of three."""
    paper, talk = talking(20, 80, 50)
    released(paper, talk, 60)
    site = on_site(paper, 3)
    over(site)
    for number, actor in enumerate(site.actors):
        sheet = site.sheet(0, number)
        judge(sheet, 60)
        if not number:
            first = talk.items[0].item_code
            said = rules.Judgement(70, version=queries.item_rows(sheet.id)[0].version, reason=WHY)
            services.save_items(actor, sheet, {first: said})
        services.submit(actor, sheet)
    return site


def whole_of(site: Panel) -> series.Whole:
    found = series.find(site.dossiers[0].id)
    assert found is not None
    return found


@pytest.mark.usefixtures("app_context")
def test_every_series_stands_in_its_own_column_with_what_changed_and_why() -> None:
    site = scored_twice()
    columns = series.columns(whole_of(site))
    assert [each.agreed for each in columns] == [False, True, False]
    first = series.lines(whole_of(site), columns)[0]
    independent, agreed, after = first.cells
    assert independent is not None
    assert agreed is not None
    assert after is not None
    assert (independent.value, independent.low, independent.high) == (50, 20, 80)
    assert (agreed.value, after.value, after.high) == (60, 60, 70)
    assert first.change == Fraction(0)
    panel, leader = first.reasons
    assert (panel.name, panel.before, panel.now) == ("", "50%", 60)
    assert (leader.name, leader.before, leader.now, leader.text) == (site.experts[0].name, "60%", 70, WHY)
    assert [len(each.totals) for each in columns] == [3, 1, 3]


@pytest.mark.usefixtures("app_context")
def test_nobody_sees_them_before_the_visits_round_has_ended() -> None:
    site = scored_twice()
    leader = as_expert(site.experts[0], Role.LEADER)
    head = acting(person("head@example.org", Role.HEAD))
    everybody = (leader, office(), supervisor(), head)
    assert [allows(who, "series.read", whole_of(site)) for who in everybody] == [False] * 4
    lifecycle.advance(site.round, "round.close", office())
    assert [allows(who, "series.read", whole_of(site)) for who in everybody] == [True] * 4
    member, stranger = as_expert(site.experts[1], Role.LEADER), as_expert(site.experts[2])
    assert [allows(who, "series.read", whole_of(site)) for who in (member, stranger)] == [False] * 2


@pytest.mark.usefixtures("app_context")
def test_a_dossier_that_was_not_visited_has_no_such_page() -> None:
    paper, _talk = talking(20, 80, 50)
    assert series.find(paper.dossiers[0].id) is None
    assert series.find(0) is None


def test_the_page_is_closed_then_open_and_strangers_do_not_find_it(app: Flask, signed_in: Enter) -> None:
    with app.app_context(), unit_of_work.transaction():
        site = scored_twice()
        address, member = f"/dossiers/{site.dossiers[0].id}/series", site.experts[1].email
        round_id = site.round.id
        person("office@example.org", Role.OFFICE)
    desk = signed_in("office@example.org")
    assert desk.get(address).status_code == 403
    with app.app_context(), unit_of_work.transaction():
        lifecycle.advance(queries.find_round(round_id), "round.close", office())
    page = desk.page(address).text
    assert WHY in page
    assert "50% → 60%" in page
    assert "(20–80)" in page
    assert "各次评分对照" in desk.page("/visits/1").text
    assert signed_in(member).get(address).status_code == 404
