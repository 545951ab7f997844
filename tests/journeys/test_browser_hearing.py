"""A hearing in a real browser: the chair's clock and the projector at a desk, a judge's sheet that is led along, a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.kernel import unit_of_work
from app.kernel.actor import Role
from tests.factories.defences import running
from tests.factories.scoring import person
from tests.support.browser import DESKTOP, PHONE, Window

SignIn = Callable[..., None]


@pytest.fixture
def hearing(app: Flask) -> int:
    """A running session; the second judge's sheet of the dossier that is called last."""
    with app.app_context(), unit_of_work.transaction():
        made, session = running()
        person("office@example.org", Role.OFFICE)
        last = made.dossiers.index(session.slots[-1].application)
        return made.sheet(last, 1).id


def entered(window: Window, sign_in: SignIn, number: int, address: str) -> Page:
    sign_in(window.page, f"expert{number}@example.org")
    window.page.goto(address)
    return window.page


def test_the_clock_runs_for_all_and_a_judge_is_led_to_the_dossier_that_is_heard(
    hearing: int,
    open_window: Callable[..., Window],
    browser_sign_in: SignIn,
    assert_accessible: Callable[..., None],
) -> None:
    chair = entered(open_window(viewport=DESKTOP), browser_sign_in, 1, "/defences/1/clock")
    assert_accessible(chair)
    screen = entered(open_window(viewport=DESKTOP), browser_sign_in, 1, "/defences/1/projector")
    judge = entered(open_window(viewport=PHONE), browser_sign_in, 2, f"/sheets/{hearing}")
    offer = judge.locator(".hearing-offer")
    expect(offer).to_be_hidden()
    chair.get_by_role("button", name="叫 1 号").click()
    expect(offer).to_contain_text("现在答辩：1. SX2026")
    chair.get_by_role("button", name="开始陈述").click()
    expect(chair.locator("[data-hearing-clock]")).to_contain_text("14:")
    expect(screen.locator("[data-hearing-clock]")).to_contain_text("14:", timeout=10_000)
    assert_accessible(screen)
    offer.get_by_role("link").click()
    expect(judge.locator("h1")).to_contain_text("示例制造")
    assert judge.url.rsplit("/", 1)[-1] != str(hearing)
    chair.get_by_role("button", name="陈述结束").click()
    expect(chair.get_by_text("抽到的题目")).to_be_visible()
    assert_accessible(chair)


def test_the_clock_works_without_scripts(
    hearing: int, open_window: Callable[..., Window], browser_sign_in: SignIn
) -> None:
    chair = entered(open_window(viewport=PHONE, java_script_enabled=False), browser_sign_in, 1, "/defences/1/clock")
    chair.get_by_role("button", name="叫 1 号").click()
    for verb in ("开始陈述", "陈述结束", "开始答辩", "答辩结束"):
        chair.get_by_role("button", name=verb).click()
    expect(chair.get_by_text("已答辩").or_(chair.get_by_text("正在答辩")).first).to_be_visible()


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_the_pages_of_a_hearing_are_accessible(
    hearing: int,
    viewport: dict[str, int],
    open_window: Callable[..., Window],
    browser_sign_in: SignIn,
    assert_accessible: Callable[..., None],
) -> None:
    page = entered(open_window(viewport=viewport), browser_sign_in, 1, "/defences")
    for address in ("/defences", "/defences/1", "/defences/1/clock", "/defences/1/projector", "/defences/1/end"):
        page.goto(address)
        assert_accessible(page)
