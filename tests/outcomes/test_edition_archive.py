"""An archived edition: what must be settled first, what is recorded, and that the database takes nothing more of it."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import doctor, jobs
from app.audit.models import AuditEvent
from app.demo.story import CODE
from app.kernel import unit_of_work
from app.kernel.actor import Actor, Role
from app.kernel.database import Base, db
from app.kernel.errors import Forbidden, NotReady
from app.outcomes import archiving, edition_archive, sealing, services
from app.outcomes.models import Outcome, RevokedFor
from app.programmes.models import Edition
from app.workflow import EditionState
from tests.support.client import Client
from tests.support.sealed import refused, rows_of, unsealed

pytestmark = pytest.mark.demo("result")
OFFICE = Actor(user_id=2, name="秘书处示例", roles=frozenset({Role.OFFICE}))


def edition() -> Edition:
    return db.session.scalars(select(Edition).where(Edition.code == CODE)).one()


def bundled() -> None:
    with unit_of_work.transaction():
        archiving.order(OFFICE, edition())
    jobs.work_bundles(threading.Event())


def archived() -> Edition:
    bundled()
    with unit_of_work.transaction():
        edition_archive.archive(OFFICE, edition())
    return edition()


@pytest.mark.databases(rare="postgresql")
def test_the_database_refuses_every_change_of_every_table_of_an_archived_edition(app_context: Flask) -> None:
    tried, done = unsealed(archived().id)
    assert done == []
    assert len(tried) > 40, "the demo holds rows of most tables"


@pytest.mark.databases(rare="postgresql")
def test_a_running_edition_is_not_sealed(app_context: Flask) -> None:
    found = edition().id
    for name, way in sealing.sealed().items():
        table = Base.metadata.tables[name]
        for row in rows_of(table, found, way)[:1]:
            key = next(iter(table.primary_key)).name
            same = f'UPDATE "{name}" SET "{key}" = "{key}" WHERE "{key}" = {row!r}'  # noqa: S608
            assert not refused(same, by=(sealing.SEAL,)), name


def test_every_table_of_an_edition_is_sealed_or_says_why_not(app_context: Flask) -> None:
    assert set(sealing.LIVES_ON) <= set(sealing.ways())
    assert sealing.not_laid(db.session.connection()) == []
    free = set(Base.metadata.tables) - set(sealing.ways())
    assert {"application", "score_sheet", "ballot", "ranking_row", "draw_party"} <= set(sealing.sealed())
    assert {"user", "expert", "applicant", "audit_head"} <= free, "people and the pool outlive an edition"


@pytest.mark.databases(rare="postgresql")
def test_archiving_records_the_bundle_and_the_doctor_is_content(app_context: Flask) -> None:
    found = archived()
    event = edition_archive.archived(found)
    assert event is not None
    newest = archiving.bundles_of(found)[0]
    assert (event.detail["public"], event.detail["full"]) == (newest.public_sha256, newest.full_sha256)
    assert [finding for finding in doctor.examine() if finding.faults] == []


def test_an_honour_of_an_archived_edition_is_revoked_and_nothing_else_of_it_changes(app_context: Flask) -> None:
    found = archived()
    outcome = db.session.scalars(select(Outcome).where(Outcome.edition_id == found.id)).first()
    assert outcome is not None
    with unit_of_work.transaction():
        services.revoke(OFFICE, outcome, reason="事故重大。", because=RevokedFor.INCIDENT)
    assert [finding for finding in doctor.examine() if finding.faults] == []


def test_without_a_bundle_of_everything_nothing_is_archived(app_context: Flask) -> None:
    with pytest.raises(NotReady):
        edition_archive.archive(OFFICE, edition())
    bundled()
    outcome = db.session.scalars(select(Outcome).where(Outcome.edition_id == edition().id)).first()
    assert outcome is not None
    with unit_of_work.transaction():
        services.revoke(OFFICE, outcome, reason="弄虚作假。", because=RevokedFor.FRAUD)
    with pytest.raises(NotReady) as told:
        edition_archive.archive(OFFICE, edition())
    assert "存档包" in str(told.value.missing[-1]), "what was revoked since is not in it"
    supervisor = Actor(user_id=3, name="监督员", roles=frozenset({Role.SUPERVISOR}))
    with pytest.raises(Forbidden):
        edition_archive.archive(supervisor, edition())


def test_pages_say_that_it_is_archived_and_a_late_write_is_answered_in_words(
    app: Flask, client: Client, signed_in: Callable[[str], Client]
) -> None:
    with app.app_context():
        bundled()
        found = edition().id
    office = signed_in("office@demo.example")
    assert "还有 36 份申报没有收到反馈报告" in office.page(f"/editions/{found}/archive").text
    assert office.submit(f"/editions/{found}/archive", form="/archive").status_code == 303
    page = office.page(f"/outcomes/archive?edition={found}").text
    assert "由秘书处" in page
    assert "归档时的完整版存档包" in page
    assert "本届已归档，只能查看。" in office.page(f"/outcomes?edition={found}").text
    assert "归档。" in client.page(f"/results/{CODE}").text
    with app.app_context():
        assert edition().state is EditionState.ARCHIVED
        assert db.session.scalar(select(func.count()).where(AuditEvent.action == "edition.archive")) == 1
