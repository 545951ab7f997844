"""Two entries of one person made one: proposed by one named person, done by the confirmation of another, never undone."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import select, update

from app.accounts import services as accounts
from app.accounts.models import User
from app.audit import services as audit
from app.experts import queries
from app.experts.models import CreditFact, Expert, ExpertInvitation, ExpertMerge, ExpertRegion
from app.experts.models import ExpertRegionKind as Kind
from app.experts.rules import CHANGED, ExpertEntry, RowVerdict, compared
from app.experts.rules.cells import Span
from app.experts.rules.merging import faults, joined, united
from app.experts.services.importing import move_account
from app.experts.services.inviting import withdraw_invitation
from app.experts.services.writing import write_entries
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import Invalid, NotReady
from app.kernel.words import N_, Message
from app.lifecycle import advance, demand_step
from app.policy import demand
from app.workflow import InvitationState

CONFIRM = "expert_merge.confirm"
HELD_BACK = "entry-{}@merged.invalid"
"""Where the other entry's address is for the moment in which two entries change theirs (a name that no mail can reach)."""


def propose_merge(actor: Actor, survivor: Expert, other: Expert, *, taken: Collection[str], reason: str) -> ExpertMerge:
    """Proposed by name and with a reason; nothing happens until somebody else confirms it.

    `taken`: the columns in which the other entry's value is to stand.
    """
    demand(actor, "expert_merge.propose")
    if not reason.strip():
        raise Invalid(Message(N_("请写明理由。")), field="reason")
    _demand_apart(actor, survivor, other)
    if queries.open_merge_of(survivor, other) is not None:
        raise NotReady([Message(N_("其中一个编号已有待确认的合并。请先确认它，或不予合并。"))])
    _demand_possible(survivor, other)
    _united(survivor, other, taken)
    merge = ExpertMerge(
        survivor_id=survivor.id,
        other_id=other.id,
        survivor_version=survivor.version,
        other_version=other.version,
        taken=sorted(taken),
        reason=reason.strip(),
        proposed_by=actor.user_id or 0,
        proposed_at=clock.now(),
    )
    db.session.add(merge)
    db.session.flush()
    detail = {"survivor": survivor.number, "other": other.number, "taken": merge.taken}
    audit.record(actor, "expert_merge.propose", merge, after=merge.state, reason=merge.reason, detail=detail)
    return merge


def refuse_merge(actor: Actor, merge: ExpertMerge, *, reason: str) -> None:
    """Both entries stay as they are; it may be proposed again."""
    merge.decision = reason.strip()
    advance(merge, "expert_merge.refuse", actor, reason=reason)


def confirm_merge(actor: Actor, merge: ExpertMerge) -> None:
    """The second name: the survivor gets everything that is known of the person, the other entry points to it for ever.

    Seats, sheets and signatures stay under the number under which they were given.
    """
    demand_step(merge, CONFIRM, actor)
    survivor, other = merge.survivor, merge.other
    _demand_apart(actor, survivor, other)
    if queries.has_changed(merge):
        raise NotReady([Message(N_("提出之后有人改过其中一份资料。请不予合并，按现在的资料重新提出。"))])
    _demand_possible(survivor, other)
    old, gone = queries.entry_of(survivor), queries.entry_of(other)
    entry = _united(survivor, other, merge.taken)
    merge.before = {"survivor": _kept(old), "other": _kept(gone)}
    merge.confirmed_by, merge.confirmed_at = actor.user_id, clock.now()
    _withdraw_invitations(actor, merge)
    _join_accounts(actor, survivor, other, email=entry.email)
    _write(survivor, other, old, entry)
    _move_the_rest(survivor, other)
    changes = {change.column: [str(change.old), str(change.new)] for change in compared(old, entry)}
    detail = {"survivor": survivor.number, "other": other.number}
    audit.record(actor, CONFIRM, survivor, reason=merge.reason, detail=detail | changes)
    audit.record(actor, CONFIRM, other, reason=merge.reason, detail=detail)
    advance(merge, CONFIRM, actor, reason=merge.reason, detail=detail)


def _demand_apart(actor: Actor, survivor: Expert, other: Expert) -> None:
    if actor.user_id in (survivor.user_id, other.user_id):
        raise NotReady([Message(N_("专家本人不能提出或确认合并自己的资料。"))])


def _demand_possible(survivor: Expert, other: Expert) -> None:
    if missing := queries.missing_to_merge(survivor, other):
        raise NotReady(missing)


def _united(survivor: Expert, other: Expert, taken: Collection[str]) -> ExpertEntry:
    entry = united(queries.entry_of(survivor), queries.entry_of(other), taken, day=clock.today())
    for fault in faults(entry):
        raise Invalid(fault.text, field=fault.column)
    return entry


def _kept(entry: ExpertEntry) -> dict[str, Any]:
    return {key: value for key, value in asdict(entry).items() if key != "typed"}


def _withdraw_invitations(actor: Actor, merge: ExpertMerge) -> None:
    """What still waits for an answer under the old number is asked again under the new one, or was asked already."""
    survivor, other = merge.survivor, merge.other
    waiting = ExpertInvitation.expert_id == other.id, ExpertInvitation.state == InvitationState.SENT
    reason = f"{other.number} → {survivor.number}: {merge.reason}"
    for invitation in db.session.scalars(select(ExpertInvitation).where(*waiting)).all():
        withdraw_invitation(actor, invitation, reason=reason)


def _join_accounts(actor: Actor, survivor: Expert, other: Expert, *, email: str) -> None:
    """The person signs in with the address that was chosen; the other account is closed."""
    users = _accounts_of(survivor, other)
    if not users:
        return
    kept = next((user for user in users if user.email == email), users[0])
    other.user_id = None
    db.session.flush()
    survivor.user_id = kept.id
    if kept.email != email:
        move_account(kept.id, email)
    accounts.retie_experts(actor, CONFIRM, [survivor.id, other.id], kept, expert_id=survivor.id)
    for user in (each for each in users if each is not kept):
        accounts.succeed(actor, CONFIRM, user, kept)


def _accounts_of(*experts: Expert) -> list[User]:
    return [db.session.get_one(User, each.user_id) for each in experts if each.user_id is not None]


def _write(survivor: Expert, other: Expert, old: ExpertEntry, entry: ExpertEntry) -> None:
    """The survivor's columns and lists; where it takes the other's address, the other entry keeps the survivor's old one."""
    if entry.email == other.email:
        other.email = HELD_BACK.format(other.id)
    db.session.flush()
    write_entries([RowVerdict(0, {}, CHANGED, entry, changes=compared(old, entry))], source=other.number)
    if other.email == HELD_BACK.format(other.id):
        other.email = old.email
    for place in other.regions:
        if place.kind in (Kind.RESIDENCE, Kind.REGISTRATION):
            _keep_place(survivor, place, clock.today())


def _keep_place(survivor: Expert, place: ExpertRegion, day: date) -> None:
    """A place that the survivor does not have was left at the latest today; one that it left counts for the whole time."""
    known = next((p for p in survivor.regions if (p.kind, p.region_code) == (place.kind, place.region_code)), None)
    if known is None:
        source = f"{place.expert.number} {place.source}".strip()[:200]
        kept = ExpertRegion(
            kind=place.kind, region_code=place.region_code, since=place.since, until=place.until or day, source=source
        )
        kept.typed_code = place.typed_code
        survivor.regions.append(kept)
    elif known.until is not None:
        span = joined(Span(known.since, known.until), Span(place.since, place.until or day))
        known.since, known.until = span.since, span.until


def _move_the_rest(survivor: Expert, other: Expert) -> None:
    """The credit file, the last service, what the expert asked for; and the pointer, with everything that pointed to it."""
    db.session.execute(update(CreditFact).where(CreditFact.expert_id == other.id).values(expert_id=survivor.id))
    db.session.execute(update(Expert).where(Expert.merged_into_id == other.id).values(merged_into_id=survivor.id))
    survivor.last_used_on = max(filter(None, (survivor.last_used_on, other.last_used_on)), default=None)
    survivor.proposal = "\n".join(filter(None, (survivor.proposal, other.proposal)))
    survivor.proposed_at = survivor.proposed_at or other.proposed_at
    other.proposal, other.proposed_at = "", None
    other.removed_at = other.removed_at or clock.now()
    other.removal_reason = other.removal_reason or survivor.number
    other.merged_into_id = survivor.id
    db.session.flush()
    db.session.expire_all()
