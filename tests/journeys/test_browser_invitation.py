"""An expert who has no account answers an invitation by its link: with limits and the pledge, or with a reason why not."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.experts import links
from app.experts.models import ExpertInvitation
from app.kernel import clock
from app.kernel.database import db
from tests.support.browser import DESKTOP, PHONE, Window
from tests.support.databases import run_command

SignIn = Callable[..., None]
NUMBER = "E021"
SECRET = "four unlikely words together"


def ask(page: Page) -> None:
    """From the pool to the sent invitation."""
    page.goto("/experts")
    page.get_by_role("searchbox").first.fill(NUMBER)
    page.keyboard.press("Enter")
    page.locator("main tbody tr", has_text=NUMBER).get_by_role("link").first.click()
    page.get_by_role("link", name="邀请这位专家").click()
    page.get_by_label("答复期限").fill((clock.today() + timedelta(days=10)).isoformat())
    expect(page.get_by_text("发出的邮件")).to_be_visible()
    page.get_by_role("button", name="发出邀请").click()
    expect(page.get_by_text("已邀请 1 位专家")).to_be_visible()


def link_in_the_mail(app: Flask) -> str:
    with app.app_context():
        asked = db.session.scalars(select(ExpertInvitation).order_by(ExpertInvitation.id.desc())).first()
        assert asked is not None
        return f"/invitations/{links.token_for(asked)}"


@pytest.mark.demo("draw")
def test_an_expert_without_an_account_accepts_with_limits_and_the_pledge(
    app: Flask,
    open_window: Callable[..., Window],
    browser_sign_in: SignIn,
    assert_accessible: Callable[..., None],
) -> None:
    desk = open_window(viewport=DESKTOP).page
    browser_sign_in(desk, "office@demo.example")
    ask(desk)

    phone = open_window(viewport=PHONE, java_script_enabled=False).page
    phone.goto(link_in_the_mail(app))
    expect(phone.get_by_text("按异地评审的规定")).to_contain_text("不会分给您")
    phone.get_by_label("每轮最多承担份数").fill("99")
    phone.get_by_role("button", name="接受邀请").click()
    expect(phone.locator("#error-summary")).to_contain_text("最多")
    expect(phone.get_by_label("每轮最多承担份数")).to_have_value("99")
    phone.get_by_label("每轮最多承担份数").fill("3")
    first, last = clock.today() + timedelta(days=400), clock.today() + timedelta(days=403)
    phone.get_by_label("不能参加的日期").fill(f"{first}至{last}")
    phone.get_by_role("button", name="接受邀请").click()
    expect(phone.locator("#error-summary")).to_contain_text("承诺")
    expect(phone.get_by_label("不能参加的日期")).to_have_value(f"{first}至{last}")
    phone.get_by_label("我已阅读以上承诺并签署").check()
    phone.get_by_role("button", name="接受邀请").click()
    expect(phone.get_by_text("每轮最多承担 3 份")).to_be_visible()

    again = open_window(viewport=PHONE).page
    again.goto(link_in_the_mail(app))
    assert_accessible(again)
    again.get_by_role("link", name="设置密码，启用账号").click()
    again.get_by_label("新密码").fill(SECRET)
    again.get_by_label("再次输入密码").fill(SECRET)
    again.locator("main form [type=submit]").click()
    again.wait_for_url(lambda url: "/password/" not in url)

    desk.goto("/experts/invitations?state=accepted")
    row = desk.locator("main tbody tr", has_text=NUMBER)
    expect(row).to_contain_text("每轮最多 3 份")
    expect(row).to_contain_text("承诺版本")
    run_command(app, "doctor")


@pytest.mark.demo("draw")
def test_an_expert_without_an_account_declines_and_is_drawn_no_more(
    app: Flask, open_window: Callable[..., Window], browser_sign_in: SignIn
) -> None:
    desk = open_window(viewport=DESKTOP).page
    browser_sign_in(desk, "office@demo.example")
    ask(desk)

    visitor = open_window(viewport=PHONE).page
    visitor.goto(link_in_the_mail(app))
    visitor.get_by_text("不能参加？谢绝邀请").click()
    visitor.get_by_label("其他原因").check()
    visitor.get_by_role("button", name="谢绝邀请").click()
    expect(visitor.locator("#error-summary")).to_be_visible()
    visitor.get_by_label("说明").fill("正在休学术假")
    visitor.get_by_role("button", name="谢绝邀请").click()
    expect(visitor.get_by_text(re.compile("谢绝邀请（其他原因）"))).to_be_visible()

    desk.goto("/experts/invitations?state=declined")
    expect(desk.locator("main tbody tr", has_text=NUMBER)).to_contain_text("正在休学术假")
    desk.goto(f"/rounds/1/matrix?rule=state&expert={NUMBER}")
    expect(desk.get_by_role("rowheader", name=re.compile(NUMBER))).to_be_visible()
    run_command(app, "doctor")
