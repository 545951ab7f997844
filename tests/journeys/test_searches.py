"""Nobody learns by searching what he may not see, not even by how long the search takes (reliability: A4, A5).

Every search is asked twice by each person without the right: for a word that hidden data hold, and for one that nothing
holds. Both must be the same work: the same SQL statements, the same number of steps of the database, the same answer.
Time follows from these; how long it really takes is measured by `python -m benchmarks.searches`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.pool import Pool

from app.accounts import queries as accounts
from app.accounts.models import User
from app.applications import queries as applications
from app.kernel import unit_of_work
from app.kernel.actor import Role
from app.kernel.database import db
from app.panels import queries as panels
from app.scoring import queries as scoring
from app.scoring import services
from tests.factories import scoring as factory
from tests.journeys.test_leaks import GUARDS
from tests.panels.test_blinding import blind_panel
from tests.support.client import Client
from tests.support.queries import counted_queries

SignedIn = Callable[[str], Client]
COMMENT = "秘密优势乙"
HIDDEN = {"name of the applicant": "示例制造001", "comment of another": COMMENT, "name of another": "专家2"}
"""What the expert of a blind round must not learn. (The second expert's name is in no other text.)"""
NOWHERE = "无此字样鑫淼"
SEARCHES = (
    "/sheets/1?find={word}",
    "/sheets/2?find={word}",
    "/sheets/1/receipt?check={word}",
    "/sheets/2/receipt?check={word}",
    "/work?q={word}&sort=-score",
    "/progress?by=expert&q={word}&author={word}",
    "/experts?search={word}",
    "/users?q={word}",
    "/audit?who={word}",
    "/rounds/1/matrix?expert={word}&dossier={word}",
    "/rounds/1/panels/SX2026-001/candidates?word={word}",
    "/formal-checks?q={word}&state={word}",
    "/editions?q={word}",
    "/results?q={word}",
)
PEOPLE = {
    "visitor": "",
    "applicant": "owner@example.org",
    "expert": "expert1@example.org",
    "committee": "c@example.org",
}


@pytest.fixture
def hidden(app: Flask) -> None:
    """A blind panel of two; the second expert has handed in what the first must not read."""
    with app.app_context(), unit_of_work.transaction():
        made = blind_panel()
        factory.person(PEOPLE["applicant"], Role.APPLICANT)
        factory.person(PEOPLE["committee"], Role.COMMITTEE, edition_id=made.edition.id)
        other = made.sheet(0, 1)
        factory.judge(other, 65, text=COMMENT)
        services.submit(made.actors[1], other)


@dataclass
class Work:
    """What one request cost the database: its statements in order, and how many steps of its machine they took."""

    statements: list[str] = field(default_factory=list)
    steps: int = 0


@contextmanager
def watched() -> Iterator[Work]:
    work = Work()

    def step() -> None:
        work.steps += 1

    def listen(connection: Any, *_rest: Any) -> None:
        connection.set_progress_handler(step, 1)

    def leave(connection: Any, *_rest: Any) -> None:
        connection.set_progress_handler(None, 0)

    event.listen(Pool, "checkout", listen)
    event.listen(Pool, "checkin", leave)
    try:
        with counted_queries() as statements:
            yield work
        work.statements = list(statements)
    finally:
        event.remove(Pool, "checkout", listen)
        event.remove(Pool, "checkin", leave)


def asked(person: Client, search: str, word: str) -> tuple[int, str, Work]:
    """The answer without the word itself, and what it cost."""
    with watched() as work, person.get(search.format(word=word)) as answer:
        text = answer.get_data(as_text=True) + answer.headers.get("Location", "")
    return answer.status_code, GUARDS.sub("", text.replace(word, "…").replace(quote(word), "…")), work


def of_length(word: str) -> str:
    """Of the same length, so that nothing differs but whether it is found."""
    return (NOWHERE * len(word))[: len(word)]


@pytest.mark.parametrize("word", HIDDEN.values(), ids=HIDDEN.keys())
@pytest.mark.parametrize("who", PEOPLE)
def test_a_search_for_something_hidden_is_the_same_work_whether_it_is_there_or_not(
    app: Flask, hidden: None, signed_in: SignedIn, *, client: Client, frozen_clock: Any, who: str, word: str
) -> None:
    person = signed_in(PEOPLE[who]) if PEOPLE[who] else client
    for search in SEARCHES:
        asked(person, search, "甲" * len(word))  # whatever is done once a day is done
        asked(person, search, "甲" * len(word))
        there, nowhere = asked(person, search, word), asked(person, search, of_length(word))
        assert there[:2] == nowhere[:2], search
        assert there[2].statements == nowhere[2].statements, search
        assert there[2].steps == nowhere[2].steps, search


def test_the_check_can_fail(app: Flask, hidden: None, signed_in: SignedIn, frozen_clock: Any) -> None:
    """Who may see what is sought gets another answer, or makes the database do other work, when it is found."""
    with app.app_context(), unit_of_work.transaction():
        factory.person("supervisor@example.org", Role.SUPERVISOR)
    for who, search, there, nowhere in (
        ("supervisor@example.org", "/audit?who={word}", "office", "xxxxxx"),
        (PEOPLE["expert"], "/sheets/1?find={word}", "总经理", "鑫淼淼"),
    ):
        person = signed_in(who)
        asked(person, search, nowhere)
        found, missed = asked(person, search, there), asked(person, search, nowhere)
        assert (found[0], missed[0]) == (200, 200)
        assert found[1] != missed[1]
        assert found[2].steps != missed[2].steps or "find" in search


# --- the statement itself asks who may see ------------------------------------------------------------------------


@pytest.mark.parametrize("visible", [applications.visible_to, panels.visible_to, scoring.visible_to])
def test_what_is_hidden_is_left_out_by_the_statement_and_not_afterwards(
    app_context: Flask, visible: Callable[[Any], Any]
) -> None:
    """An expert's condition names his own seat; there is no list that is read whole and then thinned out."""
    blind_panel()
    expert = accounts.actor_of_user(db.session.query(User).filter_by(email=PEOPLE["expert"]).one())
    condition = str(visible(expert))
    assert "expert_id" in condition or condition in {"false", "0 = 1"}, condition
