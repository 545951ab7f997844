"""The scorebook in a real browser: saved while typing, by keyboard, on a phone and without scripts."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.kernel import unit_of_work
from tests.factories import scoring as factory
from tests.support.browser import PHONE, Window

EXPERT = "expert1@example.org"


@pytest.fixture
def open_sheet(app: Flask) -> None:
    with app.app_context(), unit_of_work.transaction():
        factory.panel(1, 1)


def at_sheet(window: Window, sign_in: Callable[..., None]) -> Page:
    sign_in(window.page, EXPERT)
    window.page.goto("/sheets/1")
    return window.page


def test_a_digit_chooses_the_level_and_the_item_saves_itself(
    open_sheet, window, browser_sign_in, assert_accessible
) -> None:
    page = at_sheet(window, browser_sign_in)
    page.locator("[id='4.1.2-percent-0']").focus()
    page.keyboard.press("6")
    page.keyboard.press("6")
    expect(page.locator("[data-total]")).to_have_text("32.50")
    expect(page.locator("[data-scored]")).to_have_text("1")
    page.locator("[id='4.1.2-strengths']").fill("方向清楚，双向沟通有记录。")
    expect(page.locator("[data-saved-line]")).to_contain_text("已保存")
    expect(page.locator("[name='4.1.2-version']")).not_to_have_value("1")
    assert_accessible(page)
    expect(page.locator("[data-dirty]")).to_have_count(0)
    page.reload()
    expect(page.locator("[id='4.1.2-percent-65']")).to_be_checked()
    expect(page.locator("[id='4.1.2-strengths']")).to_have_value("方向清楚，双向沟通有记录。")


def test_two_windows_on_one_item_keep_both_texts(open_sheet, open_window, browser_sign_in) -> None:
    first, second = (at_sheet(open_window(), browser_sign_in) for _ in range(2))
    first.locator("[id='4.1.2-strengths']").fill("先写的")
    expect(first.locator("[data-saved-line]")).to_contain_text("已保存")
    second.locator("[id='4.1.2-strengths']").fill("后写的")
    dialog = second.locator("dialog")
    expect(dialog).to_contain_text("优势")
    assert [box.input_value() for box in dialog.locator("textarea").all()] == ["后写的", "先写的"]
    dialog.get_by_role("button", name="用我的文字").click()
    expect(second.locator("[data-saved-line]")).to_contain_text("已保存")
    first.reload()
    expect(first.locator("[id='4.1.2-strengths']")).to_have_value("后写的")


def test_the_whole_sheet_is_scored_and_handed_in_on_a_phone_without_scripts(
    open_sheet, open_window, browser_sign_in
) -> None:
    page = at_sheet(open_window(viewport=PHONE, java_script_enabled=False), browser_sign_in)
    for level in page.locator("input[type=radio][value='50']").all():
        level.check(force=True)
    page.locator("[id='4.7.2-improvements']").fill("补充三年趋势。")
    page.get_by_role("button", name="核对并提交").click()
    expect(page.locator("main")).to_contain_text("500.00")
    page.get_by_role("button", name="提交评分表").click()
    expect(page.locator(".paper")).to_contain_text("500.00")
    expect(page.locator(".paper")).to_contain_text("补充三年趋势。")


def test_the_dossier_is_beside_the_sheet(open_sheet, window, browser_sign_in, assert_accessible) -> None:
    page = at_sheet(window, browser_sign_in)
    find = page.get_by_role("searchbox")
    find.fill("座谈")
    find.press("Enter")
    expect(page.locator("[data-find-count]")).to_have_text("1 / 找到 2 处")
    find.press("Enter")
    expect(page.locator("[data-find-count]")).to_have_text("2 / 找到 2 处")
    expect(page.locator("mark.current")).to_be_in_viewport()
    page.get_by_role("button", name="上一处").click()
    expect(page.locator("[data-find-count]")).to_have_text("1 / 找到 2 处")
    assert_accessible(page)
    find.fill("")
    expect(page.locator("mark")).to_have_count(0)

    page.locator("[id='4.1.2-strengths']").fill("材料2 p.12 座谈有记录")
    expect(page.locator("[data-cited-for='4.1.2-strengths'] a")).to_have_text("材料 2 第 12 页")

    border = page.get_by_role("separator")
    border.press("ArrowLeft")
    expect(border).to_have_attribute("aria-valuenow", "47")
    box = border.bounding_box()
    page.mouse.move(box["x"] + 4, 400)
    page.mouse.down()
    page.mouse.move(page.viewport_size["width"] * 0.6, 400)
    page.mouse.up()
    expect(border).to_have_attribute("aria-valuenow", "60")
    expect(page.locator("[data-dirty]")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("separator")).to_have_attribute("aria-valuenow", "60")


def test_digits_typed_in_one_go_are_one_number_and_totals_are_exact(open_sheet, window, browser_sign_in) -> None:
    page = at_sheet(window, browser_sign_in)
    for keys, level in (("65", "65"), ("100", "100"), ("05", "5"), ("40", "40")):
        page.locator("[id='4.1.2-percent-0']").focus()
        page.keyboard.type(keys)
        expect(page.locator(f"[id='4.1.2-percent-{level}']")).to_be_checked()
        page.wait_for_timeout(1300)  # the next number begins
    expect(page.locator("[data-category-total]").first).to_have_text("20.00")
    expect(page.locator("[data-total]")).to_have_text("20.00")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_on_a_phone_a_link_leads_from_the_item_to_its_text_and_back(
    open_sheet, open_window, browser_sign_in, scripts
) -> None:
    page = at_sheet(open_window(viewport=PHONE, java_script_enabled=scripts), browser_sign_in)
    page.locator("a[href='#item-4.1.2']").click()
    expect(page.locator("[id='item-4.1.2']")).to_be_in_viewport()
    page.locator("a[href='#4.1.2-percent']").click()
    expect(page.locator("[id='4.1.2-percent'] legend")).to_be_in_viewport()
