"""The operator's desk and the state of the system: mail, disk, database, the clock's jobs. Never a dossier."""

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, text

from app.accounts.models import User
from app.desk.queries.sections import Around, Section, Stat
from app.desk.rules import Task
from app.kernel import clock
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.outbox import OutboxMessage
from app.kernel.words import N_, Message

SIGN_OF_LIFE = "jobs.alive"
SILENT_AFTER = timedelta(minutes=2)
LITTLE_SPACE = 0.1
SHOWN_FAILURES = 10


@dataclass(frozen=True)
class Mail:
    waiting: int
    failing: int
    oldest: datetime | None
    sent: int


@dataclass(frozen=True)
class System:
    """`jobs_seen`: when the loop of jobs last gave a sign of life; None: never."""

    database: str
    revision: str
    mail: Mail
    failures: list[OutboxMessage]
    mail_server: str
    jobs_seen: datetime | None
    disk_free: int
    disk_total: int

    @property
    def jobs_are_running(self) -> bool:
        return self.jobs_seen is not None and clock.now() - self.jobs_seen < SILENT_AFTER

    @property
    def space_is_short(self) -> bool:
        return self.disk_free < self.disk_total * LITTLE_SPACE


def mail() -> Mail:
    waiting = OutboxMessage.sent_at.is_(None)
    row = db.session.execute(
        select(
            func.count().filter(waiting),
            func.count().filter(waiting & (OutboxMessage.attempts > 0)),
            func.min(OutboxMessage.created_at).filter(waiting),
            func.count().filter(~waiting),
        ).select_from(OutboxMessage)
    ).one()
    return Mail(*row)


def system(instance: Path, mail_server: str) -> System:
    failing = select(OutboxMessage).where(OutboxMessage.sent_at.is_(None), OutboxMessage.last_error != "")
    usage = shutil.disk_usage(instance)
    return System(
        database=db.engine.dialect.name,
        revision=str(db.session.scalar(text("SELECT version_num FROM alembic_version"))),
        mail=mail(),
        failures=list(db.session.scalars(failing.order_by(OutboxMessage.id).limit(SHOWN_FAILURES))),
        mail_server=mail_server,
        jobs_seen=last_sign_of_life(instance),
        disk_free=usage.free,
        disk_total=usage.total,
    )


def last_sign_of_life(instance: Path) -> datetime | None:
    sign = instance / SIGN_OF_LIFE
    return datetime.fromtimestamp(sign.stat().st_mtime, UTC) if sign.exists() else None


def section(_actor: Actor, _around: Around) -> Section:
    found = mail()
    unset = db.session.scalar(select(func.count()).where(User.password_hash == "", User.active)) or 0
    tasks = []
    if found.failing:
        tasks.append(
            Task(
                Message(N_("%(n)s 封邮件发送失败，正在重试"), {"n": found.failing}),
                "desk.system",
                N_("查看原因"),
                word=Message(N_("发送失败")),
                tone="fault",
            )
        )
    return Section(
        Role.OPERATOR,
        tasks,
        Message(N_("系统没有需要处理的事项。")),
        None,
        ("desk.system", N_("查看系统状态")),
        stats=[
            Stat(N_("待发邮件"), str(found.waiting), None, "desk.system"),
            Stat(N_("还没有设置密码的账号"), str(unset), None, "accounts.users"),
        ],
    )
