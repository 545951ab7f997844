"""The office's formal check."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.applications.models import Application
from app.applications.queries import rulebook_for
from app.audit import services as audit
from app.intake import queries, rules
from app.intake.models import FormalCheck
from app.intake.services.steps import demand_step, tell
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import NotReady
from app.kernel.words import N_, Message
from app.lifecycle import advance
from app.policy import demand
from app.programmes.queries import working_calendar
from app.workflow import ApplicationState, find

NOT_YET_LATE = N_("补正期限到 %(due)s 才截止，期满前不能不予受理。")

Ticks = Mapping[str, Any]


def save_check(actor: Actor, application: Application, *, ticks: Ticks) -> FormalCheck:
    """Keep what has been ticked so far; nothing is decided by it."""
    demand(actor, "formal_check.save", application)
    check = _open_check(actor, application, ticks)
    audit.record(actor, "formal_check.save", application, detail={"ticks": check.ticks})
    return check


def accept(actor: Actor, application: Application, *, ticks: Ticks) -> None:
    """Every item is ticked and met: the dossier goes on to review."""
    _decide(actor, application, "application.accept", ticks=ticks, reason="")
    tell(application, "application.accept")


def return_for_correction(actor: Actor, application: Application, *, ticks: Ticks, reason: str) -> None:
    """Back to the applicant with the office's words and a due time, as often as the rulebook allows."""
    rule, zone = rulebook_for(application).correction, ZoneInfo(application.edition.time_zone)
    due_at = rules.correction_due(rule, clock.now(), calendar=working_calendar(), zone=zone)
    _decide(actor, application, "application.return", ticks=ticks, reason=reason, due_at=due_at)
    due = f"{due_at.astimezone(zone):%Y-%m-%d %H:%M}"
    tell(application, "application.return", reason=reason.strip(), due=due)


def refuse(actor: Actor, application: Application, *, ticks: Ticks, reason: str) -> None:
    """Not accepted, with the reason; a returned dossier only after its due time has passed."""
    _decide(actor, application, "application.refuse", ticks=ticks, reason=reason)
    tell(application, "application.refuse", reason=reason.strip())


def missing_for(application: Application, action: str, ticks: Ticks) -> list[Message]:
    """What stands in the way of a decision of the formal check, its reason apart."""
    rulebook = rulebook_for(application)
    if action == "application.accept":
        items = rulebook.formal_check.items_for(application.kind)
        unticked = rules.missing_for_acceptance(items, rules.read_ticks(items, ticks))
        asked = queries.asked(application)
        return unticked + rules.missing_from_departments(rulebook.formal_check, asked, now=clock.now())
    if action == "application.return":
        problem = rules.correction_problem(rulebook.correction, application.corrections)
        return [problem] if problem else []
    return _too_early_to_lapse(application)


def _too_early_to_lapse(application: Application) -> list[Message]:
    due = application.correction_due
    if application.state != ApplicationState.RETURNED or due is None or clock.now() > due:
        return []
    zone = ZoneInfo(application.edition.time_zone)
    return [Message(NOT_YET_LATE, {"due": f"{due.astimezone(zone):%Y-%m-%d %H:%M}"})]


def _decide(
    actor: Actor, application: Application, action: str, *, ticks: Ticks, reason: str, due_at: datetime | None = None
) -> None:
    """`due_at`: until when a returned dossier may be corrected; it stands before the step, whose letter names it."""
    demand_step(actor, application, action)
    check = _open_check(actor, application, ticks)
    missing = missing_for(application, action, check.ticks)
    if find(action)[1].needs_reason and not reason.strip():
        missing.append(Message(N_("请写明理由。")))
    if missing:
        raise NotReady(missing)
    if due_at is not None:
        application.corrections, application.correction_due = application.corrections + 1, due_at
    check.decision, check.reason = action.partition(".")[2], reason.strip()
    advance(application, action, actor, reason=reason.strip(), detail={"cycle": check.cycle, "ticks": check.ticks})


def _open_check(actor: Actor, application: Application, ticks: Ticks) -> FormalCheck:
    """The check that is being made: the undecided one, else the next."""
    assert actor.user_id is not None
    done = queries.checks(application)
    check = done[-1] if done and not done[-1].decision else None
    if check is None:
        check = FormalCheck(
            application_id=application.id,
            cycle=len(done) + 1,
            ticks={},
            decision="",
            decided_at=clock.now(),
            decided_by=actor.user_id,
        )
        db.session.add(check)
    items = rulebook_for(application).formal_check.items_for(application.kind)
    check.ticks = rules.read_ticks(items, ticks)
    check.decided_at, check.decided_by = clock.now(), actor.user_id
    db.session.flush()
    return check
