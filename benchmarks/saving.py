"""How many pages and saves a second, beside the bare application's; and five hundred experts who save at the same moment.

`python -m benchmarks.saving [--databases postgresql sqlite] [--experts 500] [--saves 4] [--dry]`; its part of results.md.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.kernel.database import db
from app.scoring.models import ItemScore
from benchmarks import bare
from benchmarks.__main__ import asked_of, filled
from benchmarks.client import run
from benchmarks.data import Made, Size
from benchmarks.machine import load, machine
from benchmarks.measure import Asked
from benchmarks.report import write_part
from benchmarks.servers import SECRET, place, running
from tests.support.ledger import Ledger, Stored, Write, all_at_once, faults

TITLE = "Pages and saves a second, and 500 experts at once"
CHARACTERS = 1_260
"""Of each of 23 items: with the overview about 30,000 in a dossier."""
LEAST_SHARE = 0.6
PAGES = (("sheet", "open a scoring page of 23 items, dossier of 30,000 characters", 60), ("save", "save one item", 150))
REPETITIONS = 5
PLACES = ("postgresql", "sqlite")


@dataclass
class Speed:
    title: str
    product: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)

    @property
    def share(self) -> float:
        return statistics.median(mine / plain for mine, plain in zip(self.product, self.bare, strict=True))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.saving", description=__doc__)
    parser.add_argument("--databases", nargs="+", choices=PLACES, default=list(PLACES))
    parser.add_argument("--experts", type=int, default=500)
    parser.add_argument("--saves", type=int, default=4)
    parser.add_argument("--dry", action="store_true", help="print only, leave results.md as it is")
    chosen = parser.parse_args()
    before = load()
    rows = [row for kind in chosen.databases for row in _of(kind, chosen.experts, chosen.saves)]
    text = _report(rows, before)
    print(text)
    if not chosen.dry:
        write_part(TITLE, text)
    return 0


def _of(kind: str, experts: int, saves: int) -> list[str]:
    size = Size(dossiers=experts, experts=experts, reviews=1, characters=CHARACTERS)
    print(f"… {kind}: data", flush=True)
    with place(kind) as where:
        app, made = filled(where, size)
        os.environ |= {"DATABASE_URL": where.url, "SECRET_KEY": SECRET}
        with (
            running("product", "wsgi:app", where) as product,
            running("bare", "benchmarks.bare:create_app()", where) as plain,
        ):
            both = asked_of(app, bare.create_app(), made, product=product, plain=plain)
            speeds = [_speed(key, title, count, both) for key, title, count in PAGES]
            ledger = all_at_once(product.port, _writes(both[0], made, saves))
            return [*(_speed_row(kind, speed) for speed in speeds), _ledger_row(kind, app, ledger)]


def _speed(key: str, title: str, count: int, both: tuple[Asked, Asked]) -> Speed:
    """In turn, who goes first changes; the first of each only warms up."""
    print(f"… {title}", flush=True)
    speed = Speed(title)
    for asked in both:
        run(asked.server.port, asked.script.requests(key, 20))
    for repetition in range(REPETITIONS):
        turn = [(both[0], speed.product), (both[1], speed.bare)]
        for asked, kept in turn if repetition % 2 == 0 else reversed(turn):
            requests = asked.script.requests(key, count)
            start = time.monotonic()
            run(asked.server.port, requests)
            kept.append(count / (time.monotonic() - start))
    return speed


def _writes(product: Asked, made: Made, saves: int) -> list[list[Write]]:
    """The last items of each expert's sheet, which nothing before has saved."""
    return [
        [_write(browser.cookie, browser.token, made.sheets[user_id][0], code) for code in made.item_codes[-saves:]]
        for user_id, browser in product.script.by_user.items()
    ]


def _write(cookie: str, token: str, sheet: int, code: str) -> Write:
    text = f"{sheet}-{code} 一次保存"
    sent = {
        "csrf_token": token,
        f"{code}-version": "1",
        f"{code}-percent": "20",
        f"{code}-strengths": text,
        f"{code}-improvements": "",
    }
    return Write((sheet, code), f"/sheets/{sheet}/items/{code}", cookie, sent, text)


def _stored(app: Flask) -> dict[tuple[int, str], Stored]:
    with app.app_context():
        saves = select(AuditEvent.subject_id, AuditEvent.detail).where(AuditEvent.action == "score_sheet.save")
        recorded: dict[tuple[int, str], int] = {}
        for subject_id, detail in db.session.execute(saves):
            for code in detail:
                recorded[subject_id or 0, code] = recorded.get((subject_id or 0, code), 0) + 1
        rows = db.session.execute(
            select(ItemScore.sheet_id, ItemScore.item_code, ItemScore.strengths, ItemScore.version)
        )
        return {
            (row.sheet_id, row.item_code): Stored(
                row.strengths, row.version, recorded.get((row.sheet_id, row.item_code), 0)
            )
            for row in rows
        }


def _speed_row(kind: str, speed: Speed) -> str:
    mine, plain = statistics.median(speed.product), statistics.median(speed.bare)
    met = "" if speed.share >= LEAST_SHARE else " ✗"
    return (
        f"| {kind} | {speed.title} | {mine:.1f} a second | {plain:.1f} a second | **{speed.share:.0%}** (≥ 60 %){met} |"
    )


def _ledger_row(kind: str, app: Flask, ledger: Ledger) -> str:
    found = faults(ledger, _stored(app).__getitem__)
    told = f"{len(ledger.acknowledged)} acknowledged, {len(ledger.refused)} refused, {len(ledger.unknown)} unknown"
    wrong = ", ".join(f"{len(keys)} {name}" for name, keys in found.items())
    times = "/".join(f"{ledger.percentile(share):.0f}" for share in (0.5, 0.95, 0.99))
    return f"| {kind} | all save at once: {told} | {ledger.per_second:.1f} a second | p50/p95/p99 {times} ms | **{wrong}** |"


def _report(rows: Sequence[str], before: str) -> str:
    return "\n".join(
        (
            "Elapsed time, four connections for the first two rows of each database, product and bare application in turn on the same",
            "data; then every expert with a connection of his own, all starting together, one save after the other, each acknowledged only",
            "when it is durable. The ledger of what was acknowledged is held against items, versions and the record.",
            "",
            f"- Date: {datetime.now(UTC):%Y-%m-%d}",
            f"- Machine: {machine()}",
            f"- Load before and after (1, 5, 15 minutes): {before}; {load()}",
            f"- Command: `python -m benchmarks.saving{' ' if sys.argv[1:] else ''}{' '.join(sys.argv[1:])}`",
            "",
            "| database | what | product | bare, or waiting | result |",
            "| --- | --- | --: | --: | --: |",
            *rows,
        )
    )


if __name__ == "__main__":
    sys.exit(main())
