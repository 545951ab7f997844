"""Why dossiers cannot be staffed, in words: first each by itself, then all together."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from operator import attrgetter

import numpy as np

from app.kernel.words import N_, Message
from app.panels import rules
from app.panels.engine.pool import Mask, Pool
from app.panels.engine.problem import Need, Seat, Shortage
from app.panels.engine.solver import Choice
from app.panels.rules import Objection

TOO_FEW: dict[Need, str] = {
    "eligible": N_("需要 %(needed)s 名专家，符合规则的只有 %(available)s 名。"),
    "leader": N_("需要 %(needed)s 名可以担任组长的专家，符合规则的有 %(available)s 名。"),
    "industry": N_("需要 %(needed)s 名本行业专家，符合规则的有 %(available)s 名。"),
    "examiner": N_("需要 %(needed)s 名质量管理评审员，符合规则的有 %(available)s 名。"),
}
TOO_BUSY: dict[Need, str] = {
    "capacity": N_(
        "全部材料共需 %(needed)s 个席位，专家的任务上限合计只够 %(available)s 个。请增加专家或提高任务上限。"
    ),
    "leader": N_("全部材料共需 %(needed)s 个组长席位，可以担任组长的专家的任务上限合计只够 %(available)s 个。"),
    "industry": N_("全部材料共需 %(needed)s 个行业专家席位，行业专家的任务上限合计只够 %(available)s 个。"),
    "examiner": N_("全部材料共需 %(needed)s 个评审员席位，评审员的任务上限合计只够 %(available)s 个。"),
}
TOGETHER = N_(
    "单独看，这份材料有足够的专家；与其他材料一起安排时，任务上限、组长和行业要求、同一单位或同一省份的限制使席位无法全部排满。"
    "请增加专家、提高任务上限或放宽其中一项要求。"
)


def of_each(pool: Pool) -> tuple[Shortage, ...]:
    """What already fails for a dossier by itself."""
    return tuple(_unlawful_fixed(pool)) + tuple(_too_few(pool))


def of_all(pool: Pool, choice: Choice) -> tuple[Shortage, ...]:
    """Why the dossiers cannot be staffed together, for each with an unfilled seat or role."""
    everyone: list[tuple[Need, int, Mask]] = [("capacity", pool.problem.shape.size, np.ones_like(pool.eligible))]
    roles: list[tuple[Need, int, Mask]] = [(role.name, role.needed, role.mask) for role in pool.roles]
    wanted = [(need, count * len(pool.dossiers), _room(pool, mask)) for need, count, mask in everyone + roles]
    busy = [(name, count, room) for name, count, room in wanted if room < count]
    need, seats, room = busy[0] if busy else ("together", 0, 0)
    text = Message(TOO_BUSY[need] if busy else TOGETHER, {"needed": seats, "available": room})
    short = np.nonzero(choice.missing.sum(axis=0))[0]
    return tuple(_shortage(pool, int(column), need, needed=seats, available=room, text=text) for column in short)


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
    return rules.objections(
        replace(expert, load=expert.load + held - 1),
        pool.dossiers[column],
        pool.problem.rule,
        as_leader=seat.is_leader,
        conflicts=pool.problem.conflicts,
    )


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
