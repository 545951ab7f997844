"""What the templates, style sheets and the script may contain: nothing inline, nothing heavy, nothing hard to read."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from app.web.assets import FOLDER

APP = FOLDER.parent.parent
TEMPLATES = sorted(APP.rglob("templates/**/*.html"))
SHEET = (FOLDER / "css" / "zhiheng.css").read_text(encoding="utf-8")
BUDGET_BYTES = 66 * 1024

TEXT_ON = (
    ("ink", "paper surface wash info-wash done-wash warn-wash fault-wash"),
    ("muted", "paper surface wash info-wash warn-wash"),
    ("jade", "paper surface wash"),
    ("fault", "paper surface wash fault-wash"),
    ("ochre", "paper surface wash warn-wash"),
    ("on-accent", "accent accent-deep"),
    ("paper", "ink"),
)
EDGES = (("edge", "paper surface"), ("accent", "paper surface"), ("ink", "line"))
TEXT_PAIRS = [(front, back) for front, backs in TEXT_ON for back in backs.split()]
EDGE_PAIRS = [(front, back) for front, backs in EDGES for back in backs.split()]


def tokens(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", css))


LIGHT = tokens(SHEET[: SHEET.index("@media (prefers-color-scheme: dark)")])
DARK = LIGHT | tokens(SHEET[SHEET.index("@media (prefers-color-scheme: dark)") : SHEET.index("/* ── Base")])


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "back"), TEXT_PAIRS)
def test_text_can_be_read(scheme: dict[str, str], front: str, back: str) -> None:
    assert contrast(scheme[front], scheme[back]) >= 4.5


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "back"), EDGE_PAIRS)
def test_edges_of_controls_can_be_seen(scheme: dict[str, str], front: str, back: str) -> None:
    assert contrast(scheme[front], scheme[back]) >= 3


def test_a_first_visit_is_light() -> None:
    files = [each for folder in ("css", "js") for each in (FOLDER / folder).iterdir()]
    assert sum(len(gzip.compress(each.read_bytes())) for each in files) <= BUDGET_BYTES


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(APP)))
def test_nothing_is_inline(template: Path) -> None:
    source = template.read_text(encoding="utf-8")
    assert not re.findall(r"<[^>]*\s(?:style|on[a-z]+)\s*=", source)
    assert not re.findall(r"<style|javascript:", source)
    assert not [tag for tag in re.findall(r"<script[^>]*>", source) if " src=" not in tag]


def test_every_colour_is_a_token() -> None:
    rules = SHEET[SHEET.index("/* ── Base") :]
    paper = r"\.paper \{[^}]*\}"  # a paper is white in the dark too
    assert not re.findall(
        r"#[0-9a-fA-F]{3,8}\b", re.sub(paper + r"|url\([^)]*\)|#(?:pane|error|main)[\w-]*", "", rules)
    )


def test_the_sheets_and_the_script_ask_for_nothing_from_elsewhere() -> None:
    for file in (FOLDER / "css").iterdir():
        assert not re.findall(r"@import|url\((?!\"data:)", file.read_text(encoding="utf-8"))
    assert "http" not in (FOLDER / "js" / "zhiheng.js").read_text(encoding="utf-8")
