"""Reads of what other departments say about a dossier."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.applications.models import Application
from app.applications.queries import rulebook_for
from app.intake.models import Consultation, Reply
from app.intake.rules import Asked
from app.kernel import clock
from app.kernel.database import db
from app.kernel.words import N_, LocalText, Message

OBJECTS = {Reply.WAITING: None, Reply.NO_OBJECTION: False, Reply.OBJECTION: True}
WORDS = {
    Reply.WAITING: (N_("未答复"), "waiting"),
    Reply.NO_OBJECTION: (N_("无异议"), "done"),
    Reply.OBJECTION: (N_("有不同意见"), "fault"),
}
SILENT = (N_("逾期未答复"), "quiet")


@dataclass(frozen=True)
class Opinion:
    """One department's line in the formal check; `row` None: not asked yet."""

    key: str
    name: LocalText
    word: Message
    tone: str
    row: Consultation | None


def consultations(application: Application) -> Sequence[Consultation]:
    return db.session.scalars(
        select(Consultation).where(Consultation.application_id == application.id).order_by(Consultation.id)
    ).all()


def find_consultation(consultation_id: int) -> Consultation | None:
    return db.session.get(Consultation, consultation_id)


def asked(application: Application) -> list[Asked]:
    """As the rules read them; a department that the rulebook does not name any more is left out."""
    known = {department.key: department for department in rulebook_for(application).formal_check.departments}
    return [
        Asked(known[row.department_key], row.due_at, OBJECTS[row.reply])
        for row in consultations(application)
        if row.department_key in known
    ]


def opinions(application: Application) -> list[Opinion]:
    """One line a department, in the rulebook's order."""
    rows = {row.department_key: row for row in consultations(application)}
    departments = rulebook_for(application).formal_check.departments
    return [_opinion(each.key, each.name, rows.get(each.key)) for each in departments]


def _opinion(key: str, name: LocalText, row: Consultation | None) -> Opinion:
    if row is None:
        return Opinion(key, name, Message(N_("未征求")), "quiet", None)
    late = row.reply is Reply.WAITING and clock.now() > row.due_at
    word, tone = SILENT if late else WORDS[row.reply]
    return Opinion(key, name, Message(word), tone, row)
