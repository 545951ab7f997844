"""`python -m benchmarks.solvers FOLDER …`: the same lists from other versions of the solvers?

Each folder holds other versions of ortools and highspy, installed beside ours: `uv pip install --no-deps --target FOLDER
ortools==9.14.6206 highspy==1.12.0`. Every task is worked out once with the environment's own versions and once with each folder's
in front; a line for each task says whether the lists are the same byte for byte. Ends with 1 where one differs.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import highspy
import numpy as np

from benchmarks import adapters, full_rules
from benchmarks.pools import SIZES, pool

ROOT = Path(__file__).resolve().parents[1]
Answer = tuple[Any, Any, dict[str, Any]]
Task = Callable[[dict[str, Any]], Answer]
CORE: dict[str, Task] = {"best": adapters.core, "fairest": adapters.fair, "draw": adapters.draw}
FULL: dict[str, Task] = {
    "full": full_rules.full,
    "full draw": full_rules.lottery,
    "groups": full_rules.group,
    "crossing": lambda inst: full_rules.group(inst, 10),
}
TASKS: dict[str, dict[str, Task]] = {
    "award": CORE | FULL,
    "award_city": CORE | FULL,
    "award_tight": CORE,
    "medium": CORE | {"full": full_rules.full},
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.solvers", description=__doc__)
    parser.add_argument("folders", nargs="*", help="each with other versions of ortools and highspy")
    parser.add_argument("--pools", nargs="+", choices=list(TASKS), default=list(TASKS))
    parser.add_argument("--told", action="store_true", help="the digests of this environment alone, as JSON")
    chosen = parser.parse_args()
    if chosen.told:
        print(json.dumps(_digests(chosen.pools)))
        return 0
    ours, *others = (_apart(folder, chosen.pools) for folder in ("", *chosen.folders))
    print("| pool, asked | ours | " + " | ".join(other["versions"] for other in others) + " |")
    for task, digest in ours.items():
        print(f"| {task} | {digest} | " + " | ".join(_same(digest, other[task]) for other in others) + " |")
    return int(any(digest != other[task] for other in others for task, digest in ours.items() if task != "versions"))


def _same(digest: str, other: str) -> str:
    return "same" if digest == other else other


def _apart(folder: str, pools: list[str]) -> dict[str, str]:
    paths = [folder, str(ROOT)] if folder else [str(ROOT)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.solvers", "--told", "--pools", *pools],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        check=True,
    )
    told: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return told


def _digests(pools: list[str]) -> dict[str, str]:
    told = {"versions": f"ortools {version('ortools')}, HiGHS {highspy.Highs().version()}"}
    for name in pools:
        inst = pool(SIZES[name])
        told |= {f"{name}, {asked}": _digest(task(inst)) for asked, task in TASKS[name].items()}
    return told


def _digest(answer: Answer) -> str:
    experts, dossiers, _about = answer
    order = np.lexsort((experts, dossiers))
    return hashlib.sha256(np.stack([dossiers[order], experts[order]]).astype(">i8").tobytes()).hexdigest()[:16]


if __name__ == "__main__":
    sys.exit(main())
