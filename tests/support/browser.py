"""A real Chromium that reports what a person would not see: console errors, failed requests, requests that leave the machine."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
LOOPBACK = "127.0.0.1"
ANSWERS_TO_FORMS = {409, 422}
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 375, "height": 812}
EACH_SIZE = (pytest.param(PHONE, id="phone"), pytest.param(DESKTOP, id="desktop", marks=pytest.mark.slow))
"""For what is looked at in both: at a desk, where little is found that a phone does not show, in `make test-all`."""


@contextmanager
def chromium() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        raise RuntimeError("No Chromium found: run `make test`, or `apt-get install chromium`.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Watch:
    """What went wrong in one browser window; `expect(404)` before a step whose answer is meant to be refused."""

    faults: list[str] = field(default_factory=list)
    expected: set[int] = field(default_factory=lambda: set(ANSWERS_TO_FORMS))
    line_may_be_cut: bool = False

    def expect(self, *statuses: int) -> None:
        self.expected.update(statuses)

    def expect_cut_line(self) -> None:
        """Before a test takes the network away."""
        self.line_may_be_cut = True

    def is_cut(self, reason: str) -> bool:
        return self.line_may_be_cut and "ERR_INTERNET_DISCONNECTED" in reason

    def attach(self, context: BrowserContext) -> None:
        context.on("console", self.on_console)
        context.on("weberror", lambda error: self.faults.append(f"script error: {error.error}"))
        context.on("request", self.on_request)
        context.on("requestfailed", self.on_request_failed)
        context.on("response", self.on_response)

    def on_console(self, message: ConsoleMessage) -> None:
        refused = message.text.startswith("Failed to load resource: the server responded")
        if message.type in ("error", "warning") and not refused and not self.is_cut(message.text):
            self.faults.append(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

    def on_request(self, request: Request) -> None:
        target = urlsplit(request.url)
        if target.scheme in ("http", "https", "ws", "wss") and target.hostname != LOOPBACK:
            self.faults.append(f"a request left this machine: {request.url}")

    def on_request_failed(self, request: Request) -> None:
        reason = request.failure or ""
        # A page left while something loads, and a download, end their request this way.
        if "ERR_ABORTED" not in reason and not self.is_cut(reason):
            self.faults.append(f"request failed: {request.method} {request.url}: {reason}")

    def on_response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.faults.append(f"{response.request.method} {response.url} answered {response.status}")


class Window:
    """One person's browser: `window.page` is Playwright's page, `window.watch` what must stay clean."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.watch = Watch()
        self.watch.attach(context)
        self.page: Page = context.new_page()

    @classmethod
    def open(cls, browser: Browser, address: str, **options: Any) -> Window:
        settings = {"base_url": address, "locale": "zh-CN", "timezone_id": "Asia/Shanghai", "viewport": DESKTOP}
        context = browser.new_context(**{**settings, "reduced_motion": "reduce", **options})
        context.set_default_timeout(30_000)
        return cls(context)

    def close(self) -> None:
        self.context.close()
        assert not self.watch.faults, "The browser reports:\n" + "\n".join(self.watch.faults)


def sign_in(page: Page, email: str, password: str) -> None:
    page.goto("/sign-in")
    page.locator("[name=email]").fill(email)
    page.locator("[name=password]").fill(password)
    page.locator("form:has([name=password]) [type=submit]").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def assert_accessible(page: Page) -> None:
    """axe-core finds nothing, and nothing scrolls sideways."""
    violations = Axe().run(page).response["violations"]
    found = [
        f"{each['id']} ({each['impact']}): {each['help']}\n    "
        + "\n    ".join(node["html"][:160] for node in each["nodes"][:4])
        for each in violations
    ]
    assert not found, f"{page.url}\n" + "\n".join(found)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} px wider than its window"
