"""The only writer of a state: permission, table, state, audit line, consequences, in this order and in one transaction."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Protocol

from app import workflow
from app.audit import services as audit
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import NotReady, WrongState
from app.kernel.words import N_, Message
from app.policy import demand

Reaction = Callable[[Any, Actor], None]

_reactions: dict[str, tuple[Reaction, ...]] = {}


class Stateful(Protocol):
    """Anything with a lifecycle: the workflow table's subject name, an id and a state."""

    id: Any
    lifecycle: ClassVar[str]
    state: Any


def install(reactions: Mapping[str, tuple[Reaction, ...]]) -> None:
    """Called once by create_app with the table of reactions.py; an action that is in no table is an error."""
    for action in reactions:
        workflow.find(action)
    _reactions.clear()
    _reactions.update(reactions)


def demand_step(subject: Stateful, action: str, actor: Actor) -> workflow.Transition:
    """Raise Forbidden or WrongState where the step cannot be taken; for a service that writes before it advances."""
    lifecycle, transition = workflow.find(action)
    if lifecycle.subject != subject.lifecycle:
        raise LookupError(f"{action} is no step of a {subject.lifecycle}")
    demand(actor, action, subject)
    if subject.state not in transition.sources:
        label = lifecycle.labels[subject.state].internal
        raise WrongState(
            Message(
                N_("现在是“%(state)s”状态，不能办理“%(step)s”。页面可能已经过时，请刷新后再看。"),
                {"state": Message(label), "step": Message(transition.label)},
            )
        )
    return transition


def advance(
    subject: Stateful, action: str, actor: Actor, *, reason: str = "", detail: Mapping[str, Any] | None = None
) -> None:
    """Take one step of the subject's lifecycle.

    Raises Forbidden (policy), WrongState (no such step from here), NotReady (a reason is required and missing).
    """
    transition = demand_step(subject, action, actor)
    if transition.needs_reason and not reason.strip():
        raise NotReady([Message(N_("请写明理由。"))])
    before = subject.state
    subject.state = transition.target
    db.session.flush()
    audit.record(actor, action, subject, before=before, after=transition.target, reason=reason, detail=detail)
    for react in _reactions.get(action, ()):
        react(subject, actor)
