"""`make run` from nothing to a page, and once more: what a person does first."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.support import postgres
from tests.support.databases import Workplace

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 240


@dataclass
class Served:
    address: str
    process: subprocess.Popen[str]
    output: Path

    @property
    def said(self) -> str:
        return self.output.read_text()

    def stop(self) -> None:
        """As a service manager does."""
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(40) == 0, self.said
        assert "Traceback" not in self.said


@contextmanager
def served(folder: Path, **environment: str) -> Iterator[Served]:
    """`make run`, from the moment it gives its address."""
    port = str(postgres.free_port())
    own = {"INSTANCE_PATH": str(folder), "PORT": port, "HOST": "127.0.0.1", **environment}
    with (folder / "output.txt").open("w") as sink:
        command = [sys.executable, "-m", "scripts.run"]
        options = {"stdout": sink, "stderr": sink, "text": True, "start_new_session": True}
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ | own, **options)
    running = Served(f"http://127.0.0.1:{port}", process, folder / "output.txt")
    try:
        give_up = time.monotonic() + PATIENCE
        while running.address not in running.said:
            assert process.poll() is None, running.said
            assert time.monotonic() < give_up, running.said
            time.sleep(0.1)
        yield running
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def status(address: str) -> int:
    with urlopen(address) as answer:
        return int(answer.status)


Folder = Callable[[str], dict[str, str]]


@pytest.fixture
def database_of(workplace: Workplace) -> Folder:
    """What is in the environment for a database that does not exist yet."""

    def make(kind: str) -> dict[str, str]:
        if kind == "sqlite":
            return {}
        server = postgres.server(workplace.run)
        server.recreate(f"served-{workplace.worker}")
        return {"DATABASE_URL": server.url(f"served-{workplace.worker}").replace("+psycopg", "")}

    return make


@pytest.mark.slow
@pytest.mark.timeout(PATIENCE * 2)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_first_start_shows_the_accounts_and_the_second_keeps_the_data(
    tmp_path: Path, kind: str, database_of: Folder
) -> None:
    environment = database_of(kind)
    with served(tmp_path, **environment) as first:
        assert status(first.address) == 200
        first.stop()
        passwords = re.findall(r"(\w+@demo\.example)\s+\S", first.said)
    assert {"office@demo.example", "expert@demo.example", "supervisor@demo.example"} <= set(passwords)
    with served(tmp_path, **environment) as second:
        assert status(f"{second.address}/sign-in") == 200
        second.stop()
        assert not re.findall(r"(\w+@demo\.example)\s+\S", second.said.partition("→")[0])


@pytest.mark.faults
@pytest.mark.timeout(PATIENCE * 2)
def test_when_a_part_dies_the_whole_stops_and_says_so(tmp_path: Path) -> None:
    with served(tmp_path) as running:
        children = Path(f"/proc/{running.process.pid}/task/{running.process.pid}/children").read_text().split()
        assert len(children) == 2
        os.kill(int(children[0]), signal.SIGTERM)
        assert running.process.wait(40) == 1
        assert "服务意外停止" in running.said
