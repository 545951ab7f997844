"""Branch coverage of what must be proved whole: rules, tables, lifecycle, exact arithmetic and engines."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WHOLE = (
    "app/*/rules.py",
    "app/*/rules/*.py",
    "app/workflow",
    "app/policy/*.py",
    "app/lifecycle.py",
    "app/kernel/exact.py",
    "app/kernel/randomness.py",
    "app/panels/engine/*.py",
    "app/panels/draw.py",
    "app/ranking/official/*.py",
)


def main() -> int:
    coverage = (sys.executable, "-m", "coverage")
    subprocess.run([*coverage, "erase"], cwd=ROOT, check=True)
    tests = subprocess.run(
        [*coverage, "run", "-m", "pytest", "-m", "not slow and not browser", *sys.argv[1:]], cwd=ROOT, check=False
    )
    subprocess.run([*coverage, "combine", "-q"], cwd=ROOT, check=True)
    whole = subprocess.run(
        [*coverage, "report", "--include", ",".join(WHOLE), "--fail-under", "100"], cwd=ROOT, check=False
    )
    return tests.returncode or whole.returncode


if __name__ == "__main__":
    sys.exit(main())
