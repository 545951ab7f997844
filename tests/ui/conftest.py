"""A workshop: the templates, the script and the web's edge as they are, with empty rooms behind the frame's addresses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, g
from flask_wtf import CSRFProtect
from playwright.sync_api import Browser

from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.words import LocalText
from app.web import assets, errors, formats, headers, language, styleguide
from app.web.menu import MenuEntry
from app.web.transactions import new_key
from tests.support.browser import Window
from tests.support.html import Document
from tests.support.server import FrozenClock, serving

ROOMS = (
    "accounts.account",
    "accounts.language",
    "accounts.sign_out",
    "accounts.sign_in",
    "desk.show",
    "outcomes.public_home",
)
Render = Callable[..., Document]


class Edition:
    title = LocalText("第四届山西省质量奖", "4th Shanxi Quality Award")


def frame() -> dict[str, object]:
    return {
        "actor": g.actor,
        "edition": Edition(),
        "menu": [MenuEntry("专家库", "/experts", current=True), MenuEntry("公示", "/notices", current=False)],
        "workspaces": [("秘书处", "/office", True), ("评审专家", "/expert", False)],
    }


def become_somebody() -> None:
    g.actor = Actor(user_id=1, name="王志远", roles=frozenset({Role.OFFICE}))


@pytest.fixture(scope="session")
def workshop() -> Flask:
    app = Flask("app", template_folder="web/templates", static_folder=str(assets.FOLDER))
    app.config.update(SECRET_KEY="workshop", TESTING=True, SQLALCHEMY_DATABASE_URI="sqlite:///:memory:")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["idempotency_key"] = new_key
    app.before_request(become_somebody)
    app.context_processor(frame)
    for room in ROOMS:
        app.add_url_rule(f"/{room}", room, lambda: "", methods=["GET", "POST"])
    app.register_blueprint(styleguide.blueprint)
    db.init_app(app)
    CSRFProtect(app)
    for part in (language, formats, assets, headers, errors):
        part.install(app)
    return app


@pytest.fixture
def render(workshop: Flask) -> Iterator[Render]:
    """`render("{{ … }}", name=…)`: the parsed fragment; invalid HTML, double ids and dangling references are refused."""
    with workshop.test_request_context():
        become_somebody()

        def parsed(source: str, **context: Any) -> Document:
            return Document.parse(workshop.jinja_env.from_string(source).render(**frame() | context))

        yield parsed


@pytest.fixture
def guide(workshop: Flask) -> Callable[..., Document]:
    """`guide("split", "en")`: a page of the style guide as a visitor gets it."""

    def fetched(page: str, chosen: str = "zh") -> Document:
        client = workshop.test_client()
        client.set_cookie(language.COOKIE, chosen)
        answer = client.get("/styleguide/", query_string={"page": page})
        assert answer.status_code == 200
        return Document.parse(answer.get_data(as_text=True))

    return fetched


@pytest.fixture(scope="session")
def workshop_address(workshop: Flask) -> Iterator[str]:
    with serving(workshop, FrozenClock()) as address:
        yield address


@pytest.fixture
def look(browser: Browser, workshop_address: str) -> Iterator[Callable[..., Window]]:
    """`look("split", viewport=PHONE)`: a browser window on that page of the style guide."""
    windows: list[Window] = []

    def opened(page: str, **options: Any) -> Window:
        windows.append(Window.open(browser, workshop_address, **options))
        windows[-1].page.goto(f"/styleguide/?page={page}")
        return windows[-1]

    yield opened
    for window in windows:
        window.close()
