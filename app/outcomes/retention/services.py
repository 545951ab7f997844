"""Acts: proposed by one person of the office, confirmed by another, carried out and followed up by the clock."""

from sqlalchemy import select

from app.audit import services as audit
from app.config import Settings
from app.experts.models import Expert
from app.kernel import clock, files, page_views
from app.kernel.actor import Actor
from app.kernel.canonical import digest
from app.kernel.database import db
from app.kernel.errors import Invalid, NotReady
from app.kernel.words import N_, Message
from app.lifecycle import advance, demand_step
from app.outcomes.retention import queries, stored
from app.outcomes.retention.erasing import take_out
from app.outcomes.retention.models import ErasedFile, RetentionAct, RetentionKind
from app.policy import demand
from app.programmes.models import Edition
from app.workflow import RetentionState

OPEN = N_("这一项已有待确认或待执行的处理。")


def propose_by_term(
    actor: Actor, edition: Edition, kind: RetentionKind, *, reason: str, settings: Settings
) -> RetentionAct:
    """What is over its term; nothing happens until somebody else confirms it."""
    demand(actor, "retention_act.propose", edition)
    missing = queries.missing_by_term(edition, kind, settings)
    act = RetentionAct(
        kind=kind, edition_id=edition.id, reason=reason.strip(), proposed_by=actor.user_id or 0, proposed_at=clock.now()
    )
    return _proposed(actor, act, edition, missing)


def propose_by_wish(actor: Actor, expert: Expert, *, reason: str) -> RetentionAct:
    """An expert who has left the pool asks to be forgotten; `reason` says when and how he asked."""
    demand(actor, "retention_act.propose", expert)
    act = RetentionAct(
        kind=RetentionKind.WISH,
        expert_id=expert.id,
        reason=reason.strip(),
        proposed_by=actor.user_id or 0,
        proposed_at=clock.now(),
    )
    return _proposed(actor, act, expert, queries.missing_by_wish(expert))


def _proposed(actor: Actor, act: RetentionAct, subject: Edition | Expert, missing: list[Message]) -> RetentionAct:
    if not act.reason:
        raise Invalid(Message(N_("请写明理由。")), field="reason")
    told = [Message(OPEN)] if queries.under_way(act.kind, subject) else []
    if told or missing:
        raise NotReady([*told, *missing])
    db.session.add(act)
    db.session.flush()
    audit.record(actor, "retention_act.propose", act, after=act.state, reason=act.reason, detail={"kind": act.kind})
    return act


def refuse(actor: Actor, act: RetentionAct, *, reason: str) -> None:
    """Everything stays; it may be proposed again."""
    act.decision = reason.strip()
    advance(act, "retention_act.refuse", actor, reason=act.decision)


def confirm(actor: Actor, act: RetentionAct, settings: Settings) -> None:
    """The second name. The clock carries it out within a minute, unless something comes into dispute before."""
    demand_step(act, "retention_act.confirm", actor)
    if missing := missing_for(act, settings):
        raise NotReady(missing)
    act.confirmed_by, act.confirmed_at = actor.user_id, clock.now()
    advance(act, "retention_act.confirm", actor, reason=act.reason, detail={"kind": act.kind})


def missing_for(act: RetentionAct, settings: Settings) -> list[Message]:
    if act.expert is not None:
        return queries.missing_by_wish(act.expert)
    assert act.edition is not None, "by a constraint"
    return queries.missing_by_term(act.edition, act.kind, settings)


def preview(act: RetentionAct, settings: Settings) -> dict[str, int]:
    """What it took out, or would today."""
    if act.done_at is not None:
        return act.counts
    if act.expert is not None:
        found = queries.of_people(queries.entries(act.expert))
        return {key: number for key, number in found.items() if number}
    assert act.edition is not None, "by a constraint"
    return queries.counts(act.edition, act.kind, settings)


# --- by the clock -------------------------------------------------------------------------------------------------


def work(actor: Actor, settings: Settings) -> int:
    """Remove the files that acts of earlier turns have let go, then carry out what is confirmed; how many acts.

    Bytes go only after the act that says so is committed: a turn that fails leaves either both or neither.
    """
    sweep()
    confirmed = select(RetentionAct).where(RetentionAct.state == RetentionState.CONFIRMED).order_by(RetentionAct.id)
    acts = db.session.scalars(confirmed).all()
    for act in acts:
        _carry_out(actor, act, settings)
    return len(acts)


def _carry_out(actor: Actor, act: RetentionAct, settings: Settings) -> None:
    if missing := missing_for(act, settings):
        act.decision = " ".join(map(str, missing))
        advance(act, "retention_act.stop", actor, reason=act.decision)
        return
    taken = take_out(act, settings)
    act.counts = {key: len(rows) for key, rows in taken.items()}
    act.digest, act.done_at = digest(taken), clock.now()
    advance(
        act, "retention_act.carry_out", actor, detail={"kind": act.kind, "counts": act.counts, "digest": act.digest}
    )


def sweep() -> None:
    """Bytes that another row still names stay until that row's own term is over."""
    waiting = db.session.scalars(
        select(ErasedFile).where(ErasedFile.removed_at.is_(None)).order_by(ErasedFile.id)
    ).all()
    for each in waiting:
        if not stored.is_named(each.sha256):
            files.store().erase(each.sha256)
            page_views.forget(each.sha256)
        each.removed_at = clock.now()
