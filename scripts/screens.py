"""The pictures in docs/screens: first pages of every role and the pages that matter most, of the demo, at a fixed time.

`.venv/bin/python -m scripts.screens [word …]` takes those whose name holds a word; it needs what tests need (`make env-test`).
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import flask_migrate
from PIL import Image
from playwright.sync_api import Browser

from app import create_app
from app.config import ROOT, Settings
from tests.support.browser import DESKTOP, PHONE, Window, chromium, sign_in
from tests.support.databases import DEMO_PASSWORD, release, run_command
from tests.support.server import FrozenClock, serving

FOLDER = ROOT / "docs" / "screens"
NOW = datetime(2026, 5, 8, 1, 0, tzinfo=UTC)
COLOURS = 128
SIZES = (DESKTOP, PHONE)


@dataclass(frozen=True)
class Shot:
    """`link`: how a link begins to follow from `path`; `role` empty: a visitor."""

    stage: str
    role: str
    name: str
    path: str = "/desk"
    link: str = ""


SHOTS = (
    Shot("scoring", "applicant", "applications", "/applications"),
    Shot("scoring", "applicant", "dossier", "/applications", "继续填写"),
    Shot("scoring", "recommender", "recommendations", "/recommendations"),
    Shot("scoring", "office", "desk"),
    Shot("scoring", "office", "pool", "/experts"),
    Shot("scoring", "office", "draw", "/draws/1"),
    Shot("scoring", "office", "hall", "/draws/1/hall?step=6"),
    Shot("scoring", "office", "matrix", "/rounds/1/matrix"),
    Shot("scoring", "visitor", "draws", "/editions/SX2026/draws"),
    Shot("scoring", "office", "formal-check", "/formal-checks?state=recommended", "形式审查"),
    Shot("scoring", "expert", "work", "/work"),
    Shot("scoring", "expert", "scorebook", "/work", "继续评分"),
    Shot("scoring", "leader", "work", "/work"),
    Shot("scoring", "head", "desk"),
    Shot("scoring", "supervisor", "desk"),
    Shot("scoring", "operator", "desk"),
    Shot("ranking", "office", "ranking", "/rankings/1"),
    Shot("committee", "committee", "desk"),
    Shot("committee", "committee", "ballot", "/committee/1/vote"),
    Shot("notice", "visitor", "home", "/"),
    Shot("notice", "visitor", "notice", "/notices/1"),
)


@contextmanager
def demo(stage: str) -> Iterator[str]:
    """The address of the demo at that stage, as it looks at NOW."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            environment="testing",
            secret_key="only for pictures",  # noqa: S106
            database_url=f"sqlite:///{folder}/zhiheng.sqlite3",
            instance_path=Path(folder),
            demo_password=DEMO_PASSWORD,
        )
        app = create_app(settings)
        with app.app_context():
            flask_migrate.upgrade()
        run_command(app, "demo", "--stage", stage, "--today", f"{NOW:%Y-%m-%d}")
        with serving(app, FrozenClock(NOW)) as address:
            yield address
        release(app)


def take(browser: Browser, address: str, shot: Shot) -> None:
    for size in SIZES:
        window = Window.open(browser, address, viewport=size)
        if shot.role != "visitor":
            sign_in(window.page, f"{shot.role}@demo.example", DEMO_PASSWORD)
        window.page.goto(shot.path)
        if shot.link:
            window.page.locator("main").get_by_role("link", name=re.compile(f"^{shot.link}")).first.click()
            window.page.wait_for_load_state()
        picture = (
            Image.open(io.BytesIO(window.page.screenshot()))
            .convert("RGB")
            .quantize(COLOURS, kmeans=1, dither=Image.Dither.NONE)
        )
        picture.save(FOLDER / f"{shot.role}-{shot.name}-{size['width']}.png", optimize=True)
        window.close()


def main(words: list[str]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = [shot for shot in SHOTS if not words or any(word in f"{shot.role}-{shot.name}" for word in words)]
    with chromium() as browser:
        for stage in dict.fromkeys(shot.stage for shot in wanted):
            with demo(stage) as address:
                for shot in (each for each in wanted if each.stage == stage):
                    print(f"· {shot.role}-{shot.name}", flush=True)
                    take(browser, address, shot)


if __name__ == "__main__":
    main(sys.argv[1:])
