"""A group's leader in a real browser, from the first look at the progress to the last sheet; then the head of panel, from the
comparison of the groups to the report that the committee reads. (The talk of the panel: test_browser_consensus.)"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.kernel import unit_of_work
from app.kernel.actor import Role
from app.kernel.database import db
from app.scoring import queries, services
from app.scoring.models import ScoreSheet
from tests.factories import scoring as factory
from tests.support.browser import PHONE, Window

SignIn = Callable[..., None]
LEADER, MEMBER, HEAD, COMMITTEE = (f"{who}@example.org" for who in ("expert1", "expert2", "head", "committee"))


@pytest.fixture
def group(app: Flask) -> None:
    """Three experts and one dossier: the second has handed in without a comment, the third has not begun."""
    with app.app_context(), unit_of_work.transaction():
        made = factory.panel(1, 3)
        factory.person(LEADER, Role.LEADER)
        factory.person(HEAD, Role.HEAD)
        factory.person(COMMITTEE, Role.COMMITTEE, edition_id=made.edition.id)
        factory.hand_in(made.sheet(0, 1), 65)


def follow(page: Page, address: str) -> None:
    page.locator(f"main a[href^='{address}']").first.click()


def remind(page: Page, check: Callable[..., None]) -> None:
    follow(page, "/rounds/1/remind")
    expect(page.locator(".told")).to_contain_text("（专家姓名）")  # the mail is read before it is sent
    page.get_by_label("附言（加在邮件末尾）").fill("明天中午前请提交。")
    check(page)
    page.get_by_role("button", name="发出提醒").click()


def give_back(page: Page, check: Callable[..., None], what: str, label: str, reason: str) -> None:
    page.goto("/progress")
    follow(page, f"/sheets/2/{what}")
    expect(page.locator("main")).not_to_contain_text("650.00")
    page.get_by_label(label).fill(reason)
    check(page)
    page.locator(f"main form[action$='/{what}'] button").first.click()


def comment(member: Page) -> None:
    member.goto("/sheets/2")
    expect(member.get_by_text("退回补写意见：请为各条补写优势和改进机会。").first).to_be_visible()
    member.locator("[id='4.1.2-strengths']").fill("方向清楚。")
    member.locator("[id='4.1.2-strengths']").blur()
    expect(member.locator("[data-saved-line]")).to_contain_text("已保存")
    member.goto("/sheets/2/submit")
    member.locator("main form[action$='/submit'] button").last.click()
    member.wait_for_url("**/receipt**")


def report(head: Page, check: Callable[..., None]) -> None:
    head.goto("/committee-reports")
    follow(head, "/rounds/1/comparison")
    expect(head.get_by_role("heading", level=1)).to_have_text("各组比较")
    expect(head.locator("main")).to_contain_text("600.00")
    check(head)
    head.get_by_role("link", name="给评委会写报告").click()
    head.get_by_label("报告正文").fill("各组尺度一致，名次可以依据。")
    check(head)
    head.locator("main form[action$='/committee-report'] button").first.click()


def test_a_leader_follows_the_group_and_the_head_reports_to_the_committee(
    group: None,
    app: Flask,
    open_window: Callable[..., Window],
    browser_sign_in: SignIn,
    assert_accessible: Callable[..., None],
) -> None:
    page, member, head, reader = open_window(viewport=PHONE).page, *(open_window().page for _ in range(3))
    for who, whose in zip((LEADER, MEMBER, HEAD, COMMITTEE), (page, member, head, reader), strict=True):
        browser_sign_in(whose, who)
    page.goto("/progress")
    expect(page.get_by_text("23 条没有意见").first).to_be_visible()
    assert_accessible(page)
    remind(page, assert_accessible)
    ask, why = "请为各条补写优势和改进机会。", "专家来电：4.1.2 点错了一格。"
    give_back(page, assert_accessible, "comments", "请补写什么（专家会看到）", ask)
    comment(member)
    give_back(page, assert_accessible, "reopen", "退回的理由（专家会看到）", why)
    member.goto("/sheets/2")
    expect(member.get_by_text(why).first).to_be_visible()

    with app.app_context(), unit_of_work.transaction():
        for sheet in db.session.query(ScoreSheet).order_by(ScoreSheet.id):
            factory.hand_in(sheet, 60)
        round_ = queries.find_round(1)
        assert round_ is not None
        services.close_round(factory.office(), round_)

    report(head, assert_accessible)
    reader.goto("/committee-reports")
    follow(reader, "/committee-reports/1")
    expect(reader.locator("main")).to_contain_text("各组尺度一致，名次可以依据。")
    expect(reader.locator("main")).not_to_contain_text("专家001")
    assert_accessible(reader)
