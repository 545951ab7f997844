"""Editions: made from a rulebook, planned, opened once and for all; each way out of each service."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.audit.models import AuditEvent
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.errors import Forbidden, Invalid, NotReady, Stale, WrongState
from app.programmes import queries, services
from app.programmes.models import Edition, Programme
from app.workflow import EditionState, RoundState
from tests.factories.accounts import office, person
from tests.factories.programmes import STARTS, draft_edition, running_edition

KEYS = tuple(services.shipped_rulebooks())

ONE_ROUND = Path(__file__).parents[1] / "data" / "rulebooks" / "one-round.toml"


def recorded() -> list[str]:
    return list(db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def windows(edition: Edition) -> dict[str, services.Window]:
    return {period.key: (period.opens_at, period.closes_at) for period in edition.periods}


@pytest.mark.databases
@pytest.mark.parametrize("key", KEYS)
def test_every_shipped_rulebook_makes_an_edition_that_opens(app_context: Flask, key: str) -> None:
    edition = running_edition(office(), rulebook_key=key, code=key)
    rulebook = queries.rulebook_of(edition)
    assert edition.state == EditionState.RUNNING
    assert [round_.key for round_ in edition.rounds] == [rule.key for rule in rulebook.rounds]
    assert {round_.state for round_ in edition.rounds} == {RoundState.PLANNED}
    assert len(edition.periods) == len(rulebook.calendar)
    assert recorded() == ["edition.create", "edition.open"]


def test_the_default_calendar_is_in_the_awards_zone_and_without_gaps(app_context: Flask) -> None:
    edition = draft_edition(office())
    first, second = edition.periods[:2]
    assert first.opens_at == datetime(2026, 5, 4, 1, 0, tzinfo=UTC), "nine o'clock in Beijing"
    assert first.closes_at.astimezone(UTC).time().hour == 9, "five o'clock in Beijing"
    assert second.opens_at - first.closes_at == timedelta(hours=16)


def test_editions_of_one_award_share_its_programme(app_context: Flask) -> None:
    draft_edition(office(), code="SX2026", number=4)
    draft_edition(office(), code="SX2029", number=5)
    assert [programme.code for programme in db.session.scalars(select(Programme))] == ["shanxi"]


@pytest.mark.parametrize(
    ("key", "code", "field"), [("no-such", "SX2026", "rulebook_key"), ("shanxi-2021", "TAKEN", "code")]
)
def test_what_cannot_be_is_said_at_its_field(app_context: Flask, key: str, code: str, field: str) -> None:
    draft_edition(office(), code="TAKEN")
    with pytest.raises(Invalid) as refused:
        services.create_edition(office(), rulebook_key=key, number=4, code=code, starts=STARTS)
    assert refused.value.field == field


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OFFICE])
def test_only_the_office_makes_plans_and_opens(app_context: Flask, role: Role) -> None:
    edition, other = draft_edition(office()), person(role)
    attempts = (
        lambda: services.create_edition(other, rulebook_key="shanxi-2021", number=5, code="X", starts=STARTS),
        lambda: services.plan_periods(other, edition, {}, version=edition.version),
        lambda: services.replace_rulebook(other, edition, ""),
        lambda: services.open_edition(other, edition),
        lambda: services.mark_day(other, STARTS, working=False, note="x"),
        lambda: services.conclude_edition(other, edition),
    )
    for attempt in attempts:
        with pytest.raises(Forbidden):
            attempt()


def test_opening_twice_is_refused(app_context: Flask) -> None:
    edition = running_edition(office())
    with pytest.raises(WrongState):
        services.open_edition(office(), edition)
    assert len(edition.rounds) == len(queries.rulebook_of(edition).rounds)


@pytest.mark.databases
def test_after_the_opening_nothing_changes_the_rules(app_context: Flask) -> None:
    edition = running_edition(office())
    with pytest.raises(Forbidden):
        services.replace_rulebook(office(), edition, edition.rulebook)
    db.session.commit()
    with pytest.raises(DBAPIError, match="rulebook_frozen_rule"):
        db.session.execute(text("UPDATE edition SET rulebook = 'another'"))


def test_a_draft_takes_another_rulebook_whole_or_not_at_all(app_context: Flask) -> None:
    edition = draft_edition(office())
    before = edition.rulebook_digest
    with pytest.raises(NotReady) as refused:
        services.replace_rulebook(office(), edition, 'key = "x"')
    assert len(refused.value.missing) > 1, "every error at once"
    assert edition.rulebook_digest == before
    hefei = (services.RULEBOOKS / "hefei-2023.toml").read_text(encoding="utf-8")
    services.replace_rulebook(office(), edition, hefei)
    assert edition.rulebook_key == "hefei-2023"
    assert edition.rulebook_digest != before
    assert recorded()[-1] == "edition.change_rulebook"


def test_the_calendar_follows_another_rulebook_and_keeps_the_days_of_common_stages(app_context: Flask) -> None:
    edition = draft_edition(office())
    planned = windows(edition)
    opens, closes = planned["application"]
    later = (opens, closes + timedelta(days=3))
    services.plan_periods(office(), edition, planned | {"application": later}, version=edition.version)
    services.replace_rulebook(office(), edition, ONE_ROUND.read_text(encoding="utf-8"))
    fewer = windows(edition)
    assert fewer.keys() == {stage.key for stage in queries.rulebook_of(edition).calendar} < planned.keys()
    assert fewer["application"] == later
    assert [row.key for row in queries.calendar(edition)] == [period.key for period in edition.periods]
    shanxi = (services.RULEBOOKS / "shanxi-2021.toml").read_text(encoding="utf-8")
    services.replace_rulebook(office(), edition, shanxi)
    assert windows(edition) == planned | {"application": later}


def test_the_calendar_is_changed_and_a_stale_page_answered_with_both(app_context: Flask) -> None:
    edition = draft_edition(office())
    planned, read_at = windows(edition), edition.version
    opens, closes = planned["application"]
    services.plan_periods(
        office(), edition, planned | {"application": (opens, closes + timedelta(days=3))}, version=read_at
    )
    with pytest.raises(Stale) as stale:
        services.plan_periods(office(), edition, planned, version=read_at)
    assert stale.value.stored["application"] != stale.value.typed["application"]
    found = queries.period(edition, "application")
    assert found is not None
    assert found.closes_at == closes + timedelta(days=3)


def test_a_stage_cannot_end_before_it_begins(app_context: Flask) -> None:
    edition = draft_edition(office())
    opens, _closes = windows(edition)["application"]
    with pytest.raises(Invalid) as refused:
        services.plan_periods(office(), edition, {"application": (opens, opens)}, version=edition.version)
    assert refused.value.field == "application_closes_at"


def test_a_marked_day_counts_from_then_on(app_context: Flask) -> None:
    saturday = date(2026, 5, 16)
    assert not queries.working_calendar().is_working(saturday)
    services.mark_day(office(), saturday, working=True, note="调休")
    services.mark_day(office(), saturday, working=True, note="调休（更正）")
    assert queries.working_calendar().is_working(saturday)
    assert recorded() == ["workdays.edit"] * 2


def test_an_edition_concludes_only_when_it_runs(app_context: Flask) -> None:
    edition = draft_edition(office())
    with pytest.raises(WrongState):
        services.conclude_edition(office(), edition)
    services.open_edition(office(), edition)
    services.conclude_edition(office(), edition)
    assert edition.state == EditionState.CONCLUDED


def test_the_supervisor_cannot_open(app_context: Flask) -> None:
    with pytest.raises(Forbidden, match="秘书处"):
        services.open_edition(Actor(user_id=1, name="x", roles=frozenset({Role.SUPERVISOR})), draft_edition(office()))
