"""What a rulebook's values about consensus must keep among themselves."""

from collections.abc import Iterator

from app.kernel.words import N_
from app.programmes.rules.cross import CrossRule, wrong
from app.programmes.rules.errors import RulebookError
from app.programmes.rules.rulebook import Rulebook
from app.programmes.rules.values import ConsensusWhen

Errors = Iterator[RulebookError]


def somebody_leads_a_consensus(book: Rulebook) -> Errors:
    for index, entry in enumerate(book.rounds):
        if entry.consensus is not ConsensusWhen.NEVER and not entry.leader_required:
            yield wrong(
                f"rounds[{index}].consensus",
                N_("这一轮不设组长，没有人主持合议"),
                N_("never，或把 leader_required 设为 true"),
            )


def an_agreed_score_can_come_about(book: Rulebook) -> Errors:
    if book.aggregation.consensus and all(entry.consensus is ConsensusWhen.NEVER for entry in book.rounds):
        yield wrong(
            "aggregation.consensus",
            N_("以合议结果为准，却没有一轮合议"),
            N_("false，或至少一轮的 consensus 不是 never"),
        )


CONSENSUS_RULES: tuple[CrossRule[Rulebook], ...] = (
    CrossRule(("rounds[].consensus", "rounds[].leader_required"), somebody_leads_a_consensus),
    CrossRule(("aggregation.consensus", "rounds[].consensus"), an_agreed_score_can_come_about),
)
