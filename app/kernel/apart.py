"""One piece of work at a time in a process of its own, so that whoever asked goes on meanwhile: plain data in, plain data out."""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from app.kernel.canonical import Record

ROOT = Path(__file__).resolve().parents[2]
WAIT_SECONDS = 5
TOLD, SAID, TROUBLES = "told", "said", "troubles"


class Failed(Exception):
    """The process ended without an answer; the message is what it said last."""


@dataclass
class Apart:
    """`module` reads a record from standard input and writes one to standard output (`python -m module`)."""

    module: str
    process: subprocess.Popen[bytes] | None = None
    folder: "tempfile.TemporaryDirectory[str] | None" = None

    def begin(self, given: Record) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="apart-")
        place = Path(self.folder.name)
        (place / TOLD).write_text(json.dumps(given), encoding="utf-8")
        with (place / TOLD).open("rb") as told, (place / SAID).open("wb") as said, (place / TROUBLES).open("wb") as bad:
            command = [sys.executable, "-m", self.module]
            self.process = subprocess.Popen(
                command, cwd=ROOT, stdin=told, stdout=said, stderr=bad, start_new_session=True
            )

    @property
    def is_working(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def answer(self) -> Record:
        """What came of it, once it is no longer working; it is free for the next piece then."""
        code = self.process.returncode if self.process else None
        said, troubles = self._text(SAID), self._text(TROUBLES)
        self.stop()
        if code != 0:
            raise Failed(f"{code}: {troubles.strip()[-2_000:]}")
        found: Record = json.loads(said)
        return found

    def _text(self, name: str) -> str:
        return (Path(self.folder.name) / name).read_text(encoding="utf-8", errors="replace") if self.folder else ""

    def stop(self) -> None:
        if self.process is not None:
            self._end(self.process)
        if self.folder is not None:
            self.folder.cleanup()
        self.process, self.folder = None, None

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        process.terminate()
        try:
            process.wait(WAIT_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
