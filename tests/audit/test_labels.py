"""Whatever the code records has words: an action or a subject without a label would break the supervisor's page."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.audit import labels
from app.kernel.database import Base
from app.workflow import LIFECYCLES, transitions

APP = Path(labels.__file__).resolve().parents[1]
RECORDERS = {"record": 1, "record_look": 1, "grant_by_stage": 1}
"""Functions that write the record, and which argument names the action."""


def recorded_actions() -> Iterator[tuple[str, str]]:
    for path in sorted(APP.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and len(node.args) > 1:
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                action = node.args[RECORDERS.get(name, 1)]
                if name in RECORDERS and isinstance(action, ast.Constant) and "." in str(action.value):
                    yield str(action.value), f"{path.relative_to(APP)}:{node.lineno}"


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
    assert str(labels.actor_label("system:notices")) == "系统（notices）"
    assert str(labels.actor_label("anonymous")) == "访客"
    assert str(labels.actor_label("李秘书")) == "李秘书"
