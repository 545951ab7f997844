"""The fixtures of all tests; docs/testing.md shows each with an example."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from argon2 import PasswordHasher
from flask import Flask
from playwright.sync_api import Browser, Page

from app.accounts import services as accounts
from app.config import Settings
from app.kernel import clock
from tests.support import browser as browsers
from tests.support import built, effort, postgres
from tests.support.client import Client
from tests.support.databases import (
    DEMO_PASSWORD,
    EMPTY,
    KINDS,
    Workplace,
    make_app,
    new_run_folder,
    release,
    run_folder,
)
from tests.support.mail import Mailbox, receiving
from tests.support.network import forbid_outside_world
from tests.support.queries import counted_queries
from tests.support.server import FrozenClock, serving

MORNING = datetime(2026, 5, 8, 1, 0, tzinfo=UTC)
ROOT = Path(__file__).resolve().parent.parent
MEMORY = Path("/dev/shm")  # noqa: S108 - a fast disk where there is one
ENOUGH_MEMORY = 2_000_000_000


# A busy machine is no fault of the code under test; the same inputs in every run keep a landing from being luck.
def set_effort(config: pytest.Config) -> None:
    effort.learn(config)
    hypothesis.settings.register_profile(
        "zhiheng",
        deadline=None,
        derandomize=True,
        max_examples=effort.examples(100),
        suppress_health_check=[hypothesis.HealthCheck.too_slow],
    )
    hypothesis.settings.load_profile("zhiheng")


# Argon2 as ever, with its least effort: what is tested signs in thousands of times.
accounts._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
accounts._nobody = accounts._hasher.hash("nobody")


# --- one run ------------------------------------------------------------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    set_effort(config)
    if "ZHIHENG_TEST_RUN" not in os.environ:
        roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH_MEMORY
        os.environ |= {"ZHIHENG_TEST_RUN": str(new_run_folder(MEMORY if roomy else Path(tempfile.gettempdir())))}
        os.environ |= {"ZHIHENG_TEST_CONTROLLER": str(os.getpid())}
    forbid_outside_world()


def pytest_unconfigure() -> None:
    if os.environ.get("ZHIHENG_TEST_CONTROLLER") == str(os.getpid()):
        postgres.stop(run_folder())
        shutil.rmtree(run_folder(), ignore_errors=True)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if mark := metafunc.definition.get_closest_marker("databases"):
        rare = mark.kwargs.get("rare", "")
        kinds = [pytest.param(kind, marks=pytest.mark.slow) if kind == rare else kind for kind in KINDS]
        metafunc.parametrize("database", kinds, indirect=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
        if item.get_closest_marker("faults"):
            item.add_marker("slow")


def pytest_collection_finish() -> None:
    """What is imported by now stays to the end: the collector need not look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """A failed browser test leaves a picture of each of its windows in test-results/."""
    report = yield
    if report.when == "call" and report.failed:
        for number, window in enumerate(item.stash.get(WINDOWS, [])):
            name = item.nodeid.replace("/", "-").replace("::", "-")
            window.page.screenshot(path=ROOT / "test-results" / f"{name}-{number}.png", full_page=True)
    return report


WINDOWS = pytest.StashKey[list[browsers.Window]]()


# --- application and database -------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def workplace(worker_id: str) -> Iterator[Workplace]:
    yield Workplace(run_folder(), worker_id, postgres.free_port())
    postgres.disconnect(run_folder())


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture
def settings(request: pytest.FixtureRequest, workplace: Workplace, database: str) -> Iterator[Settings]:
    """The settings of `app`, over a database that nothing has touched."""
    mark = request.node.get_closest_marker("demo")
    template = mark.args[0] if mark else EMPTY
    fresh = workplace.fresh(database, template)
    if database == "sqlite" and "monkeypatch" not in request.fixturenames:
        built.begin(fresh, template)
    yield fresh
    built.end()


@pytest.fixture(scope="session")
def applications() -> Iterator[dict[Settings, Flask]]:
    """One application a worker and database: making one costs more than most tests."""
    made: dict[Settings, Flask] = {}
    yield made
    for app in made.values():
        release(app)


@pytest.fixture
def app(settings: Settings, applications: dict[Settings, Flask]) -> Iterator[Flask]:
    if settings not in applications:
        applications[settings] = make_app(settings)
    yield applications[settings]
    release(applications[settings])


@pytest.fixture
def app_context(app: Flask) -> Iterator[Flask]:
    """For services and queries: the test is inside the application; what it did not commit is gone afterwards."""
    with app.app_context():
        yield app


# --- people -------------------------------------------------------------------------------------------------------


@pytest.fixture
def new_client(app: Flask) -> Callable[[], Client]:
    def make() -> Client:
        client = app.test_client()
        assert isinstance(client, Client)
        client.password = DEMO_PASSWORD
        return client

    return make


@pytest.fixture
def client(new_client: Callable[[], Client]) -> Client:
    return new_client()


@pytest.fixture
def signed_in(new_client: Callable[[], Client]) -> Callable[[str], Client]:
    """`signed_in("office@demo.example")` is that person's own client; several may act in one test."""

    def sign_in(email: str) -> Client:
        client = new_client()
        client.sign_in(email)
        return client

    return sign_in


@pytest.fixture
def strict_html(client: Client) -> Client:
    """Says in a test's signature that the page's HTML is what it proves; every client refuses invalid HTML anyway."""
    return client


# --- clock, mail, queries -----------------------------------------------------------------------------------------


class TestClock(FrozenClock):
    """Stands still; `move_to(moment)` sets it for the test and for the live server alike."""

    __test__ = False

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()

    def move_to(self, moment: datetime) -> None:
        self.release()
        self.moment = moment
        self._stack.enter_context(clock.fixed(moment))

    def release(self) -> None:
        self._stack.close()
        self.moment = None


@pytest.fixture
def running_clock() -> Iterator[TestClock]:
    held = TestClock()
    yield held
    held.release()


@pytest.fixture
def frozen_clock(running_clock: TestClock) -> TestClock:
    running_clock.move_to(MORNING)
    return running_clock


@pytest.fixture
def mailbox(workplace: Workplace) -> Iterator[Mailbox]:
    with receiving(workplace.mail_port) as box:
        yield box


@pytest.fixture
def count_queries() -> Callable[[], AbstractContextManager[list[str]]]:
    return counted_queries


# --- browser ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with browsers.chromium() as launched:
        yield launched


@pytest.fixture
def live_server(app: Flask, running_clock: TestClock) -> Iterator[str]:
    with serving(app, running_clock) as address:
        yield address


@pytest.fixture
def open_window(
    request: pytest.FixtureRequest, browser: Browser, live_server: str
) -> Iterator[Callable[..., browsers.Window]]:
    """`open_window(viewport=PHONE, java_script_enabled=False)`: one more person's browser, watched like `page`."""
    windows: list[browsers.Window] = request.node.stash.setdefault(WINDOWS, [])

    def open_one(**options: Any) -> browsers.Window:
        windows.append(browsers.Window.open(browser, live_server, **options))
        return windows[-1]

    yield open_one
    with ExitStack() as stack:
        for window in windows:
            stack.callback(window.close)
    windows.clear()


@pytest.fixture
def window(open_window: Callable[..., browsers.Window]) -> browsers.Window:
    return open_window()


@pytest.fixture
def page(window: browsers.Window) -> Page:
    return window.page


@pytest.fixture
def browser_sign_in() -> Callable[..., None]:
    """`browser_sign_in(page, "expert@demo.example")`"""

    def sign_in(page: Page, email: str, password: str = DEMO_PASSWORD) -> None:
        browsers.sign_in(page, email, password)

    return sign_in


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    return browsers.assert_accessible
