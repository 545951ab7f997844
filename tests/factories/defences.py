"""Hearings: arranged, sealed and drawn with a fixed secret, begun, and timed to the second."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.defences import queries, services
from app.defences.models import DefenceSession, DefenceSlot, Mark
from app.defences.services import Sitting
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import db
from app.panels.services import SystemSecret
from tests.factories.decisions import office
from tests.factories.scoring import Panel, panel
from tests.support.built import built_once

SECRET = SystemSecret("a" * 64, "1" * 32, "b" * 64)
QUESTIONS = ("如何识别关键过程？", "举一个失败的改进。", "对标的数据从哪里来？")
MINUTE = 60


@built_once
def hearing_round(dossiers: int = 2, judges: int = 2) -> Panel:
    return panel(dossiers, judges, round_key="defence")


@built_once
def arranged(made: Panel | None = None) -> tuple[Panel, DefenceSession]:
    made = made or hearing_round()
    dossiers = [dossier.id for dossier in made.dossiers]
    session = services.arrange(office(), made.round, Sitting(clock.now(), "第一会议室", dossiers, QUESTIONS))
    return made, fresh(session)


def fresh(session: DefenceSession) -> DefenceSession:
    db.session.flush()
    db.session.expire_all()
    found = queries.find(session.id)
    assert found is not None
    return found


@built_once
def drawn(value: str = "3 1 4 1 5") -> tuple[Panel, DefenceSession]:
    made, session = arranged()
    services.commit(office(), session, system=SECRET)
    services.draw(office(), session, value, witnesses="王监督")
    return made, fresh(session)


@built_once
def running() -> tuple[Panel, DefenceSession]:
    made, session = drawn()
    services.begin(made.actors[0], session)
    return made, session


def heard(
    chair: Actor, session: DefenceSession, slot: DefenceSlot, seconds: int, *, start: datetime | None = None
) -> None:
    """Called, and timed through all four presses; the statement takes so many seconds."""
    begun = start or clock.now()
    times = (
        begun,
        begun + timedelta(seconds=seconds),
        begun + timedelta(hours=1),
        begun + timedelta(hours=1, minutes=5),
    )
    for mark, at in zip(Mark, times, strict=True):
        with clock.fixed(at):
            services.press(chair, session, slot, mark)
