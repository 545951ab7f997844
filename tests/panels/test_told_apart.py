"""What the public archive will tell apart is said to the expert whose scores it is, before anything binds him."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from app.accounts.models import User
from app.kernel import unit_of_work
from app.kernel.database import db
from tests.factories import decisions, scoring
from tests.support.client import Client
from tests.support.rulebooks import Place, edited

ONE_ROUND = (Path(__file__).parents[1] / "data" / "rulebooks" / "one-round.toml").read_text()
JOINED, LEADING = "各份评分出自同一位专家", "注明哪份评分是组长的"
METHODS: dict[str, tuple[dict[Place, object], list[bool]]] = {
    "the mean": ({}, [False, False, False, False]),
    "standardised by expert": (
        {"aggregation.method": "judge_z", "aggregation.spread": "population"},
        [True, False, True, False],
    ),
    "leaders weighed": (
        {"aggregation.method": "weighted_mean", "aggregation.leader_weight": 2},
        [False, True, False, False],
    ),
}


@pytest.mark.parametrize("name", METHODS)
def test_an_expert_reads_before_declaring_which_sheets_will_be_told_apart(
    app: Flask, signed_in: Callable[[str], Client], name: str
) -> None:
    changes, expected = METHODS[name]
    with app.app_context(), unit_of_work.transaction():
        edition = decisions.running_edition(text=edited(ONE_ROUND, changes))
        made = scoring.panel(1, 2, declared=False, edition=edition)
        emails = [db.session.get_one(User, each.user_id).email for each in made.actors]
        decisions.let_in(*emails)
        seats = [each.id for each in made.assignments]
    pages = [signed_in(email).page(f"/assignments/{seat}").text for email, seat in zip(emails, seats, strict=True)]
    assert [said in page for page in pages for said in (JOINED, LEADING)] == expected
