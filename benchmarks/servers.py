"""The two servers on one database, started alike: the product as in production, and the bare application."""

import contextlib
import http.client
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.config import ROOT
from tests.support import postgres
from tests.support.databases import new_run_folder

SECRET = "only for measuring"  # noqa: S105 - nothing is protected by it
START_SECONDS = 60
DATABASE = "benchmark"


@dataclass(frozen=True)
class Place:
    """Where a run keeps its database; `database_processes` are charged to whichever server is being asked."""

    folder: Path
    url: str
    database_processes: tuple[int, ...]


@dataclass(frozen=True)
class Server:
    name: str
    port: int
    process: int


@contextlib.contextmanager
def place(kind: str) -> Iterator[Place]:
    """An empty database: PostgreSQL as the tests start it, or a SQLite file."""
    folder = new_run_folder(Path(tempfile.gettempdir()))
    try:
        with _postgresql(folder) if kind == "postgresql" else contextlib.nullcontext(_sqlite(folder)) as made:
            yield made
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sqlite(folder: Path) -> Place:
    return Place(folder, f"sqlite:///{folder / 'zhiheng.sqlite3'}", ())


@contextlib.contextmanager
def _postgresql(folder: Path) -> Iterator[Place]:
    os.environ["ZHIHENG_TEST_CONTROLLER"] = str(os.getpid())
    try:
        server = postgres.server(folder)
        server.recreate(DATABASE)
        ready = json.loads((folder / "postgresql" / postgres.READY).read_text())
        yield Place(folder, server.url(DATABASE), (ready["guardian"],))
    finally:
        postgres.disconnect(folder)
        postgres.stop(folder)


@contextlib.contextmanager
def running(name: str, application: str, where: Place) -> Iterator[Server]:
    """One application under gunicorn with the product's own settings; its workers are not replaced during the run."""
    port = postgres.free_port()
    environment = os.environ | {
        "ZHIHENG_ENV": "production",
        "SECRET_KEY": SECRET,
        "PUBLIC_URL": "https://benchmark.example",
        "DATABASE_URL": where.url,
        "INSTANCE_PATH": str(where.folder),
        "PORT": str(port),
        "PYTHONPATH": str(ROOT),
    }
    environment.pop("DEMO_PASSWORD", None)
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "--max-requests", "0", application]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        _wait(port, process)
        yield Server(name, port, process.pid)
    finally:
        process.terminate()
        process.wait(30)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/")
            connection.getresponse()
            return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    sys.exit("A server that is to be measured did not start; its own message stands above.")
