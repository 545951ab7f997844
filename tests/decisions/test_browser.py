"""The ballot in a real browser: on a phone without scripts, and read by axe-core."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page

from app.kernel import unit_of_work
from tests.factories import decisions as made
from tests.support.browser import PHONE, Window

MEMBER = "member1@example.org"


@pytest.fixture
def ballot(app: Flask) -> str:
    with app.app_context(), unit_of_work.transaction():
        room = made.voting([700, 580])
        made.let_in(MEMBER)
        return f"/committee/{room.session.id}/vote"


def test_a_vote_is_cast_on_a_phone_without_scripts(
    open_window: Callable[..., Window], browser_sign_in: Callable[..., None], ballot: str
) -> None:
    phone = open_window(viewport=PHONE, java_script_enabled=False).page
    browser_sign_in(phone, MEMBER)
    phone.goto(ballot)
    mark(phone, "提名奖")
    phone.get_by_role("button", name="核对选票").click()
    phone.get_by_role("button", name="返回修改").click()
    assert phone.locator("input:checked").count() == 2
    phone.get_by_role("button", name="核对选票").click()
    phone.get_by_role("button", name="投出选票").click()
    assert phone.locator("td code").count() == 2


def test_ballot_check_and_codes_can_be_read_by_everybody(
    page: Page, browser_sign_in: Callable[..., None], assert_accessible: Callable[[Page], None], ballot: str
) -> None:
    browser_sign_in(page, MEMBER)
    page.goto(ballot)
    assert_accessible(page)
    mark(page, "弃权")
    page.get_by_role("button", name="核对选票").click()
    assert_accessible(page)
    page.get_by_role("button", name="投出选票").click()
    assert_accessible(page)


def mark(page: Page, choice: str) -> None:
    for dossier in page.locator("fieldset.ballot-item").all():
        dossier.get_by_label(choice).check()
