"""The credit file: facts with a date and a source, their withdrawal, and the expert's own word beside each."""

from datetime import date

from app.audit import services as audit
from app.experts.models import CreditFact, CreditFactKind, Expert
from app.experts.queries.credit import standing_facts, unanswered_and_unnoted
from app.experts.services.editing import demand_unmerged
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import Invalid, NotReady
from app.kernel.words import N_, Message
from app.policy import demand

BY_STEP = Actor.system("credit_file")
NEEDED: dict[str, str] = {
    "fact": N_("请写明发生了什么。"),
    "source": N_("请写明来源，例如文件号或通话记录。"),
}


def record_fact(
    actor: Actor, expert: Expert, kind: CreditFactKind, *, happened_on: date, text: str, source: str
) -> CreditFact:
    """The office enters what happened, on which day, and where that is known from."""
    demand(actor, "credit_fact.record", expert)
    demand_unmerged(expert)
    for name, typed in {"fact": text, "source": source}.items():
        if not typed.strip():
            raise Invalid(Message(NEEDED[name]), field=name)
    if happened_on > clock.today():
        raise Invalid(Message(N_("这一天还没有到，只能登记已经发生的事实。")), field="happened_on")
    fact = CreditFact(
        expert_id=expert.id,
        kind=kind,
        happened_on=happened_on,
        text=text.strip(),
        source=source.strip(),
        recorded_by=actor.user_id,
        recorded_at=clock.now(),
    )
    return _file(actor, fact)


def note_fact(expert_id: int, kind: CreditFactKind, *, text: str, source: str) -> None:
    """A later stage's step left a fact: `text` is a sentence of the catalogue, `source` the seat it came from.

    Nobody decides about it here, so it is the system's line in the record; the line before says who took the step.
    """
    now = clock.now()
    fact = CreditFact(
        expert_id=expert_id, kind=kind, happened_on=clock.today(), text=text, source=source, recorded_at=now
    )
    _file(BY_STEP, fact)


def note_once(expert_id: int, kind: CreditFactKind, *, text: str, source: str) -> None:
    """The same, unless such a fact from this source stands already: an answer may be given again."""
    if not standing_facts(expert_id, kind, source):
        note_fact(expert_id, kind, text=text, source=source)


def take_back_fact(expert_id: int, kind: CreditFactKind, *, source: str, reason: str) -> None:
    """A later step undid the one that left the fact: it stays on file, struck out with the reason."""
    for fact in standing_facts(expert_id, kind, source):
        fact.withdrawal_reason, fact.withdrawn_at = reason, clock.now()
        audit.record(BY_STEP, "credit_fact.withdraw", fact, reason=reason, detail={"expert_id": expert_id})


def note_unanswered() -> int:
    """Invitations that fell due without an answer, each noted once; how many."""
    found = unanswered_and_unnoted()
    for invitation in found:
        text = N_("评审邀请到期，没有答复。")
        note_fact(invitation.expert_id, CreditFactKind.LATE, text=text, source=invitation.edition.code)
    return len(found)


def _file(actor: Actor, fact: CreditFact) -> CreditFact:
    db.session.add(fact)
    db.session.flush()
    told = {"expert_id": fact.expert_id, "kind": fact.kind, "happened_on": fact.happened_on.isoformat()}
    audit.record(actor, "credit_fact.record", fact, detail=told | {"text": fact.text, "source": fact.source})
    return fact


def withdraw_fact(actor: Actor, fact: CreditFact, *, reason: str) -> None:
    """The fact holds no more; it stays on file with the reason, struck out."""
    demand(actor, "credit_fact.withdraw", fact)
    _demand_standing(fact)
    if not reason.strip():
        raise Invalid(Message(N_("请写明理由。")), field="reason")
    fact.withdrawal_reason = reason.strip()
    fact.withdrawn_at, fact.withdrawn_by = clock.now(), actor.user_id
    audit.record(actor, "credit_fact.withdraw", fact, reason=reason.strip(), detail={"expert_id": fact.expert_id})


def reply_to_fact(actor: Actor, fact: CreditFact, text: str) -> None:
    """The expert's own word beside the fact: one text, replaced by a later one; every version stays in the record."""
    demand(actor, "credit_fact.reply", fact)
    _demand_standing(fact)
    if not text.strip():
        raise Invalid(Message(N_("请写下您的说明。")), field="reply")
    before, fact.reply, fact.replied_at = fact.reply, text.strip(), clock.now()
    audit.record(actor, "credit_fact.reply", fact, detail={"reply": [before, fact.reply]})


def _demand_standing(fact: CreditFact) -> None:
    if fact.withdrawn_at is not None:
        raise NotReady([Message(N_("这项事实已经撤回，不必再办理。"))])
