"""Before a visit: its days, its plan, what the applicant is told and agrees to."""

from dataclasses import dataclass
from datetime import datetime

from app.applications.models import Application
from app.audit import services as audit
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import Invalid, NotFound, NotReady, Stale, WrongState
from app.kernel.words import N_, Message
from app.lifecycle import advance, demand_step
from app.policy import demand
from app.programmes.models import Round
from app.visits import letters, queries, rules
from app.visits.models import (
    IssueKind,
    IssueSource,
    Visit,
    VisitAppointment,
    VisitIssue,
)
from app.workflow import ApplicationState, RoundState, VisitState

DAYS = ("starts_on", "ends_on", "place", "contact")


# --- arranged -----------------------------------------------------------------------------------------------------


def arrange(actor: Actor, round_: Round, application: Application, days: rules.Days) -> Visit:
    """Set up a visit in a running round; what earlier panels left open becomes its first issues."""
    demand(actor, "visit.arrange", application)
    _demand_in_round(round_, application)
    _demand_days(round_, days)
    visit = Visit(
        edition_id=round_.edition_id,
        round_id=round_.id,
        application_id=application.id,
        **{name: getattr(days, name) for name in DAYS},
    )
    db.session.add(visit)
    db.session.flush()
    carried = rules.carried_over(queries.left_open(round_, application))
    for code, text in carried.items():
        db.session.add(unsettled_issue(visit, IssueSource.CONSENSUS, IssueKind.VERIFY, code, text=text))
    db.session.flush()
    detail = _told(days) | {"carried_over": sorted(carried)}
    audit.record(actor, "visit.arrange", visit, after=visit.state, detail=detail)
    return visit


def _demand_in_round(round_: Round, application: Application) -> None:
    is_running = queries.rule_of(round_) is not None and round_.state is RoundState.SCORING
    if not is_running or not _is_reviewed_in(round_, application):
        raise WrongState(Message(N_("这份申报不在进行中的现场评审轮次里，不能安排现场评审。")))
    if queries.find_for(round_.id, application.id) is not None:
        raise WrongState(Message(N_("这份申报的现场评审已经安排过。请打开它修改。")))


def _is_reviewed_in(round_: Round, application: Application) -> bool:
    return application.state is ApplicationState.UNDER_REVIEW and application.round_id == round_.id


def _demand_days(round_: Round, days: rules.Days) -> None:
    rule = queries.rule_of(round_)
    assert rule is not None
    problem = rules.days_problem(days, allowed=rule.days, window=queries.window_of(round_))
    if problem is not None:
        field, message = problem
        raise Invalid(message, field=field)


def _told(days: rules.Days) -> dict[str, object]:
    return {"from": days.starts_on.isoformat(), "to": days.ends_on.isoformat(), "place": days.place}


def edit(actor: Actor, visit: Visit, days: rules.Days, *, version: int) -> None:
    """Other days or another place, as long as the applicant has not been told."""
    demand(actor, "visit.edit", visit)
    if visit.version != version:
        stored, typed = ({name: str(getattr(of, name)) for name in DAYS} for of in (visit, days))
        raise Stale(stored=stored, typed=typed, current_version=visit.version)
    _demand_days(visit.round, days)
    for name in DAYS:
        setattr(visit, name, getattr(days, name))
    audit.record(actor, "visit.edit", visit, detail=_told(days))


def notify(actor: Actor, visit: Visit) -> None:
    """Tell the applicant and the team when it is; the applicant sees the plan from now on."""
    demand_step(visit, "visit.notify", actor)
    if missing := rules.missing_for_notice(queries.standing(visit)):
        raise NotReady(missing)
    visit.notified_at = clock.now()
    advance(visit, "visit.notify", actor, detail={"team": [seat.expert.number for seat in visit.seats]})
    letters.tell_notified(visit)


def recall(actor: Actor, visit: Visit, *, reason: str) -> None:
    """The date no longer holds: back to planning, and the applicant is told why; a confirmation lapses with it."""
    advance(visit, "visit.recall", actor, reason=reason)
    visit.notified_at = visit.confirmed_at = visit.confirmed_by = None
    visit.unconfirmed_because = ""
    letters.tell_recalled(visit, reason)


def confirm(actor: Actor, visit: Visit) -> None:
    """The applicant agrees to the date and the plan as they stand; saying so twice changes nothing."""
    demand(actor, "visit.confirm", visit)
    if visit.confirmed_at is None:
        visit.confirmed_at, visit.confirmed_by = clock.now(), actor.user_id
        audit.record(actor, "visit.confirm", visit, detail={"from": visit.starts_on.isoformat()})


def go_ahead(actor: Actor, visit: Visit, *, reason: str) -> None:
    """The applicant does not answer: the office says why the visit takes place as planned all the same."""
    demand(actor, "visit.go_ahead", visit)
    if visit.confirmed_at is not None:
        raise WrongState(Message(N_("申报者已经确认，不需要写明理由。")))
    visit.unconfirmed_because = reason.strip()
    audit.record(actor, "visit.go_ahead", visit, reason=visit.unconfirmed_because)


# --- planned ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Appointment:
    """A row of the plan as it is typed."""

    starts_at: datetime
    ends_at: datetime
    whom: str
    topic: str
    item_code: str = ""
    expert_id: int | None = None


def appoint(actor: Actor, visit: Visit, wanted: Appointment) -> VisitAppointment:
    """Add a row to the plan, within the days of the visit and for somebody of its team."""
    demand(actor, "visit.plan", visit)
    demand_item(visit, wanted.item_code)
    _demand_times(visit, wanted)
    if wanted.expert_id is not None and wanted.expert_id not in visit.panel:
        raise Invalid(Message(N_("这位专家不在评审组。请从名单中选择。")), field="expert")
    row = VisitAppointment(visit_id=visit.id, **{name: getattr(wanted, name) for name in Appointment.__slots__})
    db.session.add(row)
    detail = {"at": wanted.starts_at.isoformat(), "whom": wanted.whom, "topic": wanted.topic}
    audit.record(actor, "visit.plan", visit, detail=detail)
    _ask_again(visit)
    return row


def _ask_again(visit: Visit) -> None:
    """What was confirmed is no longer the plan: until the visit begins the applicant is asked anew, told once."""
    if visit.state is VisitState.NOTIFIED and visit.confirmed_at is not None:
        visit.confirmed_at = visit.confirmed_by = None
        letters.tell_replanned(visit)


def _demand_times(visit: Visit, wanted: Appointment) -> None:
    if wanted.ends_at <= wanted.starts_at:
        raise Invalid(Message(N_("结束时间须晚于开始时间。")), field="until")
    zone = queries.zone_of(visit.round.edition)
    if not visit.starts_on <= wanted.starts_at.astimezone(zone).date() <= visit.ends_on:
        raise Invalid(Message(N_("这一天不在现场评审的日期之内。")), field="day")


def drop_appointment(actor: Actor, visit: Visit, appointment_id: int) -> None:
    demand(actor, "visit.plan", visit)
    row = queries.find_appointment(visit, appointment_id)
    if row is None:
        raise NotFound
    db.session.delete(row)
    audit.record(actor, "visit.plan", visit, detail={"dropped": row.topic, "at": row.starts_at.isoformat()})
    _ask_again(visit)


def demand_item(visit: Visit, code: str) -> None:
    if code and code not in queries.criteria_of(visit).item_codes:
        raise Invalid(Message(N_("没有这个条款。请从列表中选择。")), field="item")


def unsettled_issue(visit: Visit, source: IssueSource, kind: IssueKind, code: str, *, text: str) -> VisitIssue:
    return VisitIssue(visit_id=visit.id, kind=kind, source=source, item_code=code, text=text, raised_at=clock.now())
