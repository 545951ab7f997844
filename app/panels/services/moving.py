"""The industry groups of a working copy: which dossiers go to the experts of another one, and how many reviews cross."""

from collections.abc import Callable
from dataclasses import replace as changed

from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotReady
from app.kernel.words import N_, Message
from app.panels import facts
from app.panels.grouping import grouping_in, most_crossing
from app.panels.models import Draw
from app.panels.plan import Move, Plan
from app.panels.planned import dossiers_of, plan_of
from app.panels.rules import Grouping
from app.panels.services.planning import change_plan, demand_reason
from app.programmes.queries import rulebook_of

MIXED = Message(N_("本届专家不分行业组，申报书在哪一组不影响由谁评审，不需要移动。"))
SETTLED = Message(N_("本轮已有专家在评审，跨组评审的份数已经定下，以后的抽取不再增加。"))


def move_dossier(actor: Actor, draw: Draw, move: Move, *, version: int) -> None:
    """The experts of another group review the dossier; its category, its criteria and its place in the ranking stay."""
    known = _known_move(draw, move)

    def with_move(plan: Plan) -> Plan:
        return changed(plan, moved=(*_others(plan, known.dossier), known))

    change_plan(actor, draw, with_move, reason=known.reason, version=version)


def move_back(actor: Actor, draw: Draw, dossier: str, *, version: int) -> None:
    def without(plan: Plan) -> Plan:
        return changed(plan, moved=_others(plan, dossier))

    change_plan(actor, draw, without, version=version)


def choose_crossing(actor: Actor, draw: Draw, percent: int, *, version: int) -> None:
    """How many reviews cross, up to what the rulebook allows; before anybody sits, since later draws add none."""
    most = most_crossing(draw.round)
    if not 0 <= percent <= most:
        text = N_("规则最多允许 %(most)s %% 的评审跨组。请选择不超过它的比例。")
        raise Invalid(Message(text, {"most": most}), field="crossing")
    if facts.live_seats(draw.round):
        raise NotReady([SETTLED])
    change_plan(actor, draw, _crossing(percent), version=version)


def _crossing(percent: int) -> Callable[[Plan], Plan]:
    return lambda plan: changed(plan, crossing=percent)


def _others(plan: Plan, dossier: str) -> tuple[Move, ...]:
    return tuple(move for move in plan.moved if move.dossier != dossier)


def _known_move(draw: Draw, move: Move) -> Move:
    grouping = grouping_in(draw.round, plan_of(draw))
    if grouping is None:
        raise NotReady([MIXED])
    known = changed(move, dossier=move.dossier.strip(), reason=move.reason.strip())
    _demand_unseated(draw, known.dossier)
    _demand_another(draw, grouping, known)
    demand_reason(known.reason)
    return known


def _demand_unseated(draw: Draw, dossier: str) -> None:
    if dossier in {seat.dossier for seat in facts.live_seats(draw.round)}:
        text = N_("申报书 %(dossier)s 已有专家，分组不能再变。只有还没有专家的申报书可以移动。")
        raise Invalid(Message(text, {"dossier": dossier}), field="dossier")
    if dossier not in {application.number for application in dossiers_of(draw.round, plan_of(draw))}:
        raise Invalid(Message(N_("这次抽取里没有这个编号的申报书。请核对。")), field="dossier")


def _demand_another(draw: Draw, grouping: Grouping, move: Move) -> None:
    if move.group not in {group.key for group in rulebook_of(draw.edition).enabled_groups}:
        raise Invalid(Message(N_("请选择要移到的行业组。")), field="group")
    if grouping.group[move.dossier] == move.group:
        text = N_("申报书 %(dossier)s 已经在“%(group)s”组。")
        raise Invalid(Message(text, {"dossier": move.dossier, "group": grouping.names[move.group]}), field="group")
