"""The recommending body's word on a dossier."""

from datetime import date
from zoneinfo import ZoneInfo

from app.applications.models import Application
from app.applications.queries import rulebook_for
from app.intake import queries, rules
from app.intake.models import Recommendation, RecommendingBody
from app.intake.services.steps import demand_step, tell
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import NotReady
from app.kernel.numbering import lock_row
from app.kernel.words import N_, Message
from app.lifecycle import advance
from app.programmes.queries import is_open, working_calendar

NOT_IN_PERIOD = N_("现在不在推荐期内，不能办理推荐。请在首页查看本届日程。")


def recommend(
    actor: Actor, application: Application, *, opinion: str, notice_from: date | None, notice_until: date | None
) -> None:
    """Within the body's quota, after its local notice; two at once for the last place: one of them is refused."""
    demand_step(actor, application, "application.recommend")
    lock_row(RecommendingBody.id, application.body_id or 0)
    missing = missing_now(application, opinion=opinion, notice=rules.LocalNotice(notice_from, notice_until))
    if missing:
        raise NotReady(missing)
    _say(actor, application, opinion, recommended=True, notice=(notice_from, notice_until))
    advance(application, "application.recommend", actor, detail={"opinion": opinion.strip()})
    tell(application, "application.recommend")


def decline(actor: Actor, application: Application, *, opinion: str) -> None:
    """The body does not recommend the dossier; its applicant reads why."""
    demand_step(actor, application, "application.decline")
    _demand_period(application)
    advance(application, "application.decline", actor, reason=opinion.strip())
    _say(actor, application, opinion, recommended=False, notice=(None, None))
    tell(application, "application.decline", reason=opinion.strip())


def send_back(actor: Actor, application: Application, *, reason: str) -> None:
    """Back to the applicant to be changed and submitted again while recommendations are open."""
    demand_step(actor, application, "application.send_back")
    _demand_period(application)
    advance(application, "application.send_back", actor, reason=reason.strip())
    tell(application, "application.send_back", reason=reason.strip())


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


def _in_period(application: Application) -> bool:
    return is_open(application.edition, "recommendation", clock.now())


def _demand_period(application: Application) -> None:
    if not _in_period(application):
        raise NotReady([Message(NOT_IN_PERIOD)])


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
