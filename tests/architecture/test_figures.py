"""The shape of the code stays within the limits of docs/architecture.md."""

import pytest

from scripts.figures import LIMITS, ROOT, broken_limits, measure, template_figures


@pytest.mark.slow  # `make check` measures the same
def test_every_figure_is_within_its_limit() -> None:
    rows = {name: measure(ROOT / name)[0][name] for name in ("app", "tests")}
    measured = rows | {"templates": template_figures(ROOT / "app")}
    assert set(measured) == set(LIMITS)
    assert broken_limits(measured) == [], "python -m scripts.figures --worst 10 names the places"


def test_a_broken_limit_is_named() -> None:
    assert broken_limits({"templates": {"file_lines_p95": 121, "file_lines_max": 200}}) == [
        "templates: file_lines_p95 is 121, above 120"
    ]
