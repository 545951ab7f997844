"""What the matrix of who may review what costs: all pairs of 500 × 100 by the rule itself and all at once, and one page of
20,000 × 10,000.

`python -m benchmarks.matrix [--database sqlite] [--experts 20000] [--dossiers 10000]`.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import flask_migrate
from sqlalchemy import insert

from app import create_app
from app.accounts.models import User
from app.applications.models import Applicant, Application, ApplicationRegion
from app.config import Settings
from app.experts.models import Expert, ExpertRegion
from app.kernel import clock, regions, unit_of_work
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.panels import eligibility, facts, rules
from app.panels.models import Conflict
from app.programmes import services as programmes
from app.programmes.models import Round
from benchmarks.machine import load, machine
from benchmarks.report import write_part
from benchmarks.servers import SECRET, Place, place

EXPERTS, DOSSIERS = 20_000, 10_000
SMALL = (500, 100)
CHUNK = 5_000
REPETITIONS = 5
TITLE = "The matrix of experts and dossiers"
INTRODUCTION = (
    "The best of five, without the page around it; elapsed time is what other work on the machine left. All pairs at once is what the\n"
    "engine's filter and the precheck ask; a page is 50 × 20 cells with their reasons, its facts read from the database. Narrowed by\n"
    "rule the whole pool is searched for experts whom it bars."
)


@dataclass(frozen=True)
class Timed:
    what: str
    seconds: float
    cpu: float


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.matrix")
    parser.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    parser.add_argument("--experts", type=int, default=EXPERTS)
    parser.add_argument("--dossiers", type=int, default=DOSSIERS)
    parser.add_argument("--dry", action="store_true", help="print only, leave results.md as it is")
    chosen = parser.parse_args()
    with place(chosen.database) as where:
        found = list(measure(where, chosen.experts, chosen.dossiers))
    rows = [f"| {timed.what} | {timed.cpu * 1000:.0f} | {timed.seconds * 1000:.0f} |" for timed in found]
    about = f"{INTRODUCTION}\n\n- Date: {clock.now():%Y-%m-%d}\n- Machine: {machine()}\n- Database: {chosen.database}\n- Load: {load()}"
    text = "\n".join(
        [
            about,
            "- Command: `python -m benchmarks.matrix`",
            "",
            "| what | CPU ms | elapsed ms |",
            "| --- | --: | --: |",
            *rows,
        ]
    )
    print(text)
    if not chosen.dry:
        write_part(TITLE, text)


def measure(where: Place, experts: int, dossiers: int) -> Iterator[Timed]:
    app = create_app(
        Settings(environment="testing", secret_key=SECRET, database_url=where.url, instance_path=where.folder)
    )
    with app.app_context():
        flask_migrate.upgrade()
        with unit_of_work.transaction():
            round_id = fill(experts, dossiers)
        yield from _rules(db.session.get_one(Round, round_id))
        yield from _pages(round_id, experts, dossiers)


def _rules(round_: Round) -> Iterator[Timed]:
    """The same cells by one call a pair and by the masks."""
    rows, columns = SMALL
    people = facts.experts(most=rows)
    files = eligibility.matrix_dossiers(round_, most=columns)
    given = facts.facts_for(round_, people, files)
    pairs = [(who, what) for who in given.experts for what in given.dossiers]
    yield best(
        f"{rows} × {columns}: one call a pair", lambda: [rules.judge(*pair, given.rule).is_lawful for pair in pairs]
    )
    yield best(
        f"{rows} × {columns}: all pairs at once", lambda: rules.masks(given.experts, given.dossiers, given.rule).lawful
    )


def _pages(round_id: int, experts: int, dossiers: int) -> Iterator[Timed]:
    size = f"one page of {experts} × {dossiers}"
    for name, wanted in (
        ("the first", eligibility.Wanted()),
        ("from the middle", eligibility.Wanted(row=experts // 2, column=dossiers // 2)),
        ("narrowed to a province", eligibility.Wanted(province="33")),
        ("narrowed to a name", eligibility.Wanted(expert="专家777", dossier="申报者42")),
        ("narrowed by rule, same region", eligibility.Wanted(rule="region")),
        ("narrowed by rule, interest", eligibility.Wanted(rule="conflict")),
        ("narrowed by rule, not available", eligibility.Wanted(rule="state", row=40)),
        ("narrowed by rule, nobody fits", eligibility.Wanted(rule="load")),
    ):
        yield best(f"{size}: {name}", partial(_page, round_id, wanted))


def _page(round_id: int, wanted: eligibility.Wanted) -> eligibility.Matrix:
    """As a request finds it: nothing is in the session yet."""
    db.session.expunge_all()
    return eligibility.matrix(db.session.get_one(Round, round_id), wanted)


def best(what: str, act: Callable[[], Any]) -> Timed:
    """The quickest of several, the first of which warms what is kept."""
    found = []
    for _again in range(REPETITIONS):
        begun, cpu = time.perf_counter(), time.process_time()
        act()
        found.append(Timed(what, time.perf_counter() - begun, time.process_time() - cpu))
    return min(found, key=lambda timed: timed.cpu)


# --- data ---------------------------------------------------------------------------------------------------------


def fill(experts: int, dossiers: int) -> int:
    """Experts in all cities of the country, dossiers in all of Shanxi; in bulk, without rights and record."""
    user = User(email="office@bench.example", name="office", created_at=clock.now())
    db.session.add(user)
    db.session.flush()
    actor = Actor(user_id=user.id, name=user.name, roles=frozenset({Role.OFFICE}))
    starts = date(2026, 3, 2)
    edition = programmes.create_edition(actor, rulebook_key="shanxi-2021", number=4, code="SX2026", starts=starts)
    programmes.open_edition(actor, edition)
    _in_chunks(Expert, map(_expert, range(1, experts + 1)))
    _in_chunks(ExpertRegion, (_home(number) for number in range(1, experts + 1)))
    _in_chunks(User, map(_owner, range(2, dossiers + 2)))
    _in_chunks(Applicant, map(_applicant, range(1, dossiers + 1)))
    _in_chunks(Application, (_application(number, edition.id) for number in range(1, dossiers + 1)))
    _in_chunks(ApplicationRegion, map(_seat, range(1, dossiers + 1)))
    _in_chunks(Conflict, (_interest(number, experts, dossiers) for number in range(1, dossiers, 50)))
    return edition.rounds[0].id


def _in_chunks(model: Any, rows: Iterator[dict[str, Any]]) -> None:
    waiting: list[dict[str, Any]] = []
    for row in rows:
        waiting.append(row)
        if len(waiting) == CHUNK:
            db.session.execute(insert(model), waiting)
            waiting = []
    if waiting:
        db.session.execute(insert(model), waiting)


CITIES = [city.code for province in regions.provinces() for city in regions.cities(province.code)]
HOME = [city.code for city in regions.cities("14")]


def _expert(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "number": f"E{number:05d}",
        "name": f"专家{number}",
        "email": f"expert{number}@bench.example",
        "kind": "quality",
        "employer": f"示例大学第{number}研究室",
        "employer_code": f"E{number % 9000:017d}",
        "available": number % 150 > 0,
        "created_at": clock.now(),
        "version": 1,
    }


def _home(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "expert_id": number,
        "kind": "employer",
        "region_code": CITIES[number * 7 % len(CITIES)],
        "since": date(2000 + number % 25, 1, 1),
    }


def _owner(number: int) -> dict[str, Any]:
    return {"id": number, "email": f"owner{number}@bench.example", "name": "owner", "created_at": clock.now()}


def _applicant(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "owner_id": number + 1,
        "kind": "organisation",
        "name": f"申报者{number}",
        "credit_code": f"D{number:017d}",
        "region_code": HOME[number % len(HOME)],
        "industry_code": "34",
        "created_at": clock.now(),
    }


def _application(number: int, edition_id: int) -> dict[str, Any]:
    copied = {key: value for key, value in _applicant(number).items() if key != "id"}
    return copied | {
        "id": number,
        "applicant_id": number,
        "edition_id": edition_id,
        "group_key": "machinery",
        "sequence": number,
        "number": f"SX2026-{number:05d}",
        "answers": {},
        "submitted_at": clock.now(),
        "state": "accepted",
        "version": 1,
    }


def _seat(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "application_id": number,
        "kind": "registered",
        "region_code": HOME[number % len(HOME)],
    }


def _interest(number: int, experts: int, dossiers: int) -> dict[str, Any]:
    return {
        "expert_id": number * 7919 % experts + 1,
        "application_id": number * 31 % dossiers + 1,
        "kind": "other",
        "source": "office",
        "recorded_at": clock.now(),
        "state": "standing",
    }


if __name__ == "__main__":
    main()
