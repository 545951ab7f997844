"""Fresh databases at the price of a copy.

A *template* is a migrated database and its uploads, empty or with the demo at one of its stages, made once in a run by the first
worker that needs it. Before each test the worker's own database is replaced by a copy. One application a worker and database.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import flask_migrate
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from app import create_app
from app.config import Settings
from app.kernel.database import db
from tests.support import postgres
from tests.support.client import Client

DEMO_PASSWORD = "demo-Zhiheng-2026"
EMPTY = "empty"
RUN_PREFIX = "zhiheng-tests-"
ON_ITS_DAY = {"result": ("--today", "2026-05-08")}
"""The whole edition always ends on this day, so that its list can be compared with the golden one."""
KINDS = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Workplace:
    """Where one worker keeps what it made; `run` is shared by all workers."""

    run: Path
    worker: str
    mail_port: int

    def settings(self, name: str, kind: str) -> Settings:
        instance = self.run / kind / name
        instance.mkdir(parents=True, exist_ok=True)
        sqlite = f"sqlite:///{instance / 'zhiheng.sqlite3'}"
        return Settings(
            environment="testing",
            secret_key="only for tests",
            database_url=sqlite if kind == "sqlite" else postgres.server(self.run).url(name),
            instance_path=instance,
            mail_server=f"127.0.0.1:{self.mail_port}",
            demo_password=DEMO_PASSWORD,
        )

    def fresh(self, kind: str, template: str) -> Settings:
        """This worker's database and uploads, as a copy of the template."""
        source, target = self.run / kind / f"template-{template}", self.run / kind / self.worker
        with postgres.locked(self.run / f"{kind}-{template}.lock"):
            if not (source / "made").exists():
                self.make(kind, template)
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target)
        if kind == "postgresql":
            postgres.server(self.run).recreate(self.worker, f"template-{template}")
        return self.settings(self.worker, kind)

    def make(self, kind: str, template: str) -> None:
        name = f"template-{template}"
        shutil.rmtree(self.run / kind / name, ignore_errors=True)
        if kind == "postgresql":
            postgres.server(self.run).recreate(name)
        settings = self.settings(name, kind)
        app = create_app(settings)
        try:
            with app.app_context():
                flask_migrate.upgrade()
            if template != EMPTY:
                run_command(app, "demo", "--stage", template, *ON_ITS_DAY.get(template, ()))
        finally:
            release(app)
        (settings.instance_path / "made").touch()


def make_app(settings: Settings) -> Flask:
    """Its templates are compiled once a run, for all workers and databases."""
    app = create_app(settings)
    compiled = run_folder() / "pages"
    compiled.mkdir(exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(compiled))
    app.test_client_class = Client
    return app


def run_command(app: Flask, *command: str) -> str:
    result = app.test_cli_runner().invoke(args=command)
    assert result.exit_code == 0, f"flask {' '.join(command)} failed:\n{result.output}\n{result.exception!r}"
    return str(result.output)


def release(app: Flask) -> None:
    """Close the connections: a database that is being replaced or copied must have none."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def new_run_folder(where: Path) -> Path:
    """A folder for this run; what a run that was killed left behind goes first."""
    for left in where.glob(f"{RUN_PREFIX}*"):
        if not Path("/proc", left.name.split("-")[2]).exists():
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{RUN_PREFIX}{os.getpid()}-", dir=where))
    folder.chmod(0o711)  # the database server runs as another user when the tests run as root
    return folder


def run_folder() -> Path:
    return Path(os.environ["ZHIHENG_TEST_RUN"])
