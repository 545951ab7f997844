"""The supervisor's desk: what deserves a second look, the latest of the record, and whether its chain ends where it should."""

from collections.abc import Mapping

from sqlalchemy import func, select

from app.audit import queries as audit
from app.audit.labels import action_label
from app.audit.models import AuditEvent
from app.desk.queries.sections import Around, Section, Stat
from app.desk.rules import Standing, Task, counted, escalated, phases
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.words import N_, Message
from app.notices import queries as notices
from app.notices.disclosures import queries as disclosures
from app.notices.inquiries.queries import is_late
from app.notices.models import Objection
from app.panels.queries import seats_to_fill

EXCEPTIONS: tuple[str, ...] = (
    "assignment.recuse",
    "assignment.excuse",
    "draw.replace",
    "draw.repair",
    "assignment.seat",
    "draw.discard",
    "score_sheet.reopen",
    "score_sheet.send_back",
    "score_sheet.void",
    "application.refuse",
    "application.decline",
    "session.recuse",
    "outcome.revoke",
)
"""Steps that are lawful but out of the ordinary."""

PUBLISHED = "outcome.publish"
LATEST = 8


def section(_actor: Actor, around: Around) -> Section:
    edition_id = around.edition.id if around.edition is not None else 0
    last_id, last_hash = audit.head()
    recorded = _recorded(edition_id)
    objections = [
        Task(
            Message(N_("异议 %(number)s"), {"number": objection.number}),
            "inquiries.show",
            N_("查看异议"),
            {"objection_id": objection.id},
            state=Standing("objection", objection.state),
            note=_answered_by(objection),
        )
        for objection in notices.open_objections(edition_id)
    ]
    return Section(
        Role.SUPERVISOR,
        [*_escalated(around), *_disclosures(edition_id), *objections],
        Message(N_("现在没有未答复的异议，也没有屡次无人承担的席位。")),
        Message(N_("公示期内收到的异议和连续三位专家未能承担的席位会出现在这里。")),
        ("notices.objections", N_("查看全部异议")),
        stats=[*_exceptions(edition_id, recorded), _chain(last_id, last_hash)],
        stages=around.staged(phases(is_public=PUBLISHED in recorded)),
        partial="desk/latest.html",
        content=audit.latest(LATEST),
    )


def _answered_by(objection: Objection) -> Message:
    text = N_("已超过答复期限 %(day)s") if is_late(objection) else N_("答复期限 %(day)s")
    return Message(text, {"day": objection.due_on.isoformat()})


def _escalated(around: Around) -> list[Task]:
    empty = seats_to_fill(around.edition) if around.edition is not None else []
    seats = sum(seat.is_escalated for seat in empty)
    return [escalated(seats)] if seats else []


def _disclosures(edition_id: int) -> list[Task]:
    waiting = disclosures.waiting(edition_id)
    told = counted(N_("%(n)s 件保密反映等待核实"), waiting)
    return [Task(told, "disclosures.index", N_("核实答复"), word=Message(N_("待核实")))] if waiting else []


def _recorded(edition_id: int) -> dict[str, int]:
    counted = (
        select(AuditEvent.action, func.count())
        .where(AuditEvent.action.in_((*EXCEPTIONS, PUBLISHED)), AuditEvent.edition_id == edition_id)
        .group_by(AuditEvent.action)
    )
    return {row[0]: row[1] for row in db.session.execute(counted)}


def _exceptions(edition_id: int, numbers: Mapping[str, int]) -> list[Stat]:
    return [
        Stat(
            action_label(action), str(numbers[action]), None, "audit.events", {"action": action, "edition": edition_id}
        )
        for action in EXCEPTIONS
        if action in numbers
    ]


def _chain(last_id: int, last_hash: str) -> Stat:
    return Stat(
        N_("日志条数"), str(last_id), Message(N_("最后一条摘要 %(hash)s"), {"hash": last_hash[:8]}), "audit.verify"
    )
