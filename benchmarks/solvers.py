"""`python -m benchmarks.solvers [FOLDER …]`: the same lists from other versions of the solvers?

Each folder holds other versions of ortools and highspy; without any, those of `VERSIONS` are installed into temporary ones. Every
task is worked out once with the environment's own versions and once with each folder's in front; a line for each task says whether
the lists are the same byte for byte. Ends with 1 where one differs.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import highspy
import numpy as np

from benchmarks import adapters, full_rules
from benchmarks.pools import SIZES, Size, pool

ROOT = Path(__file__).resolve().parents[1]
Answer = tuple[Any, Any, dict[str, Any]]
Task = Callable[[dict[str, Any]], Answer]
CORE: dict[str, Task] = {"best": adapters.core, "fairest": adapters.fair, "draw": adapters.draw}
GROUPS: dict[str, Task] = {
    "full": full_rules.full,
    "groups": full_rules.group,
    "crossing": lambda inst: full_rules.group(inst, 10),
}
FULL: dict[str, Task] = GROUPS | {"full draw": full_rules.lottery}
SMALL = {f"small {seed}": Size(160, 36, seed) for seed in range(42, 45)}  # some twenty groups of one to six dossiers
TASKS: dict[str, dict[str, Task]] = {
    **{name: CORE | GROUPS | {"more crossing": lambda inst: full_rules.group(inst, 20)} for name in SMALL},
    "award": CORE | FULL,
    "award_city": CORE | FULL,
    "award_tight": CORE,
    "medium": CORE | {"full": full_rules.full},
}
VERSIONS = ({"ortools": "9.14.6206", "highspy": "1.12.0"}, {"ortools": "9.12.4544", "highspy": "1.13.1"})


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.solvers", description=__doc__)
    parser.add_argument("folders", nargs="*", help="each with other versions of ortools and highspy")
    parser.add_argument("--pools", nargs="+", choices=list(TASKS), default=list(TASKS))
    parser.add_argument("--told", action="store_true", help="the digests of this environment alone, as JSON")
    chosen = parser.parse_args(words)
    if chosen.told:
        print(json.dumps(_digests(chosen.pools)))
        return 0
    with tempfile.TemporaryDirectory() as made:
        return _compared(chosen.folders or _installed(Path(made)), chosen.pools)


def _installed(made: Path) -> list[str]:
    """Folders with the other versions, by the environment's own installer."""
    folders = [str(made / str(number)) for number in range(len(VERSIONS))]
    installer = str(Path(sys.executable).parent / "uv")
    for folder, versions in zip(folders, VERSIONS, strict=True):
        wanted = [f"{name}=={version}" for name, version in versions.items()]
        command = [installer, "pip", "install", "--quiet", "--no-deps", "--target", folder, *wanted]
        subprocess.run(command, check=True)
    return folders


def _compared(folders: Sequence[str], pools: Sequence[str]) -> int:
    ours, *others = (_apart(folder, pools) for folder in ("", *folders))
    print("| pool, asked | ours | " + " | ".join(other["versions"] for other in others) + " |")
    for task, digest in ours.items():
        print(f"| {task} | {digest} | " + " | ".join(_same(digest, other[task]) for other in others) + " |")
    return int(any(digest != other[task] for other in others for task, digest in ours.items() if task != "versions"))


def _same(digest: str, other: str) -> str:
    return "same" if digest == other else other


def _apart(folder: str, pools: Sequence[str]) -> dict[str, str]:
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


def _digests(pools: Sequence[str]) -> dict[str, str]:
    told = {"versions": f"ortools {version('ortools')}, HiGHS {highspy.Highs().version()}"}
    for name in pools:
        inst = pool((SIZES | SMALL)[name])
        told |= {f"{name}, {asked}": _digest(task(inst)) for asked, task in TASKS[name].items()}
    return told


def _digest(answer: Answer) -> str:
    experts, dossiers, _about = answer
    order = np.lexsort((experts, dossiers))
    return hashlib.sha256(np.stack([dossiers[order], experts[order]]).astype(">i8").tobytes()).hexdigest()[:16]


if __name__ == "__main__":
    sys.exit(main())
