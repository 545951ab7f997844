"""Static files under an address that carries their digest, so that browsers may keep them for a year."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, url_for

FOLDER = Path(__file__).parent / "static"


@cache
def fingerprint(name: str) -> str:
    return hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:12]


@cache
def _prefix() -> str:
    return url_for("static", filename="")


def static_url(name: str) -> str:
    return f"{_prefix()}{name}?v={fingerprint(name)}"


def install(app: Flask) -> None:
    app.jinja_env.globals["static_url"] = static_url
