"""An earlier honour stands against an application in the formal check, by credit code or by the published name."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.applications.models import Application
from app.intake.queries import eligibility
from app.kernel.database import db
from app.outcomes import services
from app.outcomes.models import Outcome, RevokedFor
from app.outcomes.rules import PastWinner
from app.programmes.rules.values import ApplicantKind
from tests.factories import applications as make
from tests.factories.accounts import office

pytestmark = pytest.mark.usefixtures("app_context")


def won(application: Application, *, level: str = "质量奖", number: int = 3, **changes: Any) -> None:
    """A past edition in which the applicant's name was honoured, or with changes somebody else's."""
    given = {"name": application.name, "kind": application.kind.value, **changes}
    winner = PastWinner(level=level, region_code="140200", group="", **given)
    services.record_past_edition(
        office(),
        rulebook_key="shanxi-2021",
        code=f"P{number}",
        number=number,
        published_on=date(2023, 6, 1),
        rows=[winner],
    )


def the_outcome(name: str) -> Outcome:
    return db.session.scalars(select(Outcome).where(Outcome.name == name)).one()


def clauses(application: Application) -> list[str]:
    return [reason.clause for reason in eligibility(application)]


@pytest.fixture
def application() -> Application:
    return make.submitted_application(make.running_edition())


@pytest.mark.parametrize(
    ("past", "expected"),
    [
        ({}, ["eligibility.winner_bans.award"]),
        ({"number": 2}, []),  # the ban has run out
        ({"level": "提名奖"}, []),  # a nomination bars nobody
        ({"name": "另一家"}, []),
        ({"kind": "individual"}, []),  # its employee's honour
    ],
)
def test_a_name_that_won_last_time_is_barred(
    application: Application, past: dict[str, Any], expected: list[str]
) -> None:
    won(application, **past)
    assert clauses(application) == expected


def test_a_name_changed_between_editions_is_known_by_its_code(application: Application) -> None:
    won(application, name="旧名", credit_code=application.credit_code)
    assert clauses(application) == ["eligibility.winner_bans.award"]


def test_the_same_name_under_another_code_is_somebody_else(application: Application) -> None:
    won(application, credit_code="911402000000000000")
    assert clauses(application) == []


def test_the_honour_of_the_parent_group_warns(application: Application) -> None:
    application.answers = {**application.answers, "parent": "太行集团"}
    won(application, name="太行集团")
    assert clauses(application) == ["eligibility.parent_win"]


def test_an_employee_is_not_barred_by_the_employer() -> None:
    application = make.submitted_application(make.running_edition(), kind=ApplicantKind.INDIVIDUAL)
    won(application, name="雇主", kind="organisation", credit_code=application.credit_code)
    assert clauses(application) == []


@pytest.mark.parametrize(
    ("because", "later", "barred"),
    [
        (RevokedFor.INCIDENT, 1, ["watch.incident_ban_editions"]),
        (RevokedFor.INCIDENT, 2, []),
        (RevokedFor.FRAUD, 1, ["watch.fraud_ban_editions"]),
        (RevokedFor.FRAUD, 2, ["watch.fraud_ban_editions"]),
        (RevokedFor.FRAUD, 3, []),
    ],
)
def test_a_revoked_honour_keeps_out_of_as_many_editions_as_the_rules_say(
    application: Application, because: RevokedFor, later: int, barred: list[str]
) -> None:
    won(application)
    services.revoke(office(), the_outcome(application.name), reason="核实后撤销", because=because)
    application.edition.number = the_outcome(application.name).edition.number + later
    assert clauses(application) == barred
