"""Whatever the code records has words: an action or a subject without a label would break the supervisor's page."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.audit import labels
from app.jobs import JOBS
from app.kernel.database import Base
from app.workflow import LIFECYCLES, transitions

APP = Path(labels.__file__).resolve().parents[1]
RECORDERS = {"record", "record_look", "grant_by_stage"}
"""Functions that write the record; their second argument names the action."""


def recorded_actions() -> Iterator[tuple[str, str]]:
    for path in sorted(APP.rglob("*.py")):
        calls = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
        for call in calls:
            action = action_of(call)
            if action:
                yield action, f"{path.relative_to(APP)}:{call.lineno}"


def action_of(call: ast.Call) -> str:
    """The action that this call records, or nothing where it records none or is handed one."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if name not in RECORDERS or len(call.args) < 2 or not isinstance(call.args[1], ast.Constant):
        return ""
    action = str(call.args[1].value)
    return action if "." in action else ""


def test_every_action_that_the_code_records_has_a_label() -> None:
    found = list(recorded_actions())
    assert len(found) > 20, "the search itself must find them"
    assert [(action, place) for action, place in found if action not in labels.all_actions()] == []


def test_a_lifecycle_step_is_labelled_in_the_workflow_table_only() -> None:
    steps = {step.action for _lifecycle, step in transitions()}
    assert steps.isdisjoint(labels.OTHER_ACTIONS)


@pytest.mark.parametrize("lifecycle", LIFECYCLES.values(), ids=lambda lifecycle: lifecycle.subject)
def test_every_subject_with_a_lifecycle_has_a_name(lifecycle: object) -> None:
    subjects = [
        mapper.class_.__tablename__
        for mapper in Base.registry.mappers
        if getattr(mapper.class_, "lifecycle", "") == lifecycle.subject  # type: ignore[attr-defined]
    ]
    assert len(subjects) == 1
    assert subjects[0] in labels.SUBJECTS


def test_the_system_and_visitors_are_named_as_such() -> None:
    assert str(labels.actor_label("system:notices")) == "系统（公示到期）"
    assert str(labels.actor_label("system:unknown")) == "系统（unknown）"
    assert str(labels.actor_label("anonymous")) == "访客"
    assert str(labels.actor_label("李秘书")) == "李秘书"


def systems() -> Iterator[str]:
    """Under which names the code itself, and the clock, stand on record."""
    for path in sorted(APP.rglob("*.py")):
        yield from filter(None, map(system_of, ast.walk(ast.parse(path.read_text(encoding="utf-8")))))
    yield from (job.name for job in JOBS)


def system_of(node: ast.AST) -> str:
    """The name in `Actor.system("…")` or in "system:…"; nothing for anything else."""
    if isinstance(node, ast.Constant):
        before, prefix, name = str(node.value).partition(labels.SYSTEM_PREFIX)
        return name if prefix and not before else ""
    is_call = isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "system"
    given = node.args[0] if is_call and node.args else None  # type: ignore[attr-defined]
    return str(given.value) if isinstance(given, ast.Constant) else ""


def test_whatever_the_system_does_by_itself_has_words() -> None:
    found = set(systems())
    assert len(found) > 12, "the search itself must find them"
    assert found <= labels.JOBS.keys()
