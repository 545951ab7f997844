"""The office asks experts to serve in an edition, reminds them, takes an invitation back."""

from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from app import lifecycle
from app.audit import services as audit
from app.experts import letters
from app.experts.models import Expert, ExpertInvitation
from app.experts.queries.invitations import OPEN_EDITIONS, closed, invitable
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import Invalid, NotReady
from app.kernel.words import N_, Message
from app.policy import demand
from app.programmes.models import Edition

LAST_MINUTE = time(23, 59)


def invite_experts(
    actor: Actor, edition: Edition, experts: Sequence[Expert], *, due_on: date
) -> list[ExpertInvitation]:
    """Each of them gets a mail with a link of his own; all or none are asked."""
    demand(actor, "expert_invitation.create", edition)
    _demand_possible(edition, experts, due_on)
    due_at = datetime.combine(due_on, LAST_MINUTE, ZoneInfo(edition.time_zone))
    return [_invite(actor, edition, expert, due_at) for expert in experts]


def _demand_possible(edition: Edition, experts: Sequence[Expert], due_on: date) -> None:
    if edition.state not in OPEN_EDITIONS:
        raise NotReady([Message(N_("这一届已经结束，不能再邀请专家。"))])
    if due_on <= clock.today():
        raise Invalid(Message(N_("答复期限必须晚于今天。")), field="due_on")
    free = invitable(edition, [Expert.id.in_([expert.id for expert in experts])])
    if len(free) < max(1, len(experts)):
        raise NotReady([Message(N_("没有可以邀请的专家，或其中有人已被邀请、已移出或暂不参加。请刷新名单后再试。"))])


def _invite(actor: Actor, edition: Edition, expert: Expert, due_at: datetime) -> ExpertInvitation:
    invitation = ExpertInvitation(
        edition_id=edition.id,
        expert_id=expert.id,
        sent_by=actor.user_id or 0,
        sent_at=clock.now(),
        due_at=due_at,
    )
    db.session.add(invitation)
    db.session.flush()
    detail = {"expert": expert.number, "due_at": due_at.isoformat()}
    audit.record(actor, "expert_invitation.create", invitation, after=invitation.state, detail=detail)
    letters.send("expert_invitation.create", letters.INVITATION, invitation)
    return invitation


def remind(actor: Actor, invitations: Sequence[ExpertInvitation]) -> None:
    """Another mail to those who have not answered and still can."""
    if not invitations:
        raise NotReady([Message(N_("所选邀请中没有可以提醒的：已经答复，或期限已过。"))])
    for invitation in invitations:
        demand(actor, "expert_invitation.remind", invitation)
        reason = closed(invitation)
        if reason is not None:
            raise NotReady([reason])
        invitation.reminders += 1
        invitation.reminded_at = clock.now()
        audit.record(actor, "expert_invitation.remind", invitation, detail={"reminders": invitation.reminders})
        letters.send("expert_invitation.remind", letters.REMINDER, invitation)


def withdraw_invitation(actor: Actor, invitation: ExpertInvitation, *, reason: str) -> None:
    """The link dies and the expert is told why; he may be asked again later."""
    lifecycle.advance(invitation, "expert_invitation.withdraw", actor, reason=reason.strip())
    letters.send("expert_invitation.withdraw", letters.WITHDRAWN, invitation, reason=reason.strip())
