"""axe-core finds nothing, and nothing is wider than the window, on any page that a role can reach by its links.

The walk on a phone is in every run; that at a desk, which finds little that the other does not, in `make test-all`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, ViewportSize

from app.kernel.actor import Role
from tests.support.browser import DESKTOP, PHONE

MOST_PAGES = 30
NO_PAGES = re.compile(r"/(download|export|receipts/.*\.pdf|static|files)|\.(csv|xlsx|json|jsonl|pdf)$")


def links(page: Page) -> list[str]:
    found = page.eval_on_selector_all("a[href^='/']", "all => all.map(each => each.getAttribute('href'))")
    return [href.partition("#")[0] for href in found if not NO_PAGES.search(href)]


def pattern(href: str) -> str:
    """Pages that differ only in a number or a filter are looked at once."""
    return re.sub(r"\d+", "#", href.partition("?")[0])


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


@pytest.mark.demo("scoring")
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "size", [pytest.param(PHONE, id="phone"), pytest.param(DESKTOP, id="desk", marks=pytest.mark.slow)]
)
@pytest.mark.parametrize("role", list(Role))
def test_every_page_within_reach_is_accessible(
    page: Page,
    browser_sign_in: Callable[..., None],
    assert_accessible: Callable[[Page], None],
    live_server: str,
    role: Role,
    size: ViewportSize,
) -> None:
    page.set_viewport_size(size)
    browser_sign_in(page, f"{role.value}@demo.example")
    looked_at = []
    for href in pages_within_reach(page, live_server):
        assert_accessible(page)
        looked_at.append(href)
    assert len(looked_at) >= 3, looked_at
