"""Templates hold no style, no handler, no script of their own: the content security policy would refuse them."""

import re
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parents[2] / "app"
TEMPLATES = sorted(APP.glob("**/templates/**/*.html"))
LONGEST = 200
MAKES_MARKUP = {"web/templates/ui/score_item.html"}
"""Macros that put together markup of their own and no one's text."""
FORBIDDEN = {
    "a style of its own": re.compile(r"<style\b|\sstyle\s*="),
    "a handler of its own": re.compile(r"<[^>{%]*\son[a-z]+\s*="),
    "an address of a script": re.compile(r"javascript:", re.IGNORECASE),
    "unescaped text": re.compile(r"\|\s*safe\b|autoescape\s+false"),
    "something from elsewhere": re.compile(r"(?:src|href)\s*=\s*[\"']https?://"),
}
SCRIPT = re.compile(r"<script\b[^>]*>")
NAMES = [str(path.relative_to(APP)) for path in TEMPLATES]


@pytest.mark.parametrize("template", TEMPLATES, ids=NAMES)
def test_a_template_is_plain_and_short(template: Path) -> None:
    source = template.read_text(encoding="utf-8")
    found = {what for what, pattern in FORBIDDEN.items() if pattern.search(source)}
    assert found <= ({"unescaped text"} if str(template.relative_to(APP)) in MAKES_MARKUP else set())
    assert all("src=" in tag for tag in SCRIPT.findall(source))
    assert len(source.splitlines()) <= LONGEST


@pytest.mark.parametrize("template", TEMPLATES, ids=NAMES)
def test_every_form_that_posts_carries_its_guards(template: Path) -> None:
    source = template.read_text(encoding="utf-8")
    for form in re.findall(r"<form\b[^>]*method=\"post\".*?</form>", source, re.DOTALL):
        assert "csrf_token" in form or "guards(" in form
        assert "idempotency_key" in form or "guards(" in form
