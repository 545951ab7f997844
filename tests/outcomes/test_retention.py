"""What is taken out when its term is over: by two people, through one narrow door, and everything that verifies still does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import User
from app.applications.models import Applicant, AvoidedExpert, EvidenceFile, StaffList
from app.audit.models import AuditEvent
from app.config import Settings, SettingsInvalid
from app.demo.story import CODE
from app.experts.services import remove_expert, restore_expert
from app.kernel import clock, files, signing, unit_of_work
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.errors import Forbidden, NotReady
from app.outcomes import archiving
from app.outcomes.letters.models import Letter
from app.outcomes.models import Outcome
from app.outcomes.retention import queries, services
from app.outcomes.retention.models import RetentionKind
from app.outcomes.retention.rules import due_on
from app.outcomes.watch import services as watch
from app.outcomes.watch.models import FactKind
from app.workflow import RetentionState
from tests.factories.retention import (
    LATER,
    OFFICE,
    archived,
    bundled,
    confirmed,
    edition,
    faults,
    naming,
    refused,
    seated,
    second,
    settings,
    wished,
    work,
)
from tests.support.bundles import checked
from tests.support.client import Client
from tests.support.server import FrozenClock

demo = pytest.mark.demo("result")


# --- the rule -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("archived_on", "years", "due"),
    [
        (date(2026, 6, 1), 10, date(2036, 6, 1)),
        (date(2028, 2, 29), 10, date(2038, 3, 1)),
        (date(2028, 2, 29), 4, date(2032, 2, 29)),
        (date(2096, 2, 29), 4, date(2100, 3, 1)),
    ],
)
def test_a_term_ends_on_the_same_day_years_later(archived_on: date, years: int, due: date) -> None:
    assert due_on(archived_on, years) == due


def test_a_term_is_a_whole_number_of_years(tmp_path: Path) -> None:
    given = {"INSTANCE_PATH": str(tmp_path), "RETENTION_FILES_YEARS": "15"}
    assert Settings.from_environment(given).retention_files_years == 15
    with pytest.raises(SettingsInvalid):
        Settings.from_environment(given | {"RETENTION_NAMES_YEARS": "0"})


# --- what goes and what stays ---------------------------------------------------------------------------------------


@demo
@pytest.mark.databases(rare="postgresql")
def test_files_go_and_their_digests_stay(app_context: Flask, running_clock: FrozenClock) -> None:
    archived(running_clock)
    named = {each.id: each.sha256 for each in db.session.scalars(select(EvidenceFile))}
    act = confirmed(app_context, RetentionKind.FILES)
    work(app_context, turns=1)
    assert all(files.store().is_sound(sha) for sha in named.values()), "bytes go only after the act is committed"
    work(app_context, turns=1)
    assert act.state is RetentionState.DONE
    assert act.counts["evidence_file"] == len(named) > 0
    assert {each.id: each.sha256 for each in db.session.scalars(select(EvidenceFile))} == named
    with pytest.raises(files.Erased):
        files.store().open(next(iter(named.values())))
    assert faults() == []
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "retention_act.carry_out")).one()
    assert (event.detail["counts"], event.detail["digest"]) == (act.counts, act.digest)
    assert queries.counts(edition(), RetentionKind.FILES, settings(app_context)) == {}


@demo
def test_the_doctor_tells_a_file_that_was_let_go_and_came_back_and_one_that_is_lost(
    app_context: Flask, running_clock: FrozenClock
) -> None:
    archived(running_clock)
    sha = db.session.scalars(select(EvidenceFile.sha256)).all()[0]
    confirmed(app_context, RetentionKind.FILES)
    work(app_context)
    files.store().path(sha).write_bytes(b"back")
    assert [check for check, _faults in faults()] == ["期满删除的文件确已不在"]
    files.store().path(sha).unlink()
    files.store().remove(archiving.bundles_of(edition())[0].public_sha256)
    assert [check for check, _faults in faults()] == ["每个文件都在，且内容与摘要一致"]


@demo
@pytest.mark.databases(rare="postgresql")
def test_contacts_go_through_a_door_that_is_open_for_nothing_else(
    app_context: Flask, running_clock: FrozenClock
) -> None:
    archived(running_clock)
    changed = "UPDATE staff_list SET names = ''"
    assert refused(changed)
    act = confirmed(app_context, RetentionKind.CONTACTS)
    assert refused("UPDATE staff_list SET version = 9")
    assert refused("UPDATE application SET name = 'x'")
    assert refused("DELETE FROM avoided_expert")
    assert not refused(changed)
    db.session.rollback()
    work(app_context)
    assert act.state is RetentionState.DONE
    assert db.session.scalar(select(func.count()).where(StaffList.names != "")) == 0
    assert set(db.session.scalars(select(AvoidedExpert.name))) == {""}
    assert refused("UPDATE staff_list SET names = 'x'"), "the door is shut again"
    assert faults() == []


@demo
@pytest.mark.databases(rare="postgresql")
def test_letters_to_applicants_go_with_the_files_and_answers_with_the_contacts(
    app_context: Flask, running_clock: FrozenClock
) -> None:
    archived(running_clock)
    emptied = "UPDATE letter SET content = '{}', digest = '' WHERE application_id IS NOT NULL"
    assert refused(emptied)
    written = db.session.scalar(select(func.count()).where(Letter.application_id.is_not(None)))
    answered = db.session.scalar(select(func.count()).where(Letter.objection_id.is_not(None)))
    assert (written or 0) > 0
    assert queries.counts(edition(), RetentionKind.FILES, settings(app_context))["letter"] == written
    assert queries.counts(edition(), RetentionKind.CONTACTS, settings(app_context)).get("answer", 0) == answered
    confirmed(app_context, RetentionKind.FILES)
    assert refused("UPDATE letter SET number = 'x'")
    assert refused("DELETE FROM letter")
    work(app_context)
    kept = db.session.scalars(select(Letter).where(Letter.digest != "")).all()
    assert all(letter.objection_id is not None for letter in kept)
    assert refused("UPDATE letter SET digest = 'x'"), "the door is shut again"
    assert len(db.session.scalars(select(AuditEvent).where(AuditEvent.action == "letter.issue")).all()) == (
        (written or 0) + (answered or 0)
    )
    confirmed(app_context, RetentionKind.CONTACTS)
    work(app_context)
    assert db.session.scalar(select(func.count()).where(Letter.digest != "")) == 0
    assert faults() == []


@demo
@pytest.mark.databases(rare="postgresql")
def test_an_expert_who_left_goes_by_his_number_and_the_bundles_still_verify(
    app_context: Flask, running_clock: FrozenClock, tmp_path: Path
) -> None:
    archived(running_clock)
    before = archiving.bundles_of(edition())[0]
    store, key = files.store(), signing.public_key()
    with store.open(before.public_sha256) as public, store.open(before.full_sha256) as full:
        made = public.read(), full.read()
    expert = seated()
    name, number, email = expert.name, expert.number, expert.email
    with unit_of_work.transaction():
        remove_expert(OFFICE, expert, reason="本人要求离库。")
    act = confirmed(app_context, RetentionKind.NAMES)
    work(app_context)
    assert act.counts == {"expert": 1, "bundle": 1, "pool_import": 1}
    assert (expert.name, expert.employer, expert.user_id is not None) == (number, "", True)
    assert db.session.scalar(select(func.count()).where(User.email == email)) == 0
    assert faults() == []
    for each in made:
        assert checked(each, tmp_path, "--key", key)[0] == 0, "bundles that people hold verify as before"
    assert store.is_sound(before.public_sha256)
    assert not store.is_sound(before.full_sha256)
    again = bundled()
    with store.open(again.full_sha256) as full:
        content = full.read()
    assert checked(content, tmp_path, "--key", key)[0] == 0, "a new one has the number where the name stood"
    assert (naming(content, name), faults()) == ({"audit/events.jsonl"}, []), "the audit log alone keeps who acted"
    with pytest.raises(NotReady):
        restore_expert(OFFICE, expert)


@demo
def test_an_experts_wish_is_answered_once_he_has_left(app_context: Flask, running_clock: FrozenClock) -> None:
    expert = seated()
    with pytest.raises(NotReady) as told:
        services.propose_by_wish(OFFICE, expert, reason="来信要求。")
    assert len(told.value.missing) == 2, "he is in the pool, and what he judged is not archived"
    archived(running_clock)
    with unit_of_work.transaction():
        remove_expert(OFFICE, expert, reason="本人要求离库。")
    act = wished(app_context, expert)
    work(app_context)
    assert (act.state, expert.name) == (RetentionState.DONE, expert.number)
    assert act.counts == {"expert": 1, "pool_import": 1, "text": 1}, "the reason of the act named him"
    assert expert not in queries.departed()
    assert faults() == []


# --- who and when -------------------------------------------------------------------------------------------------


@demo
def test_nothing_goes_before_its_term_by_one_person_or_by_others(
    app_context: Flask, running_clock: FrozenClock
) -> None:
    with pytest.raises(NotReady):
        services.propose_by_term(
            OFFICE, edition(), RetentionKind.FILES, reason="期满。", settings=settings(app_context)
        )
    archived(running_clock)
    running_clock.move_to(clock.now() - timedelta(days=365 * 9))
    with pytest.raises(NotReady) as early:
        services.propose_by_term(
            OFFICE, edition(), RetentionKind.FILES, reason="期满。", settings=settings(app_context)
        )
    assert "才满" in str(early.value.missing[0])
    running_clock.move_to(clock.now() + LATER)
    supervisor = Actor(user_id=3, name="监督员", roles=frozenset({Role.SUPERVISOR}))
    given = {"reason": "期满。", "settings": settings(app_context)}
    with pytest.raises(Forbidden):
        services.propose_by_term(supervisor, edition(), RetentionKind.FILES, **given)  # type: ignore[arg-type]
    act = services.propose_by_term(OFFICE, edition(), RetentionKind.FILES, **given)  # type: ignore[arg-type]
    with pytest.raises(Forbidden):
        services.confirm(OFFICE, act, settings(app_context))
    with pytest.raises(NotReady):
        services.propose_by_term(OFFICE, edition(), RetentionKind.FILES, **given)  # type: ignore[arg-type]
    services.refuse(second(), act, reason="再保存一年。")
    assert (act.state, act.decision) == (RetentionState.REFUSED, "再保存一年。")


@demo
def test_what_may_lead_to_a_revocation_holds_everything_even_after_two_have_agreed(
    app_context: Flask, running_clock: FrozenClock
) -> None:
    found = archived(running_clock)
    act = confirmed(app_context, RetentionKind.FILES)
    outcome = db.session.scalars(select(Outcome).where(Outcome.edition_id == found.id)).all()[0]
    with unit_of_work.transaction():
        watch.record_fact(OFFICE, outcome, kind=FactKind.ACCIDENT, text="发生事故，正在核实。")
    work(app_context)
    assert act.state is RetentionState.STOPPED
    assert "保全" in act.decision
    assert all(files.store().is_sound(sha) for sha in db.session.scalars(select(EvidenceFile.sha256)))
    assert "保全" in str(queries.missing_by_term(found, RetentionKind.FILES, settings(app_context))[0])


# --- the pages ----------------------------------------------------------------------------------------------------


@demo
def test_one_person_proposes_and_another_confirms_on_the_pages(
    app: Flask, signed_in: Callable[[str], Client], running_clock: FrozenClock
) -> None:
    with app.app_context():
        found = archived(running_clock).id
        with unit_of_work.transaction():
            expert = seated()
            remove_expert(OFFICE, expert, reason="本人要求离库。")
        wished, number = expert.id, expert.number
    office, other = signed_in("office@demo.example"), signed_in("office2@demo.example")
    page = office.page("/retention").text
    assert "申报材料的文件" in page
    assert number in page
    assert office.submit(f"/retention/editions/{found}/files", reason="").status_code == 422
    assert office.submit(f"/retention/editions/{found}/files", reason="期满。").status_code == 303
    assert "须由提出人以外的另一人确认。" in office.page("/retention/1").text
    assert office.get("/retention/1/confirm").status_code == 403
    assert other.submit("/retention/1/confirm", form="/confirm").status_code == 303
    assert office.submit(f"/retention/experts/{wished}", reason="来信要求。").status_code == 303
    assert other.submit("/retention/2/refuse", form="/refuse", reason="须先核实身份。").status_code == 303
    with app.app_context():
        work(app)
    assert "已执行" in signed_in("supervisor@demo.example").page("/retention/1").text
    assert "没有可处理的" in office.page("/retention").text
    assert signed_in("expert@demo.example").get("/retention").status_code == 403


@demo
def test_the_command_prints_what_is_due(app: Flask, running_clock: FrozenClock) -> None:
    with app.app_context():
        archived(running_clock)
    printed = app.test_cli_runner().invoke(args=["retention"]).output
    lines = [line for line in printed.splitlines() if CODE in line]
    assert len(lines) == len(queries.BY_TERM)
    assert "到期 due" in lines[0]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Applicant).where(Applicant.contact_name != ""))
