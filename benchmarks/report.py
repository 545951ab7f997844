"""results.md: what was measured, where, and the target beside each figure."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.assets import FirstVisit
from benchmarks.measure import Result

RESULTS = Path(__file__).resolve().parent / "results.md"
RATIO, KILOBYTES = 1.3, 66
INTRODUCTION = """# What a request costs

CPU time of the server's processes and the database's together, for one request, as a ratio to a bare Flask and SQLAlchemy page
(`benchmarks/bare.py`) that shows the same data out of the same database, under the same gunicorn settings. Both are asked in turn, in the
same run; each ratio is taken within one repetition. The client's time is not counted, and every answer is checked. A single figure says
little: other work on the machine moves it by tens of per cent, the ratio by much less.
"""


@dataclass(frozen=True)
class Surroundings:
    date: str
    machine: str
    software: str
    load: str
    command: str
    data: str


def report(results: Sequence[Result], visit: FirstVisit, about: Surroundings) -> str:
    facts = (
        f"- Date: {about.date}",
        f"- Machine: {about.machine}",
        f"- Software: {about.software}",
        f"- Load before and after (1, 5, 15 minutes): {about.load}",
        f"- Data: {about.data}",
        f"- Command: `{about.command}`",
    )
    table = (
        "| page | ratio (target ≤ 1.3) | range | product ms | bare ms | SQL statements (target) | bare SQL | product KB | bare KB |",
        "| --- | --: | --: | --: | --: | --: | --: | --: | --: |",
        *map(_row, results),
    )
    return "\n".join((INTRODUCTION, *facts, "", *table, "", _weight(visit), ""))


def further_parts() -> str:
    """What other parts have written below the pages; it stays when the pages are measured again."""
    _pages, mark, parts = RESULTS.read_text(encoding="utf-8").partition("\n## ")
    return mark + parts


def write_part(title: str, text: str) -> None:
    """Put one part in the place of its last figures, or below the others."""
    pages, *parts = RESULTS.read_text(encoding="utf-8").rstrip("\n").split("\n## ")
    kept = [part for part in parts if not part.startswith(f"{title}\n")]
    RESULTS.write_text("\n## ".join([pages.rstrip("\n") + "\n", *kept, f"{title}\n\n{text}"]) + "\n", encoding="utf-8")


def _row(result: Result) -> str:
    ratios = sorted(result.ratios)
    middle = (
        ratios[len(ratios) // 2] if len(ratios) % 2 else sum(ratios[len(ratios) // 2 - 1 : len(ratios) // 2 + 1]) / 2
    )
    cells = (
        result.page.title,
        f"**{middle:.2f}**{'' if middle <= RATIO else ' ✗'}",
        f"{ratios[0]:.2f}–{ratios[-1]:.2f}",
        f"{result.product.median:.2f}",
        f"{result.bare.median:.2f}",
        f"{result.statements} (≤ {result.page.statements}){'' if result.statements <= result.page.statements else ' ✗'}",
        str(result.bare_statements),
        f"{result.product.size / 1000:.1f}",
        f"{result.bare.size / 1000:.1f}",
    )
    return f"| {' | '.join(cells)} |"


def _weight(visit: FirstVisit) -> str:
    parts = ", ".join(f"{name} {size / 1000:.1f}" for name, size in visit.gzipped.items())
    total = sum(visit.gzipped.values()) / 1000
    return (
        f"Style sheets and scripts of a first visit, gzipped: **{total:.1f} KB** (target ≤ {KILOBYTES} KB"
        f"{'' if total <= KILOBYTES else ', ✗'}): {parts}. Sent by the server itself: {visit.sent / 1000:.1f} KB."
    )
