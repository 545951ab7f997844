"""Panels at the table: independent sheets in, talked about, agreed or not, and reported."""

from __future__ import annotations

from dataclasses import replace

from app.consensus import queries, services
from app.consensus.models import Consensus
from app.kernel.actor import Role
from tests.factories.scoring import Panel, acting, hand_in, panel
from tests.support.built import built_once


@built_once
def talking(*percents: int, round_key: str = "paper") -> tuple[Panel, Consensus]:
    """One dossier scored alike over all items by each expert, so far apart that the panel must talk."""
    made = panel(1, len(percents), round_key=round_key)
    for position, percent in enumerate(percents):
        hand_in(made.sheet(0, position), percent)
    return made, found(made)


def found(made: Panel, dossier: int = 0) -> Consensus:
    consensus = queries.find_for(made.round.id, made.dossiers[dossier].id)
    assert consensus is not None
    return consensus


def settle(made: Panel, consensus: Consensus, percent: int) -> None:
    """The leader gives every item the same percentage."""
    assert consensus.led_by == made.experts[0].id
    settle_as(consensus, percent)


def settle_as(consensus: Consensus, percent: int, *, reason: str = "核对证实性材料后议定。") -> None:
    leading = (sheet.assignment.expert for sheet in consensus.sheets if sheet.expert_id == consensus.led_by)
    leader = acting(next(leading), Role.LEADER)
    for said, item in zip(queries.proposals(consensus), consensus.items, strict=True):
        wanted = replace(said, percent=percent, reason=reason)
        services.save_item(leader, consensus, item.item_code, wanted, version=item.version)


@built_once
def proposed(made: Panel, consensus: Consensus, percent: int = 60) -> None:
    settle(made, consensus, percent)
    services.propose(made.actors[0], consensus)


@built_once
def agreed(made: Panel, consensus: Consensus, percent: int = 60) -> None:
    proposed(made, consensus, percent)
    for actor in made.actors[1:]:
        services.answer(actor, consensus, confirms=True)
    services.agree(made.actors[0], consensus)


@built_once
def released(made: Panel, consensus: Consensus, percent: int = 60) -> None:
    agreed(made, consensus, percent)
    services.release(made.actors[0], consensus, text="专家组一致认为，过程方法系统，结果对比不足。")
