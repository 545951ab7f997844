"""Lock the requirements anew, with hashes and for every platform of the oldest Python; `--upgrade` takes newer versions."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from scripts.bootstrap import uv_index

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("requirements-boot", "requirements", "requirements-dev")


def main() -> None:
    uv = Path(sys.executable).parent / "uv"
    options = ("-q", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url", *sys.argv[1:])
    noted = ("--custom-compile-command", "make locks")
    for name in NAMES:
        files = (f"{name}.in", "-o", f"{name}.txt")
        subprocess.run(
            [uv, "pip", "compile", *options, *noted, *files], cwd=ROOT, env=os.environ | uv_index(), check=True
        )


if __name__ == "__main__":
    main()
