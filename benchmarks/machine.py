"""The machine in one line, so that figures of different days can be told apart."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("flask", "sqlalchemy", "psycopg", "gunicorn", "jinja2")


def machine() -> str:
    cpu = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "?"
    )
    kilobytes = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    return f"{cpu}, {os.cpu_count()} cores, {kilobytes / 1024 / 1024:.0f} GB, {platform.system()} {platform.release()}"


def software(database: str) -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"Python {platform.python_version()}, {packages}, {database}"


def load() -> str:
    return " ".join(f"{value:.2f}" for value in os.getloadavg())


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines()
