"""A draw is held in the hall, proved and published; an expert with a conflict loses sight of the dossier and is replaced."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.kernel import regions, unit_of_work
from app.kernel.database import db
from app.panels.models import Assignment
from tests.factories.panels import let_sign_in
from tests.factories.practice import practised
from tests.support.browser import EACH_SIZE, PHONE, Window
from tests.support.databases import run_command
from tests.support.server import FrozenClock

SignIn = Callable[..., None]
HOME = "山西省"


def panels_on(page: Page) -> list[tuple[str, list[str]]]:
    """Of each panel: the places of the applicant, and those of each expert that count (others follow as notes)."""
    found: list[tuple[str, list[str]]] = page.evaluate(
        """() => [...document.querySelectorAll("section.panel:has(table)")].map(panel => [
            panel.querySelector("p").innerText,
            [...panel.querySelectorAll("td[data-label='专家所在地']")].map(cell => cell.firstChild.data.trim())])"""
    )
    return found


def assert_nobody_is_from_home(page: Page) -> None:
    panels = panels_on(page)
    assert len(panels) >= 30
    for applicant, experts in panels:
        assert HOME in applicant
        assert len(experts) >= 3
        for places in experts:
            assert HOME not in places, places
            assert any(province.name.zh in places for province in regions.provinces())


def open_declaration(page: Page) -> None:
    page.goto("/work")
    page.get_by_role("link", name=re.compile("^声明利害关系")).first.click()


SECRET, TEN = "汾河流水哗啦啦", datetime(2026, 5, 8, 2, 0, tzinfo=UTC)
TERMS = {
    "公开数的来源": "第 2026123 期开奖号码",
    "公开数何时可知": "2026-05-08T10:00",
    "揭示期限": "2026-05-08T11:00",
    "启封时间": "2026-05-08T11:00",
}


def fill(page: Page, values: dict[str, str], button: str) -> None:
    for label, value in values.items():
        page.get_by_label(label, exact=False).first.fill(value)
    page.get_by_role("button", name=button).click()


def draft_and_commit(page: Page) -> None:
    """From the list of draws through the draft's six steps to the frozen input."""
    page.goto("/draws")
    page.get_by_role("link", name=re.compile("^新建抽取方案")).first.click()
    page.get_by_role("button", name="新建抽取方案").click()
    fill(page, {"专家编号": "E001", "不列入的理由": "出国"}, "不列入这位专家")
    expect(page.get_by_role("table", name="本次不列入的专家")).to_contain_text("出国")
    for step in ("规则", "目标", "方式", "预览"):
        page.get_by_role("link", name=re.compile(f"^下一步：{step}")).click()
    expect(page.get_by_text("全部可以排满")).to_be_visible()
    page.get_by_role("link", name="封定输入并公布摘要").click()
    fill(page, TERMS, "封定输入并公布摘要")
    expect(page.get_by_text("输入已封定，摘要和系统的承诺已公布")).to_be_visible()


def walk_the_hall(page: Page, *, by: str, to: int) -> None:
    page.locator("body").press(by)
    expect(page.locator("[aria-current=step] .n")).to_have_text(str(to))


@pytest.mark.demo("draw")
@pytest.mark.parametrize("viewport", EACH_SIZE)
def test_a_draw_is_held_in_the_hall_and_an_expert_declares(
    app: Flask,
    open_window: Callable[..., Window],
    browser_sign_in: SignIn,
    assert_accessible: Callable[..., None],
    frozen_clock: FrozenClock,
    *,
    viewport: dict[str, int],
) -> None:
    page, watcher = open_window(viewport=viewport).page, open_window().page
    browser_sign_in(page, "office@demo.example")
    browser_sign_in(watcher, "supervisor@demo.example")
    draft_and_commit(page)
    address = page.url
    watcher.goto(f"{address}/promise")
    fill(watcher, {"秘密": SECRET}, "放入秘密")

    page.goto(f"{address}/hall?step=1")
    walk_the_hall(page, by="ArrowRight", to=2)
    expect(page.get_by_text("监督员", exact=True)).to_be_visible()
    frozen_clock.move_to(TEN)
    page.goto(f"{address}/hall")
    expect(page.locator("[aria-current=step] .n")).to_have_text("3")
    assert_accessible(page)
    fill(page, {"公开数": "03 17 21", "再录一次": "03 17 21", "在场见证人": "王某、李某"}, "录入公开数")
    walk_the_hall(page, by="ArrowLeft", to=3)
    expect(page.get_by_text("03 17 21")).to_be_visible()
    watcher.goto(address)
    watcher.get_by_role("link", name=re.compile("^揭示秘密")).click()
    fill(watcher, {"秘密": SECRET}, "揭示秘密")
    page.goto(f"{address}/hall?step=5")
    page.get_by_role("button", name="揭示并抽取").click()
    expect(page.get_by_text("以代号封存。")).to_be_visible()
    assert_accessible(page)

    page.goto(address)
    page.get_by_role("link", name="重新计算并核对").click()
    expect(page.get_by_text("重新计算的结果与记录完全一致")).to_be_visible()
    page.get_by_role("link", name="启封名单并通知专家").click()
    frozen_clock.move_to(TEN + timedelta(hours=1))  # the unsealing time
    page.get_by_role("button", name="启封名单并通知专家").click()
    expect(page.get_by_text("名单已启封，已通知专家")).to_be_visible()
    page.get_by_role("link", name="查看姓名").click()
    page.wait_for_load_state()
    assert_nobody_is_from_home(page)

    phone = open_window(viewport=PHONE, java_script_enabled=False).page
    browser_sign_in(phone, somebody_drawn(app))
    open_declaration(phone)
    expect(phone.get_by_text("先声明，后阅读")).to_be_visible()
    phone.get_by_label("我已阅读并承诺以上各条").check()
    phone.get_by_role("button", name="声明没有利害关系").click()
    expect(phone.get_by_text("已声明没有利害关系")).to_be_visible()
    phone.goto("/work")
    expect(phone.get_by_role("link", name=re.compile("^开始评分"))).to_have_count(1)
    run_command(app, "doctor")


def somebody_drawn(app: Flask) -> str:
    """Nobody can say beforehand who that will be: the mail address of one of them, who may now sign in."""
    with app.app_context(), unit_of_work.transaction():
        seat = db.session.scalars(select(Assignment).order_by(Assignment.id)).first()
        assert seat is not None
        practised(seat.round.edition, seat.expert)
        return let_sign_in(seat.expert)


def declare_conflict(page: Page) -> str:
    """The address that is gone afterwards."""
    open_declaration(page)
    address = page.url
    page.get_by_label("咨询").check()
    page.get_by_label("间接").check()
    page.get_by_label("说明").fill("去年为该单位做过管理咨询。")
    page.get_by_role("button", name="声明有利害关系并回避").click()
    expect(page.get_by_text("已记下您的回避")).to_be_visible()
    return address


def replace_whoever_recused(page: Page) -> None:
    page.goto("/draws")
    page.get_by_role("link", name=re.compile("^抽取替补")).first.click()
    page.get_by_label("理由").fill("专家声明有利害关系，已回避。")
    page.get_by_role("button", name="抽取替补专家").click()
    expect(page.get_by_text("已重新抽取替补专家")).to_be_visible()
    page.get_by_role("link", name="重新计算并核对").click()
    expect(page.get_by_text("重新计算的结果与记录完全一致")).to_be_visible()


@pytest.mark.demo("declaration")
def test_a_conflict_hides_the_dossier_and_the_office_replaces(
    app: Flask, open_window: Callable[..., Window], browser_sign_in: SignIn
) -> None:
    window = open_window()
    browser_sign_in(window.page, "expert@demo.example")
    address = declare_conflict(window.page)
    window.watch.expect(404)
    for gone in (address, f"{address}/dossier"):
        answer = window.page.goto(gone)
        assert answer is not None
        assert answer.status == 404

    desk = open_window().page
    browser_sign_in(desk, "office@demo.example")
    replace_whoever_recused(desk)
    run_command(app, "doctor")
