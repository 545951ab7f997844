"""All letters of an edition in one file: made in the background, followed on the page, taken along on record."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import jobs
from app.accounts.models import RoleGrant
from app.accounts.queries import actor_of_user
from app.audit.models import AuditEvent
from app.exports import services
from app.exports.models import Export
from app.kernel import files, unit_of_work
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.errors import Forbidden, NotReady
from app.outcomes.letters.models import Letter
from app.outcomes.letters.services import pdf_of
from app.programmes.models import Edition
from app.workflow import ExportState
from tests.factories import applications, scoring
from tests.factories import outcomes as made
from tests.factories.decisions import let_in
from tests.support.client import Client
from tests.support.server import FrozenClock

SignIn = Callable[[str], Client]
OFFICE = "office@example.org"


def person(role: Role) -> Actor:
    return actor_of_user(scoring.person(f"{role}@example.com", role))


def edition() -> Edition:
    return db.session.scalars(select(Edition)).one()


def written() -> list[Letter]:
    return list(db.session.scalars(select(Letter).order_by(Letter.sequence)))


def content(export: Export) -> bytes:
    with files.passing().open(export.sha256) as file:
        return file.read()


@pytest.mark.databases
def test_the_archive_holds_each_letter_as_its_very_sheet_and_a_list(
    app_context: Flask, frozen_clock: FrozenClock
) -> None:
    made.concluded(frozen_clock)
    export = services.order_letters(person(Role.SUPERVISOR), edition())
    db.session.commit()
    assert jobs.work_exports(threading.Event()) == 1
    assert export.state is ExportState.MADE
    letters = written()
    assert export.sheets == len(letters) > 0
    with zipfile.ZipFile(io.BytesIO(content(export))) as bag:
        assert bag.testzip() is None
        assert bag.namelist() == ["letters.csv", *(f"{letter.number}.pdf" for letter in letters)]
        assert all(bag.read(f"{letter.number}.pdf") == pdf_of(letter) for letter in letters)
        heading, *rows = bag.read("letters.csv").decode("utf-8-sig").splitlines()
    assert heading.startswith("函号,事由,收件人,")
    assert [row.rsplit(",", 1)[1] for row in rows] == [letter.digest for letter in letters]
    [kept] = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "export.make"))
    assert kept.detail["sha256"] == export.sha256


def test_made_again_it_is_the_same_file(app_context: Flask, frozen_clock: FrozenClock) -> None:
    made.concluded(frozen_clock)
    supervisor = person(Role.SUPERVISOR)
    first, second = (services.order_letters(supervisor, edition()) for _time in range(2))
    db.session.commit()
    assert jobs.work_exports(threading.Event()) == 2
    assert first.sha256 == second.sha256 != ""


@pytest.mark.parametrize("role", [Role.LEADER, Role.APPLICANT, Role.EXPERT, Role.COMMITTEE, Role.HEAD, Role.OPERATOR])
def test_only_who_sees_all_letters_takes_them_along(app_context: Flask, frozen_clock: FrozenClock, role: Role) -> None:
    made.concluded(frozen_clock)
    with pytest.raises(Forbidden):
        services.order_letters(person(role), edition())


def test_rights_that_ended_while_the_file_waited_leave_nothing(app_context: Flask, frozen_clock: FrozenClock) -> None:
    made.concluded(frozen_clock)
    supervisor = person(Role.SUPERVISOR)
    export = services.order_letters(supervisor, edition())
    db.session.delete(db.session.scalars(select(RoleGrant).where(RoleGrant.user_id == supervisor.user_id)).one())
    db.session.commit()
    jobs.work_exports(threading.Event())
    assert (export.state, export.sha256) == (ExportState.FAILED, "")


def test_an_edition_without_letters_has_no_archive_of_them(app_context: Flask) -> None:
    running = applications.running_edition()
    with pytest.raises(NotReady) as refused:
        services.order_letters(person(Role.OFFICE), running)
    assert list(refused.value.missing) == [services.NO_LETTERS]


def test_no_sheet_of_a_round_is_ordered_as_a_letter(signed_in: SignIn, app: Flask, frozen_clock: FrozenClock) -> None:
    with app.app_context(), unit_of_work.transaction():
        made.concluded(frozen_clock)
        let_in(OFFICE)
    office = signed_in(OFFICE)
    assert office.post("/rounds/1/exports/letters.zip").status_code == 404
    assert office.post("/rankings/1/exports/letters.zip").status_code == 404


def test_from_the_list_of_letters_to_the_download(
    app: Flask,
    frozen_clock: FrozenClock,
    open_window: Any,
    browser_sign_in: Any,
    assert_accessible: Any,
    tmp_path: Path,
) -> None:
    """The page of exports follows the work by itself and ends with the file."""
    with app.app_context(), unit_of_work.transaction():
        made.concluded(frozen_clock)
        numbers = [letter.number for letter in written()]
        let_in(OFFICE)
    page = open_window(accept_downloads=True).page
    browser_sign_in(page, OFFICE)
    page.goto("/letters")
    assert_accessible(page)
    page.get_by_role("button", name="打包全部函件").click()
    page.wait_for_url("**/exports?edition=*")
    assert "正在等待处理" in page.inner_text("[data-job-text]")
    assert_accessible(page)
    with app.app_context():
        jobs.work_exports(threading.Event())
    link = page.get_by_role("link", name="全部函件")
    link.wait_for()
    assert page.locator("[data-job]").count() == 0
    with page.expect_download() as started:
        link.click()
    started.value.save_as(tmp_path / "letters.zip")
    with zipfile.ZipFile(tmp_path / "letters.zip") as bag:
        assert {f"{number}.pdf" for number in numbers} < set(bag.namelist())
