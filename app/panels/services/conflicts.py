"""Interests on record: recorded by the office, ended, or withdrawn where they were no interest at all."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.applications.models import Application
from app.audit import services as audit
from app.experts.models import Expert
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import Invalid
from app.kernel.words import N_, Message
from app.lifecycle import advance
from app.panels import facts
from app.panels.models import Assignment, Conflict, ConflictSource, InterestDegree
from app.panels.services.excusing import excuse
from app.policy import demand
from app.programmes.models import Edition
from app.programmes.queries import rulebook_of
from app.workflow import ConflictState

RECORDED = N_("秘书处登记了利害关系。")


@dataclass(frozen=True)
class Interest:
    """What is said of an interest: its kind, what shows it, and from when to when it lasts."""

    kind: str
    note: str
    since: date | None = None
    until: date | None = None
    degree: InterestDegree | None = None


def record_conflict(actor: Actor, expert: Expert, application: Application, interest: Interest) -> Conflict:
    """What the office knows of an expert's interest. A seat that the expert already holds is taken back, if it bars."""
    demand(actor, "conflict.record", application)
    demand_known(application.edition, interest.kind)
    _demand_in_order(interest.since, interest.until)
    if recorded(expert, application, interest.kind):
        raise Invalid(Message(N_("这一对已经登记过这种利害关系。")), field="expert")
    seats = _held(expert, application) if _bars(application.edition, interest.until) else []
    conflict = add_conflict(expert, application, interest, source=ConflictSource.OFFICE, by=actor)
    audit.record(actor, "conflict.record", conflict, after=conflict.state, detail=_told(expert, application, interest))
    for seat in seats:
        excuse(actor, seat, reason=interest.note.strip() or RECORDED)
    return conflict


def end_conflict(actor: Actor, conflict: Conflict, *, until: date, reason: str) -> None:
    """The interest is over since that day; it goes on barring until the rulebook's window has passed."""
    demand(actor, "conflict.end", conflict)
    if not reason.strip():
        raise Invalid(Message(N_("请写明理由。")), field="reason")
    if until > facts.today(conflict.application.edition):
        raise Invalid(Message(N_("结束日期不能晚于今天。")), field="until")
    _demand_in_order(conflict.since, until)
    conflict.until = until
    audit.record(actor, "conflict.end", conflict, reason=reason, detail={"until": until.isoformat()})


def withdraw_conflict(actor: Actor, conflict: Conflict, *, reason: str) -> None:
    """It was no interest: it bars nobody any more, stays on record with the reason, and is not found again."""
    advance(conflict, "conflict.withdraw", actor, reason=reason)


def add_conflict(
    expert: Expert, application: Application, interest: Interest, *, source: ConflictSource, by: Actor | None = None
) -> Conflict:
    conflict = Conflict(
        expert_id=expert.id,
        application_id=application.id,
        kind=interest.kind,
        source=source,
        degree=interest.degree,
        note=interest.note.strip(),
        since=interest.since,
        until=interest.until,
        recorded_at=clock.now(),
        recorded_by=None if by is None else by.user_id,
    )
    db.session.add(conflict)
    db.session.flush()
    return conflict


def recorded(expert: Expert, application: Application, kind: str) -> bool:
    """Whether an interest of this kind stands between the two."""
    found = select(Conflict.id).where(
        Conflict.expert_id == expert.id,
        Conflict.application_id == application.id,
        Conflict.kind == kind,
        Conflict.state == ConflictState.STANDING,
    )
    return db.session.scalar(found.limit(1)) is not None


def demand_known(edition: Edition, kind: str) -> None:
    if kind not in {known.key for known in rulebook_of(edition).panel.conflicts}:
        raise Invalid(Message(N_("请选择利害关系的种类。")), field="kind")


def _demand_in_order(since: date | None, until: date | None) -> None:
    if since is not None and until is not None and until < since:
        raise Invalid(Message(N_("结束日期不能早于开始日期。")), field="until")


def _bars(edition: Edition, until: date | None) -> bool:
    return until is None or until >= rulebook_of(edition).panel.conflicts_since(facts.today(edition))


def _held(expert: Expert, application: Application) -> list[Assignment]:
    return list(
        db.session.scalars(
            select(Assignment).where(
                Assignment.expert_id == expert.id,
                Assignment.application_id == application.id,
                Assignment.state.in_(facts.LIVE),
            )
        )
    )


def _told(expert: Expert, application: Application, interest: Interest) -> dict[str, str]:
    return {"expert": expert.number, "dossier": application.number, "kind": interest.kind}
