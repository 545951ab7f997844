"""Archived editions whose terms are over, and acts that erase what they hold."""

from __future__ import annotations

import threading
import zipfile
from datetime import timedelta
from io import BytesIO

from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app import doctor, jobs
from app.accounts.models import User
from app.applications.models import Application, AvoidedExpert, StaffList
from app.config import Settings
from app.demo.story import CODE
from app.experts.models import Expert
from app.kernel import clock, unit_of_work
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.outcomes import archiving, edition_archive, sealing
from app.outcomes.models import Bundle
from app.outcomes.retention import services
from app.outcomes.retention.models import RetentionAct, RetentionKind
from app.panels.models import Assignment
from app.programmes.models import Edition
from tests.support.server import FrozenClock

OFFICE = Actor(user_id=2, name="秘书处示例", roles=frozenset({Role.OFFICE}))
LATER = timedelta(days=365 * 11)


def edition() -> Edition:
    return db.session.scalars(select(Edition).where(Edition.code == CODE)).one()


def settings(app: Flask) -> Settings:
    found: Settings = app.extensions["settings"]
    return found


def second() -> Actor:
    user = db.session.scalars(select(User).where(User.email == "office2@demo.example")).one()
    return Actor(user_id=user.id, name=user.name, roles=frozenset({Role.OFFICE}))


def bundled() -> Bundle:
    with unit_of_work.transaction():
        archiving.order(OFFICE, edition())
    jobs.work_bundles(threading.Event())
    return archiving.bundles_of(edition())[0]


def archived(running: FrozenClock) -> Edition:
    """An edition archived eleven years ago, whose experts and applicants wrote down what there is to write down."""
    with unit_of_work.transaction():
        dossier = db.session.scalars(select(Application).where(Application.edition_id == edition().id)).all()[0]
        day = clock.now()
        db.session.add(AvoidedExpert(application_id=dossier.id, name="张三", reason="曾有纠纷", named_at=day))
        if db.session.get(StaffList, dossier.id) is None:
            db.session.add(StaffList(application_id=dossier.id, names="王五", updated_at=day))
    bundled()
    with unit_of_work.transaction():
        edition_archive.archive(OFFICE, edition())
    running.move_to(clock.now() + LATER)
    return edition()


def seated() -> Expert:
    found = select(Expert).join(Assignment, Assignment.expert_id == Expert.id).where(Expert.user_id.is_not(None))
    return db.session.scalars(found.order_by(Expert.id)).all()[0]


def wished(app: Flask, expert: Expert) -> RetentionAct:
    with unit_of_work.transaction():
        act = services.propose_by_wish(OFFICE, expert, reason=f"{expert.name}来信要求。")
    with unit_of_work.transaction():
        services.confirm(second(), act, settings(app))
    return act


def confirmed(app: Flask, kind: RetentionKind) -> RetentionAct:
    with unit_of_work.transaction():
        act = services.propose_by_term(OFFICE, edition(), kind, reason="期满。", settings=settings(app))
    with unit_of_work.transaction():
        services.confirm(second(), act, settings(app))
    return act


def work(app: Flask, turns: int = 2) -> None:
    for _turn in range(turns):
        with unit_of_work.transaction():
            services.work(Actor.system("retention"), settings(app))


def faults() -> list[tuple[str, tuple[str, ...]]]:
    return [(str(finding.check), finding.faults) for finding in doctor.examine() if finding.faults]


def naming(bundle: bytes, name: str) -> set[str]:
    with zipfile.ZipFile(BytesIO(bundle)) as packed:
        return {each for each in packed.namelist() if name.encode() in packed.read(each)}


def refused(statement: str) -> bool:
    try:
        with db.session.begin_nested():
            db.session.execute(text(statement))
    except IntegrityError as error:
        return sealing.SEAL in str(error.orig)
    return False
