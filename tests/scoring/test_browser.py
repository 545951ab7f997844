"""The scorebook in a real browser: saved while typing, by keyboard, on a phone and without scripts."""

import re
import shutil
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.kernel import unit_of_work
from app.programmes import services as programmes
from app.programmes.models import Edition
from app.programmes.queries import rulebook_of
from tests.factories import scoring as factory
from tests.support.browser import PHONE, Window
from tests.support.rulebooks import FOLDER, TEXTS

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


@pytest.mark.parametrize(
    ("criteria", "items"),
    [("gbt-19580-2012", 23), ("baldrige-2013-2023", 17), ("efqm-2020", 25), ("individual", 8)],
)
def test_a_sheet_of_each_criteria_set_is_scored_and_handed_in(
    app: Flask, tmp_path: Path, window: Window, browser_sign_in, criteria: str, items: int
) -> None:
    with app.app_context(), unit_of_work.transaction():
        edition = edition_under(criteria, tmp_path / "rulebooks")
        factory.panel(1, 1, edition=edition)
        rules = rulebook_of(edition).criteria(criteria)
    page = at_sheet(window, browser_sign_in)
    expect(page.locator("[data-points]")).to_have_count(items)
    for place, item in enumerate(rules.items):
        level = page.locator(f"[id='{item.code}-percent-{percent_of(place)}']")
        level.check(force=True)
    total = sum(Fraction(item.points * percent_of(place), 100) for place, item in enumerate(rules.items))
    expect(page.locator("[data-total]")).to_have_text(f"{float(total):.2f}")
    expect(page.locator("[data-dirty]")).to_have_count(0, timeout=60_000)
    page.get_by_role("button", name="核对并提交").click()
    page.get_by_role("button", name="提交评分表").click()
    expect(page.locator(".paper")).to_contain_text(f"{float(total):.2f} / {rules.points}")
    expect(page.locator(".paper-foot")).to_contain_text(re.compile("[0-9a-f]{64}"))


def percent_of(place: int) -> int:
    return 35 + place % 7 * 5


def edition_under(criteria: str, folder: Path) -> Edition:
    """An edition whose every group is judged by that criteria set."""
    shutil.copytree(FOLDER, folder)
    text = TEXTS["shanxi-2021"]
    rulebook = re.sub(r'^criteria = "[^"]+"', f'criteria = "{criteria}"', text, flags=re.MULTILINE)
    (folder / "shanxi-2021.toml").write_text(rulebook, encoding="utf-8")
    edition = programmes.create_edition(
        factory.office(), rulebook_key="shanxi-2021", number=4, code="SX2026", starts=date(2026, 3, 2), folder=folder
    )
    programmes.open_edition(factory.office(), edition)
    return edition


def test_a_broken_line_loses_nothing_and_what_was_kept_is_sent_when_it_returns(
    open_sheet, open_window, browser_sign_in
) -> None:
    window = open_window()
    page, context = at_sheet(window, browser_sign_in), window.page.context
    window.watch.expect_cut_line()
    context.set_offline(True)
    page.locator("[id='4.1.2-percent-65']").check(force=True)
    page.locator("[id='4.1.3-strengths']").fill("断线时写的")
    line = page.locator("[data-saved-line]")
    expect(line).to_contain_text("还没有保存：2 项", timeout=20_000)
    context.set_offline(False)
    expect(line).to_contain_text("已保存", timeout=20_000)
    expect(page.locator("[data-dirty]")).to_have_count(0)

    context.set_offline(True)
    page.locator("[id='4.1.4-improvements']").fill("又断线，关了页面")
    expect(line).to_contain_text("还没有保存：1 项", timeout=20_000)
    page.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto("/sheets/1")
    expect(again.locator("[id='4.1.2-percent-65']")).to_be_checked()
    expect(again.locator("[id='4.1.3-strengths']")).to_have_value("断线时写的")
    expect(again.locator("[id='4.1.4-improvements']")).to_have_value("又断线，关了页面")
    expect(again.locator("[data-saved-line]")).to_contain_text("已保存")
    assert kept_copies(again) == 0


def test_what_was_kept_on_a_device_asks_when_it_was_changed_elsewhere_meanwhile(
    open_sheet, open_window, browser_sign_in
) -> None:
    window, elsewhere = open_window(), open_window()
    page, context = at_sheet(window, browser_sign_in), window.page.context
    window.watch.expect_cut_line()
    context.set_offline(True)
    page.locator("[id='4.1.2-strengths']").fill("路上写的")
    expect(page.locator("[data-saved-line]")).to_contain_text("还没有保存：1 项", timeout=20_000)
    page.close()
    other = at_sheet(elsewhere, browser_sign_in)
    other.locator("[id='4.1.2-strengths']").fill("办公室写的")
    expect(other.locator("[data-saved-line]")).to_contain_text("已保存")
    context.set_offline(False)
    again = context.new_page()
    again.goto("/sheets/1")
    dialog = again.locator("dialog")
    expect(dialog).to_be_visible()
    assert [box.input_value() for box in dialog.locator("textarea").all()] == ["路上写的", "办公室写的"]
    dialog.get_by_role("button", name="用已保存的文字").click()
    expect(again.locator("[data-saved-line]")).to_contain_text("已保存")
    expect(again.locator("[id='4.1.2-strengths']")).to_have_value("办公室写的")
    assert kept_copies(again) == 0


def test_signing_out_leaves_nothing_on_the_device(open_sheet, open_window, browser_sign_in) -> None:
    window = open_window()
    page = at_sheet(window, browser_sign_in)
    window.watch.expect_cut_line()
    page.route("**/items/*", lambda route: route.abort("internetdisconnected"))
    page.locator("[id='4.1.2-strengths']").fill("没有保存的")
    expect(page.locator("[data-saved-line]")).to_contain_text("还没有保存：1 项", timeout=20_000)
    assert kept_copies(page) == 1
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("details.person summary").click()
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("link", name="登录")).to_be_visible()
    assert kept_copies(page) == 0


def kept_copies(page: Page) -> int:
    """Texts of a person on this device; what belongs to nobody, like the width of a pane, is not counted."""
    return page.evaluate("Object.keys(localStorage).filter((key) => /^zhiheng:[0-9]+:/.test(key)).length")
