"""What a permission is made of: facts about an actor and a subject, joined by & (and), | (or) and ~ (not)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.kernel.actor import ROLE_LABELS, Actor, Role
from app.kernel.words import N_, Message

Check = Callable[[Actor, Any], bool]


@dataclass(frozen=True)
class Rule:
    """`failed(actor, subject)` is None when the rule holds, else the simplest part that does not."""

    name: str
    reason: Message
    check: Check

    def failed(self, actor: Actor, subject: Any) -> "Rule | None":
        return None if self.check(actor, subject) else self

    def __and__(self, other: "Rule") -> "Rule":
        return _Both(f"({self.name} & {other.name})", self.reason, self.check, self, other)

    def __or__(self, other: "Rule") -> "Rule":
        return _Either(f"({self.name} | {other.name})", self.reason, self.check, self, other)

    def __invert__(self) -> "Rule":
        return Rule(f"~{self.name}", self.reason, lambda actor, subject: not self.check(actor, subject))


@dataclass(frozen=True)
class _Both(Rule):
    left: Rule
    right: Rule

    def failed(self, actor: Actor, subject: Any) -> Rule | None:
        return self.left.failed(actor, subject) or self.right.failed(actor, subject)


@dataclass(frozen=True)
class _Either(Rule):
    left: Rule
    right: Rule

    def failed(self, actor: Actor, subject: Any) -> Rule | None:
        """Of two refusals the one that came further says more: a wrong state tells more than a wrong role."""
        left = self.left.failed(actor, subject)
        right = left and self.right.failed(actor, subject)
        if left is None or right is None:
            return None
        if isinstance(left, _Roles):
            return left.with_those_of(right) if isinstance(right, _Roles) else right
        return left


@dataclass(frozen=True)
class _Roles(Rule):
    """That the actor holds one of these roles; a refusal names them all."""

    wanted: tuple[Role, ...]

    def with_those_of(self, other: "_Roles") -> Rule:
        return roles(*dict.fromkeys((*self.wanted, *other.wanted)))


def role(wanted: Role) -> Rule:
    return roles(wanted)


def roles(*wanted: Role) -> Rule:
    return _Roles(
        "role:" + "/".join(each.value for each in wanted),
        Message(N_("这一步只能由%(role)s办理。"), {"role": tuple(Message(ROLE_LABELS[each]) for each in wanted)}),
        lambda actor, _subject: actor.has(*wanted),
        wanted,
    )


def state_in(*states: str) -> Rule:
    return Rule(
        f"state:{'/'.join(states)}",
        Message(N_("当前状态下不能办理这一步。")),
        lambda _actor, subject: subject.state in states,
    )


anyone = Rule("anyone", Message(""), lambda _actor, _subject: True)
signed_in = Rule("signed_in", Message(N_("请先登录。")), lambda actor, _subject: actor.is_authenticated)
system = Rule("system", Message(N_("这一步由系统按日历自动办理。")), lambda actor, _subject: actor.is_system)
