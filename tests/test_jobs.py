"""What the clock does by itself, with a real mail server and a real process."""

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import jobs
from app.config import Settings
from app.desk.queries.operator import last_sign_of_life
from app.kernel import clock, idempotency, outbox, unit_of_work
from app.kernel.database import db
from app.kernel.outbox import OutboxMessage
from tests.conftest import MORNING, TestClock
from tests.support.databases import run_command
from tests.support.mail import Mailbox

ROOT = Path(__file__).resolve().parents[1]


def post(*recipients: str, subject: str = "受理通知 / Accepted") -> None:
    with unit_of_work.transaction():
        for recipient in recipients:
            outbox.post("application.accept", recipient, subject=subject, body="您的申报书已受理。\nAccepted.\n")


def work() -> dict[str, int]:
    return jobs.work(threading.Event())


def mails() -> list[OutboxMessage]:
    db.session.expire_all()
    return list(db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


@pytest.mark.databases
def test_a_mail_leaves_once(app_context: Flask, mailbox: Mailbox) -> None:
    post("a@demo.example", "b@demo.example")
    assert work()["outbox"] == 2
    assert work()["outbox"] == 0
    [letter] = mailbox.to("a@demo.example")
    assert letter["Subject"] == "受理通知 / Accepted"
    assert letter["From"] == "zhiheng@demo.example"
    assert "您的申报书已受理" in letter.get_content()
    assert all(mail.sent_at for mail in mails())


def test_without_a_server_mails_wait(app_context: Flask) -> None:
    post("a@demo.example")
    assert jobs.send_mail(Settings(), threading.Event()) == 0
    assert [mail.attempts for mail in mails()] == [0]


def test_a_server_that_is_away_costs_no_attempt(app_context: Flask) -> None:
    post("a@demo.example")
    assert work()["outbox"] == 0
    assert [(mail.attempts, mail.sent_at) for mail in mails()] == [(0, None)]


def test_one_impossible_address_does_not_hold_the_others_up(app_context: Flask, mailbox: Mailbox) -> None:
    post("nobody", "b@demo.example", "c@demo.example\nBcc: everybody@evil.example")
    assert work()["outbox"] >= 1
    assert len(mailbox.to("b@demo.example")) == 1
    assert mailbox.to("everybody@evil.example") == []
    broken = mails()[2]
    assert (broken.sent_at, broken.attempts) == (None, 1)
    assert "ValueError" in broken.last_error


def test_a_failed_mail_is_tried_again_after_longer_and_longer_pauses(
    app_context: Flask, frozen_clock: TestClock
) -> None:
    post("a@demo.example")
    [mail] = mails()
    pauses = []
    for attempts in range(outbox.MOST_ATTEMPTS):
        mail.attempts = attempts
        pauses.append(outbox.next_attempt(mail) - MORNING)
    assert pauses[:3] == [timedelta(0), timedelta(seconds=10), timedelta(seconds=30)]
    assert timedelta(hours=5) < pauses[-1] < timedelta(hours=6)
    mail.attempts = outbox.MOST_ATTEMPTS
    frozen_clock.move_to(MORNING + timedelta(days=30))
    assert outbox.due(10) == []


@pytest.mark.databases
def test_two_senders_never_take_the_same_mail(app_context: Flask) -> None:
    post("a@demo.example")
    [mail] = mails()
    assert outbox.claim(mail.id, 0) is True
    assert outbox.claim(mail.id, 0) is False


def test_old_answers_to_forms_are_forgotten(app_context: Flask, frozen_clock: TestClock) -> None:
    with unit_of_work.transaction():
        idempotency.keep("user:1", "old", fingerprint="", status=303, location="/", body="")
    frozen_clock.move_to(MORNING + timedelta(days=1))
    assert work()["answers"] == 0
    frozen_clock.move_to(MORNING + timedelta(days=3))
    assert work()["answers"] == 1
    assert idempotency.find("user:1", "old") is None


def test_a_job_that_fails_leaves_the_others_working(
    app_context: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_actor: object) -> int:
        raise RuntimeError("broken")

    monkeypatch.setattr(jobs, "JOBS", (jobs.Job("broken", broken), *jobs.JOBS))
    assert work() == {
        "broken": -1,
        "notices": 0,
        "objections": 0,
        "invitations": 0,
        "declarations": 0,
        "retention": 0,
        "sessions": 0,
        "answers": 0,
        "checkpoints": 0,
        "outlived_exports": 0,
        "imports": 0,
        "bundles": 0,
        "exports": 0,
        "outbox": 0,
        "measurements": 0,
        "feedback": 0,
    }
    assert "job broken failed" in caplog.text


def test_a_turn_by_hand_says_what_was_done(app: Flask) -> None:
    assert run_command(app, "jobs", "once").splitlines() == [
        "notices: 0",
        "objections: 0",
        "invitations: 0",
        "declarations: 0",
        "retention: 0",
        "sessions: 0",
        "answers: 0",
        "checkpoints: 0",
        "outlived_exports: 0",
        "imports: 0",
        "bundles: 0",
        "exports: 0",
        "outbox: 0",
        "measurements: 0",
        "feedback: 0",
    ]


def test_the_loop_gives_a_sign_of_life_and_ends_quickly(app: Flask, settings: Settings) -> None:
    environment = os.environ | {
        "INSTANCE_PATH": str(settings.instance_path),
        "DATABASE_URL": settings.database_url,
        "MAIL_SERVER": "",
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "run"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert "定时任务已启动" in process.stdout.readline()
        asked = clock.now()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
        assert clock.now() - asked < timedelta(seconds=5)
    finally:
        process.kill()
        process.stdout.close()
    assert last_sign_of_life(settings.instance_path) is not None
