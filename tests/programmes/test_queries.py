"""What "open" means, which edition is the current one, and what reading it costs."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask import Flask

from app.kernel.actor import Actor
from app.kernel.database import db
from app.programmes import queries, services
from tests.conftest import TestClock
from tests.factories.accounts import office, supervisor
from tests.factories.programmes import draft_edition, running_edition

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("offset", "end", "is_open"),
    [
        (-SECOND, "opens_at", False),
        (timedelta(0), "opens_at", True),
        (timedelta(0), "closes_at", True),
        (SECOND, "closes_at", False),
    ],
    ids=["a second before", "the first second", "the last second", "a second after"],
)
def test_open_is_what_the_calendar_says(app_context: Flask, *, offset: timedelta, end: str, is_open: bool) -> None:
    edition = running_edition(office())
    window = queries.period(edition, "application")
    assert queries.is_open(edition, "application", getattr(window, end) + offset) is is_open


def test_a_draft_is_never_open_and_an_unknown_stage_neither(app_context: Flask) -> None:
    edition = draft_edition(office())
    window = queries.period(edition, "application")
    assert window is not None
    assert not queries.is_open(edition, "application", window.opens_at)
    services.open_edition(office(), edition)
    assert queries.is_open(edition, "application", window.opens_at)
    assert not queries.is_open(edition, "coffee", window.opens_at)


def test_the_running_edition_is_current_before_a_newer_draft(app_context: Flask) -> None:
    assert queries.current_header() is None
    running = running_edition(office(), code="A")
    draft_edition(office(), code="B", number=5)
    header = queries.current_header()
    assert header is not None
    assert header.id == running.id
    services.conclude_edition(office(), running)
    header = queries.current_header()
    assert header is not None
    assert header.code == "B", "then the one that is being prepared"


def test_a_draft_is_shown_only_to_those_who_prepare_and_watch(app_context: Flask) -> None:
    edition = draft_edition(office())
    assert queries.published_edition("SX2026", Actor.anonymous()) is None
    assert queries.published_edition("SX2026", office()) is edition
    assert queries.published_edition("SX2026", supervisor()) is edition
    services.open_edition(office(), edition)
    assert queries.published_edition("SX2026", Actor.anonymous()) is edition
    assert queries.published_edition("nothing", office()) is None


def test_phases_follow_the_clock(app_context: Flask, frozen_clock: TestClock) -> None:
    edition = running_edition(office())
    frozen_clock.move_to(edition.periods[1].opens_at)
    assert [row.phase for row in queries.calendar(edition)][:3] == ["done", "now", "next"]


def test_the_rulebook_is_read_and_parsed_once(
    app_context: Flask, count_queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    edition = running_edition(office())
    first = queries.rulebook_of(edition)
    db.session.flush()
    with count_queries() as statements:
        assert queries.rulebook_of(edition) is first
    assert statements == []
