"""Every package that runs in the product has a licence that the product may be given away with."""

from __future__ import annotations

import re
import sys
from importlib.metadata import Distribution, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ALLOWED = (
    "0BSD",
    "Apache",
    "BSD",
    "CC0",
    "CNRI-Python",
    "HPND",
    "ISC",
    "MIT",
    "MPL-2.0",
    "Mozilla Public License 2.0",
    "PSF",
    "Python Software Foundation",
    "Unlicense",
    "Zlib",
    "ZPL",
    # A library under the lesser licence may be used by a program under another, as long as it can be replaced: here it is a package of its own.
    "LGPL",
    "Lesser General Public License",
    # Fonts may be given away with a program, as files and within documents, as long as they are not sold by themselves.
    "OFL-1.1",
)
READ_BY_HAND: dict[str, str] = {}
"""Packages that name no licence in their metadata: name and version to what their licence file says."""


def main() -> int:
    packages = locked(ROOT / "requirements.txt")
    refused = [line for name, version in packages if (line := refusal(name, version))]
    print(f"licences: {len(packages)} packages read, {len(refused)} refused")
    for line in refused:
        print(f"  {line}")
    return 1 if refused else 0


def locked(lock: Path) -> list[tuple[str, str]]:
    return re.findall(r"^([\w.-]+)==([^\s;\\]+)", lock.read_text(encoding="utf-8"), flags=re.MULTILINE)


def refusal(name: str, version: str) -> str:
    installed = distribution(name)
    licence = READ_BY_HAND.get(f"{name}=={version}") or stated(installed)
    if not licence:
        return f"{name} {version} names no licence: read it and note it in scripts/licences.py"
    parts = re.split(r"\s+(?:AND|OR)\s+|[()]", licence) if field_of(installed, "License-Expression") else [licence]
    unknown = [part for part in parts if part.strip() and not any(allowed in part for allowed in ALLOWED)]
    return f"{name} {version}: {', '.join(unknown)} is not in the list of scripts/licences.py" if unknown else ""


def field_of(installed: Distribution, name: str) -> str:
    """Empty where the package says nothing; newer Pythons warn about asking for a key that is not there."""
    return str(installed.metadata[name]) if name in installed.metadata else ""


def stated(installed: Distribution) -> str:
    """The expression if there is one, else the classifiers, else the free text's first line."""
    metadata = installed.metadata
    if expression := field_of(installed, "License-Expression"):
        return expression
    classifiers = [
        line.rpartition(" :: ")[2] for line in metadata.get_all("Classifier") or [] if line.startswith("License ::")
    ]
    named = [line for line in classifiers if line != "OSI Approved"]
    return "; ".join(named) or field_of(installed, "License").strip().partition("\n")[0]


if __name__ == "__main__":
    sys.exit(main())
