"""How long twenty thousand experts take: received, read and judged, kept as a preview, carried out; and who waits for it.

`python -m benchmarks.pool [--databases sqlite postgresql] [--rows 20000] [--dry]`; its part of results.md, or printed only.
"""

import argparse
import io
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import flask_migrate
import xlsxwriter
from sqlalchemy import func, select

from app import create_app
from app.accounts.models import RoleGrant, User
from app.config import Settings
from app.experts import queries, services
from app.experts.models import Expert, PoolImport
from app.experts.rules import COLUMNS
from app.jobs import work_imports
from app.kernel import clock, unit_of_work
from app.kernel.actor import Actor, Role
from app.kernel.credit_code import make
from app.kernel.database import db
from benchmarks.machine import load, machine
from benchmarks.report import write_part
from benchmarks.servers import SECRET, Place, place
from benchmarks.waiting import somebody_else

ROWS, TARGET_SECONDS = 20_000, 10.0
PLACES = ("sqlite", "postgresql")
REGIONS = ("330106", "320106", "110105", "440106", "510104", "420106", "610113", "350102")


TITLE = "An import of the expert pool"
INTRODUCTION = """{rows} rows of {columns} columns as XLSX into an empty pool, and again with every row changed, by the very job that the clock
runs. CPU is the application's process; elapsed time is what other work on the machine left. *Others wait*: the longest that another
process stood in line to write meanwhile. Target: {target:.0f} s for all of it.
"""


@dataclass(frozen=True)
class Timed:
    what: str
    seconds: float
    cpu: float
    others_wait: float = 0.0

    @property
    def line(self) -> str:
        return f"| {self.what} | {self.cpu:.2f} | {self.seconds:.2f} | {self.others_wait:.2f} |"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pool")
    parser.add_argument("--databases", nargs="+", choices=PLACES, default=PLACES)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--dry", action="store_true", help="print only, leave results.md as it is")
    chosen = parser.parse_args()
    before, parts = load(), []
    for name in chosen.databases:
        with place(name) as where:
            parts.append(_table(name, measure(where, chosen.rows)))
    text = "\n".join(
        (
            INTRODUCTION.format(rows=chosen.rows, columns=len(COLUMNS), target=TARGET_SECONDS),
            f"- Date: {datetime.now(UTC).date().isoformat()}",
            f"- Machine: {machine()}",
            f"- Load before and after (1, 5, 15 minutes): {before}; {load()}",
            "- Command: `python -m benchmarks.pool`",
            *parts,
        )
    )
    print(text)
    if not chosen.dry:
        write_part(TITLE, text)


def _table(database: str, timed: Sequence[Timed]) -> str:
    heading = f"| {database} | CPU s | elapsed s | others wait s |"
    return "\n".join(("", heading, "| --- | --: | --: | --: |", *(each.line for each in timed)))


def measure(where: Place, rows: int = ROWS) -> list[Timed]:
    """In a database of its own that holds nobody yet, and again with every row changed."""
    app = create_app(
        Settings(environment="testing", secret_key=SECRET, database_url=where.url, instance_path=where.folder)
    )
    timed: list[Timed] = []
    with app.app_context():
        flask_migrate.upgrade()
        with unit_of_work.transaction():
            office = _office()
        for name, content in (("new", workbook(rows)), ("changed", workbook(rows, title="研究员"))):
            timed += _imported(office, content, name, rows=rows, where=where)
            assert db.session.scalar(select(func.count()).select_from(Expert)) == rows
            db.session.rollback()
    return timed


def _imported(office: Actor, content: bytes, name: str, *, rows: int, where: Place) -> list[Timed]:
    with somebody_else(where) as longest:
        received = _timed("received", lambda: _in_transaction(_receive, office, content))
    steps = [replace(received, others_wait=longest.seconds)]
    made = queries.waiting_imports()[0]
    db.session.rollback()
    for what, act in (
        ("read, judged, kept as a preview", lambda: work_imports(threading.Event())),
        ("one page of the preview", lambda: _read(made, name, start=rows // 2)),
        ("confirmed", lambda: _in_transaction(services.order_import, office, made)),
        ("carried out", lambda: work_imports(threading.Event())),
    ):
        with somebody_else(where) as longest:
            timed = _timed(what, act)
        steps.append(replace(timed, others_wait=longest.seconds))
        assert _import(made).counts[name] == rows
        db.session.rollback()
    together = Timed(
        "all together",
        sum(each.seconds for each in steps),
        sum(each.cpu for each in steps),
        max(each.others_wait for each in steps),
    )
    return [replace(each, what=f"{rows} {name} rows: {each.what}") for each in (*steps, together)]


def _timed(what: str, act: Callable[[], object]) -> Timed:
    begun, cpu = time.perf_counter(), time.process_time()
    act()
    return Timed(what, time.perf_counter() - begun, time.process_time() - cpu)


def _in_transaction(act: Callable[[Actor, Any], object], office: Actor, value: Any) -> None:
    with unit_of_work.transaction():
        act(office, _import(value) if isinstance(value, int) else value)


def _receive(office: Actor, content: bytes) -> None:
    services.receive_import(office, filename="pool.xlsx", content=content)


def _read(import_id: int, name: str, *, start: int) -> None:
    with unit_of_work.reading():
        queries.import_rows(_import(import_id), name, start=start)


def _import(import_id: int) -> PoolImport:
    return db.session.get_one(PoolImport, import_id)


def _office() -> Actor:
    user = User(email="office@bench.example", name="office", created_at=clock.now())
    db.session.add(user)
    db.session.flush()
    db.session.add(RoleGrant(user_id=user.id, role=Role.OFFICE, granted_at=clock.now()))
    return Actor(user_id=user.id, name=user.name, roles=frozenset({Role.OFFICE}))


def workbook(rows: int, *, title: str = "教授") -> bytes:
    buffer = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [column.name.zh for column in COLUMNS])
        for number in range(1, rows + 1):
            sheet.write_row(number, 0, _cells(number, title))
    return buffer.getvalue()


def _cells(number: int, title: str) -> list[str]:
    region = REGIONS[number % len(REGIONS)]
    said = {
        "number": f"B{number:05d}",
        "name": f"专家{number}",
        "email": f"expert{number}@bench.example",
        "kind": "行业专家",
        "title": title,
        "degree": "博士",
        "specialty": "精益生产与现场改进",
        "employer": f"示例大学第{number}研究室",
        "employer_code": make(number, region),
        "employer_region": region,
        "employer_since": "2019-09-01",
        "residence_region": region,
        "former_regions": "140106（2010-03至2015-08）" if number % 4 == 0 else "",
        "industries": "34;38;39",
        "criteria": "领导;战略",
        "certificates": "质量奖评审员,PS-0012,2027-12-31" if number % 2 else "",
        "languages": "中文;英语",
        "may_lead": "是" if number % 4 else "否",
        "max_load": "8",
        "blocked": "2026-05-01至2026-05-07" if number % 10 == 0 else "",
        "available": "是",
    }
    return [said.get(column.key, "") for column in COLUMNS]


if __name__ == "__main__":
    main()
