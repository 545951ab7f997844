"""Files that leave the house: what is in them, who may have them, how long, and what stays on record."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import doctor, jobs
from app.accounts.models import RoleGrant, User
from app.accounts.queries import actor_of_user
from app.audit.models import AuditEvent
from app.exports import making, queries, services
from app.exports.models import Export
from app.exports.rules import ExportFormat, ExportKind, is_offered
from app.kernel import clock, files
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.errors import Forbidden, NotFound, NotReady
from app.ranking import services as rankings
from app.workflow import ExportState
from tests.factories import scoring
from tests.factories.ranking import ranked

SCORES, COMMENTS, SUMMARY, LETTERS = ExportKind
XLSX, CSV, PDF, ZIP = ExportFormat


def person(email: str, role: Role) -> Actor:
    return actor_of_user(scoring.person(email, role))


@pytest.fixture
def supervisor(app_context: Flask) -> Actor:
    return person("supervisor@example.org", Role.SUPERVISOR)


@pytest.fixture
def office(app_context: Flask) -> Actor:
    return person("office@example.org", Role.OFFICE)


def leader_of(made: scoring.Panel) -> Actor:
    user = scoring.person(made.experts[0].email, Role.LEADER)
    db.session.expire_all()
    return actor_of_user(user)


def content(export: Export) -> str:
    with files.passing().open(export.sha256) as file:
        return file.read().decode("utf-8-sig")


def events(action: str) -> list[AuditEvent]:
    return list(db.session.scalars(select(AuditEvent).where(AuditEvent.action == action)))


@pytest.mark.databases
def test_a_file_is_made_kept_under_its_digest_and_on_record(supervisor: Actor) -> None:
    made = scoring.reviewed([(75, 70)], close=False)
    export = services.order(supervisor, made.round, SCORES, CSV)
    making.make_now(export)
    text = content(export)
    assert text.splitlines()[0].startswith("编号,申报者,组别,轮次,专家,专家姓名,")
    assert "专家001," in text
    assert text.splitlines()[1].endswith(",750.00")
    [ordered], [kept] = events("export.order"), events("export.make")
    assert (ordered.actor_id, ordered.detail["kind"], ordered.detail["sheets"]) == (supervisor.user_id, "scores", 2)
    assert kept.detail["sha256"] == export.sha256
    assert [fault for finding in doctor.examine() for fault in finding.faults if "export" in fault] == []


def test_scores_are_exact_twentieths_in_two_decimals(supervisor: Actor) -> None:
    made = scoring.panel(1, 1)
    codes = [row.code for row in scoring.queries.item_rows(made.sheet().id)]
    scoring.hand_in(made.sheet(), dict.fromkeys(codes, 50) | {codes[0]: 35, codes[1]: 5})
    export = services.order(supervisor, made.round, SCORES, CSV)
    making.make_now(export)
    rows = [line.split(",") for line in content(export).splitlines()]
    [row] = rows[1:]
    items = [row[place] for place in range(6, len(row) - 1) if row[place]]
    assert len(items) == len(codes)
    assert all(cell[-3] == "." for cell in items)
    assert sum(round(100 * float(cell)) for cell in items) == round(100 * float(row[-1]))


def test_the_office_gets_no_score_before_the_ranking_is_confirmed_and_no_name_afterwards(office: Actor) -> None:
    made, ranking = ranked([(75, 70, 65), (60, 60, 60)])
    with pytest.raises(NotReady):
        services.order(office, made.round, SCORES, CSV)
    with pytest.raises(NotFound):
        services.order(office, made.round, SCORES, CSV, ranking_id=ranking.id)
    rankings.confirm(scoring.office(), ranking)
    export = services.order(office, made.round, COMMENTS, CSV, ranking_id=ranking.id)
    making.make_now(export)
    text = content(export)
    assert all(expert.name not in text and expert.number not in text for expert in made.experts)
    assert {line.split(",")[4] for line in text.splitlines()[1:] if line.startswith("SX")} == {"A", "B", "C"}
    with pytest.raises(NotReady):
        services.order(office, made.round, SCORES, CSV)


def test_a_leader_takes_along_the_dossiers_that_are_complete(app_context: Flask) -> None:
    made = scoring.panel(2, 2)
    for dossier, expert in ((0, 0), (0, 1), (1, 0)):
        scoring.hand_in(made.sheet(dossier, expert))
    export = services.order(leader_of(made), made.round, COMMENTS, CSV)
    assert export.sheets == 3  # both of the complete dossier, and his own of the other
    making.make_now(export)
    text = content(export)
    others = [line for line in text.splitlines() if made.dossiers[1].number in line and made.experts[1].number in line]
    assert others == []
    assert made.experts[1].number in text


@pytest.mark.parametrize(
    "role", [Role.APPLICANT, Role.EXPERT, Role.RECOMMENDER, Role.COMMITTEE, Role.OPERATOR, Role.HEAD]
)
def test_nobody_else_orders_a_file(app_context: Flask, role: Role) -> None:
    made = scoring.reviewed([(75, 70)], close=False)
    with pytest.raises(Forbidden):
        services.order(person(f"{role}@example.org", role), made.round, SCORES, CSV)


def test_rights_that_ended_while_the_file_waited_leave_nothing(supervisor: Actor) -> None:
    made = scoring.reviewed([(75, 70)], close=False)
    export = services.order(supervisor, made.round, SCORES, XLSX)
    db.session.delete(db.session.scalars(select(RoleGrant).where(RoleGrant.user_id == supervisor.user_id)).one())
    db.session.commit()
    assert jobs.work_exports(threading.Event()) == 1
    assert export.state is ExportState.FAILED
    assert export.sha256 == ""
    [failed] = events("export.fail")
    assert "不能查看" in failed.reason


@pytest.mark.databases
def test_the_clock_makes_what_is_large_and_deletes_it_after_a_day(supervisor: Actor, frozen_clock: Any) -> None:
    made = scoring.reviewed([(75, 70)], close=False)
    export = services.order(supervisor, made.round, SCORES, XLSX)
    db.session.commit()
    assert (jobs.work_exports(threading.Event()), jobs.work_exports(threading.Event())) == (1, 0)
    assert export.state is ExportState.MADE
    kept = files.passing().path(export.sha256)
    assert kept.is_file()
    assert services.expire() == 0
    frozen_clock.move_to(clock.now() + timedelta(days=1, minutes=1))
    assert services.expire() == 1
    assert (export.state, kept.exists()) == (ExportState.EXPIRED, False)
    assert len(events("export.expire")) == 1


def test_the_same_bytes_stay_while_another_file_still_holds_them(supervisor: Actor, frozen_clock: Any) -> None:
    made = scoring.reviewed([(75, 70)], close=False)
    first = services.order(supervisor, made.round, SCORES, CSV)
    making.make_now(first)
    frozen_clock.move_to(clock.now() + timedelta(hours=20))
    second = services.order(supervisor, made.round, SCORES, CSV)
    making.make_now(second)
    assert first.sha256 == second.sha256
    frozen_clock.move_to(clock.now() + timedelta(hours=5))
    assert services.expire() == 1
    assert files.passing().is_sound(second.sha256)


def test_heads_are_in_the_language_of_the_person(supervisor: Actor) -> None:
    made = scoring.reviewed([(75, 70)], close=False)
    db.session.get_one(User, supervisor.user_id).language = "en"
    export = services.order(actor_of_user(db.session.get_one(User, supervisor.user_id)), made.round, SCORES, CSV)
    making.make_now(export)
    first = content(export).splitlines()[0]
    assert first.startswith("Number,Applicant,Group,Round,Expert,")
    assert not any("\u4e00" <= sign <= "\u9fff" for sign in first)
    assert export.filename.startswith("SX2026-")


@pytest.mark.parametrize(
    ("kind", "suffix", "ranked_by", "offered"),
    [
        ("scores", "csv", False, True),
        ("comments", "xlsx", True, True),
        ("summary", "pdf", True, True),
        ("summary", "pdf", False, False),
        ("summary", "csv", True, False),
        ("scores", "pdf", True, False),
        ("votes", "csv", True, False),
        (LETTERS, ZIP, False, False),
        (LETTERS, ZIP, True, False),
    ],
)
def test_what_is_offered(kind: str, suffix: str, ranked_by: bool, *, offered: bool) -> None:  # noqa: FBT001
    assert is_offered(kind, suffix, ranked=ranked_by) is offered


def test_the_list_of_files_is_ones_own(supervisor: Actor, office: Actor) -> None:
    made = scoring.reviewed([(75, 70)], close=False)
    services.order(supervisor, made.round, SCORES, CSV)
    assert len(queries.ordered(supervisor, made.edition.id)) == 1
    assert queries.ordered(office, made.edition.id) == []
