"""Measuring: the two servers in turn, and the number of SQL statements behind each page."""

import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from flask import Flask

from benchmarks.client import SEE_OTHER, Request, run
from benchmarks.pages import Page, Script
from benchmarks.processes import cpu_seconds
from benchmarks.servers import Place, Server
from tests.support.queries import counted_queries


@dataclass
class Runs:
    """Milliseconds of CPU for a request, one number a repetition, and the size of an answer in bytes."""

    milliseconds: list[float] = field(default_factory=list)
    size: float = 0

    @property
    def median(self) -> float:
        return statistics.median(self.milliseconds)


@dataclass
class Result:
    page: Page
    product: Runs
    bare: Runs
    statements: int = 0
    bare_statements: int = 0

    @property
    def ratios(self) -> list[float]:
        return [mine / plain for mine, plain in zip(self.product.milliseconds, self.bare.milliseconds, strict=True)]


@dataclass(frozen=True)
class Asked:
    server: Server
    script: Script


def measured(page: Page, product: Asked, bare: Asked, *, where: Place, repetitions: int) -> Result:
    """Both once to warm up, then in turn; who goes first changes each time."""
    result = Result(page, Runs(), Runs())
    for asked in (product, bare):
        run(asked.server.port, asked.script.requests(page.key, max(20, page.at_once // 5)))
    for repetition in range(repetitions):
        turn = [(product, result.product), (bare, result.bare)]
        for asked, runs in turn if repetition % 2 == 0 else reversed(turn):
            _once(asked, page, where, runs)
    return result


def _once(asked: Asked, page: Page, where: Place, runs: Runs) -> None:
    processes = (asked.server.process, *where.database_processes)
    requests = asked.script.requests(page.key, page.at_once)
    before = cpu_seconds(processes)
    answers = run(asked.server.port, requests)
    runs.milliseconds.append((cpu_seconds(processes) - before) * 1000 / answers.count)
    runs.size = answers.bytes / answers.count


@contextmanager
def counting(app: Flask) -> Iterator[Callable[[Request], int]]:
    """How many statements a request sends, asked of the application itself in this process; of two in a row, the most."""
    client = app.test_client(use_cookies=False)

    def count(request: Request) -> int:
        headers = {"Cookie": request.cookie, "X-Requested-With": "fetch", "Accept-Language": "zh-CN"}
        with counted_queries() as statements:
            answer = (
                client.get(request.path, headers=headers)
                if request.sent is None
                else client.post(request.path, data=request.sent, headers=headers)
            )
        if answer.status_code == SEE_OTHER:
            return max(len(statements), count(replace(request, path=answer.headers["Location"])))
        assert answer.status_code == 200, answer.text
        return len(statements)

    yield count
