"""No label of a picture is cut off at its edge, in either language."""

import re

import pytest
from flask import Flask, render_template

from app.kernel.words import LocalText
from app.outcomes.queries import Statistic
from app.outcomes.rules import Count
from app.web.formats import breadth

NAMES = (LocalText("教育与医疗机构", "Education and medical institutions"), LocalText("个人", "Individuals"))
PIXELS = {"zh": 14.0, "en": 7.0}
"""What a letter of these languages takes at least, on the average, at the pictures' size of type."""


@pytest.mark.parametrize("language", PIXELS)
def test_a_long_label_widens_the_picture_to_its_left(app: Flask, language: str) -> None:
    given = Statistic("", "行业组", "各行业组获奖数", tuple(Count(name, (3, 1)) for name in NAMES))
    cookie = {"HTTP_COOKIE": f"language={language}"}
    with app.test_request_context("/", environ_overrides=cookie):
        drawn = render_template("outcomes/statistic_figure.html", each=given)
    view = re.search(r'viewBox="(-?\d+) 0 (\d+) \d+" width="(\d+)"', drawn)
    assert view is not None
    left, width, shown = map(int, view.groups())
    assert width == shown == 640 - left
    for name in NAMES:
        assert 132 - left >= len(name.in_language(language)) * PIXELS[language]


def test_the_widest_line_counts() -> None:
    assert breadth([]) == 0
    assert breadth(["质量"]) == 28
    assert breadth(["a", "质量", "ab"]) == 28
    assert 7 * 34 < breadth(["Education and medical institutions"]) < 9 * 34
