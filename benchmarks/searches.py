"""Whether the time of a search tells what is hidden (reliability: A5).

`python -m benchmarks.searches [--dry]`: an expert of a blind round asks each search 200 times for a word that only hidden data
hold and 200 times for one that nothing holds, in shuffled order; Welch's t-test of the two. What makes them alike is proved
without a clock by `tests/journeys/test_searches.py`.
"""

import argparse
import math
import random
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import flask_migrate
from flask.testing import FlaskClient

from app.config import Settings
from app.kernel import clock, unit_of_work
from app.scoring import services
from benchmarks.machine import load, machine
from benchmarks.report import write_part
from benchmarks.servers import SECRET, Place, place
from tests.factories import scoring as factory
from tests.panels.test_blinding import blind_panel
from tests.support.client import Client
from tests.support.databases import DEMO_PASSWORD, make_app

EXPERT, TIMES, LEVEL, SEED = "expert1@example.org", 200, 0.01, 20260508
COMMENT = "秘密优势乙"
SEARCHES = (
    ("own dossier, for the applicant's hidden name", "/sheets/1?find={word}", "示例制造001", "无此字样鑫淼鑫"),
    ("own dossier, for another's comment", "/sheets/1?find={word}", COMMENT, "无此字样鑫"),
    ("another's sheet, for its comment", "/sheets/2?find={word}", COMMENT, "无此字样鑫"),
    ("the pool, for a colleague", "/experts?search={word}", "专家002", "无此字样鑫"),
    ("progress, for a colleague", "/progress?by=expert&q={word}", "专家002", "无此字样鑫"),
)
TITLE = "What the time of a search tells"
INTRODUCTION = f"""{TIMES} times each, in shuffled order, an expert of a blind round searches for a word that only hidden data hold and for one that nothing
holds; Welch's t-test. Target: no difference at p < {LEVEL}, the level shared among the searches. That both are the same
statements and the same steps of the database is proved by `tests/journeys/test_searches.py`."""


@dataclass(frozen=True)
class Timed:
    what: str
    there: Sequence[float]
    nowhere: Sequence[float]

    @property
    def p(self) -> float:
        """Two-sided, by the normal distribution: with hundreds of degrees of freedom it is Student's."""
        spread = sum(statistics.variance(each) / len(each) for each in (self.there, self.nowhere))
        apart = statistics.mean(self.there) - statistics.mean(self.nowhere)
        return math.erfc(abs(apart) / math.sqrt(2 * spread))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.searches")
    parser.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    parser.add_argument("--dry", action="store_true", help="print only, leave results.md as it is")
    chosen = parser.parse_args()
    with place(chosen.database) as where:
        found = list(measure(where))
    about = f"- Date: {clock.now():%Y-%m-%d}\n- Machine: {machine()}\n- Database: {chosen.database}\n- Load: {load()}"
    heading = "| search | hidden word ms | absent word ms | p |\n| --- | --: | --: | --: |"
    rows = "\n".join(_row(timed) for timed in found)
    text = f"{INTRODUCTION}\n\n{about}\n- Command: `python -m benchmarks.searches`\n\n{heading}\n{rows}"
    print(text)
    if not chosen.dry:
        write_part(TITLE, text)


def _row(timed: Timed) -> str:
    there, nowhere = (1000 * statistics.mean(each) for each in (timed.there, timed.nowhere))
    mark = " ✗" if timed.p < LEVEL / len(SEARCHES) else ""
    return f"| {timed.what} | {there:.2f} | {nowhere:.2f} | {timed.p:.2f}{mark} |"


def measure(where: Place) -> Iterator[Timed]:
    app = make_app(
        Settings(
            environment="testing",
            secret_key=SECRET,
            database_url=where.url,
            instance_path=where.folder,
            demo_password=DEMO_PASSWORD,
        )
    )
    with app.app_context():
        flask_migrate.upgrade()
        with unit_of_work.transaction():
            made = blind_panel()
            factory.judge(made.sheet(0, 1), 65, text=COMMENT)
            services.submit(made.actors[1], made.sheet(0, 1))
    person: Any = app.test_client()
    assert isinstance(person, Client)
    person.sign_in(EXPERT, DEMO_PASSWORD)
    for what, search, there, nowhere in SEARCHES:
        yield Timed(what, *_asked(person, search, (there, nowhere)))


def _asked(person: Client, search: str, words: tuple[str, str]) -> tuple[list[float], list[float]]:
    found: tuple[list[float], list[float]] = ([], [])
    turns = [0, 1] * TIMES
    random.Random(SEED).shuffle(turns)
    for turn in [0, 1] * 5 + turns:  # the first ten warm up and are left out below
        begun = time.perf_counter()
        FlaskClient.open(person, search.format(word=words[turn])).close()  # its own check of the HTML is not timed
        found[turn].append(time.perf_counter() - begun)
    return found[0][5:], found[1][5:]


if __name__ == "__main__":
    main()
