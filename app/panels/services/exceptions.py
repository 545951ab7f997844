"""One rule lifted for one pair: proposed by one named person, confirmed by another, and public from then on."""

from sqlalchemy import func, select

from app.applications.models import Application
from app.audit import services as audit
from app.experts.models import Expert
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import Invalid, NotReady
from app.kernel.words import N_, Message
from app.lifecycle import advance
from app.panels.models import PairException
from app.policy import demand
from app.programmes.queries import rulebook_of
from app.programmes.rules.values import LiftableRule
from app.workflow import ExceptionState

OPEN = (ExceptionState.PROPOSED, ExceptionState.CONFIRMED)


def propose_exception(
    actor: Actor, expert: Expert, application: Application, *, rule: LiftableRule, reason: str
) -> PairException:
    """Proposed by name and with a reason; without effect until somebody else confirms it."""
    demand(actor, "exception.propose", application)
    if rule not in rulebook_of(application.edition).panel.exceptions:
        raise Invalid(Message(N_("本届规则不允许这种例外，任何人都不能提出。")), field="rule")
    if not reason.strip():
        raise Invalid(Message(N_("请写明理由。")), field="reason")
    _demand_apart(actor, expert, application)
    if _is_open(expert, application, rule):
        raise Invalid(Message(N_("这一对已经有同样的例外。")), field="expert")
    proposed = PairException(
        edition_id=application.edition_id,
        number=_next_number(application.edition_id),
        application_id=application.id,
        expert_id=expert.id,
        rule=rule,
        reason=reason.strip(),
        proposed_by=actor.user_id or 0,
        proposed_at=clock.now(),
    )
    db.session.add(proposed)
    db.session.flush()
    detail = {"expert": expert.number, "dossier": application.number, "rule": rule.value}
    audit.record(actor, "exception.propose", proposed, after=proposed.state, reason=reason, detail=detail)
    return proposed


def confirm_exception(actor: Actor, proposed: PairException) -> None:
    """The second name: from now on the pair is lawful by this exception, and the public page of the edition shows it."""
    demand(actor, "exception.confirm", proposed)
    _demand_apart(actor, proposed.expert, proposed.application)
    proposed.confirmed_by, proposed.confirmed_at = actor.user_id, clock.now()
    advance(proposed, "exception.confirm", actor)


def refuse_exception(actor: Actor, proposed: PairException, *, reason: str) -> None:
    proposed.decision = reason.strip()
    advance(proposed, "exception.refuse", actor, reason=reason)


def revoke_exception(actor: Actor, proposed: PairException, *, reason: str) -> None:
    """Seats that rested on it become unlawful and wait on the office's desk."""
    proposed.decision = reason.strip()
    advance(proposed, "exception.revoke", actor, reason=reason)


def _demand_apart(actor: Actor, expert: Expert, application: Application) -> None:
    """Neither of the two names may be the expert's or the applicant's."""
    if actor.user_id in (expert.user_id, application.owner_id):
        raise NotReady([Message(N_("专家本人和申报者本人不能为自己提出或确认例外。"))])


def _is_open(expert: Expert, application: Application, rule: LiftableRule) -> bool:
    same = select(PairException.id).where(
        PairException.expert_id == expert.id,
        PairException.application_id == application.id,
        PairException.rule == rule,
        PairException.state.in_(OPEN),
    )
    return db.session.scalar(same.limit(1)) is not None


def _next_number(edition_id: int) -> int:
    last = select(func.max(PairException.number)).where(PairException.edition_id == edition_id)
    return (db.session.scalar(last) or 0) + 1
