"""The style guide in a real browser: accessible everywhere, usable without the script, and helped by it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from app.web.styleguide import PAGES
from tests.support.browser import EACH_SIZE, PHONE, Window

Look = Callable[..., Window]


@pytest.mark.parametrize("viewport", EACH_SIZE)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", PAGES)
def test_nobody_is_shut_out(
    look: Look,
    assert_accessible: Callable[[Page], None],
    page: str,
    *,
    scheme: Literal["light", "dark"],
    viewport: dict[str, int],
) -> None:
    assert_accessible(look(page, color_scheme=scheme, viewport=viewport).page)


def test_on_a_phone_the_scorebook_has_two_tabs_without_script(look: Look) -> None:
    page = look("split", viewport=PHONE, java_script_enabled=False).page
    dossier, sheet = page.locator(".pane-of-dossier"), page.locator(".pane-of-sheet")
    expect(sheet).to_be_visible()
    expect(dossier).to_be_hidden()
    page.get_by_text("申报材料", exact=True).click()
    expect(dossier).to_be_visible()
    expect(sheet).to_be_hidden()
    expect(page.locator(".total")).to_be_in_viewport()


def test_on_paper_a_table_stays_a_table_though_a_sheet_is_narrow(look: Look) -> None:
    """A4 within its margins is as narrow as a tablet: as a phone shows them, three rows would fill a sheet."""
    page = look("components", viewport={"width": 680, "height": 900}).page
    row = page.locator(".rows tbody tr").first
    expect(row).to_have_css("display", "block")
    page.emulate_media(media="print")
    expect(row).to_have_css("display", "table-row")


def test_on_a_phone_the_menu_opens_without_script(look: Look) -> None:
    page = look("work", viewport=PHONE, java_script_enabled=False).page
    menu = page.locator("#menu")
    expect(menu).to_be_hidden()
    page.get_by_text("工作流程", exact=True).click()
    expect(menu).to_be_visible()
    page.get_by_text("收起菜单", exact=True).click()
    expect(menu).to_be_hidden()


@pytest.mark.parametrize(
    ("keys", "level", "total"),
    [
        ("6", "60", "30.00"),
        ("66", "65", "32.50"),
        ("90", "90", "45.00"),
        ("100", "100", "50.00"),
        ("0", "0", "0.00"),
        ("73", "30", "15.00"),
    ],
)
def test_digits_set_the_level_and_the_total_follows_exactly(look: Look, keys: str, level: str, total: str) -> None:
    page = look("split").page
    page.locator("#item-1-20").check(force=True)
    for key in keys:
        page.keyboard.press(key)
    assert page.locator("#item-1 input:checked").get_attribute("value") == level
    expect(page.locator("[data-total]")).to_have_text(total)


def test_what_is_typed_is_saved_by_itself_with_the_next_version(look: Look) -> None:
    page = look("components").page
    form = page.locator("#sample")
    form.locator("[name=name]").fill("汾河水务集团")
    expect(form.locator("[data-saved-line]")).to_contain_text("已保存")
    expect(form.locator("[name=version]")).to_have_value("4")
    assert page.evaluate("localStorage.length") == 0


def test_a_colleague_who_saved_first_loses_nothing_and_neither_do_i(look: Look) -> None:
    page = look("components").page
    form = page.locator("#sample")
    form.locator("[name=name]").fill("409")
    dialog = page.locator("dialog")
    expect(dialog.locator("textarea")).to_have_count(2)
    dialog.get_by_role("button", name="用已保存的文字").click()
    expect(form.locator("[name=name]")).to_have_value("汾河水务集团")
    expect(form.locator("[data-saved-line]")).to_contain_text("已保存")
    expect(form.locator("[name=version]")).to_have_value("9")


def test_text_that_did_not_reach_the_server_waits_in_the_browser(look: Look) -> None:
    window = look("components")
    page = window.page
    page.route("**/styleguide/save", lambda route: route.abort("blockedbyclient"))
    page.locator("#sample [name=overview]").fill("写了半天的文字")
    expect(page.locator("#sample [data-saved-line]")).to_contain_text("文字暂存在本机")
    page.on("dialog", lambda dialog: dialog.accept())
    page.unroute("**/styleguide/save")
    page.reload()
    page.get_by_role("button", name="放回表单").click()
    expect(page.locator("#sample [name=overview]")).to_have_value("写了半天的文字")
    expect(page.locator("#sample [data-saved-line]")).to_contain_text("已保存")
    window.watch.faults = [fault for fault in window.watch.faults if "BLOCKED_BY_CLIENT" not in fault]


def test_characters_are_counted_as_people_count_them(look: Look) -> None:
    page = look("components").page
    page.locator("#sample [name=overview]").fill("质量𠮷" * 170)
    expect(page.locator("#overview-count")).to_have_text("510 / 500 字，超出 10 字")


def test_a_refused_form_takes_the_focus_to_its_summary(look: Look) -> None:
    page = look("components").page
    expect(page.locator("#error-summary")).to_be_focused()
    page.get_by_role("link", name="成立日期").click()
    expect(page.locator("#w-founded")).to_be_focused()
