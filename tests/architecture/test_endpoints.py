"""Every endpoint declares its need, and looking at a page changes nothing, whoever looks."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from werkzeug.routing import Rule

from app.kernel.actor import Role
from app.policy import RULES
from app.web.guard import NEED, NEEDS_SUBJECT
from tests.support.client import Client

WRITES = ("INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER")
EXPECTED = {200, 302, 303, 401, 403, 404, 409}
VISITOR = ""
RECORDED_LOOKS = {"/experts/export.xlsx"}  # personal data leaves the house: the record of the look is the one write


def rules(app: Flask) -> Iterator[Rule]:
    return (rule for rule in app.url_map.iter_rules() if rule.endpoint != "static")


def pages(app: Flask) -> list[str]:
    """Addresses that need nothing to be filled in."""
    return sorted(
        rule.rule for rule in rules(app) if not rule.arguments and rule.methods is not None and "GET" in rule.methods
    )


def test_every_endpoint_declares_a_need_that_the_policy_knows(app: Flask) -> None:
    silent = [rule.endpoint for rule in rules(app) if not hasattr(app.view_functions[rule.endpoint], NEED)]
    assert silent == []
    assert {getattr(app.view_functions[rule.endpoint], NEED) for rule in rules(app)} <= set(RULES)


def test_an_address_with_a_number_asks_about_its_subject(app: Flask) -> None:
    """Only what is public, or found by a code or a secret token, may do without."""
    loose = {
        rule.endpoint
        for rule in rules(app)
        if any(name.endswith("_id") for name in rule.arguments)
        and not getattr(app.view_functions[rule.endpoint], NEEDS_SUBJECT)
    }
    assert loose == set()


def test_nothing_that_changes_something_answers_to_a_mere_look(app: Flask) -> None:
    """A view that is only ever posted to has no GET beside it; the steps of a lifecycle are all posts."""
    for rule in rules(app):
        assert rule.methods is not None
        assert rule.methods & {"GET", "POST"}
        assert rule.methods <= {"GET", "HEAD", "OPTIONS", "POST"}


@pytest.mark.demo("scoring")
@pytest.mark.parametrize("role", [VISITOR, *Role], ids=lambda role: role or "visitor")
def test_looking_writes_nothing_and_never_breaks(
    app: Flask,
    new_client: Callable[[], Client],
    count_queries: Callable[[], AbstractContextManager[list[str]]],
    role: str,
) -> None:
    client = new_client()
    if role:
        client.sign_in(f"{role}@demo.example")
    for page in pages(app):
        with count_queries() as statements:
            answer = client.get(page)
        assert answer.status_code in EXPECTED, f"{page} answered {answer.status_code}"
        written = [statement for statement in statements if statement.lstrip().upper().startswith(WRITES)]
        assert not written or (page in RECORDED_LOOKS and all("audit_" in each for each in written)), page


@pytest.mark.parametrize("page", ["/healthz", "/readyz"])
def test_machines_ask_for_signs_of_life_without_signing_in(client: Client, page: str) -> None:
    answer = client.get(page)
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["status"] == "ok"
