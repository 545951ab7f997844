"""The rulebook says how panels may be chosen: the wizard offers that, and the service refuses the rest."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app import jobs
from app.kernel import unit_of_work
from app.kernel.errors import Invalid, NotReady
from app.panels import allowed, services
from app.panels.models import Draw
from app.panels.plan import Plan
from app.panels.planned import plan_of
from tests.factories import panels as made
from tests.factories.accounts import office
from tests.support.client import Client

RULE = 'draw_policies = ["best", "fairest", "random"]\nhighest_chance = "1/2"'
NOT_FAIREST = (RULE, 'draw_policies = ["random", "best"]\nhighest_chance = "2/5"')
BEST_ALONE = (RULE, 'draw_policies = ["best"]\nhighest_chance = "1/2"')
OFFICE = "office@test.example"


def begun(rule: tuple[str, str]) -> tuple[made.Setting, Draw]:
    given = made.setting(2, 24, rulebook=rule)
    return given, services.start_draw(given.office, given.round)


def test_a_draw_begins_with_the_rulebooks_first_policy_and_its_cap(app_context: object) -> None:
    given, draw = begun(NOT_FAIREST)
    assert (plan_of(draw).policy, plan_of(draw).share) == ("random", (2, 5))
    assert list(allowed.policies_of(given.round)) == ["random", "best"]
    assert allowed.shares_of(given.round) == [(2, 5), (1, 3), (1, 4)]


def test_a_rulebook_with_all_policies_begins_as_before(app_context: object) -> None:
    given, draw = begun(("", ""))
    assert (draw.plan, plan_of(draw)) == ({}, Plan())
    assert allowed.shares_of(given.round) == [(1, 2), (1, 3), (1, 4)]


@pytest.mark.parametrize(
    ("policy", "share", "field", "said"),
    [
        ("fairest", (1, 3), "policy", "不采用“最不利者优先”。可用的方式：近优随机、综合最优"),
        ("random", (1, 2), "share", "机会不超过 2/5"),
    ],
)
def test_what_the_rulebook_leaves_out_is_refused(
    app_context: object, policy: Any, share: tuple[int, int], field: str, said: str
) -> None:
    given, draw = begun(NOT_FAIREST)
    with pytest.raises(Invalid) as refused:
        services.choose_policy(given.office, draw, policy, share, version=draw.version)
    assert refused.value.field == field
    assert said in str(refused.value.message)
    assert plan_of(draw).policy == "random"
    services.choose_policy(given.office, draw, "best", (1, 2), version=draw.version)
    assert plan_of(draw).policy == "best"


def test_a_plan_that_the_rulebook_does_not_allow_is_not_committed(app_context: object) -> None:
    given, draw = begun(BEST_ALONE)
    draw.plan = Plan(policy="random").record()
    with pytest.raises(NotReady) as missing:
        services.commit(given.office, draw, made.terms())
    assert "不采用“近优随机”" in str(missing.value.missing[0])


@pytest.fixture
def page_under(app: Flask, signed_in: Any) -> Callable[[tuple[str, str]], tuple[Client, str]]:
    def open_page(rule: tuple[str, str]) -> tuple[Client, str]:
        with app.app_context(), unit_of_work.transaction():
            given = made.setting(2, 24, actor=office(email=OFFICE, password=True), rulebook=rule)
            address = f"/draws/{services.start_draw(given.office, given.round).id}/plan/policy"
        return signed_in(OFFICE), address

    return open_page


def test_the_wizard_offers_what_the_rulebook_allows(
    page_under: Callable[[tuple[str, str]], tuple[Client, str]],
) -> None:
    desk, address = page_under(NOT_FAIREST)
    page = desk.page(address).text
    assert "本届规则允许的方式：近优随机、综合最优；近优随机时机会不超过 2/5。" in page
    assert "最不利者优先" not in page
    assert desk.submit(address, form="/plan/policy", policy="fairest").status_code == 422
    assert desk.submit(address, form="/plan/policy", policy="random", share="1/3").status_code == 303
    desk.submit(address, form="measure")
    with desk.application.app_context():
        for _turn in range(4):
            jobs.work(threading.Event())
    page = desk.page(address).text
    assert "总匹配度" in page
    assert "最不利者优先" not in page


def test_without_a_random_draw_the_wizard_asks_for_no_cap(
    page_under: Callable[[tuple[str, str]], tuple[Client, str]],
) -> None:
    desk, address = page_under(BEST_ALONE)
    page = desk.page(address)
    assert "本届规则允许的方式：综合最优。" in page.text
    assert "share" not in {name for form in page.forms for name in form.names}
    assert desk.submit(address, form="/plan/policy", policy="best").status_code == 303
