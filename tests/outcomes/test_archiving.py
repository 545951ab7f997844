"""The bundle on its pages: ordered, made by the clock, taken along by the office, downloaded and checked by anybody."""

from __future__ import annotations

import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select

from app import doctor, jobs
from app.audit.models import AuditEvent
from app.demo.story import CODE
from app.kernel import signing, unit_of_work
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.errors import Forbidden, NotReady
from app.outcomes import archiving
from app.outcomes.models import Bundle
from app.programmes.models import Edition
from app.workflow import BundleState
from tests.support.browser import PHONE, Window
from tests.support.bundles import checked
from tests.support.client import Client

pytestmark = pytest.mark.demo("result")
OFFICE = Actor(user_id=2, name="秘书处示例", roles=frozenset({Role.OFFICE}))
PUBLIC, ZIP = f"/results/{CODE}", f"/results/{CODE}/bundle.zip"


def edition() -> Edition:
    return db.session.scalars(select(Edition).where(Edition.code == CODE)).one()


def work() -> int:
    return jobs.work_bundles(threading.Event())


def ordered() -> int:
    with unit_of_work.transaction():
        return archiving.order(OFFICE, edition()).id


# --- made by the clock --------------------------------------------------------------------------------------------


@pytest.mark.databases(rare="postgresql")
def test_what_was_ordered_is_made_once_and_kept_under_its_digests(app_context: Flask) -> None:
    bundle_id = ordered()
    assert (work(), work()) == (1, 0)
    made = db.session.get_one(Bundle, bundle_id)
    assert (made.state, 0 < made.public_bytes < made.full_bytes) == (BundleState.MADE, True)
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "bundle.make")).one()
    assert (event.actor_name, event.detail["public"]) == ("system:bundles", made.public_sha256)
    assert [finding for finding in doctor.examine() if finding.faults] == []
    again = ordered()
    work()
    assert db.session.get_one(Bundle, again).public_sha256 == made.public_sha256


def test_a_second_order_waits_for_the_first_and_others_may_not_order(app_context: Flask) -> None:
    ordered()
    with pytest.raises(NotReady) as refused:
        ordered()
    assert "正在制作" in str(refused.value.missing[0])
    supervisor = Actor(user_id=3, name="监督员", roles=frozenset({Role.SUPERVISOR}))
    with pytest.raises(Forbidden):
        archiving.order(supervisor, edition())


def test_a_bundle_that_cannot_be_made_says_so_and_can_be_ordered_again(
    app_context: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    bundle_id = ordered()
    (app_context.extensions["settings"].instance_path / "signing_key").write_text("no key", encoding="ascii")
    work()
    assert db.session.get_one(Bundle, bundle_id).state == BundleState.FAILED
    assert f"bundle {bundle_id} failed" in caplog.text
    assert archiving.missing_to_order(edition()) == []


# --- the pages ----------------------------------------------------------------------------------------------------


def test_from_the_order_to_anybodys_check(
    app: Flask, signed_in: Callable[[str], Client], client: Client, tmp_path: Path
) -> None:
    office = signed_in("office@demo.example")
    assert "自己核对这个结果" not in client.page(PUBLIC).text
    assert client.get(ZIP).status_code == 404
    office.submit("/outcomes/archive", form="/bundles")
    assert "正在等待处理" in office.page("/outcomes/archive").text
    assert office.get("/bundles/1/progress").json == {"done": 0, "total": 0, "text": "正在等待处理，通常几秒内开始。"}
    with app.app_context():
        work()
        key, digest = signing.public_key(), db.session.get_one(Bundle, 1).public_sha256
    assert "/outcomes/archive" in office.get("/bundles/1/progress").json["url"]
    page = client.page(PUBLIC).text
    assert digest in page
    assert f"python3 verify/verify.py {CODE}-public.zip --key {key}" in page
    program = client.get("/verifier.zip")
    with zipfile.ZipFile(BytesIO(program.data)) as packed:
        packed.extractall(tmp_path)
    program.close()
    taken = client.get(ZIP)
    (tmp_path / "taken.zip").write_bytes(taken.data)
    command = [sys.executable, "verify/verify.py", "taken.zip", "--key", key]
    assert subprocess.run(command, cwd=tmp_path, check=False, capture_output=True).returncode == 0
    code, lines = checked(taken.data, tmp_path, "--key", key)
    taken.close()
    assert (code, lines[-1]) == (0, "全部一致。")


def test_the_full_version_is_for_office_and_supervisor_and_every_download_is_on_record(
    app: Flask, signed_in: Callable[[str], Client], client: Client
) -> None:
    with app.app_context():
        ordered()
        work()
    for email in ("office@demo.example", "supervisor@demo.example"):
        watching = signed_in(email)
        taken = [watching.get(f"/bundles/1/{version}.zip") for version in ("full", "public")]
        assert [(answer.status_code, answer.data[:2]) for answer in taken] == [(200, b"PK")] * 2
        for answer in taken:
            answer.close()
    for email in ("expert@demo.example", "applicant@demo.example", "operator@demo.example"):
        other = signed_in(email)
        assert other.get("/bundles/1/full.zip").status_code == 404
        assert other.get("/outcomes/archive").status_code == 403
    assert client.get("/bundles/1/full.zip").status_code == 302
    with app.app_context():
        looks = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "bundle.export")).all()
        assert [look.actor_name for look in looks] == ["秘书处示例", "监督员示例"]


@pytest.mark.slow
def test_the_pages_are_clear_to_everybody_on_a_phone_and_on_a_desk(
    app: Flask,
    page: Page,
    open_window: Callable[..., Window],
    browser_sign_in: Callable[..., None],
    assert_accessible: Callable[[Page], None],
) -> None:
    with app.app_context():
        ordered()
        work()
    phone = open_window(viewport=PHONE).page
    for each in (page, phone):
        each.goto(PUBLIC)
        assert_accessible(each)
        browser_sign_in(each, "office@demo.example")
        each.goto("/outcomes/archive")
        assert_accessible(each)
    page.get_by_role("button", name="制作存档包").click()
    page.wait_for_selector("progress")
    assert_accessible(page)
    with app.app_context():
        work()
    page.wait_for_selector("progress", state="detached", timeout=10_000)
    assert page.get_by_role("link", name="下载完整版").count() == 2
