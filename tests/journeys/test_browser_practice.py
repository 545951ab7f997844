"""An expert practises on a phone: the case, a gap, the model answer, and then the first dossier."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_browser_panel import open_declaration
from tests.support.browser import PHONE, Window, assert_accessible

SignIn = Callable[[Page, str], None]


@pytest.mark.demo("declaration")
def test_practice_comes_first_and_ends_with_the_model_answer(
    open_window: Callable[..., Window], browser_sign_in: SignIn
) -> None:
    page = open_window(viewport=PHONE).page
    browser_sign_in(page, "expert@demo.example")
    open_declaration(page)
    expect(page.get_by_role("button", name="声明没有利害关系")).to_be_disabled()
    page.get_by_role("link", name="做练习案例").click()
    assert_accessible(page)
    page.get_by_role("button", name="开始练习").first.click()
    page.get_by_label("我的评分").first.select_option("60")
    page.get_by_label("我的理由").first.fill("有方法，已展开。")
    page.get_by_role("button", name="完成并查看标准答案").click()
    expect(page.get_by_text("4.1.3 还没有评分。")).to_be_visible()
    assert_accessible(page)
    for choice in page.get_by_label("我的评分").all()[1:]:
        choice.select_option("50")
    page.get_by_role("button", name="完成并查看标准答案").click()
    expect(
        page.get_by_role("heading", name="与标准答案的比较").or_(page.get_by_text("与标准答案的比较"))
    ).to_be_visible()
    expect(page.get_by_text("有方法，已展开。")).to_be_visible()
    assert_accessible(page)
    open_declaration(page)
    page.get_by_label("我已阅读并承诺以上各条").check()
    page.get_by_role("button", name="声明没有利害关系").click()
    expect(page.get_by_text("已声明没有利害关系")).to_be_visible()
