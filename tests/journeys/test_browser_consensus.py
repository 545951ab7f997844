"""A panel at the table in a real browser: the leader at a desk, two members on a desk and a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.kernel import unit_of_work
from tests.factories.consensus import settle, talking
from tests.support.browser import DESKTOP, PHONE, Window

SignIn = Callable[..., None]
HERE = "/consensus/1"


@pytest.fixture
def at_the_table(app: Flask) -> str:
    """Everything is settled but the first item; its code."""
    with app.app_context(), unit_of_work.transaction():
        made, consensus = talking(20, 80, 50)
        code = consensus.items[0].item_code
        settle(made, consensus, 60)
        return code


def enter(window: Window, sign_in: SignIn, number: int) -> Page:
    sign_in(window.page, f"expert{number}@example.org")
    window.page.goto(HERE)
    return window.page


def test_the_panel_comes_to_an_agreement(
    at_the_table: str,
    open_window: Callable[..., Window],
    browser_sign_in: SignIn,
    assert_accessible: Callable[..., None],
) -> None:
    leader = enter(open_window(viewport=DESKTOP), browser_sign_in, 1)
    assert_accessible(leader)
    leader.locator("#disputed").get_by_role("link", name=at_the_table).first.click()
    assert_accessible(leader)
    leader.locator("#percent-55").check()
    leader.get_by_label("理由（与中位数不同时必填）").fill("三年数据趋势向好，对标不足。")
    leader.get_by_role("button", name="保存", exact=True).click()
    leader.get_by_role("button", name="提出合议结果").click()

    phone = enter(open_window(viewport=PHONE, java_script_enabled=False), browser_sign_in, 2)
    phone.get_by_label("我的意见").fill("结果类目的对标只有一年。")
    phone.get_by_role("button", name="记录意见").click()
    phone.get_by_role("link", name="答复合议结果").click()
    phone.get_by_label("不同意，记录我的意见").check()
    phone.get_by_label("意见（不同意时必填）").fill("应为 50%。")
    phone.get_by_role("button", name="记录我的答复").click()

    member = enter(open_window(viewport=PHONE), browser_sign_in, 3)
    assert_accessible(member)
    member.get_by_role("link", name="答复合议结果").click()
    member.get_by_label("确认", exact=True).check()
    member.get_by_role("button", name="记录我的答复").click()

    leader.reload()
    expect(leader.locator("#answers")).to_contain_text("应为 50%。")
    leader.get_by_role("button", name="宣布达成一致").click()
    leader.locator("#remark").fill("专家组逐条核对后议定。")
    leader.get_by_role("button", name="发布合议报告").click()
    expect(leader.get_by_role("heading", level=1)).to_have_text("专家组合议报告")
    assert_accessible(leader)
