"""Asking other departments about a dossier, and recording what they reply."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO
from zoneinfo import ZoneInfo

from app.applications.models import Application
from app.applications.queries import rulebook_for
from app.audit import services as audit
from app.intake import queries, rules
from app.intake.models import Consultation, Reply
from app.kernel import clock, file_types, files
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import Invalid
from app.kernel.words import N_, Message
from app.policy import demand
from app.programmes.queries import working_calendar
from app.programmes.rules.admission import DossierRule

NOBODY_CHOSEN = N_("请选择至少一个已征求意见的部门。")


@dataclass(frozen=True)
class Document:
    filename: str
    content: BinaryIO


def consult(actor: Actor, application: Application) -> None:
    """Put on record that every department of the rulebook has been asked; those asked before keep their due time."""
    demand(actor, "consultation.begin", application)
    rule, zone = rulebook_for(application).formal_check, ZoneInfo(application.edition.time_zone)
    now = clock.now()
    due = rules.reply_due(rule, now, calendar=working_calendar(), zone=zone)
    known = {row.department_key for row in queries.consultations(application)}
    asked = [department.key for department in rule.departments if department.key not in known]
    db.session.add_all(
        Consultation(application_id=application.id, department_key=key, asked_at=now, due_at=due) for key in asked
    )
    db.session.flush()
    audit.record(actor, "consultation.begin", application, detail={"departments": asked, "due": due.isoformat()})


def record_reply(
    actor: Actor,
    application: Application,
    departments: Iterable[str],
    *,
    objects: bool,
    replied: date,
    note: str = "",
    document: Document | None = None,
) -> None:
    """What these departments replied; a later reply of the same department takes the place of the earlier one."""
    demand(actor, "consultation.record", application)
    wanted, plain = set(departments), note.strip()
    rows = _asked(application, wanted)
    _demand_sound_reply(application, rows, objects=objects, note=plain, replied=replied, document=document)
    sha256 = _keep(rulebook_for(application).dossier, document)
    for row in rows:
        row.reply = Reply.OBJECTION if objects else Reply.NO_OBJECTION
        row.replied_on, row.note, row.recorded_by = replied, plain, actor.user_id
        row.file_name, row.file_sha256 = _name_of(document), sha256
    db.session.flush()
    detail = {"departments": sorted(wanted), "objects": objects, "on": replied.isoformat(), "file": sha256}
    audit.record(actor, "consultation.record", application, reason=plain, detail=detail)


def _asked(application: Application, wanted: set[str]) -> list[Consultation]:
    rows = [row for row in queries.consultations(application) if row.department_key in wanted]
    if not rows or len(rows) < len(wanted):
        raise Invalid(Message(NOBODY_CHOSEN), field="departments")
    return rows


def _name_of(document: Document | None) -> str:
    return document.filename[:200] if document else ""


def _demand_sound_reply(
    application: Application,
    rows: list[Consultation],
    *,
    objects: bool,
    note: str,
    replied: date,
    document: Document | None,
) -> None:
    zone = ZoneInfo(application.edition.time_zone)
    problem = rules.reply_problem(
        objects=objects,
        note=note,
        has_file=document is not None,
        replied=replied,
        asked=max(row.asked_at for row in rows).astimezone(zone).date(),
        today=clock.now().astimezone(zone).date(),
    )
    if problem is not None:
        field, message = problem
        raise Invalid(message, field=field)


def _keep(rule: DossierRule, document: Document | None) -> str:
    if document is None:
        return ""
    kind = file_types.expected_type(document.filename, rule.file_types)
    limit = rule.file_megabytes * files.MEGABYTE
    return files.store().put(document.content, limit=limit, check=lambda path: file_types.inspect(path, kind)).sha256
