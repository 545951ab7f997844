"""Administrative divisions of China by their GB/T 2260 codes: six digits, two for the province, city and county each.

A municipality (北京, 上海 …) is its own only city, so all its districts and counties are one place at the city level.
Places directly under a province (济源, 仙桃 …) keep the standard's own city code 9000 of that province, in common.
An abolished code stands for its successor in every comparison; the table of these holds the changes since 2009 that
old registers still show, not the whole history.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

from app.kernel.words import LocalText

Level = Literal["province", "city", "county"]
DIGITS: dict[Level, int] = {"province": 2, "city": 4, "county": 6}
MUNICIPALITIES = frozenset({"11", "12", "31", "50"})
DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Region:
    """`successor` is empty for a code in force, else the code that stands in its place since `abolished`."""

    code: str
    name: LocalText
    successor: str = ""
    abolished: int = 0

    @property
    def level(self) -> Level:
        return level_of(self.code)


def level_of(code: str) -> Level:
    if code.endswith("0000"):
        return "province"
    return "city" if code.endswith("00") else "county"


def _rows(name: str) -> Iterator[list[str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        yield from rows


@cache
def _in_force() -> dict[str, Region]:
    return {code: Region(code, LocalText(zh, en)) for code, zh, en in _rows("regions.csv")}


@cache
def _abolished() -> dict[str, Region]:
    rows = _rows("regions_abolished.csv")
    return {code: Region(code, LocalText(zh, en), successor, int(year)) for code, zh, en, successor, year in rows}


@cache
def _below() -> dict[str, tuple[Region, ...]]:
    """The regions directly below each province and city, in the order of their codes."""
    below: dict[str, list[Region]] = {}
    for region in _in_force().values():
        if region.level != "province":
            above = region.code[:2] if region.level == "city" else prefix(region.code, "city")
            below.setdefault(above, []).append(region)
    return {above: tuple(regions) for above, regions in below.items()}


def find(code: str) -> Region | None:
    """The region of a code in force or abolished; two and four digits mean the province and the city."""
    padded = code.ljust(6, "0")
    return _in_force().get(padded) or _abolished().get(padded)


def current(code: str) -> str:
    """The code that stands for this place today; an unknown code stays what it is."""
    region = _abolished().get(code.ljust(6, "0"))
    return region.successor if region else code.ljust(6, "0")


@lru_cache(maxsize=8192)
def prefix(code: str, level: Level) -> str:
    """The digits that name the province, city or county of a place: 2, 4 or 6 of them."""
    standing = current(code)
    if level == "city" and standing[:2] in MUNICIPALITIES:
        return standing[:2] + "01"
    return standing[: DIGITS[level]]


@lru_cache(maxsize=65536)
def same_region(first: str, second: str, level: Level) -> bool:
    """Whether two places may lie in one region of this level.

    A code less precise than the level cannot prove that they differ: then the two are compared as far as it goes.
    """
    coarsest = min((level, level_of(current(first)), level_of(current(second))), key=DIGITS.__getitem__)
    return prefix(first, coarsest) == prefix(second, coarsest)


def provinces() -> tuple[Region, ...]:
    return tuple(region for region in _in_force().values() if region.level == "province")


def cities(province: str) -> tuple[Region, ...]:
    return _below().get(province[:2], ())


def counties(city: str) -> tuple[Region, ...]:
    """Empty for the cities without counties (东莞, 中山, 儋州, 嘉峪关): there the city's own code is the finest."""
    return _below().get(prefix(city, "city"), ())


@lru_cache(maxsize=8192)
def full_name(code: str) -> LocalText:
    """山西省太原市清徐县 — Qingxu County, Taiyuan, Shanxi; an unknown code is its own name."""
    region = find(code)
    if region is None:
        return LocalText.same(code)
    standing = current(code)
    above = [standing[:2], prefix(standing, "city")][: DIGITS[region.level] // 2 - 1]
    names = [part.name for part in map(find, above) if part and not part.code.endswith("9000")] + [region.name]
    # 北京市 is province and city at once, 吉林 in English too: each name is said once
    zh = dict.fromkeys(name.zh for name in names)
    en = dict.fromkeys(name.en for name in names)
    return LocalText("".join(zh), ", ".join(reversed(en)))
