"""Rights that end while a page is open: nothing more is shown, and what the page still holds is not written.

After A11 and A12 of the catalogue of failures: past reviewers who keep all papers, and rights that go stale in a session.
"""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from app import lifecycle
from app.accounts import services as accounts
from app.accounts.models import RoleGrant, User
from app.kernel import unit_of_work
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.panels.models import InterestDegree
from app.panels.services import Interest, declaring
from app.scoring.models import ItemScore, ScoreSheet
from tests.factories import scoring as factory
from tests.factories.decisions import office
from tests.support.client import Client, document
from tests.support.html import Form

EXPERT, OPERATOR, SUPERVISOR = "expert1@example.org", "operator@example.org", "supervisor@example.org"
FETCH = {"X-Requested-With": "fetch"}
LATE = "这句话写在权利结束之后"


def operator() -> Actor:
    user = factory.person(OPERATOR, Role.OPERATOR)
    return Actor(user_id=user.id, name=user.name, roles=frozenset({Role.OPERATOR}))


def account() -> User:
    return db.session.scalars(select(User).where(User.email == EXPERT)).one()


def sheet() -> ScoreSheet:
    return db.session.get_one(ScoreSheet, 1)


def suspend() -> None:
    accounts.suspend(operator(), account())


def revoke() -> None:
    for granted in db.session.scalars(select(RoleGrant).where(RoleGrant.user_id == account().id)).all():
        accounts.revoke(operator(), granted)


def step_aside() -> None:
    found = sheet()
    interest = Interest(kind="consulting", degree=InterestDegree.DIRECT, note="去年的顾问。")
    declaring.declare_conflict(factory.acting(found.assignment.expert), found.assignment, interest)


def end_the_round() -> None:
    lifecycle.advance(sheet().round, "round.close", office())


def end_the_edition() -> None:
    end_the_round()
    lifecycle.advance(sheet().round.edition, "edition.conclude", office())


@pytest.fixture
def at_work(app: Flask, signed_in: Callable[[str], Client]) -> Client:
    with app.app_context(), unit_of_work.transaction():
        factory.person(SUPERVISOR, Role.SUPERVISOR)
        factory.panel(1, 2)
    return signed_in(EXPERT)


def opened(person: Client) -> Form:
    return next(form for form in person.page("/sheets/1").forms if form.element.get("id") == "sheet")


def written(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(ItemScore.strengths).where(ItemScore.strengths != "")))


@pytest.mark.parametrize("end", [suspend, revoke, step_aside, end_the_round, end_the_edition])
def test_a_page_that_is_still_open_writes_nothing_once_the_right_has_ended(
    end: Callable[[], None], app: Flask, at_work: Client
) -> None:
    form = opened(at_work)
    item = {name: value for name, value in form.values().items() if name.startswith("4.1.2-") or "4" not in name}
    item |= {"4.1.2-percent": "95", "4.1.2-strengths": LATE}
    with app.app_context(), unit_of_work.transaction():
        end()
    by_itself = at_work.post("/sheets/1/items/4.1.2", data=item, headers=FETCH)
    whole = at_work.send(form, "/sheets/1", "", {"4.1.2-percent": "95", "4.1.2-strengths": LATE})
    assert by_itself.status_code in {302, 303, 401, 403, 404, 409}, by_itself.status_code
    assert whole.status_code in {302, 303, 401, 403, 404, 409}, whole.status_code
    assert written(app) == []


@pytest.mark.parametrize("end", [suspend, revoke, step_aside])
def test_whoever_left_the_panel_meets_the_dossier_nowhere(end: Callable[[], None], app: Flask, at_work: Client) -> None:
    assert "/sheets/1" in at_work.page("/work").links()
    with app.app_context(), unit_of_work.transaction():
        end()
    for address in ("/sheets/1", "/assignments/1/dossier", "/assignments/1/files/1", "/sheets/1/receipt"):
        assert at_work.get(address).status_code in {302, 303, 403, 404}, address


def test_after_the_edition_an_expert_keeps_the_own_sheet_and_not_the_dossier(
    app: Flask, at_work: Client, signed_in: Callable[[str], Client]
) -> None:
    assert at_work.page("/sheets/1").all("div[@data-find-in]")
    assert at_work.get("/assignments/1/dossier").status_code == 200
    with app.app_context(), unit_of_work.transaction():
        factory.hand_in(sheet(), 60)
        end_the_edition()
    refused = at_work.get("/assignments/1/dossier")
    assert refused.status_code == 403
    assert "本届评审已经结束" in document(refused).text
    kept = at_work.page("/sheets/1")
    assert "600.00" in kept.text
    assert at_work.page("/sheets/1/receipt").text
    assert kept.all("div[@data-find-in]") == []
    assert signed_in(SUPERVISOR).page("/sheets/1").text
