"""A dossier is scored with nothing but a keyboard; the office ends the round, computes the ranking and confirms it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from app.consensus import services as consensus
from app.consensus.models import Consensus
from app.kernel import clock, unit_of_work
from app.kernel.database import db
from app.programmes.rules.rulebook import Item
from app.scoring.models import SubmittedSheet
from app.workflow import ConsensusState
from tests.conftest import TestClock
from tests.factories.accounts import office
from tests.support.browser import Window
from tests.support.databases import run_command
from tests.support.rulebooks import rulebook

SignIn = Callable[..., None]
ITEMS: tuple[Item, ...] = tuple(rulebook().criteria_for("sme").items)
TENS = (4, 5, 6, 7)
AFTER_THE_ROUND = timedelta(days=12)  # from any hour of the demo's day


def chosen_percent(place: int) -> int:
    """Every third item gets the five above its ten: the same digit pressed twice."""
    return TENS[place % len(TENS)] * 10 + (5 if place % 3 == 0 else 0)


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until the element with that name, or of that text, has the focus."""
    for _step in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(
            "wanted => [document.activeElement.name, document.activeElement.innerText?.trim()].includes(wanted)", wanted
        ):
            return
    raise AssertionError(f"60 presses of Tab do not lead to {wanted}")


def score_by_keyboard(page: Page, places: range) -> None:
    for place in places:
        tab_to(page, f"{ITEMS[place].code}-percent")
        digit = str(chosen_percent(place) // 10)
        page.keyboard.press(digit)
        if chosen_percent(place) % 10:
            page.keyboard.press(digit)
    tab_to(page, f"{ITEMS[places[-1]].code}-strengths")
    page.keyboard.type("展开充分。")


def everything_is_saved(page: Page) -> None:
    expect(page.locator("[data-dirty]")).to_have_count(0)
    expect(page.locator("[data-saved-line]")).to_contain_text("已保存")


@pytest.mark.demo("scoring")
def test_an_expert_scores_all_items_by_keyboard(app: Flask, window: Window, browser_sign_in: SignIn) -> None:
    page = window.page
    browser_sign_in(page, "expert@demo.example")
    page.goto("/work")
    page.get_by_role("link", name=re.compile("^开始评分")).first.press("Enter")
    page.wait_for_url("**/sheets/*")
    last = len(ITEMS) - 1
    score_by_keyboard(page, range(last))
    everything_is_saved(page)

    tab_to(page, "核对并提交")
    page.keyboard.press("Enter")
    gaps = page.locator(".missing li")
    expect(gaps).to_have_count(1)
    expect(gaps).to_contain_text(ITEMS[last].code)
    expect(page.get_by_role("button", name="提交评分表")).to_be_disabled()
    gaps.locator("a").press("Enter")
    score_by_keyboard(page, range(last, last + 1))
    everything_is_saved(page)
    total = sum((Fraction(item.points * chosen_percent(place), 100) for place, item in enumerate(ITEMS)), Fraction())
    expect(page.locator("[data-total]")).to_have_text(f"{float(total):.2f}")
    tab_to(page, "核对并提交")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="提交评分表").dblclick()
    page.wait_for_url("**/receipt")
    expect(page.locator(".paper")).to_contain_text(f"{float(total):.2f}")
    expect(page.locator(".paper")).to_contain_text(re.compile("[0-9a-f]{64}"))
    sheet_id = int(page.url.split("/")[-2])
    with app.app_context():
        stored = select(func.count()).select_from(SubmittedSheet).where(SubmittedSheet.sheet_id == sheet_id)
        assert db.session.scalar(stored) == 1
    run_command(app, "doctor")


@pytest.mark.demo("scoring")
def test_the_office_ends_the_round_only_when_it_has_named_who_is_missing(
    app: Flask, open_window: Callable[..., Window], browser_sign_in: SignIn, running_clock: TestClock
) -> None:
    early = open_window().page
    browser_sign_in(early, "office@demo.example")
    early.goto("/progress")
    early.get_by_role("link", name="结束本轮评分").click()
    expect(early.locator(".missing")).to_contain_text("还缺 专家示例")
    expect(early.get_by_role("button", name="结束本轮评分")).to_be_disabled()

    running_clock.move_to(clock.now() + AFTER_THE_ROUND)
    page = open_window().page
    browser_sign_in(page, "office@demo.example")
    page.goto("/progress")
    page.get_by_role("link", name="结束本轮评分").click()
    expect(page.locator(".banner.warn")).to_contain_text("还缺 专家示例")
    page.get_by_role("button", name="结束本轮评分").click()
    expect(page.locator("#reason-error")).to_be_visible()
    page.get_by_label("说明").fill("评分期已满，两次催办，仍未提交。")
    page.get_by_role("button", name="结束本轮评分").click()
    expect(page.get_by_text("本轮评分已结束")).to_be_visible()
    page.goto("/rankings")
    page.get_by_role("button", name="计算排名").click()
    expect(page.get_by_text("专家组还没有发布合议报告").first).to_be_visible()
    end_every_consensus(app)
    page.goto("/rankings")
    page.get_by_role("button", name="计算排名").click()
    expect(page.get_by_role("table", name="未参加排名")).to_contain_text("SX2026-009")
    run_command(app, "doctor")


def end_every_consensus(app: Flask) -> None:
    """The office ends what the panels have not: the independent scores count."""
    with app.app_context(), unit_of_work.transaction():
        found = select(Consensus).where(Consensus.state == ConsensusState.OPEN).order_by(Consensus.id)
        for each in db.session.scalars(found).all():
            consensus.give_up(office(), each, reason="评分期已满，专家组未合议。")
            consensus.release(office(), each, text="未合议，由独立评分合成。")


@pytest.mark.demo("ranking")
def test_the_office_computes_again_and_confirms(app: Flask, page: Page, browser_sign_in: SignIn) -> None:
    browser_sign_in(page, "office@demo.example")
    page.goto("/rankings")
    first = page.locator("td code").inner_text()
    page.get_by_role("button", name="重新计算排名").click()
    expect(page.locator("#ranking tbody tr:not(.cut-note)")).to_have_count(36)
    page.goto("/rankings")
    assert page.locator("td code").all_inner_texts() == [first, first], "the same sheets give the same ranking"
    page.get_by_role("link", name="第 2 次计算").click()
    page.get_by_role("link", name="确认排名").click()
    page.get_by_role("button", name="确认排名").click()
    expect(page.get_by_text("排名已确认并冻结")).to_be_visible()
    expect(page.get_by_role("link", name="确认排名")).to_have_count(0)
    run_command(app, "doctor")
