"""A visit in a real browser: the office at a desk, a member on a phone that loses its line, the applicant without scripts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.kernel import unit_of_work
from app.kernel.actor import Role
from tests.factories import visits
from tests.factories.decisions import let_in
from tests.factories.scoring import person
from tests.support.browser import DESKTOP, PHONE, Window

SignIn = Callable[..., None]
APPLICANT = "owner-示例制造001有限公司@example.org"


@pytest.fixture
def on_site(app: Flask) -> None:
    with app.app_context(), unit_of_work.transaction():
        visits.opened()
        person("office@example.org", Role.OFFICE)
        let_in(APPLICANT)


@pytest.fixture
def telephone_picture(tmp_path: Path) -> Path:
    path = tmp_path / "IMG_0001.jpg"
    path.write_bytes(visits.photograph(width=1200, height=900))
    return path


def entered(window: Window, sign_in: SignIn, email: str, address: str) -> Page:
    sign_in(window.page, email)
    window.page.goto(address)
    return window.page


@pytest.mark.usefixtures("on_site")
def test_a_picture_taken_without_a_line_arrives_when_it_returns(
    telephone_picture: Path,
    open_window: Callable[..., Window],
    browser_sign_in: SignIn,
    assert_accessible: Callable[..., None],
) -> None:
    window = open_window(viewport=PHONE)
    phone = entered(window, browser_sign_in, "expert2@example.org", "/visits/1/photos")
    assert_accessible(phone)
    assert phone.get_by_label("照片").get_attribute("capture") == "environment"
    phone.context.set_offline(True)
    window.watch.expect_cut_line()
    phone.get_by_label("照片").set_input_files(telephone_picture)
    phone.get_by_label("说明").fill("一车间看板")
    phone.get_by_role("button", name="保存照片").click()
    expect(phone.locator("[data-photos-line]")).to_contain_text("1 张照片存在这台设备上")
    phone.context.set_offline(False)
    expect(phone.locator("figcaption")).to_contain_text("一车间看板")
    expect(phone.locator("figure")).to_have_count(1)
    assert_accessible(phone)


@pytest.mark.usefixtures("on_site")
def test_everything_on_site_works_without_scripts(
    telephone_picture: Path, open_window: Callable[..., Window], browser_sign_in: SignIn
) -> None:
    window = open_window(viewport=PHONE, java_script_enabled=False)
    phone = entered(window, browser_sign_in, "expert2@example.org", "/visits/1/photos")
    phone.get_by_label("照片").set_input_files(telephone_picture)
    phone.get_by_label("说明").fill("一车间看板")
    phone.get_by_role("button", name="保存照片").click()
    expect(phone.locator("figcaption")).to_contain_text("一车间看板")
    phone.get_by_role("link", name="访谈和查阅").click()
    phone.get_by_label("访谈", exact=True).check()
    phone.get_by_label("访谈对象或资料名称").fill("李工，设备科")
    phone.get_by_label("记录", exact=True).fill("点检表按周归档。")
    phone.get_by_role("button", name="保存记录").click()
    expect(phone.get_by_text("点检表按周归档。")).to_be_visible()


@pytest.mark.usefixtures("on_site")
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_the_pages_of_a_visit_are_accessible(
    viewport: dict[str, int],
    open_window: Callable[..., Window],
    browser_sign_in: SignIn,
    assert_accessible: Callable[..., None],
) -> None:
    page = entered(open_window(viewport=viewport), browser_sign_in, "expert1@example.org", "/visits")
    assert_accessible(page)
    for part in ("", "/issues", "/logs", "/photos", "/meetings/opening", "/meetings/report", "/plan", "/close"):
        page.goto(f"/visits/1{part}")
        assert_accessible(page)


@pytest.mark.usefixtures("on_site")
def test_the_applicant_reads_the_plan_on_a_phone(
    open_window: Callable[..., Window], browser_sign_in: SignIn, assert_accessible: Callable[..., None]
) -> None:
    page = entered(open_window(viewport=PHONE), browser_sign_in, APPLICANT, "/visits/1/follow")
    expect(page.get_by_text("专家002")).to_be_visible()
    assert_accessible(page)
