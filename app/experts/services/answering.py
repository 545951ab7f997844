"""What an expert says of himself: his answer to an invitation, and his own limits in the pool."""

from collections.abc import Mapping
from dataclasses import dataclass

from app import lifecycle
from app.audit import services as audit
from app.experts import queries
from app.experts.models import DeclineKind, Expert, ExpertInvitation
from app.experts.pledge import SERVICE_PLEDGE_VERSION, signed_words
from app.experts.queries.invitations import closed, most_dossiers
from app.experts.services.editing import change_expert
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotReady
from app.kernel.words import N_, Message
from app.policy import demand

OWN_COLUMNS = ("max_load", "languages", "blocked")
OWN_SOURCE = N_("专家本人填写")


@dataclass(frozen=True)
class Limits:
    """What an expert says of his own time, as typed: dossiers, languages and blocked dates separated by semicolons."""

    max_load: int
    languages: str
    blocked: str

    @property
    def texts(self) -> Mapping[str, str]:
        return {"max_load": str(self.max_load), "languages": self.languages, "blocked": self.blocked}


def accept(actor: Actor, invitation: ExpertInvitation, limits: Limits, *, is_pledged: bool) -> None:
    """The pool takes the limits over, the pledge is kept with its words, and the answer is on record."""
    demand(actor, "expert_invitation.accept", invitation)
    _demand_open(invitation)
    _demand_within(limits, most_dossiers(invitation.edition))
    if not is_pledged:
        raise Invalid(Message(N_("接受邀请须签署承诺。请勾选承诺。")), field="pledged")
    _write(actor, "expert_invitation.accept", invitation.expert, limits, version=invitation.expert.version)
    entry = queries.entry_of(invitation.expert)
    invitation.max_load = entry.max_load
    invitation.languages, invitation.blocked = list(entry.languages), list(entry.blocked)
    invitation.decline_kind, invitation.decline_text = None, ""
    invitation.pledge_version, invitation.pledge_text = SERVICE_PLEDGE_VERSION, signed_words()
    invitation.pledged_at = invitation.answered_at = clock.now()
    detail = {"max_load": entry.max_load, "pledge": SERVICE_PLEDGE_VERSION}
    lifecycle.advance(invitation, "expert_invitation.accept", actor, detail=detail)


def decline(actor: Actor, invitation: ExpertInvitation, kind: DeclineKind, text: str) -> None:
    """No draw of the edition takes him any more; a pledge that was signed before stays on record only."""
    demand(actor, "expert_invitation.decline", invitation)
    _demand_open(invitation)
    if kind is DeclineKind.OTHER and not text.strip():
        raise Invalid(Message(N_("选择“其他原因”时，请写明原因。")), field="decline_text")
    invitation.decline_kind, invitation.decline_text = kind, text.strip()
    invitation.max_load, invitation.languages, invitation.blocked = None, [], []
    invitation.pledge_version, invitation.pledge_text, invitation.pledged_at = "", "", None
    invitation.answered_at = clock.now()
    detail = {"kind": kind}
    lifecycle.advance(invitation, "expert_invitation.decline", actor, reason=text.strip(), detail=detail)


def edit_own(actor: Actor, expert: Expert, limits: Limits, *, version: int) -> None:
    """The signed-in expert changes what only he knows: how much, when, and in which languages."""
    demand(actor, "expert.edit_own", expert)
    _write(actor, "expert.edit_own", expert, limits, version=version)


def propose(actor: Actor, expert: Expert, text: str) -> None:
    """What decides whom he may judge he cannot change himself: the office reads his words and changes it."""
    demand(actor, "expert.propose", expert)
    if not text.strip():
        raise Invalid(Message(N_("请写明要更正什么，改成什么。")), field="proposal")
    expert.proposal, expert.proposed_at = text.strip(), clock.now()
    audit.record(actor, "expert.propose", expert, reason=text.strip())


def settle_proposal(actor: Actor, expert: Expert) -> None:
    """The office has seen to what the expert proposed."""
    demand(actor, "expert.settle", expert)
    if expert.proposed_at is None:
        raise NotReady([Message(N_("这位专家没有待处理的更正。"))])
    audit.record(actor, "expert.settle", expert, detail={"proposal": expert.proposal})
    expert.proposal, expert.proposed_at = "", None


def _demand_open(invitation: ExpertInvitation) -> None:
    reason = closed(invitation)
    if reason is not None:
        raise NotReady([reason])


def _demand_within(limits: Limits, most: int) -> None:
    if not 1 <= limits.max_load <= most:
        raise Invalid(
            Message(N_("请填写 1 至 %(most)s 的整数：规则规定每人每轮最多 %(most)s 份。"), {"most": most}),
            field="max_load",
        )


def _write(actor: Actor, action: str, expert: Expert, limits: Limits, *, version: int) -> None:
    change_expert(actor, action, expert, limits.texts, version=version, source=OWN_SOURCE)
