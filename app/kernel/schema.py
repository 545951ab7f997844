"""Whether the database has the tables that this program needs, for commands that would otherwise end in a traceback."""

import sys
from collections.abc import Callable
from functools import cache, wraps
from pathlib import Path
from typing import Any

import click
from alembic.script import ScriptDirectory
from flask.cli import with_appcontext
from sqlalchemy import inspect, text

from app.kernel.database import db

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
EMPTY = (
    "数据库里还没有表。请先运行 .venv/bin/flask --app wsgi db upgrade，再重试。\n"
    "The database has no tables yet. Run `.venv/bin/flask --app wsgi db upgrade` first, then try again."
)
OTHER = (
    "数据库的版本是 {found}，程序需要 {needed}。请先运行 .venv/bin/flask --app wsgi db upgrade，再重试。\n"
    "The database stands at {found}; this program needs {needed}. Run `.venv/bin/flask --app wsgi db upgrade` first, then try again."
)


@cache
def needed() -> str | None:
    """The last migration that comes with this program."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def problem() -> str:
    """What is wrong and what to do, in both languages: whoever types commands has chosen none. Empty where all is well."""
    try:
        connection = db.session.connection()
        if not inspect(connection).has_table("alembic_version"):
            return EMPTY
        found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    finally:
        db.session.rollback()  # the command begins its own transaction
    return "" if found == needed() else OTHER.format(found=found, needed=needed())


def on_tables(command: Callable[..., None]) -> Callable[..., None]:
    """Say in a sentence that the database has not been made or is of another version, and do nothing."""

    @with_appcontext
    @wraps(command)
    def checked(*given: Any, **named: Any) -> None:
        wrong = problem()
        if wrong:
            click.echo(wrong, err=True)
            sys.exit(1)
        command(*given, **named)

    return checked
