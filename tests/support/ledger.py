"""Many people saving at the same moment, and a ledger of what they were told: acknowledged, refused, unknown."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

OK, SERVER_FAULT = 200, 500
TRIES = 3
PATIENCE = 120


@dataclass(frozen=True)
class Write:
    """One item as somebody saves it; `key` tells it from every other write, `text` is found nowhere else."""

    key: tuple[int, str]
    path: str
    cookie: str
    sent: Mapping[str, str]
    text: str


@dataclass
class Ledger:
    acknowledged: dict[tuple[int, str], Write] = field(default_factory=dict)
    refused: dict[tuple[int, str], Write] = field(default_factory=dict)
    unknown: dict[tuple[int, str], Write] = field(default_factory=dict)
    milliseconds: list[float] = field(default_factory=list)
    seconds: float = 0

    @property
    def per_second(self) -> float:
        return len(self.acknowledged) / self.seconds

    def percentile(self, share: float) -> float:
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@dataclass(frozen=True)
class Stored:
    """An item as the database holds it afterwards: how often it was written, and how often the record says so."""

    text: str
    version: int
    recorded: int


def all_at_once(port: int, people: Sequence[Sequence[Write]]) -> Ledger:
    """Everybody waits at one line and starts together, each with a connection of his own, one write after the other.

    A write whose fate is unknown is sent again, as a browser does.
    """
    ledger, lock, line = Ledger(), threading.Lock(), threading.Barrier(len(people) + 1)
    threads = [threading.Thread(target=_work, args=(port, own, ledger, lock, line)) for own in people]
    for thread in threads:
        thread.start()
    line.wait()
    start = time.monotonic()
    for thread in threads:
        thread.join()
    ledger.seconds = time.monotonic() - start
    return ledger


def _work(port: int, own: Sequence[Write], ledger: Ledger, lock: threading.Lock, line: threading.Barrier) -> None:
    line.wait()
    for write in own:
        start = time.monotonic()
        status = _sent_until_known(port, write)
        with lock:
            ledger.milliseconds.append((time.monotonic() - start) * 1000)
            _book(ledger, status)[write.key] = write


def _book(ledger: Ledger, status: int) -> dict[tuple[int, str], Write]:
    if status == OK:
        return ledger.acknowledged
    return ledger.refused if 0 < status < SERVER_FAULT else ledger.unknown


def _sent_until_known(port: int, write: Write) -> int:
    for _attempt in range(TRIES):
        status = _send(port, write)
        if 0 < status < SERVER_FAULT:
            return status
    return status


def _send(port: int, write: Write) -> int:
    """The status, or 0 where no answer came."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    headers = {
        "Cookie": write.cookie,
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Requested-With": "fetch",
        "Accept-Language": "zh-CN",
    }
    try:
        connection.request("POST", write.path, body=urlencode(write.sent), headers=headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def faults(ledger: Ledger, stored: Callable[[tuple[int, str]], Stored]) -> dict[str, list[tuple[int, str]]]:
    """What was acknowledged and is not there, what is there twice, what was refused and is there all the same."""
    found: dict[str, list[tuple[int, str]]] = {"lost": [], "doubled": [], "phantom": []}
    for key, write in ledger.acknowledged.items():
        kept = stored(key)
        if kept.text != write.text:
            found["lost"].append(key)
        elif (kept.version, kept.recorded) != (2, 1):
            found["doubled"].append(key)
    found["phantom"] = [key for key, write in ledger.refused.items() if stored(key).text == write.text]
    return found
