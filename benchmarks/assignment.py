"""`python -m benchmarks.assignment [--pools award large …] [--asked best draw …] [--dry]`: the assignment measured.

Every figure comes from a process of its own that has loaded the pool and the libraries; the rows asked for are written anew
into assignment.md, all others there stay. `core`, `fair`, `draw`, `full` and `group` take a dict of arrays, so that another
bench can measure them beside other engines.
"""

import argparse
import json
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.adapters import core, draw, fair, full, group
from benchmarks.machine import load, machine
from benchmarks.pools import SIZES, pool
from benchmarks.tasks import TASKS, Measured, measure

__all__ = ["core", "draw", "fair", "full", "group"]
RESULTS = Path(__file__).resolve().parent / "assignment.md"
INTRODUCTION = """# What an assignment costs

CPU seconds of one thread, without making or loading the pool or the libraries: the least of up to seven times where one takes less than two
seconds, for other work on the machine moves a figure by a factor of up to three. *MB* is what the process grew by beyond the pool.
Every task runs in a process of its own. The pools are made by `benchmarks/pools.py`, the same on every machine, and the answers counted against
the rules by `benchmarks/counting.py`, which knows no engine (*faults*). Command: `python -m benchmarks.assignment --pools … --asked …`.

| asked | what it is |
| --- | --- |
| best | seats, loads and lawful pairs: the highest total, proven over all pairs as part of the time |
| fairest | the same, the worst panel lifted: its value against a proven bound, and the total against the highest |
| draw | the same, shares with no pair above one half, and one draw |
| dense flow | not ours: the way of a known conference service, written anew in `benchmarks/peer.py`, for a figure of the same minute |
| full | every rule: leader, finance, two of the industry, one of an employer, two provinces; against a proven bound |
| full fairest, full draw | the worst panel lifted, and shares with no pair above one half, under every rule |
| groups, crossing | every rule, and an expert serves one group, or 10 % of the reviews cross; *groups* counts against the bound without groups |
| repair 1, repair 5 | one expert, or five, leave all their seats of a *full* answer; the middle of nine sets |
| witness | why a pool cannot be staffed under every rule: the smallest sets of dossiers found |

openreview-matcher itself is in no package index and was not run beside ours; the *dense flow* is its published way without its encoders, so the
real one takes longer. On award it reaches the very share of the highest total that the real one was measured at (99.46 %).
"""
HEAD = (
    "| pool | experts × dossiers × seats | asked | CPU s | MB | faults | answer | asked of it | met | measured |",
    "| --- | --- | --- | --: | --: | --: | --- | --- | --- | --- |",
)
LONGEST_SECONDS = 450


@dataclass(frozen=True)
class Ask:
    """At most so many seconds and megabytes, at least so many per cent of the task's own measure, which `words` may name."""

    seconds: float = np.inf
    percent: float = 0.0
    megabytes: float = np.inf
    words: str = ""

    def met(self, found: Measured) -> bool:
        enough = (found.seconds <= self.seconds, found.percent >= self.percent, found.megabytes <= self.megabytes)
        return not found.faults and all(enough)

    def __str__(self) -> str:
        said = []
        if self.seconds < np.inf:
            said.append(f"≤ {self.seconds:g} s")
        if self.percent:
            said.append(self.words or f"≥ {self.percent:g} %")
        if self.megabytes < np.inf:
            said.append(f"≤ {self.megabytes:g} MB")
        return ", ".join(said)


FLOOR = 97.0


def proven(seconds: float = np.inf, megabytes: float = np.inf) -> Ask:
    return Ask(seconds, 100.0 - 1e-6, megabytes, "proven best")


def kept(seconds: float) -> Ask:
    return Ask(seconds, 100.0, words="changes = losses")


ASKS: dict[tuple[str, str], Ask] = {
    ("award", "best"): proven(0.02),
    ("award", "dense flow"): Ask(),
    ("award", "fairest"): Ask(0.1, 99),
    ("award", "draw"): Ask(0.03, 97.9),
    ("award", "full"): proven(0.4),
    ("award", "full fairest"): Ask(percent=FLOOR),
    ("award", "full draw"): Ask(),
    ("award", "groups"): Ask(10, 99.5),
    ("award", "crossing"): Ask(10),
    ("award", "repair 1"): kept(0.005),
    ("award", "repair 5"): kept(0.005),
    ("award_city", "fairest"): Ask(percent=FLOOR),
    ("award_city", "full"): proven(0.4),
    ("award_city", "full fairest"): Ask(percent=FLOOR),
    ("award_city", "groups"): Ask(10, 99.5),
    ("award_city", "crossing"): Ask(10),
    ("award_scarce", "full"): proven(),
    ("award_scarce", "full fairest"): Ask(percent=FLOOR),
    ("award_tight", "best"): proven(),
    ("award_tight", "dense flow"): Ask(),
    ("award_tight", "fairest"): Ask(percent=FLOOR),
    ("award_tight", "draw"): Ask(),
    ("award_tight", "witness"): Ask(5, 100, words="named"),
    ("medium", "best"): proven(0.3),
    ("medium", "dense flow"): Ask(),
    ("medium", "fairest"): Ask(percent=FLOOR),
    ("medium", "draw"): Ask(),
    ("many dossiers", "best"): proven(1),
    ("many dossiers", "draw"): Ask(),
    ("large", "best"): proven(1.5, 100),
    ("large", "fairest"): Ask(percent=FLOOR),
    ("large", "draw"): Ask(3),
    ("large", "full"): Ask(6, 99.95),
    ("large", "repair 5"): kept(0.05),
    ("large_tight", "fairest"): Ask(percent=FLOOR),
    ("large_tight", "witness"): Ask(5, 100, words="named"),
    ("national", "best"): proven(15, 500),
    ("national", "draw"): Ask(30, 99.4),
    ("national", "full"): Ask(60, 99.99),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.assignment", description="Measure the assignment.")
    parser.add_argument(
        "--pools", nargs="+", choices=list(SIZES), default=[name for name in SIZES if name != "national"]
    )
    parser.add_argument("--asked", nargs="+", choices=list(TASKS), default=list(TASKS))
    parser.add_argument("--dry", action="store_true", help="print only, leave assignment.md as it is")
    parser.add_argument("--one", nargs=2, metavar=("FOLDER", "TASK"), help="one task on a stored pool, told as JSON")
    chosen = parser.parse_args()
    if chosen.one:
        print(json.dumps(_one(*chosen.one)))
        return 0
    for name in chosen.pools:
        for task, row in _rows(name, [task for task in chosen.asked if (name, task) in ASKS]):
            print(row, flush=True)
            if not chosen.dry:
                _write(name, task, row)
    return 0


def _one(folder: str, task: str) -> dict[str, Any]:
    core(pool(SIZES["award"]))  # loads the libraries
    inst = {file.stem: np.load(file) for file in Path(folder).glob("*.npy")}
    inst["aff"].sum()
    return measure(task, inst)


def _rows(name: str, tasks: list[str]) -> Iterator[tuple[str, str]]:
    size = SIZES[name]
    with tempfile.TemporaryDirectory() as folder:
        for part, values in pool(size).items() if tasks else ():
            np.save(Path(folder) / f"{part}.npy", values)
        for task in tasks:
            found, ask = _apart(folder, task), ASKS[name, task]
            verdict = ("yes" if ask.met(found) else "**no**") if ask != Ask() else "–"
            seconds = f"{found.seconds:.4f}" if found.seconds < 0.1 else f"{found.seconds:.2f}"
            figures = f"{seconds} | {found.megabytes:.0f} | {found.faults} | {found.answer} | {ask} | {verdict}"
            measured = f"{datetime.now(UTC):%Y-%m-%d}, load {load().split()[0]}"
            yield task, f"| {name} | {size.experts:,} × {size.dossiers:,} × 5 | {task} | {figures} | {measured} |"


def _apart(folder: str, task: str) -> Measured:
    command = [sys.executable, "-m", "benchmarks.assignment", "--one", folder, task]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=LONGEST_SECONDS)
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def _write(name: str, task: str, row: str) -> None:
    """One row anew; all others as they stood, in the order of ASKS."""
    lines = RESULTS.read_text(encoding="utf-8").splitlines() if RESULTS.exists() else []
    before = {tuple(cell.strip() for cell in (line.split("|") + [""] * 4)[1:4:2]): line for line in lines}
    held = before | {(name, task): row}
    packages = ", ".join(f"{each} {version(each)}" for each in ("numpy", "ortools", "highspy"))
    facts = (f"- Machine: {machine()}", f"- Software: Python {platform.python_version()}, {packages}")
    table = [held[key] for key in ASKS if key in held]
    RESULTS.write_text("\n".join((INTRODUCTION, *facts, "", *HEAD, *table, "")), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
