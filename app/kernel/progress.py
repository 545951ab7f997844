"""How far a long job is, told outside of its transaction: a small file that the page's own process can read.

A row would not do: what the job writes is seen by nobody before it commits, and SQLite lets no second writer in beside it.
"""

import json
import os
from pathlib import Path

from flask import current_app


def tell(key: str, done: int, total: int) -> None:
    place = _place(key)
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = place.with_suffix(f".{os.getpid()}")
    beside.write_text(json.dumps([done, total]), encoding="utf-8")
    beside.replace(place)


def told(key: str) -> tuple[int, int]:
    """Done and in all; nothing of nothing where nobody has told yet."""
    try:
        done, total = json.loads(_place(key).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return 0, 0
    return done, total


def forget(key: str) -> None:
    _place(key).unlink(missing_ok=True)


def _place(key: str) -> Path:
    return Path(current_app.extensions["settings"].instance_path) / "progress" / f"{key}.json"
