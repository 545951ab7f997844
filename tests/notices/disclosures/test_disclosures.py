"""Told in confidence: the supervisor alone reads it, and nothing anywhere else says that it exists."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app.audit.models import AuditEvent
from app.kernel import unit_of_work
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.errors import Forbidden, Invalid, NotReady
from app.kernel.outbox import OutboxMessage
from app.notices.disclosures import queries, services
from app.notices.disclosures.models import Disclosure
from app.policy import allows
from tests.factories.decisions import let_in, office, running_edition, supervisor
from tests.support.client import Client

SignIn = Callable[[str], Client]
WATCHER, OFFICE = "supervisor@example.org", "office@example.org"
TOLD = "有专家在评审前与申报单位私下见面。"


def told() -> tuple[Disclosure, str]:
    return services.disclose(Actor.anonymous(), running_edition().id, text=TOLD, contact="")


def traces() -> tuple[int, int]:
    return (
        db.session.scalar(select(func.count(AuditEvent.id))) or 0,
        db.session.scalar(select(func.count(OutboxMessage.id))) or 0,
    )


@pytest.mark.databases
def test_it_leaves_no_line_and_no_mail_behind(app_context: Flask) -> None:
    edition, watcher = running_edition(), supervisor()
    before = traces()
    disclosure, token = services.disclose(Actor.anonymous(), edition.id, text=TOLD, contact="")
    services.answer(watcher, disclosure, text="已核实并调整。")
    assert traces() == before
    assert queries.by_token(token) is disclosure
    assert queries.by_token(token[:-1]) is None
    assert token not in disclosure.token_hash


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SUPERVISOR])
def test_nobody_but_the_supervisor_reads_it(app_context: Flask, role: Role) -> None:
    disclosure, _token = told()
    somebody = Actor(user_id=1, name=role, roles=frozenset({role}), editions=frozenset({disclosure.edition_id}))
    assert not any(allows(somebody, f"disclosure.{act}", disclosure) for act in ("list", "read", "answer"))
    assert queries.of_edition(somebody, disclosure.edition_id) == []
    with pytest.raises(Forbidden):
        services.answer(somebody, disclosure, text="好")


def test_an_answer_is_given_once_and_in_words(app_context: Flask) -> None:
    disclosure, _token = told()
    with pytest.raises(Invalid):
        services.answer(supervisor(), disclosure, text=" ")
    assert queries.waiting(disclosure.edition_id) == 1
    services.answer(supervisor(), disclosure, text="已核实。")
    assert queries.waiting(disclosure.edition_id) == 0
    with pytest.raises(NotReady):
        services.answer(supervisor(), disclosure, text="再说一次")
    with pytest.raises(Invalid):
        services.disclose(Actor.anonymous(), disclosure.edition_id, text=" ", contact="")


@pytest.mark.databases
@pytest.mark.parametrize("statement", ["UPDATE disclosure SET text = 'x'", "DELETE FROM disclosure"])
def test_the_database_keeps_it_as_it_was_told(app_context: Flask, statement: str) -> None:
    told()
    with pytest.raises(DBAPIError, match="disclosure_is_kept"):
        db.session.execute(text(statement))


def test_from_the_public_page_to_the_answer(app: Flask, client: Client, signed_in: SignIn) -> None:
    with app.app_context(), unit_of_work.transaction():
        running_edition()
        office()
        supervisor()
        let_in(WATCHER, OFFICE)
    assert client.submit("/disclosures/new", form="disclosures", statement="").status_code == 422
    assert client.submit("/disclosures/new", form="disclosures", statement=TOLD).location.endswith("/received")
    link = next(href for href in client.page("/disclosures/received").links() if "/follow/" in href)
    assert "尚无答复" in client.page(link).text
    desk = signed_in(OFFICE)
    assert "保密反映" not in desk.page("/desk").text
    assert desk.get("/disclosures").status_code == 403
    assert desk.get("/disclosures/1").status_code == 404
    watcher = signed_in(WATCHER)
    assert "1 件保密反映等待核实" in watcher.page("/desk").text
    assert TOLD in watcher.page("/disclosures/1").text
    assert watcher.submit("/disclosures/1", form="answer", answer="").status_code == 422
    assert watcher.submit("/disclosures/1", form="answer", answer="已核实并调整。").status_code == 303
    assert "已答复" in watcher.page("/disclosures").text
    assert "已核实并调整。" in client.page(link).text
    assert client.get("/disclosures/follow/unknown").status_code == 404
