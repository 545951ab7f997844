"""What an expert declares about one dossier: no interest, with a pledge, or an interest, which ends the task at once."""

from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotReady
from app.kernel.words import N_, Message
from app.lifecycle import advance
from app.panels.models import Assignment, ConflictSource
from app.panels.pledge import PLEDGE_VERSION, signed_text
from app.panels.services.conflicts import Interest, add_conflict, recorded
from app.panels.services.leading import let_go
from app.policy import demand
from app.programmes.queries import rulebook_of
from app.workflow import RoundState


def declare_clear(actor: Actor, assignment: Assignment, *, text: str) -> None:
    """No interest: the pledge is stored in the very words that were shown (`text` is their version); the dossier opens."""
    demand(actor, "assignment.clear", assignment)
    _demand_open(assignment)
    if text != PLEDGE_VERSION:
        raise Invalid(Message(N_("承诺书已经更新。请阅读新的文字后再声明。")), field="pledge")
    assignment.declared_at, assignment.declaration_text = clock.now(), signed_text()
    advance(assignment, "assignment.clear", actor, detail={"pledge": PLEDGE_VERSION})


def declare_conflict(actor: Actor, assignment: Assignment, *, kind: str, note: str) -> None:
    """An interest: recorded for good, the dossier is hidden at once, and the seat waits for somebody else."""
    demand(actor, "assignment.recuse", assignment)
    _demand_open(assignment)
    kinds = {known.key: known.name for known in rulebook_of(assignment.round.edition).panel.conflicts}
    if kind not in kinds:
        raise Invalid(Message(N_("请选择利害关系的种类。")), field="kind")
    expert, application = assignment.expert, assignment.application
    if not recorded(expert, application, kind):
        add_conflict(expert, application, Interest(kind, note), source=ConflictSource.DECLARED, by=actor)
    assignment.declared_at = clock.now()
    reason = "：".join(filter(None, (kinds[kind].zh, note.strip())))
    advance(assignment, "assignment.recuse", actor, reason=reason, detail={"kind": kind})
    let_go(actor, "assignment.recuse", assignment)


def _demand_open(assignment: Assignment) -> None:
    if assignment.round.state is not RoundState.SCORING:
        raise NotReady([Message(N_("本轮评分已经结束，不能再声明。如有利害关系，请立即联系秘书处。"))])
