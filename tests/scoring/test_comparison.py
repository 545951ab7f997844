"""Groups side by side after a round, exact; and the head's report to the committee, version by version."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.audit.models import AuditEvent
from app.kernel import unit_of_work
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.errors import Forbidden, Invalid
from app.scoring import comparison, queries, services
from app.scoring.comparison import Rated
from tests.factories import scoring as factory

HEAD, OFFICE, COMMITTEE = "head@example.org", "office@example.org", "member@example.org"
SUPERVISOR = "supervisor@example.org"


def rated(group: str, dossier: str, expert: str, total: int, *percents: int) -> Rated:
    return Rated(group, dossier, expert, f"专家{expert}", total, percents or (50,))


SHEETS = (
    rated("a", "1", "E1", 10000, 0, 20, 25),
    rated("a", "1", "E2", 11000, 85, 100),
    rated("a", "2", "E1", 9001, 60),
    rated("b", "3", "E2", 12000, 65, 80),
)


def test_means_and_spreads_are_exact() -> None:
    a, b = comparison.groups_of(SHEETS)
    assert (a.key, a.dossiers, a.sheets, a.mean) == ("a", 2, 3, Fraction(30001, 3))
    assert (a.lowest, a.highest, a.apart) == (9001, 11000, Fraction(500))
    assert comparison.shown(a.mean) == "500.02"
    assert a.use.counts == (2, 1, 1, 0, 2)
    assert (a.use.levels, a.use.lowest, a.use.highest) == (6, 0, 100)
    assert sum(b.use.shares) == 100


def test_an_expert_is_compared_with_the_others_on_the_same_dossiers_only() -> None:
    first, second = comparison.experts_of(SHEETS)
    assert (first.number, first.offset) == ("E1", Fraction(-1000))
    assert (second.number, second.offset, second.sheets) == ("E2", Fraction(1000), 2)
    assert comparison.shown(second.offset, signed=True) == "+50.00"
    (alone,) = comparison.experts_of(SHEETS[3:])
    assert (alone.offset, comparison.shown(alone.offset)) == (None, "—")


# --- the report ---------------------------------------------------------------------------------------------------


@pytest.fixture
def arrange(app: Flask) -> Callable[[], object]:
    @contextmanager
    def arranging() -> Iterator[None]:
        with app.app_context(), unit_of_work.transaction():
            for email, role in ((HEAD, Role.HEAD), (OFFICE, Role.OFFICE), (SUPERVISOR, Role.SUPERVISOR)):
                factory.person(email, role)
            yield

    return arranging


def head() -> Actor:
    user = factory.person(HEAD, Role.HEAD)
    return Actor(user_id=user.id, name=user.name, roles=frozenset({Role.HEAD}))


@pytest.mark.databases
@pytest.mark.usefixtures("app_context")
def test_every_version_of_a_report_stays_with_its_comparison() -> None:
    made = factory.reviewed([[60, 70, 65], [50, 55, 60]])
    first = services.write_report(head(), made.round, text="各组尺度一致。")
    second = services.write_report(head(), made.round, text="各组尺度一致，建议通过。")
    assert [each.number for each in queries.reports(made.edition.id)] == [2, 1]
    assert first.content["groups"][0]["mean"] == "600/1"
    assert second.content["text"].endswith("建议通过。")
    assert first.digest != second.digest
    db.session.commit()
    for statement in ("UPDATE committee_report SET number = 9", "DELETE FROM committee_report"):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(text(statement))


@pytest.mark.usefixtures("app_context")
def test_nothing_is_compared_or_reported_before_the_round_has_ended_nor_by_anybody_else() -> None:
    made = factory.reviewed([[60, 70, 65]], close=False)
    with pytest.raises(Forbidden):
        services.write_report(head(), made.round, text="太早")
    services.close_round(factory.office(), made.round)
    with pytest.raises(Forbidden):
        services.write_report(factory.office(), made.round, text="秘书处")
    with pytest.raises(Invalid):
        services.write_report(head(), made.round, text=" ")


def test_the_head_compares_writes_and_the_committee_reads_a_paper(arrange, signed_in, app: Flask) -> None:
    with arrange():
        made = factory.reviewed([[60, 70, 65]], close=False)
        factory.person(COMMITTEE, Role.COMMITTEE, edition_id=made.edition.id)
    desk = signed_in(HEAD)
    assert desk.get("/rounds/1/comparison").status_code == 404
    with app.app_context(), unit_of_work.transaction():
        services.close_round(factory.office(), queries.find_round(1))  # type: ignore[arg-type]
    assert "/rounds/1/comparison" in desk.page("/committee-reports").links()
    page = desk.page("/rounds/1/comparison")
    assert "650.00" in page.text
    assert "专家001" in page.text
    assert desk.submit("/rounds/1/committee-report", form="committee-report", body="尺度一致。").status_code == 303
    assert "尺度一致。" in desk.page("/rounds/1/committee-report").text
    member = signed_in(COMMITTEE)
    assert "/committee-reports/1" in member.page("/committee-reports").links()
    paper = member.page("/committee-reports/1")
    assert "尺度一致。" in paper.text
    assert "专家001" not in paper.text
    for who, status in ((COMMITTEE, 404), (OFFICE, 404), (SUPERVISOR, 200)):
        assert signed_in(who).get("/rounds/1/comparison").status_code == status
    with app.app_context():
        looks = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "comparison.read")).all()
        assert {look.actor_name for look in looks} == {"head", "supervisor"}
