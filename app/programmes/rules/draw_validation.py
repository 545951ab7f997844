"""What a rulebook's values about the draw of panels must keep among themselves."""

from app.kernel.words import N_
from app.programmes.rules.cross import CrossRule, Errors, wrong
from app.programmes.rules.rulebook import Rulebook

FINEST = 10
"""A chance is a whole number of parts, of at most so many: the engine and whoever checks a draw count in whole parts."""


def policies_named(book: Rulebook) -> Errors:
    named = book.panel.draw_policies
    if not named or len(set(named)) != len(named):
        yield wrong(
            "panel.draw_policies",
            N_("抽取方式 draw_policies 没有列出，或有重复"),
            N_("best、fairest、random 中的一种或几种，每种一次，第一种为默认"),
        )


def chance_is_a_share(book: Rulebook) -> Errors:
    chance = book.panel.highest_chance
    if chance >= 1 or chance.denominator > FINEST:
        yield wrong(
            "panel.highest_chance",
            N_("机会上限 %(chance)s 不能用来抽取"),
            N_("小于 1 的分数，分母不超过 %(finest)s，例如 1/2"),
            chance=str(chance),
            finest=FINEST,
        )


DRAW_RULES: tuple[CrossRule[Rulebook], ...] = (
    CrossRule(("panel.draw_policies",), policies_named),
    CrossRule(("panel.highest_chance",), chance_is_a_share),
)
