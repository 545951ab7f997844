"""axe-core finds nothing, and nothing is wider than the window, on any page that a role can reach by its links.

That walk is part of `make test-all`. In every run the same pages are walked without a browser: each answers, is valid, and has a name
for every link and control (tests/support/html.py); axe looks at every part of a page in tests/ui, and at the pages of each journey.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, ViewportSize
from werkzeug.test import TestResponse

from app.kernel.actor import Role
from tests.support.browser import DESKTOP, PHONE, Window
from tests.support.client import Client, document

MOST_PAGES = 30
NO_PAGES = re.compile(r"/(download|export|receipts/.*\.pdf|static|files)|\.(csv|xlsx|json|jsonl|pdf)$")


def links(page: Page) -> list[str]:
    found = page.eval_on_selector_all("a[href^='/']", "all => all.map(each => each.getAttribute('href'))")
    return [href.partition("#")[0] for href in found if not NO_PAGES.search(href)]


def pattern(href: str) -> str:
    """Pages that differ only in a number or a filter are looked at once."""
    return re.sub(r"\d+", "#", href.partition("?")[0])


@pytest.mark.demo("scoring")
@pytest.mark.parametrize("role", Role)
def test_every_page_within_reach_is_sound(signed_in: Callable[[str], Client], role: Role) -> None:
    person, waiting, seen = signed_in(f"{role.value}@demo.example"), ["/desk"], {"/desk"}
    while waiting and len(seen) <= MOST_PAGES + len(waiting):
        answer = person.get(waiting.pop(0), follow_redirects=True)
        assert answer.status_code == 200, answer.request.path
        for further in onward(answer):
            if pattern(further) not in seen:
                seen.add(pattern(further))
                waiting.append(further)
    assert len(seen) >= 3


def onward(answer: TestResponse) -> list[str]:
    found = document(answer).links() if answer.mimetype == "text/html" else []
    return [href.partition("#")[0] for href in found if href.startswith("/") and not NO_PAGES.search(href)]


def pages_within_reach(page: Page, address: str) -> Iterator[str]:
    waiting, seen = ["/desk"], {"/desk"}
    while waiting and len(seen) <= MOST_PAGES + len(waiting):
        href = waiting.pop(0)
        answer = page.goto(address + href)
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        yield href
        for further in links(page):
            if pattern(further) not in seen:
                seen.add(pattern(further))
                waiting.append(further)


FAMILIES = {
    "readers": (Role.EXPERT, Role.LEADER, Role.HEAD),
    "office": (Role.OFFICE, Role.SUPERVISOR, Role.OPERATOR),
    "outside": (Role.APPLICANT, Role.RECOMMENDER, Role.COMMITTEE),
}
"""Roles that share most of their pages: what one of a family has looked at is not looked at again for the next."""


def test_every_role_belongs_to_a_family() -> None:
    assert {role for family in FAMILIES.values() for role in family} == set(Role)


@pytest.mark.slow
@pytest.mark.demo("scoring")
@pytest.mark.timeout(300)
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("family", FAMILIES)
def test_every_page_within_reach_is_accessible(
    open_window: Callable[..., Window],
    browser_sign_in: Callable[..., None],
    assert_accessible: Callable[[Page], None],
    live_server: str,
    family: str,
    size: ViewportSize,
) -> None:
    looked_at: set[str] = set()
    for role in FAMILIES[family]:
        page = open_window(viewport=size).page
        browser_sign_in(page, f"{role.value}@demo.example")
        reached = {
            pattern(href) for href in looking_at(page, live_server, assert_accessible, but=looked_at - {"/desk"})
        }
        assert len(reached) >= 3, (role, reached)
        looked_at |= reached


def looking_at(page: Page, address: str, assert_accessible: Callable[[Page], None], *, but: set[str]) -> Iterator[str]:
    """Every page within reach, examined unless it is known already."""
    for href in pages_within_reach(page, address):
        if pattern(href) not in but:
            assert_accessible(page)
        yield href
