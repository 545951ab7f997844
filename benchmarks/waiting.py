"""How long somebody else waits to write while a long job runs: a process that asks for the writer's place again and again.

`python -m benchmarks.waiting URL FOLDER`, until SIGTERM; prints the longest wait in seconds.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.exc import OperationalError

from app import create_app
from app.audit.services import LOCK_HEAD
from app.config import Settings
from app.kernel import unit_of_work
from app.kernel.database import db
from benchmarks.servers import SECRET, Place

PAUSE_SECONDS = 0.05
READY = "ready"


class Longest:
    seconds = 0.0


@contextlib.contextmanager
def somebody_else(where: Place) -> Iterator[Longest]:
    """What the longest wait was is known when the block has ended."""
    longest = Longest()
    command = [sys.executable, "-m", "benchmarks.waiting", where.url, str(where.folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ))
    assert process.stdout is not None
    assert process.stdout.readline().strip() == READY
    try:
        yield longest
    finally:
        process.terminate()
        longest.seconds = float(process.communicate(timeout=60)[0])


def main(url: str, folder: str) -> None:
    app = create_app(Settings(environment="testing", secret_key=SECRET, database_url=url, instance_path=Path(folder)))
    asked_to_stop: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: asked_to_stop.append(number))
    longest = 0.0
    with app.app_context():
        print(READY, flush=True)
        while not asked_to_stop:
            longest = max(longest, _waited())
            time.sleep(PAUSE_SECONDS)
    print(longest, flush=True)


def _waited() -> float:
    """Until the place was free, however often SQLite gave up waiting for it (a person would have been told to try again)."""
    begun = time.perf_counter()
    while True:
        try:
            with unit_of_work.transaction():
                db.session.execute(LOCK_HEAD)
            return time.perf_counter() - begun
        except OperationalError:
            continue


if __name__ == "__main__":
    main(*sys.argv[1:])
