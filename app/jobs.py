"""What the clock does by itself: send the outbox, end notices whose term is over, sweep up. `flask jobs run` does it all.

Each job is one transaction as the system; a job that fails is logged and the others go on. Sending holds no
transaction while it talks to the mail server: an attempt is counted before it, its end is noted after it.
"""

import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from smtplib import SMTP
from types import FrameType
from typing import TypeVar

import click
from flask import current_app
from flask.cli import AppGroup

from app.accounts import services as accounts
from app.audit import checkpoints
from app.config import Settings
from app.desk.queries.operator import SIGN_OF_LIFE
from app.experts import queries as experts
from app.experts import services as pool
from app.experts.rules import TableRefused
from app.exports import making
from app.exports import queries as ordered_files
from app.exports import services as exports
from app.kernel import clock, idempotency, outbox, progress, smtp, unit_of_work
from app.kernel.actor import Actor
from app.kernel.apart import Apart
from app.kernel.canonical import Record
from app.kernel.database import db
from app.kernel.errors import NotReady, Problem
from app.kernel.schema import on_tables
from app.kernel.words import Message
from app.notices import services as notices
from app.notices.inquiries import services as inquiries
from app.outcomes import archiving
from app.outcomes.feedback import queries as feedback_queries
from app.outcomes.feedback import services as feedback
from app.outcomes.retention import services as retention
from app.outcomes.watch import services as watch
from app.panels import measurements, trials
from app.panels.services import measuring

INTERVAL_SECONDS = 10
BATCH = 50
Found = TypeVar("Found")
ANSWERS_KEPT = timedelta(days=2)


@dataclass(frozen=True)
class Job:
    name: str
    run: Callable[[Actor], int]


def close_notices(actor: Actor) -> int:
    return notices.close_expired(actor)


def remind_of_objections(actor: Actor) -> int:
    return inquiries.remind(actor)


def forget_sessions(_actor: Actor) -> int:
    return accounts.forget_old_sessions()


def forget_answers(_actor: Actor) -> int:
    return idempotency.forget_before(clock.now() - ANSWERS_KEPT)


def seal_record(_actor: Actor) -> int:
    return checkpoints.seal_when_due()


def note_unanswered(_actor: Actor) -> int:
    return pool.note_unanswered()


def delete_exports(_actor: Actor) -> int:
    return exports.expire()


def ask_for_declarations(actor: Actor) -> int:
    return watch.remind(actor)


def erase_by_rule(actor: Actor) -> int:
    return retention.work(actor, current_app.extensions["settings"])


JOBS: tuple[Job, ...] = (
    Job("notices", close_notices),
    Job("objections", remind_of_objections),
    Job("invitations", note_unanswered),
    Job("declarations", ask_for_declarations),
    Job("retention", erase_by_rule),
    Job("sessions", forget_sessions),
    Job("answers", forget_answers),
    Job("checkpoints", seal_record),
    Job("outlived_exports", delete_exports),
)

group = AppGroup("jobs", help="What the clock does by itself.")


@group.command("run")
@on_tables
def run() -> None:
    """Work every ten seconds until SIGTERM or SIGINT."""
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for kind in (signal.SIGTERM, signal.SIGINT):
        signal.signal(kind, end)
    click.echo("定时任务已启动，每 10 秒运行一次。Jobs are running, every 10 seconds.")
    beside = Beside()
    try:
        while True:
            work(stop, beside.turn)
            wait(stop, beside)
            if stop.is_set():
                break
    finally:
        beside.apart.stop()


def wait(stop: threading.Event, beside: "Beside") -> None:
    """Until the next turn; what somebody watches a progress bar for is begun at once."""
    for _second in range(INTERVAL_SECONDS):
        if stop.wait(1):
            return
        _survived("imports", partial(work_imports, stop))
        _survived("feedback", partial(typeset_feedback, stop))
        _survived("bundles", partial(work_bundles, stop))
        _survived("exports", partial(work_exports, stop))
        _survived("measurements", beside.turn)


@group.command("once")
@on_tables
def once() -> None:
    """Work once and say what was done."""
    for name, count in work(threading.Event()).items():
        click.echo(f"{name}: {count}")


def work(stop: threading.Event, measure: Callable[[], int] | None = None) -> dict[str, int]:
    """One turn of all jobs: what each did, -1 where it failed. `measure` sees to measurements in another way
    than a step here and now."""
    settings: Settings = current_app.extensions["settings"]
    turns: dict[str, Callable[[], int]] = {job.name: partial(_in_transaction, job) for job in JOBS}
    turns |= {
        "imports": partial(work_imports, stop),
        "bundles": partial(work_bundles, stop),
        "exports": partial(work_exports, stop),
        "outbox": partial(send_mail, settings, stop),
        "measurements": measure or work_measurements,
        "feedback": partial(typeset_feedback, stop),
    }
    done = {name: _survived(name, turn) for name, turn in turns.items() if not stop.is_set()}
    (settings.instance_path / SIGN_OF_LIFE).touch()
    return done


def _in_transaction(job: Job) -> int:
    with unit_of_work.transaction():
        return job.run(Actor.system(job.name))


def _survived(name: str, turn: Callable[[], int]) -> int:
    try:
        return turn()
    except Exception:
        current_app.logger.exception("job %s failed", name)
        return -1
    finally:
        db.session.remove()


def work_imports(stop: threading.Event) -> int:
    """Read and carry out what was uploaded to the pool and is too large for a request; how many imports."""
    waiting = experts.waiting_imports()
    db.session.rollback()
    for import_id in waiting:
        if not stop.is_set():
            _work_import(import_id)
    return len(waiting)


def _work_import(import_id: int) -> None:
    """Thinking holds no transaction, so that on SQLite nobody waits for it; whatever goes wrong is said on the import's page."""
    key = f"pool_import-{import_id}"
    try:
        with unit_of_work.reading():
            work = pool.prepare(import_id)
        made = pool.arrange(work, pool.judge(work, partial(progress.tell, key)))
        with unit_of_work.transaction():
            pool.settle(work, made)
    except Exception as error:
        if not isinstance(error, (Problem, TableRefused)):
            current_app.logger.exception("import %s failed", import_id)
        with unit_of_work.transaction():
            pool.give_up(import_id, _why(error, pool.UNREADABLE))
    finally:
        progress.forget(key)


def work_measurements() -> int:
    """One step of what the office asked first to have measured, here and now; how many."""
    step = _next_step()
    if step is not None:
        _said_on_page(step.measurement_id, partial(_keep, step, partial(trials.work_out, step.work)))
    return int(step is not None)


@dataclass
class Beside:
    """The steps of measurements in a process of their own: mails, imports and all else never wait for one."""

    apart: Apart = field(default_factory=partial(Apart, trials.__name__))
    step: measuring.Step | None = None

    def turn(self) -> int:
        """Keep a step that has ended, begin the next; how many have ended."""
        if self.apart.is_working:
            return 0
        ended, self.step = self.step, None
        if ended is not None:
            _said_on_page(ended.measurement_id, partial(_keep, ended, self.apart.answer))
        self.step = _next_step()
        if self.step is not None:
            self.apart.begin(self.step.work)
        return int(ended is not None)


def _next_step() -> measuring.Step | None:
    """Of what was asked for first; one that cannot go on says why on its page, and the next turn looks at the next."""
    waiting = measurements.waiting()
    db.session.rollback()
    if not waiting:
        return None
    return _said_on_page(waiting[0], partial(_prepared, waiting[0]))


def _prepared(measurement_id: int) -> measuring.Step:
    with unit_of_work.reading():
        return measuring.prepare(measurement_id)


def _keep(step: measuring.Step, answer: Callable[[], Record]) -> None:
    found = answer()
    with unit_of_work.transaction():
        measuring.keep(step, found)


def _said_on_page(measurement_id: int, act: Callable[[], Found]) -> Found | None:
    """Why there is no answer, where there is none."""
    try:
        return act()
    except Exception as error:
        if not isinstance(error, Problem):
            current_app.logger.exception("measurement %s failed", measurement_id)
        with unit_of_work.transaction():
            measuring.leave_off(measurement_id, _why(error, measuring.BROKEN))
        return None


def typeset_feedback(stop: threading.Event) -> int:
    """Make the files of approved feedback reports, each in a transaction of its own; how many."""
    waiting = feedback_queries.to_typeset()
    db.session.rollback()
    for report_id in waiting:
        if not stop.is_set():
            _typeset(report_id)
    return len(waiting)


def _typeset(report_id: int) -> None:
    try:
        with unit_of_work.reading():
            given = feedback.prepare(report_id)
        made = feedback.work_out(given)
        with unit_of_work.transaction():
            feedback.keep(made)
    except Exception:
        current_app.logger.exception("feedback report %s failed", report_id)
        with unit_of_work.transaction():
            feedback.note_trouble(report_id)


def _why(error: Exception, unexpected: str) -> Message:
    if isinstance(error, NotReady):
        return error.missing[0]
    return error.message if isinstance(error, (Problem, TableRefused)) else Message(unexpected)


def work_bundles(stop: threading.Event) -> int:
    """Make what the office has ordered; how many bundles."""
    ordered = archiving.waiting()
    db.session.rollback()
    for bundle_id in ordered:
        if not stop.is_set():
            _work_bundle(bundle_id)
    return len(ordered)


def _work_bundle(bundle_id: int) -> None:
    """Reading holds no transaction that writes; the same bytes come out whenever it is done again."""
    key = f"bundle-{bundle_id}"
    try:
        with unit_of_work.transaction():
            archiving.seal(bundle_id)
        with unit_of_work.reading():
            made = archiving.build(bundle_id, partial(progress.tell, key))
        with unit_of_work.transaction():
            archiving.keep(bundle_id, made)
    except Exception:
        current_app.logger.exception("bundle %s failed", bundle_id)
        with unit_of_work.transaction():
            archiving.give_up(bundle_id)
    finally:
        progress.forget(key)


def work_exports(stop: threading.Event) -> int:
    """Make the files that are too large for a request; how many."""
    ordered = ordered_files.waiting()
    db.session.rollback()
    for export_id in ordered:
        if not stop.is_set():
            _work_export(export_id)
    return len(ordered)


def _work_export(export_id: int) -> None:
    key = f"export-{export_id}"
    try:
        with unit_of_work.reading():
            made = making.build(export_id, partial(progress.tell, key))
        with unit_of_work.transaction():
            making.keep(export_id, made)
    except Exception as error:
        if not isinstance(error, Problem):
            current_app.logger.exception("export %s failed", export_id)
        with unit_of_work.transaction():
            making.give_up(export_id, _why(error, exports.UNEXPECTED))
    finally:
        progress.forget(key)


def send_mail(settings: Settings, stop: threading.Event) -> int:
    """Send what is due, as long as a mail server is set; how many mails left."""
    if not settings.mail_server:
        return 0
    waiting = [(mail.id, mail.attempts) for mail in outbox.due(BATCH)]
    try:
        return _send_each(settings, waiting, stop) if waiting else 0
    except smtp.FAILURES as error:
        current_app.logger.warning("mail server %s: %s", settings.mail_server, error)
        return 0


def _send_each(settings: Settings, waiting: list[tuple[int, int]], stop: threading.Event) -> int:
    sent = 0
    db.session.rollback()
    server = smtp.Server(settings.mail_server, settings.mail_username, settings.mail_password)
    with smtp.connection(server) as line:
        for mail_id, attempts in waiting:
            if stop.is_set():
                break
            sent += _send_one(line, settings.mail_sender, mail_id, attempts=attempts)
    return sent


def _send_one(line: SMTP, sender: str, mail_id: int, *, attempts: int) -> bool:
    with unit_of_work.transaction():
        if not outbox.claim(mail_id, attempts):
            return False
    mail = db.session.get_one(outbox.OutboxMessage, mail_id)
    error = ""
    try:
        letter = smtp.letter(mail, sender)
        db.session.rollback()
        line.send_message(letter)
    except smtp.FAILURES as failure:
        error = f"{type(failure).__name__}: {failure}"
    with unit_of_work.transaction():
        if error:
            outbox.note_failed(mail_id, error)
        else:
            outbox.note_sent(mail_id)
    return not error
