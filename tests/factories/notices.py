"""Notices and objections: a published notice over a closed session, objections with a real file as evidence."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime

import pikepdf

from app.accounts.models import User
from app.kernel.actor import Actor
from app.kernel.database import db
from app.notices import services
from app.notices.inquiries import services as inquiries
from app.notices.inquiries.services import Finding
from app.notices.models import Notice, Objection
from app.notices.services import Evidence, Objector
from tests.factories import decisions as committee
from tests.factories.decisions import Committee, office
from tests.support.built import built_once
from tests.support.server import FrozenClock

PUBLISHED = datetime(2026, 8, 12, 2, 0, tzinfo=UTC)  # a Wednesday; five working days end on 19 August
PERSON = Objector(
    is_unit=False, name="张三", identity="110101199003070000", contact_name="张三", contact="z@example.org"
)


def pdf() -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


@dataclass
class Noticed:
    room: Committee
    notice: Notice


@built_once
def draft(*choices: str, scores: tuple[int, ...] = (700, 650, 600)) -> Noticed:
    """By default an award, a nomination, and one not proposed."""
    room = committee.decided(*choices, scores=scores)
    return Noticed(room, services.draft(office(), room.session))


@built_once
def published(clock: FrozenClock, *choices: str, scores: tuple[int, ...] = (700, 650, 600)) -> Noticed:
    made = draft(*choices, scores=scores)
    clock.move_to(PUBLISHED)
    services.publish(office(), made.notice)
    return made


def objection(made: Noticed, *, against: int | None = None, objector: Objector = PERSON) -> tuple[Objection, str]:
    return services.file_objection(
        Actor.anonymous(),
        made.notice,
        objector=objector,
        application_id=against,
        text="该单位去年发生过质量事故。",
        evidence=Evidence("证据.pdf", io.BytesIO(pdf())),
    )


FOUND = Finding("查阅了监管部门的通报。", "经核查属实。")


@built_once
def handled(made: Noticed, *, against: int | None = None, objector: Objector = PERSON) -> Objection:
    """Taken on by the office, who has declared no interest."""
    raised, _token = objection(made, against=against, objector=objector)
    return taken_on(raised)


def taken_on(raised: Objection) -> Objection:
    handler = office()
    inquiries.assign(handler, raised, db.session.get_one(User, handler.user_id))
    inquiries.declare(handler, raised)
    return raised


@built_once
def upheld(made: Noticed, *, against: int | None = None) -> Objection:
    raised = handled(made, against=against)
    inquiries.uphold(office(), raised, FOUND)
    return raised


@built_once
def rejected(made: Noticed, *, against: int | None = None) -> Objection:
    raised = handled(made, against=against)
    inquiries.reject(office(), raised, Finding("查阅了全部材料。", "查无实据。"))
    return raised
