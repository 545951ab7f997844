"""Why dossiers cannot be staffed, in words: first each by itself, then those that compete, then the rules that clash."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from operator import attrgetter
from typing import cast

import numpy as np

from app.kernel.words import N_, Message
from app.panels import rules
from app.panels.engine.full import witness as witnesses
from app.panels.engine.full.choice import can_be_met
from app.panels.engine.full.terms import Integers, Terms
from app.panels.engine.pool import Mask, Pool
from app.panels.engine.problem import Need, Seat, Shortage
from app.panels.rules import Objection

NAMED = 8  # dossiers that a sentence names
TOO_FEW: dict[Need, str] = {
    "eligible": N_("需要 %(needed)s 名专家，符合规则的只有 %(available)s 名。"),
    "leader": N_("需要 %(needed)s 名可以担任组长的专家，符合规则的有 %(available)s 名。"),
    "industry": N_("需要 %(needed)s 名本行业专家，符合规则的有 %(available)s 名。"),
    "examiner": N_("需要 %(needed)s 名质量管理评审员，符合规则的有 %(available)s 名。"),
    "finance": N_("需要 %(needed)s 名财务专家，符合规则的有 %(available)s 名。"),
}
TOO_BUSY: dict[Need, str] = {
    "capacity": N_(
        "全部材料共需 %(needed)s 个席位，专家的任务上限合计只够 %(available)s 个。请增加专家或提高任务上限。"
    ),
    "leader": N_("全部材料共需 %(needed)s 个组长席位，可以担任组长的专家的任务上限合计只够 %(available)s 个。"),
    "industry": N_("全部材料共需 %(needed)s 个行业专家席位，行业专家的任务上限合计只够 %(available)s 个。"),
    "examiner": N_("全部材料共需 %(needed)s 个评审员席位，评审员的任务上限合计只够 %(available)s 个。"),
    "finance": N_("全部材料共需 %(needed)s 个财务专家席位，财务专家的任务上限合计只够 %(available)s 个。"),
}
COMPETING = N_(
    "%(count)s 份材料（%(dossiers)s）合计需要 %(needed)s 个席位（%(roles)s），符合规则的专家只有 %(experts)s 名，"
    "任务上限合计只够 %(available)s 个。请为这些材料增加专家，或提高这些专家的任务上限。"
)
ROLES: dict[str, str] = {
    "leader": N_("组长"),
    "industry": N_("行业专家"),
    "examiner": N_("质量管理评审员"),
    "finance": N_("财务专家"),
}
ANY_SEAT = N_("不限角色")
FAMILIES: dict[str, str] = {
    "leader": N_("组长要求"),
    "industry": N_("行业专家人数要求"),
    "examiner": N_("评审员人数要求"),
    "finance": N_("财务专家人数要求"),
    "employer": N_("同一单位限一人"),
    "province": N_("来自不同省份的要求"),
    "minimum": N_("专家的最低任务数"),
    "group": N_("一名专家只评一个组"),
    "crossing": N_("跨组评审的份数"),
    "fixed": N_("已确定的席位"),
    "load": N_("专家的任务上限"),
}
ONE_CHANGE = N_(
    "单独看，每一项要求都能满足，合在一起却无法排满。只要放宽以下任意一项就能排出：%(relief)s。请选择其中一项放宽，或增加专家。"
)
TOO_SHARED = N_(
    "按每名专家进入一份材料的机会不超过 %(most)s/%(whole)s 抽取时，席位无法全部排满。请提高这一比例，或改为按总体匹配度安排。"
)
TOGETHER = N_(
    "单独看，这份材料有足够的专家；与其他材料一起安排时，任务上限、组长和行业要求、同一单位或同一省份的限制使席位无法全部排满。"
    "请增加专家、提高任务上限或放宽其中一项要求。"
)


def of_each(pool: Pool) -> tuple[Shortage, ...]:
    """What already fails for a dossier by itself."""
    return tuple(_unlawful_fixed(pool)) + tuple(_too_few(pool))


def of_all(pool: Pool, terms: Terms, lacking: Mask) -> tuple[Shortage, ...]:
    """Why the dossiers cannot be staffed together: loads that are too small for all of them, else the smallest set found that
    competes for too few experts, else the rules that clash."""
    short = np.flatnonzero(lacking) if lacking.any() else np.arange(len(pool.dossiers))
    return _too_busy(pool, short) or tuple(_competing(pool, terms)) or _clashing(pool, terms, short)


def too_shared(pool: Pool) -> tuple[Shortage, ...]:
    most, whole = pool.problem.share
    text = Message(TOO_SHARED, {"most": most, "whole": whole})
    size = pool.problem.shape.size
    return tuple(_shortage(pool, at, "share", needed=size, available=0, text=text) for at in range(len(pool.dossiers)))


def _competing(pool: Pool, terms: Terms) -> Iterator[Shortage]:
    for witness in witnesses.find(terms):
        names = tuple(pool.dossiers[at].id for at in witness.dossiers.tolist())
        roles = tuple(Message(ROLES[name]) for name in witness.roles) or (Message(ANY_SEAT),)
        values = {
            "count": len(names),
            "dossiers": (*names[:NAMED], *(["…"] if len(names) > NAMED else [])),
            "roles": roles,
            "needed": witness.needed,
            "experts": len(witness.experts),
            "available": witness.capacity,
        }
        need: Need = cast("Need", witness.roles[0]) if witness.roles else "seats"
        for at in witness.dossiers.tolist():
            found = _shortage(
                pool, at, need, needed=witness.needed, available=witness.capacity, text=Message(COMPETING, values)
            )
            yield replace(found, among=names)


def _clashing(pool: Pool, terms: Terms, short: Integers) -> tuple[Shortage, ...]:
    relief = tuple(name for name, left in witnesses.without(terms) if can_be_met(left))
    text = _one_change(relief, "crossing" if pool.problem.crossing else "group")
    return tuple(
        replace(_shortage(pool, at, "together", needed=0, available=0, text=text), relief=relief)
        for at in short.tolist()
    )


def _one_change(relief: tuple[str, ...], of_groups: str) -> Message:
    """`of_groups`: what the rule of groups asks of this draw."""
    if not relief:
        return Message(TOGETHER)
    named = (of_groups if name == "group" else name for name in relief)
    return Message(ONE_CHANGE, {"relief": tuple(Message(FAMILIES[name]) for name in named)})


def _too_busy(pool: Pool, short: Integers) -> tuple[Shortage, ...]:
    for need, count, mask in _wanted(pool):
        seats, room = count * len(pool.dossiers), _room(pool, mask)
        if room < seats:
            text = Message(TOO_BUSY[need], {"needed": seats, "available": room})
            return tuple(_shortage(pool, at, need, needed=seats, available=room, text=text) for at in short.tolist())
    return ()


def _wanted(pool: Pool) -> Iterator[tuple[Need, int, Mask]]:
    yield "capacity", pool.problem.shape.size, np.ones_like(pool.eligible)
    yield from ((role.name, role.needed, role.mask) for role in pool.roles)


def _room(pool: Pool, mask: Mask) -> int:
    """How many seats the experts of a role could fill at most, by their loads and their lawful dossiers."""
    lawful = ((pool.eligible | pool.fixed) & mask).sum(axis=1)
    return int(np.minimum(lawful, pool.capacity).sum())


def _too_few(pool: Pool) -> Iterator[Shortage]:
    possible = pool.eligible | pool.fixed
    everyone = np.ones_like(possible)
    roles = [
        ("eligible", pool.problem.shape.size, everyone),
        *((role.name, role.needed, role.mask) for role in pool.roles),
    ]
    for column in range(len(pool.dossiers)):
        for need, needed, mask in roles:
            available = int((possible & mask)[:, column].sum())
            if available < needed:
                text = Message(TOO_FEW[need], {"needed": needed, "available": available})
                yield _shortage(pool, column, need, needed=needed, available=available, text=text)
                break


def _fixed_on(pool: Pool, dossier: str) -> list[Seat]:
    return sorted((seat for seat in pool.problem.fixed if seat.dossier == dossier), key=lambda seat: seat.expert)


def _unlawful_fixed(pool: Pool) -> Iterator[Shortage]:
    problem = pool.problem
    held = Counter(map(attrgetter("expert"), problem.fixed))
    for column, dossier in enumerate(pool.dossiers):
        fixed = _fixed_on(pool, dossier.id)
        for seat in fixed:
            if objections := _objections(pool, seat, column, held[seat.expert]):
                text = Message(N_("已确定的专家 %(expert)s 不符合规则，请先更换。"), {"expert": seat.expert})
                yield _shortage(pool, column, "fixed", needed=1, available=0, text=text, objections=objections)
        if not _fit_together(pool, fixed):
            text = Message(
                N_("已确定的专家不能组成一个专家组：人数超过席位、组长多于一名，或同一单位、同一省份的人数过多。")
            )
            yield _shortage(pool, column, "fixed", needed=problem.shape.size, available=len(fixed), text=text)


def _objections(pool: Pool, seat: Seat, column: int, held: int) -> tuple[Objection, ...]:
    """Against a fixed seat; the other fixed seats of the expert count as load already carried."""
    expert = pool.experts[pool.expert_at[seat.expert]]
    return rules.judge(
        replace(expert, load=expert.load + held - 1),
        pool.dossiers[column],
        pool.problem.rule,
        as_leader=seat.is_leader,
        conflicts=pool.problem.conflicts,
    ).objections


def _fit_together(pool: Pool, fixed: list[Seat]) -> bool:
    if len(fixed) > pool.problem.shape.size or sum(seat.is_leader for seat in fixed) > 1:
        return False
    rows = [pool.expert_at[seat.expert] for seat in fixed]
    return all(
        max(Counter(labels[row] for row in rows if labels[row]).values(), default=0) <= highest
        for highest, labels in pool.limits
    )


def _shortage(
    pool: Pool,
    column: int,
    need: Need,
    *,
    needed: int,
    available: int,
    text: Message,
    objections: tuple[Objection, ...] = (),
) -> Shortage:
    dossier = pool.dossiers[column]
    (removals,) = rules.removals([dossier], pool.experts, pool.problem.rule, conflicts=pool.problem.conflicts)
    return Shortage(dossier.id, need, needed, available, text, removals, objections)
