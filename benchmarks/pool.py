"""How long twenty thousand experts take: received, read and judged, kept as a preview, carried out.

`python -m benchmarks.pool [--database sqlite] [--rows 20000]`; run by itself, since it takes minutes.
"""

import argparse
import io
import time
from collections.abc import Callable
from dataclasses import dataclass
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
from app.kernel import clock, unit_of_work
from app.kernel.actor import Actor, Role
from app.kernel.credit_code import make
from app.kernel.database import db
from benchmarks.servers import SECRET, Place, place

ROWS, TARGET_SECONDS = 20_000, 10.0
REGIONS = ("330106", "320106", "110105", "440106", "510104", "420106", "610113", "350102")


@dataclass(frozen=True)
class Timed:
    what: str
    seconds: float
    cpu: float


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pool")
    parser.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    parser.add_argument("--rows", type=int, default=ROWS)
    chosen = parser.parse_args()
    with place(chosen.database) as where:
        for timed in measure(where, chosen.rows):
            print(f"{timed.what:<52} {timed.seconds:6.2f} s, of which {timed.cpu:5.2f} s at work", flush=True)


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
            timed += _imported(office, content, name, rows)
            assert db.session.scalar(select(func.count()).select_from(Expert)) == rows
    return timed


def _imported(office: Actor, content: bytes, name: str, rows: int) -> list[Timed]:
    timed: list[Timed] = []

    def step(what: str, act: Callable[[], Any]) -> Any:
        begun, cpu = time.perf_counter(), time.process_time()
        with unit_of_work.transaction():
            done = act()
        timed.append(Timed(f"{rows} {name} rows: {what}", time.perf_counter() - begun, time.process_time() - cpu))
        return done

    made = step("received", lambda: services.receive_import(office, filename="pool.xlsx", content=content).id)
    step("read, judged, kept as a preview", lambda: services.carry_on(db.session.get_one(PoolImport, made)))
    assert db.session.get_one(PoolImport, made).counts[name] == rows
    found = db.session.get_one(PoolImport, made)
    step("one page of the preview", lambda: queries.import_rows(found, name, start=rows // 2))
    step("confirmed", lambda: services.order_import(office, db.session.get_one(PoolImport, made)))
    step("carried out", lambda: services.carry_on(db.session.get_one(PoolImport, made)))
    return [
        *timed,
        Timed(
            f"{rows} {name} rows: all together", sum(each.seconds for each in timed), sum(each.cpu for each in timed)
        ),
    ]


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
