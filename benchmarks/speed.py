"""How long the advisory layer takes on large editions, and R's lme4 on the same data: `python -m benchmarks.speed [--lme4]`."""

import argparse
import csv
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from app.ranking.advice.posterior import Design, System, fitted
from app.ranking.advice.ranks import tally
from app.ranking.calibration import fit
from app.ranking.calibration.data import Places, Table, Vector
from app.ranking.reliability import components
from benchmarks.machine import load, machine

Found = TypeVar("Found")
SIZES = ((100, 60, 5), (1_000, 400, 5), (10_000, 2_000, 5))
DRAWS, REPEATS = 1_000, 5
R_PROGRAM = """
suppressMessages(library(lme4))
args <- commandArgs(trailingOnly = TRUE)
d <- read.csv(args[1]); d$dossier <- factor(d$dossier); d$expert <- factor(d$expert)
took <- sapply(1:3, function(run) system.time(m <<- lmer(y ~ 1 + (1 | dossier) + (1 | expert), d, REML = TRUE)))
u <- ranef(m, condVar = FALSE)$dossier
write.csv(data.frame(dossier = rownames(u), value = u[[1]]), args[2], row.names = FALSE)
cat(min(took["elapsed", ]), min(took["user.self", ] + took["sys.self", ]))
"""


def edition(dossiers: int, experts: int, reads: int) -> tuple[Places, Places, Vector]:
    """A mixed design with even loads: levels 90, severity 60, chance 50 points, totals in twentieths."""
    chance = np.random.default_rng(1)
    seats = np.concatenate([chance.permutation(experts) for _ in range(-(-dossiers * reads // experts))])
    table = seats[: dossiers * reads].reshape(dossiers, reads)
    for row in table:
        while len(set(row.tolist())) < reads:
            row[:] = chance.choice(experts, reads, replace=False)
    place, seat = np.repeat(np.arange(dossiers), reads), table.ravel()
    level, lean = chance.normal(550, 90, dossiers), chance.normal(0, 60, experts)
    scores = np.rint(20 * (level[place] + lean[seat] + chance.normal(0, 50, len(place)))) / 20
    return place, seat, scores


def least(work: Callable[[], Found]) -> tuple[Found, float, float]:
    """What it gives, with the least wall and CPU seconds of several runs: other work on the machine only adds."""
    found, wall, cpu = work(), float("inf"), float("inf")
    for _ in range(REPEATS):
        began, spent = time.perf_counter(), time.process_time()
        found = work()
        wall, cpu = min(wall, time.perf_counter() - began), min(cpu, time.process_time() - spent)
    return found, wall, cpu


def calibrated(given: tuple[Places, Places, Vector]) -> Vector:
    """From arrays to calibrated scores: the table, the variances, the offsets."""
    table = Table.numbered(*given)
    found = fit.variances(table, 1)
    offsets, _spread = fit.offsets_of(table, found.ratio)
    return np.asarray(table.over_dossiers(table.y - offsets[table.e]) / table.per_dossier)


def system_of(given: tuple[Places, Places, Vector]) -> System:
    table = Table.numbered(*given)
    return fitted(Design(table, np.zeros(len(table.dossiers), np.intp)), fit.variances(table, 1))


def ranked(given: tuple[Places, Places, Vector]) -> int:
    """Calibration, draws, chances of two cuts, and the rank interval of every dossier."""
    system = system_of(given)

    def sample(number: int, count: int) -> Vector:
        seed = np.random.SeedSequence(7, spawn_key=(number,))
        return system.draws(np.random.Generator(np.random.PCG64(seed)), count, np.float32)  # type: ignore[return-value]

    low, high = tally(sample, len(system.design.table.dossiers), DRAWS, (5, 15)).interval(0.95)
    return int((high - low).sum())


def mixed(given: tuple[Places, Places, Vector]) -> Vector:
    """Both effects random, by restricted maximum likelihood: the best linear predictions of the dossiers."""
    return components.fitted(Table.numbered(*given)).dossier_effects


def by_lme4(given: tuple[Places, Places, Vector]) -> tuple[Vector, float, float]:
    """The same model by R's lme4: the order of its dossiers, with the least elapsed and CPU seconds of three
    runs of `lmer` alone."""
    with tempfile.TemporaryDirectory() as folder:
        data, out, program = (Path(folder) / name for name in ("data.csv", "out.csv", "fit.R"))
        program.write_text(R_PROGRAM)
        with data.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("dossier", "expert", "y"))
            writer.writerows(zip(*(column.tolist() for column in given), strict=True))
        told = subprocess.run(("Rscript", program, data, out), check=True, capture_output=True, text=True).stdout
        with out.open(newline="") as file:
            rows = {int(row["dossier"]): float(row["value"]) for row in csv.DictReader(file)}
    elapsed, cpu = map(float, told.split())
    return np.array([rows[place] for place in sorted(rows)]), elapsed, cpu


def agreement(ours: Vector, theirs: Vector) -> str:
    one, other = np.argsort(-ours, kind="stable"), np.argsort(-theirs, kind="stable")
    moved = int((one != other).sum())
    first = 15
    return f"first {first} {'the same' if (one[:first] == other[:first]).all() else 'differ'}, {moved} of {len(one)} places differ"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lme4", action="store_true", help="run R's lme4 on the same data (needs r-cran-lme4)")
    asked = parser.parse_args()
    print(f"{machine()}; load {load()}")
    for size in SIZES:
        given = edition(*size)
        values, wall, cpu = least(lambda given=given: calibrated(given))  # type: ignore[misc]
        print(f"{size}: calibration {1000 * cpu:.1f} ms CPU, {1000 * wall:.1f} ms", flush=True)
        _sum, wall_all, cpu_all = least(lambda given=given: ranked(given))  # type: ignore[misc]
        print(f"{size}: with {DRAWS} draws and all rank intervals {cpu_all:.2f} s CPU, {wall_all:.2f} s", flush=True)
        if asked.lme4:
            ours, wall_model, cpu_model = least(lambda given=given: mixed(given))  # type: ignore[misc]
            theirs, elapsed, spent = by_lme4(given)
            print(
                f"{size}: the same model {1000 * cpu_model:.0f} ms CPU, lme4 {spent:.2f} s CPU: {spent / cpu_model:.0f} times"
                f" (elapsed {elapsed / wall_model:.0f}); {agreement(ours, theirs)}; calibration alone {spent / cpu:.0f} times (elapsed {elapsed / wall:.0f}); {agreement(values, theirs)}",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
