"""Shipped rulebooks for tests, whole or with some values changed."""

import json
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from app.programmes.rules.files import load_folder
from app.programmes.rules.parsing import parse_rulebook
from app.programmes.rules.rulebook import Rulebook

FOLDER = Path(__file__).resolve().parents[2] / "rulebooks"
TEXTS = load_folder(FOLDER)
CRITERIA = load_folder(FOLDER / "criteria")
GONE = object()
STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")

Place = str | tuple[str | int, ...]


@cache
def rulebook(key: str = "shanxi-2021") -> Rulebook:
    return parse_rulebook(TEXTS[key], CRITERIA)


def edited(text: str, changes: Mapping[Place, object]) -> str:
    """The TOML with values set or, for GONE, taken away; a place is a path, or a tuple where a key holds dots."""
    raw = tomllib.loads(text)
    for place, value in changes.items():
        *way, last = steps(place)
        target: Any = raw
        for step in way:
            target = target[step]
        if value is GONE:
            del target[last]
        elif isinstance(target, list) and last == len(target):
            target.append(value)
        else:
            target[last] = value
    return "".join(f"{json.dumps(key)} = {toml(value)}\n" for key, value in raw.items())


def edited_rulebook(changes: Mapping[Place, object], key: str = "shanxi-2021") -> Rulebook:
    return parse_rulebook(edited(TEXTS[key], changes), CRITERIA)


def steps(place: Place) -> tuple[str | int, ...]:
    if isinstance(place, tuple):
        return place
    return tuple(int(index) if index else name for name, index in STEP.findall(place))


def toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(toml(entry) for entry in value) + "]"
    return json.dumps(value, ensure_ascii=False)
