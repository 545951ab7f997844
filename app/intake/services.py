"""Recommending bodies and their word on a dossier; the office's formal check."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.applications.letters import tell_owner
from app.applications.models import Application
from app.applications.queries import rulebook_for
from app.applications.rules import typed
from app.audit import services as audit
from app.intake import queries, rules
from app.intake.letters import LETTERS
from app.intake.models import FormalCheck, Recommendation, RecommendingBody
from app.kernel import clock, regions
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import Invalid, NotReady
from app.kernel.numbering import lock_row
from app.kernel.words import N_, Message
from app.lifecycle import advance
from app.policy import demand
from app.programmes.queries import is_open, working_calendar
from app.programmes.rules.values import BodyKind
from app.workflow import ApplicationState, find

NAME_TAKEN = N_("已经有名为“%(name)s”的推荐单位。")
NOT_IN_PERIOD = N_("现在不在推荐期内，不能办理推荐。请在首页查看本届日程。")
NOT_YET_LATE = N_("补正期限到 %(due)s 才截止，期满前不能不予受理。")

Ticks = Mapping[str, Any]


def register_body(actor: Actor, *, name: str, kind: BodyKind, region_code: str) -> RecommendingBody:
    """A body that may recommend; dossiers of its region that wait for one come to it at once."""
    demand(actor, "body.edit")
    plain = typed.one_line(name)
    if not plain:
        raise Invalid(Message(N_("请填写推荐单位的名称。")), field="name")
    if db.session.scalar(select(RecommendingBody.id).where(RecommendingBody.name == plain)) is not None:
        raise Invalid(Message(NAME_TAKEN, {"name": plain}), field="name")
    if regions.find(region_code) is None:
        raise Invalid(Message(N_("请选择推荐单位所在的地区。")), field="region_code")
    body = RecommendingBody(name=plain, kind=kind, region_code=regions.current(region_code))
    db.session.add(body)
    db.session.flush()
    audit.record(actor, "body.edit", body, detail={"name": plain, "kind": kind, "region": body.region_code})
    for application in queries.without_body():
        route(application, actor)
    return body


def route(application: Application, actor: Actor) -> None:
    """What follows a submission: the body of the applicant's region gets it, or nobody needs to recommend it."""
    rule = rulebook_for(application).recommendation
    if not rule.required:
        advance(application, "application.recommend", Actor.system("route"))
        return
    body = rules.body_for(application.region_code, queries.bodies(), {quota.body for quota in rule.quotas})
    if body is not None:
        application.body_id = body.id
        audit.record(actor, "application.route", application, detail={"body": body.id})


def recommend(
    actor: Actor, application: Application, *, opinion: str, notice_from: date | None, notice_until: date | None
) -> None:
    """Within the body's quota, after its local notice; two at once for the last place: one of them is refused."""
    _demand_step(actor, application, "application.recommend")
    lock_row(RecommendingBody.id, application.body_id or 0)
    missing = missing_now(application, opinion=opinion, notice=rules.LocalNotice(notice_from, notice_until))
    if missing:
        raise NotReady(missing)
    _say(actor, application, opinion, recommended=True, notice=(notice_from, notice_until))
    advance(application, "application.recommend", actor, detail={"opinion": opinion.strip()})
    _tell(application, "application.recommend")


def decline(actor: Actor, application: Application, *, opinion: str) -> None:
    """The body does not recommend the dossier; its applicant reads why."""
    _demand_step(actor, application, "application.decline")
    _demand_period(application)
    advance(application, "application.decline", actor, reason=opinion.strip())
    _say(actor, application, opinion, recommended=False, notice=(None, None))
    _tell(application, "application.decline", reason=opinion.strip())


def send_back(actor: Actor, application: Application, *, reason: str) -> None:
    """Back to the applicant to be changed and submitted again while recommendations are open."""
    _demand_step(actor, application, "application.send_back")
    _demand_period(application)
    advance(application, "application.send_back", actor, reason=reason.strip())
    _tell(application, "application.send_back", reason=reason.strip())


def save_check(actor: Actor, application: Application, *, ticks: Ticks) -> FormalCheck:
    """Keep what has been ticked so far; nothing is decided by it."""
    demand(actor, "formal_check.save", application)
    check = _open_check(actor, application, ticks)
    audit.record(actor, "formal_check.save", application, detail={"ticks": check.ticks})
    return check


def accept(actor: Actor, application: Application, *, ticks: Ticks) -> None:
    """Every item is ticked and met: the dossier goes on to review."""
    _decide(actor, application, "application.accept", ticks=ticks, reason="")
    _tell(application, "application.accept")


def return_for_correction(actor: Actor, application: Application, *, ticks: Ticks, reason: str) -> None:
    """Back to the applicant with the office's words and a due time, as often as the rulebook allows."""
    _decide(actor, application, "application.return", ticks=ticks, reason=reason)
    rule, zone = rulebook_for(application).correction, ZoneInfo(application.edition.time_zone)
    application.corrections += 1
    application.correction_due = rules.correction_due(rule, clock.now(), calendar=working_calendar(), zone=zone)
    due = f"{application.correction_due.astimezone(zone):%Y-%m-%d %H:%M}"
    _tell(application, "application.return", reason=reason.strip(), due=due)


def refuse(actor: Actor, application: Application, *, ticks: Ticks, reason: str) -> None:
    """Not accepted, with the reason; a returned dossier only after its due time has passed."""
    _decide(actor, application, "application.refuse", ticks=ticks, reason=reason)
    _tell(application, "application.refuse", reason=reason.strip())


def missing_now(application: Application, *, opinion: str, notice: rules.LocalNotice) -> list[Message]:
    """Everything that stands in the way of recommending this dossier now."""
    rule, zone = rulebook_for(application).recommendation, ZoneInfo(application.edition.time_zone)
    missing = rules.missing_for_recommendation(
        rule, opinion=opinion, notice=notice, today=clock.now().astimezone(zone).date(), calendar=working_calendar()
    )
    return [*obstacles(application), *missing]


def obstacles(application: Application) -> list[Message]:
    """What no filling in can mend: the period is over, or the quota is used up."""
    found = [] if _in_period(application) else [Message(NOT_IN_PERIOD)]
    rule, body = rulebook_for(application).recommendation, queries.body_of(application)
    if body is not None:
        used = queries.recommended_count(body.id, application.edition_id, application.kind)
        problem = rules.quota_problem(rule, body.kind, application.kind, used)
        found += [problem] if problem else []
    return found


def missing_for(application: Application, action: str, ticks: Ticks) -> list[Message]:
    """What stands in the way of a decision of the formal check, its reason apart."""
    rulebook = rulebook_for(application)
    if action == "application.accept":
        items = rulebook.formal_check.items_for(application.kind)
        return rules.missing_for_acceptance(items, rules.read_ticks(items, ticks))
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


def _in_period(application: Application) -> bool:
    return is_open(application.edition, "recommendation", clock.now())


def _demand_period(application: Application) -> None:
    if not _in_period(application):
        raise NotReady([Message(NOT_IN_PERIOD)])


def _demand_step(actor: Actor, application: Application, action: str) -> None:
    """Who may and from where, before anything else is looked at; `advance` says why not."""
    demand(actor, action, application)
    if application.state not in find(action)[1].sources:
        advance(application, action, actor)


def _say(
    actor: Actor,
    application: Application,
    opinion: str,
    *,
    recommended: bool,
    notice: tuple[date | None, date | None],
) -> None:
    assert actor.user_id is not None
    assert application.body_id is not None
    db.session.add(
        Recommendation(
            application_id=application.id,
            body_id=application.body_id,
            recommended=recommended,
            opinion=opinion.strip(),
            notice_from=notice[0],
            notice_until=notice[1],
            decided_at=clock.now(),
            decided_by=actor.user_id,
        )
    )
    db.session.flush()


def _tell(application: Application, action: str, **values: object) -> None:
    tell_owner(action, application, LETTERS[action], body=queries.body_name(application), **values)


def _decide(actor: Actor, application: Application, action: str, *, ticks: Ticks, reason: str) -> None:
    _demand_step(actor, application, action)
    check = _open_check(actor, application, ticks)
    missing = missing_for(application, action, check.ticks)
    if find(action)[1].needs_reason and not reason.strip():
        missing.append(Message(N_("请写明理由。")))
    if missing:
        raise NotReady(missing)
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
