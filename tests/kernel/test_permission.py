"""A refusal says who may: all roles that would do, or the state that is wrong where the role is right."""

from types import SimpleNamespace

from app.kernel.actor import Actor, Role
from app.kernel.permission import Rule, role, state_in

OFFICE, SUPERVISOR, MEMBER = role(Role.OFFICE), role(Role.SUPERVISOR), role(Role.COMMITTEE)
READS = OFFICE | SUPERVISOR | (MEMBER & state_in("confirmed"))
DRAFT = SimpleNamespace(state="computed")


def refusal(rule: Rule, *held: Role) -> str:
    failed = rule.failed(Actor(user_id=1, name="李", roles=frozenset(held)), DRAFT)
    return str(failed.reason) if failed else ""


def test_a_refusal_names_every_role_that_would_do_once() -> None:
    assert refusal(READS, Role.APPLICANT) == "这一步只能由秘书处、监督员、评审委员会委员办理。"
    assert refusal(OFFICE | SUPERVISOR | OFFICE, Role.APPLICANT) == "这一步只能由秘书处、监督员办理。"
    assert refusal(OFFICE, Role.APPLICANT) == "这一步只能由秘书处办理。"


def test_where_the_role_is_right_the_state_is_named() -> None:
    assert refusal(READS, Role.COMMITTEE) == "当前状态下不能办理这一步。"
    assert refusal(READS, Role.SUPERVISOR) == ""
