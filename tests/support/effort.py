"""How much a run takes on itself: `make test` tries a part of the generated inputs, `make test-all` and `make coverage` all of them."""

from __future__ import annotations

import pytest

QUICK = "not slow"
PART = 4
FEWEST = 10
_runs_all: list[bool] = []

ROWS = (1, 3, pytest.param(200, marks=pytest.mark.slow))
"""For what must not cost more statements where there are more rows; a long table takes its time to make."""


def learn(config: pytest.Config) -> None:
    """Before any test is imported, in every worker: a run that leaves out what is slow is a quick one."""
    _runs_all[:] = [config.option.markexpr != QUICK]


def examples(wanted: int) -> int:
    """`@settings(max_examples=examples(200))`: so many in `make test-all`, the first quarter of the same in `make test`."""
    return wanted if all(_runs_all) else min(wanted, max(FEWEST, wanted // PART))
