"""`python -m benchmarks.assignment [--pools award large …] [--asked best draw fairest] [--dry]`: the assignment measured, written to assignment.md.

`core`, `fair`, `draw`, `full` and `group` take a dict of arrays, so that another bench can measure them beside other engines.
"""

import argparse
import hashlib
import platform
import resource
import shlex
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from app.panels.engine.matching.best import Short, assigned
from app.panels.engine.matching.certificate import checked
from app.panels.engine.matching.fairest import fairest
from app.panels.engine.matching.instance import Instance, Share
from app.panels.engine.matching.marginals import drawn, marginals
from benchmarks.full_rules import full, group
from benchmarks.machine import load, machine
from benchmarks.pools import SIZES, pool

__all__ = ["core", "draw", "fair", "full", "group"]
RESULTS = Path(__file__).resolve().parent / "assignment.md"
GROUPS = "\n## Groups\n"  # measured through another bench, and kept
USUAL = ("award", "award_tight", "medium", "many dossiers", "large")
INTRODUCTION = """# What an assignment costs

CPU seconds of one thread, without making or loading the data; memory is what the process grew by beyond the matrix. The pools are
made by `benchmarks/pools.py`, the same on every machine. Every answer is counted against the rules by code of the bench's own
(column *faults*), and the best total is proven over all pairs as part of the time. *best*: the highest total. *fairest*: the worst
panel lifted; its value against a proven bound, and what that costs of the total. *draw*: shares with no pair above one half, and one draw;
its average against the highest total. The machine's other work moves a figure by a factor of up to three.
"""

Inst = dict[str, Any]
Answer = tuple[Any, Any, dict[str, Any]]


def instance(inst: Inst) -> Instance:
    return Instance(inst["aff"], inst["ok"], inst["k"], inst["lo"], inst["hi"])


def core(inst: Inst) -> Answer:
    """The highest total, with its certificate checked over all pairs."""
    found = assigned(instance(inst))
    if isinstance(found, Short):
        return np.zeros(0, int), np.zeros(0, int), {"short": int(found.seats.sum())}
    verdict = checked(found.core, found.pairs, found.parts, found.prices)
    return found.experts, found.dossiers, {"rounds": found.rounds, "optimal": verdict.is_optimal}


def draw(inst: Inst, most: int = 1, whole: int = 2, seed: str = "public-seed") -> Answer:
    """A public draw in which no pair has a chance above `most` of `whole`."""
    found = marginals(instance(inst), Share(most, whole))
    if isinstance(found, Short):
        return np.zeros(0, int), np.zeros(0, int), {"short": int(found.seats.sum())}
    pairs = drawn(found, seed)
    digest = hashlib.sha256(pairs.astype(">i8").tobytes()).hexdigest()
    about = {"expected": found.expected / 10_000, "counter": found.core.worth.counter, "digest": digest[:16]}
    return found.core.instance.expert(pairs), found.core.instance.dossier(pairs), about


def fair(inst: Inst) -> Answer:
    """The worst panel as good as can be found, with a bound on how good any could be."""
    found = fairest(instance(inst))
    if isinstance(found, Short):
        return np.zeros(0, int), np.zeros(0, int), {"short": int(found.seats.sum())}
    experts, dossiers = found.instance.expert(found.pairs), found.instance.dossier(found.pairs)
    return experts, dossiers, {"floor": found.floor, "bound": found.bound, "price": found.total / found.highest}


ENGINES: dict[str, Callable[[Inst], Answer]] = {"best": core, "draw": draw, "fairest": fair}


# --- measuring ----------------------------------------------------------------------------------------------------


def faults(inst: Inst, experts: Any, dossiers: Any) -> int:
    loads = np.bincount(experts, minlength=inst["ok"].shape[1])
    filled = np.bincount(dossiers, minlength=inst["ok"].shape[0])
    twice = len(experts) - len(set(zip(experts.tolist(), dossiers.tolist(), strict=True)))
    broken = (~inst["ok"][dossiers, experts], filled != inst["k"], loads > inst["hi"], loads < inst["lo"])
    return twice + sum(int(np.count_nonzero(each)) for each in broken)


def rows(name: str, asked: Sequence[str]) -> Iterator[str]:
    inst = pool(SIZES[name])
    highest = 0.0
    for engine in asked:
        run = ENGINES[engine]
        before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
        experts, dossiers, about = run(inst)
        seconds = time.process_time() - begun
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        total = float(inst["aff"][dossiers, experts].sum(dtype=float))
        highest = highest or total
        size = f"{SIZES[name].experts:,} × {SIZES[name].dossiers:,} × 5"
        said = f"{seconds:.3f} | {grown:.0f} | {faults(inst, experts, dossiers)} | {_quality(engine, about, total / highest)}"
        yield f"| {name} | {size} | {engine} | {said} |"


def _quality(engine: str, about: dict[str, Any], of_highest: float) -> str:
    if engine == "fairest":
        return f"floor ≥ {100 * about['floor'] / about['bound']:.2f} % of the bound, total {100 * of_highest:.2f} %"
    if engine == "draw":
        return f"this draw {100 * of_highest:.2f} %, average {about['expected']:.4f}"
    return f"optimal over all pairs: {'proven' if about['optimal'] else 'NOT proven'}, {about['rounds']} rounds"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.assignment", description="Measure the assignment.")
    parser.add_argument("--pools", nargs="+", choices=list(SIZES), default=list(USUAL))
    parser.add_argument("--asked", nargs="+", choices=list(ENGINES), default=list(ENGINES))
    parser.add_argument("--dry", action="store_true", help="print only, leave assignment.md as it is")
    chosen, before = parser.parse_args(), load()
    core(pool(SIZES["award"]))  # loads the libraries
    table = [row for name in chosen.pools for row in rows(name, chosen.asked)]
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "ortools"))
    facts = (
        f"- Date: {datetime.now(UTC):%Y-%m-%d}",
        f"- Machine: {machine()}",
        f"- Software: Python {platform.python_version()}, {packages}",
        f"- Load before and after (1, 5, 15 minutes): {before}; {load()}",
        f"- Command: `{shlex.join(['python', '-m', 'benchmarks.assignment', *sys.argv[1:]])}`",
    )
    head = (
        "| pool | experts × dossiers × seats | asked | CPU s | MB | faults | answer |",
        "| --- | --- | --- | --: | --: | --: | --- |",
    )
    kept = "\n".join((INTRODUCTION, *facts, "", *head, *table, ""))
    print(kept)
    if not chosen.dry:
        groups = RESULTS.read_text(encoding="utf-8").partition(GROUPS)
        RESULTS.write_text(kept + "".join(groups[1:]), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
