"""Commands on a database that is not ready say so in a sentence, change nothing and end with 1."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from app.config import Settings
from app.kernel import unit_of_work
from app.kernel.database import db
from tests.support.databases import make_app, release

COMMANDS = (
    ("demo",),
    ("doctor",),
    ("create-operator", "first@example.com", "运维员"),
    ("retention",),
    ("archive", "export", "--edition", "SX2026", "--out", "x.zip"),
    ("jobs", "once"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_without_tables_a_command_says_how_they_are_made(
    settings: Settings, tmp_path: Path, command: tuple[str, ...]
) -> None:
    empty = make_app(replace(settings, database_url=f"sqlite:///{tmp_path / 'empty.sqlite3'}"))
    result = empty.test_cli_runner().invoke(args=command)
    release(empty)
    assert result.exit_code == 1
    assert "数据库里还没有表" in result.output
    assert "db upgrade" in result.output
    assert "Traceback" not in result.output


def test_tables_of_another_version_are_named(app: Flask) -> None:
    with app.app_context(), unit_of_work.transaction():
        db.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    result = app.test_cli_runner().invoke(args=("doctor",))
    assert result.exit_code == 1
    assert "数据库的版本是 0001" in result.output
