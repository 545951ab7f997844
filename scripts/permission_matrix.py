"""The whole permission table, asked: every action, every kind of actor, own and foreign, in every state.

`python -m scripts.permission_matrix` writes tests/architecture/permissions.json, which is read with care whenever it changes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace

from app.kernel.actor import Actor, Role
from app.policy import RULES, allows
from app.workflow import LIFECYCLES

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests" / "architecture" / "permissions.json"

OWN, FOREIGN = 7, 8
STATELESS = "-"

SUBJECT_OF: dict[str, str] = {
    "recommendation.read": "application",
    "formal_check.read": "application",
    "formal_check.save": "application",
    "consultation.begin": "application",
    "consultation.record": "application",
    "consultation.read": "application",
    "score_sheet.open": "assignment",
    "interest_question.ask": "assignment",
    "paper_entry.type": "score_sheet",
    "comparison.read": "round",
    "advice.read": "ranking",
    "advice.watch": "ranking",
    "committee_report.write": "round",
    "bundle.order": "edition",
    "retention_act.propose": "edition",
    "watch_fact.record": "outcome",
    "blinding.read": "application",
    "blinding.edit": "application",
    "avoidance.read": "application",
    "avoidance.edit": "application",
}
"""Actions on a subject of another lifecycle than their name begins with."""

VISITOR, LINK, SYSTEM = "visitor", "link", "system"

Matrix = dict[str, dict[str, str]]


def actors() -> Iterator[tuple[str, Actor]]:
    """A visitor, an expert with no more than a mailed link, the clock, and one person a role; their own things carry OWN."""
    yield VISITOR, Actor.anonymous()
    yield LINK, Actor.by_link(OWN, "E007")
    yield SYSTEM, Actor.system("matrix")
    for role in Role:
        yield (
            role.value,
            Actor(
                user_id=OWN,
                name=role,
                roles=frozenset({role}),
                body_id=OWN if role is Role.RECOMMENDER else None,
                expert_id=OWN if role in (Role.EXPERT, Role.LEADER, Role.HEAD) else None,
                editions=frozenset({OWN}) if role is Role.COMMITTEE else frozenset(),
            ),
        )


def states_of(action: str) -> tuple[str, ...]:
    lifecycle = LIFECYCLES.get(SUBJECT_OF.get(action, action.partition(".")[0]))
    return (STATELESS,) if lifecycle is None else tuple(state.value for state in lifecycle.states)


def stand_in(owner: int, state: str) -> SimpleNamespace:
    """A subject as the rules read it; where the action's subject has no state, asking for one fails loudly."""
    fields: dict[str, object] = dict.fromkeys(
        (
            "id",
            "user_id",
            "owner_id",
            "body_id",
            "expert_id",
            "edition_id",
            "proposed_by",
            "led_by",
            "drafted_by",
            "handler_id",
        ),
        owner,
    )
    fields |= dict.fromkeys(("panel", "chairs", "editors"), frozenset({owner}))
    fields |= {"awaited": False, "is_over": False, "is_released": True}
    return SimpleNamespace(**fields) if state == STATELESS else SimpleNamespace(**fields, state=state)


def led_by_oneself(state: str) -> SimpleNamespace:
    """Somebody else's thing on a panel that the actor leads."""
    subject = stand_in(FOREIGN, state)
    subject.led_by = OWN
    return subject


def matrix() -> Matrix:
    """action → role → where it is allowed: "always", "in a, b", "own", "own in a, b", "led"; roles that never may are left out."""
    found: Matrix = {}
    for action in sorted(RULES):
        rows = {name: _told(action, actor) for name, actor in actors()}
        found[action] = {name: told for name, told in rows.items() if told}
    return found


def _told(action: str, actor: Actor) -> str:
    every = states_of(action)
    own, foreign, led = (
        tuple(state for state in every if allows(actor, action, make(state)))
        for make in (partial(stand_in, OWN), partial(stand_in, FOREIGN), led_by_oneself)
    )
    if own == foreign == led:
        return _states(own, every) if own else ""
    found = (("own", own), ("foreign", foreign), ("led", () if led in (own, foreign) else led))
    parts = [f"{whose} {_states(states, every)}" for whose, states in found if states]
    return "; ".join(parts).replace(" always", "")


def _states(states: tuple[str, ...], every: tuple[str, ...]) -> str:
    return "always" if states == every else f"in {', '.join(states)}"


def written() -> str:
    return json.dumps(matrix(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    GOLDEN.write_text(written(), encoding="utf-8")
    print(f"{GOLDEN.relative_to(ROOT)}: read it before you commit it")
