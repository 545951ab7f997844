"""Which ways of choosing panels the rulebook of a round allows, and how high a chance may be at random."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from app.kernel.words import N_, Message
from app.panels import facts
from app.panels.engine import Policy
from app.panels.plan import SHARES, Plan
from app.panels.policies import POLICIES
from app.programmes.models import Round

Parts = tuple[int, int]
NOT_THIS_WAY = N_("本届规则不采用“%(policy)s”。可用的方式：%(policies)s。")
ALLOWED = N_("本届规则允许的方式：%(policies)s。")
CAPPED = N_("本届规则允许的方式：%(policies)s；近优随机时机会不超过 %(highest)s。")
TOO_HIGH = N_("本届规则规定机会不超过 %(highest)s。请选择不高于它的上限。")


def policies_of(round_: Round) -> dict[Policy, str]:
    """The policies by name in the rulebook's order, the first being the one that a draw begins with."""
    return {policy.value: POLICIES[policy.value] for policy in facts.panel_rule(round_).draw_policies}


def shares_of(round_: Round) -> list[Parts]:
    """The caps on a pair's chance that may be chosen, the highest first: the rulebook's own and the usual ones below."""
    highest = facts.panel_rule(round_).highest_chance
    lower = [parts for parts in SHARES if Fraction(*parts) < highest]
    return [(highest.numerator, highest.denominator), *lower]


def words(round_: Round) -> Message:
    """What the rulebook allows, in one sentence."""
    allowed, highest = policies_of(round_), facts.panel_rule(round_).highest_chance
    text = CAPPED if "random" in allowed else ALLOWED
    return Message(text, {"policies": _names(allowed), "highest": str(highest)})


def _names(policies: Mapping[Policy, str]) -> tuple[Message, ...]:
    return tuple(map(Message, policies.values()))


def first_plan(round_: Round, *, top_up: bool) -> Plan:
    """What a working copy begins with."""
    return Plan(policy=next(iter(policies_of(round_))), share=shares_of(round_)[0], top_up=top_up)


def objections(round_: Round, policy: Policy, share: Parts) -> Iterator[tuple[str, Message]]:
    """What the rulebook has against a choice, each with the field that it is about."""
    allowed, highest = policies_of(round_), facts.panel_rule(round_).highest_chance
    if policy not in allowed:
        yield "policy", Message(NOT_THIS_WAY, {"policy": Message(POLICIES[policy]), "policies": _names(allowed)})
    if policy == "random" and Fraction(*share) > highest:
        yield "share", Message(TOO_HIGH, {"highest": str(highest)})
