"""The working copy of a draw: made, changed and thrown away by the office; nobody else is touched by it."""

from collections.abc import Callable
from dataclasses import replace as changed

from sqlalchemy import func, select

from app.audit import services as audit
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import Invalid, NotReady, Stale
from app.kernel.words import N_, Message
from app.panels import allowed, ceremonies, queries
from app.panels.engine import Policy
from app.panels.models import Draw
from app.panels.plan import Aims, PairWish, Plan, plan_words
from app.panels.planned import plan_of
from app.panels.services.finding import find_conflicts
from app.panels.services.knowing import expert_named
from app.policy import demand
from app.programmes.models import Round

PAIR_TAKEN = Message(N_("这一对已经在列。"))


def start_draw(actor: Actor, round_: Round, *, top_up: bool = False) -> Draw:
    """A working copy for the dossiers of the round that have no panel; with `top_up` for those too whose panel is not full.
    Nothing is told to anybody."""
    demand(actor, "draw.create", round_)
    plan = allowed.first_plan(round_, top_up=top_up)
    if missing := ceremonies.missing_to_start(round_, plan):
        raise NotReady(missing)
    find_conflicts(actor, round_.edition)
    made = Draw(edition_id=round_.edition_id, round_id=round_.id, number=next_number(round_), created_at=clock.now())
    if plan != Plan():
        made.plan = plan.record()
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "draw.create", made, after=made.state, detail={"top_up": True} if top_up else None)
    return made


def next_number(round_: Round) -> int:
    return (db.session.scalar(select(func.max(Draw.number)).where(Draw.round_id == round_.id)) or 0) + 1


def choose_aims(actor: Actor, draw: Draw, aims: Aims, *, version: int) -> None:
    def chosen(plan: Plan) -> Plan:
        return changed(plan, aims=aims)

    change_plan(actor, draw, chosen, version=version)


def choose_policy(actor: Actor, draw: Draw, policy: Policy, share: tuple[int, int], *, version: int) -> None:
    """How the panels are chosen, as far as the rulebook allows; the cap holds for a random draw alone."""

    def chosen(plan: Plan) -> Plan:
        return changed(plan, policy=policy, share=share)

    for field, text in allowed.objections(draw.round, policy, share):
        raise Invalid(text, field=field)
    change_plan(actor, draw, chosen, version=version)


def leave_out(actor: Actor, draw: Draw, expert: str, *, reason: str, version: int) -> None:
    """Take an expert out of this draw's pool; the reason goes into the frozen plan."""
    number = expert_named(expert).number
    demand_reason(reason)

    def without(plan: Plan) -> Plan:
        return changed(plan, left_out={**plan.left_out, number: reason.strip()})

    change_plan(actor, draw, without, reason=reason, version=version)


def take_in(actor: Actor, draw: Draw, expert: str, *, version: int) -> None:
    def within(plan: Plan) -> Plan:
        return changed(plan, left_out={name: why for name, why in plan.left_out.items() if name != expert})

    change_plan(actor, draw, within, version=version)


def keep_apart(actor: Actor, draw: Draw, wish: PairWish, *, version: int) -> None:
    """The pair never sits together in this draw, for a reason that no rule covers."""
    known = _known_pair(draw, wish)

    def apart(plan: Plan) -> Plan:
        return changed(plan, forbidden=(*plan.forbidden, known))

    change_plan(actor, draw, apart, reason=wish.reason, version=version)


def keep_together(actor: Actor, draw: Draw, wish: PairWish, *, version: int) -> None:
    """The pair sits together whatever is drawn; the rules are asked as for any other."""
    known = _known_pair(draw, wish)

    def together(plan: Plan) -> Plan:
        return changed(plan, pinned=(*plan.pinned, known))

    change_plan(actor, draw, together, reason=wish.reason, version=version)


def drop_wish(actor: Actor, draw: Draw, expert: str, dossier: str, *, version: int) -> None:
    def others(wishes: tuple[PairWish, ...]) -> tuple[PairWish, ...]:
        return tuple(wish for wish in wishes if (wish.expert, wish.dossier) != (expert, dossier))

    def without(plan: Plan) -> Plan:
        return changed(plan, pinned=others(plan.pinned), forbidden=others(plan.forbidden))

    change_plan(actor, draw, without, version=version)


def change_plan(actor: Actor, draw: Draw, change: Callable[[Plan], Plan], *, version: int, reason: str = "") -> None:
    """One change of the plan as the page showed it; a page that somebody else has overtaken is answered with both texts."""
    demand(actor, "draw.edit", draw)
    before = plan_of(draw)
    wanted = change(before)
    if version != draw.version:
        raise _stale(draw, before, wanted)
    draw.plan = wanted.record()
    audit.record(actor, "draw.edit", draw, reason=reason, detail={"plan": draw.plan})


def _stale(draw: Draw, before: Plan, wanted: Plan) -> Stale:
    """What differs between the plan as it stands and as this page would have it; all of it where nothing does."""
    stored, typed = plan_words(before), plan_words(wanted)
    differing = [name for name, text in stored.items() if typed[name] != text] or list(stored)
    return Stale(
        stored={name: stored[name] for name in differing},
        typed={name: typed[name] for name in differing},
        current_version=draw.version,
    )


def _known_pair(draw: Draw, wish: PairWish) -> PairWish:
    number = expert_named(wish.expert).number
    application = queries.find_application(draw.edition_id, wish.dossier)
    if application is None:
        raise Invalid(Message(N_("本届没有这个编号的申报书。请核对。")), field="dossier")
    demand_reason(wish.reason)
    plan = plan_of(draw)
    if any((each.expert, each.dossier) == (number, application.number) for each in (*plan.pinned, *plan.forbidden)):
        raise Invalid(PAIR_TAKEN, field="dossier")
    return PairWish(number, application.number, wish.reason.strip())


def demand_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid(Message(N_("请写明理由。")), field="reason")
