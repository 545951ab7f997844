"""Known vulnerabilities of the locked packages. Where the advisory service cannot be asked, that is what is said, never "none"."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from scripts.licences import ROOT, locked

ASK_SECONDS = 60


def main() -> int:
    packages = locked(ROOT / "requirements.txt")
    first = audit(packages[:1])
    if first is None or skipped(first):
        print(f"vulnerabilities: NOT AUDITED, the advisory service gave no answer for any of {len(packages)} packages")
        return 0
    answer = audit(packages)
    if answer is None:
        print(f"vulnerabilities: NOT AUDITED, the advisory service did not answer in {ASK_SECONDS} s")
        return 0
    found = [
        (each["name"], each["version"], hole["id"], hole["fix_versions"])
        for each in answer
        for hole in each.get("vulns", [])
    ]
    print(
        f"vulnerabilities: {len(answer) - len(skipped(answer))} packages audited, {len(skipped(answer))} not, {len(found)} holes known"
    )
    for name, version, identifier, fixed in found:
        print(f"  {name} {version}: {identifier}, mended in {', '.join(fixed) or 'no release yet'}")
    return 1 if found else 0


def skipped(answer: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each for each in answer if "skip_reason" in each]


def audit(packages: list[tuple[str, str]]) -> list[dict[str, Any]] | None:
    with tempfile.TemporaryDirectory() as folder:
        pinned = Path(folder) / "pinned.txt"
        pinned.write_text("".join(f"{name}=={version}\n" for name, version in packages))
        command = [
            "-m",
            "pip_audit",
            "-r",
            str(pinned),
            "--no-deps",
            "--disable-pip",
            "-f",
            "json",
            "--progress-spinner",
            "off",
        ]
        try:
            done = subprocess.run(
                [sys.executable, *command, "--timeout", "10"],
                capture_output=True,
                text=True,
                timeout=ASK_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return None
    try:
        return list(json.loads(done.stdout)["dependencies"])
    except (ValueError, KeyError):
        return None


if __name__ == "__main__":
    sys.exit(main())
