"""The demo's hearing: one session, its lot drawn with a thrown number, everybody timed, the fourth to speak over time."""

from datetime import timedelta

from sqlalchemy import select

from app.defences import queries, services
from app.defences.models import DefenceSession, DefenceSlot, Mark
from app.demo import cast
from app.kernel import clock
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.randomness import Stream
from app.panels.services import SystemSecret
from app.programmes.models import Round

ROOM, WITNESSES = "太原市示例会议中心二层", "王监督（示例）、李公证（示例）"
THROWN = "4 2 6 1 3 5"
QUESTIONS = (
    "请举一个没有达到预期的改进项目，说明你们从中学到了什么。（演示）",
    "你们怎样知道顾客的要求变了？（演示）",
    "哪一项关键结果与标杆的差距最大，打算怎样缩小？（演示）",
    "一线员工怎样参与质量改进？（演示）",
)
TURN, STATEMENT, QUESTIONING = timedelta(minutes=28), timedelta(minutes=14), timedelta(minutes=9)
LATE, LATE_BY = 4, timedelta(minutes=5, seconds=20)


def hear_all(round_: Round) -> None:
    office, now = cast.as_role(Role.OFFICE), clock.now()
    dossiers = [dossier.id for dossier in queries.to_hear(round_)]
    made = services.arrange(office, round_, services.Sitting(now, ROOM, dossiers, QUESTIONS))
    session = _found(made.id)
    stream = Stream(f"{round_.edition.code} {round_.key}".encode(), "demo lot")
    services.commit(office, session, system=SystemSecret(stream.bytes(32).hex(), stream.bytes(16).hex(), ""))
    services.draw(office, session, THROWN, witnesses=WITNESSES)
    session = _found(made.id)
    chair = cast.as_expert(min(session.chairs))
    services.begin(chair, session)
    begin = now - TURN * len(dossiers)
    for place, slot in enumerate(session.slots):
        with clock.fixed(begin + TURN * place):
            _hear(chair, session, slot)


def _hear(chair: Actor, session: DefenceSession, slot: DefenceSlot) -> None:
    spoken = STATEMENT + (LATE_BY if slot.position == LATE else timedelta())
    begun = clock.now()
    for mark, after in zip(Mark, (timedelta(), spoken, spoken, spoken + QUESTIONING), strict=True):
        with clock.fixed(begun + after):
            services.press(chair, session, slot, mark)


def end_all(round_: Round) -> None:
    running = select(DefenceSession.id).where(DefenceSession.round_id == round_.id)
    for session_id in db.session.scalars(running).all():
        session = _found(session_id)
        services.end(cast.as_expert(min(session.chairs)), session)


def _found(session_id: int) -> DefenceSession:
    db.session.flush()
    db.session.expire_all()
    session = queries.find(session_id)
    assert session is not None
    return session
