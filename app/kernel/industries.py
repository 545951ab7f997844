"""Industries by GB/T 4754-2017: sections A to T and their divisions 01 to 97. Finer codes are read as their division."""

import csv
import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.kernel.words import LocalText

SECTIONS = "ABCDEFGHIJKLMNOPQRST"
CODE = re.compile(rf"[{SECTIONS}]?([0-9]{{2}})[0-9]*")
FIRST_DIVISIONS = (1, 6, 13, 44, 47, 51, 53, 61, 63, 66, 70, 71, 73, 76, 80, 83, 84, 86, 91, 97)
DATA = Path(__file__).parent / "data" / "industries.csv"


@dataclass(frozen=True, slots=True)
class Industry:
    code: str
    name: LocalText

    @property
    def section(self) -> str:
        return section_of(self.code)


@cache
def _all() -> dict[str, Industry]:
    with DATA.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        return {code: Industry(code, LocalText(zh, en)) for code, zh, en in rows}


def find(code: str) -> Industry | None:
    """The section or division of a code; `C39` and `3911` mean division 39, anything else unknown is None."""
    return _all().get(normal(code))


def normal(code: str) -> str:
    """`c39`, `C3911` and `3911` are division `39`; `c` is section `C`; what is no such code comes back as it was."""
    stripped = code.strip().upper()
    found = CODE.fullmatch(stripped)
    return found[1] if found else stripped


def section_of(code: str) -> str:
    """The letter of the section that holds a code; empty when there is none."""
    industry = _all().get(normal(code))
    if industry is None or industry.code in SECTIONS:
        return industry.code if industry else ""
    return SECTIONS[bisect_right(FIRST_DIVISIONS, int(industry.code)) - 1]


def covers(known: str, asked: str) -> bool:
    """Whether competence in `known` includes `asked`: the same division, or a section that holds it."""
    wider, narrower = normal(known), normal(asked)
    return bool(wider) and (wider == narrower or (wider in SECTIONS and wider == section_of(narrower)))


def sections() -> tuple[Industry, ...]:
    return tuple(industry for code, industry in _all().items() if code in SECTIONS)


def divisions(section: str = "") -> tuple[Industry, ...]:
    """The divisions of one section, or all 97."""
    found = (industry for code, industry in _all().items() if code not in SECTIONS)
    return tuple(industry for industry in found if section in ("", industry.section))
