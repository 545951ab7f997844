"""`make check`: every check runs, also after one has failed; the last lines say which."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
CHECKS = {
    "format": ("ruff", "format", "--check", "."),
    "lint": ("ruff", "check", "."),
    "types": ("mypy", "app"),
    "imports": ("lint-imports",),
    "figures": ("python", "-m", "scripts.figures"),
    "templates": ("djlint", "app", "--lint", "--quiet"),
    "security": ("bandit", "-q", "-r", "app", "scripts", "-c", "pyproject.toml", "--severity-level", "medium"),
    "licences": ("python", "-m", "scripts.licences"),
    "vulnerabilities": ("python", "-m", "scripts.audit"),
}


def main() -> int:
    wanted = sys.argv[1:] or list(CHECKS)
    if unknown := set(wanted) - set(CHECKS):
        sys.exit(f"no check named {', '.join(sorted(unknown))}; there are {', '.join(CHECKS)}")
    failed = [name for name in wanted if not passes(name)]
    print(
        f"\ncheck: {len(wanted) - len(failed)} passed, {len(failed)} failed{': ' + ', '.join(failed) if failed else ''}"
    )
    return 1 if failed else 0


def passes(name: str) -> bool:
    program, *arguments = CHECKS[name]
    print(f"== {name}", flush=True)
    begun = time.monotonic()
    passed = subprocess.run([BIN / program, *arguments], cwd=ROOT, check=False).returncode == 0
    print(f"   {'ok' if passed else 'FAILED'} ({time.monotonic() - begun:.1f} s)", flush=True)
    return passed


if __name__ == "__main__":
    sys.exit(main())
