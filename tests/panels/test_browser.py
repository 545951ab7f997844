"""The pages of the pool, the draw and the declaration in a real browser: accessible, narrow enough, usable without scripts."""

from typing import Any

import pytest
from flask import Flask

from app.kernel import unit_of_work
from app.panels import queries, services
from app.panels.views.plan import STEPS
from tests.factories import panels as made
from tests.factories.accounts import office
from tests.factories.experts import preview, row
from tests.factories.practice import practised
from tests.support.browser import DESKTOP, PHONE

OFFICE = "office@test.example"


@pytest.fixture
def addresses(app: Flask) -> dict[str, str]:
    """An edition with published panels, an empty seat, a sealed draw and a previewed import; and who may sign in."""
    with app.app_context(), unit_of_work.transaction():
        actor = office(email=OFFICE, password=True)
        home = [row(n, employer_region="140200", residence_region="140200") for n in range(90, 93)]
        given = made.setting(2, 20, actor=actor, rows=home)
        first = made.drawn(given)
        services.publish_draw(actor, first)
        seats = queries.assignments_of(first)
        practised(given.edition, seats[0].expert)
        services.excuse(actor, seats[-1], reason="没有时间")
        made.accepted(actor, given.edition, 3)
        sealed = made.drawn(given)
        found = preview(actor, row(1, employer="新单位"), row(70), row(71, email="x"))
        return {
            "expert": made.let_sign_in(seats[0].expert),
            "declare": f"/assignments/{seats[0].id}",
            "draws": "/draws",
            "precheck": f"/rounds/{given.round.id}/precheck",
            "panels": f"/rounds/{given.round.id}/panels",
            "list": f"/draws/{first.id}/list",
            "paper": f"/draws/{sealed.id}/paper",
            "public": f"/editions/{given.edition.code}/draws",
            **{f"plan {step}": f"/draws/{sealed.id}/plan/{step}" for step in STEPS if step != "groups"},
            **{f"hall {step}": f"/draws/{sealed.id}/hall?step={step}" for step in range(1, 7)},
            "check": f"/draws/{sealed.id}/check",
            "publish": f"/draws/{sealed.id}/publish",
            "replace": f"/assignments/{seats[-1].id}/replace",
            "conflict": "/conflicts/new",
            "pool": "/experts",
            "person": f"/experts/{given.pool[0].id}",
            "edit": f"/experts/{given.pool[0].id}/edit",
            "upload": "/experts/import",
            "refused": f"/experts/import/{found.id}?show=refused",
            "changed": f"/experts/import/{found.id}?show=changed",
        }


@pytest.mark.slow
@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_offices_pages_are_accessible(
    addresses: dict[str, str], open_window: Any, browser_sign_in: Any, assert_accessible: Any, *, viewport: Any
) -> None:
    desk = open_window(viewport=viewport)
    browser_sign_in(desk.page, OFFICE)
    for name in addresses.keys() - {"expert", "declare"}:
        desk.page.goto(addresses[name])
        assert_accessible(desk.page)


def test_the_offices_pages_are_sound_html(addresses: dict[str, str], signed_in: Any) -> None:
    """Valid, every control and link with a name: what every run can say without a browser."""
    desk = signed_in(OFFICE)
    for name in addresses.keys() - {"expert", "declare"}:
        assert desk.page(addresses[name]).texts("h1"), name


def test_an_expert_declares_on_a_phone_without_scripts(
    addresses: dict[str, str], open_window: Any, browser_sign_in: Any, *, assert_accessible: Any
) -> None:
    desk = open_window()
    browser_sign_in(desk.page, addresses["expert"])
    desk.page.goto(addresses["declare"])
    assert_accessible(desk.page)

    phone = open_window(viewport=PHONE, java_script_enabled=False)
    browser_sign_in(phone.page, addresses["expert"])
    phone.page.goto(addresses["declare"])
    phone.page.get_by_label("我已阅读并承诺以上各条").check()
    phone.page.get_by_role("button", name="声明没有利害关系").click()
    assert phone.page.url.endswith("/dossier")

    phone.page.goto(addresses["declare"])
    phone.page.get_by_label("培训").check()
    phone.page.get_by_label("直接：").check()
    phone.page.get_by_role("button", name="声明有利害关系并回避").click()
    phone.watch.expect(404)
    phone.page.goto(addresses["declare"])
    assert "没有找到这个页面" in phone.page.content()
