"""What a rulebook's values about the kinds of its rounds, visits and hearings, must keep among themselves."""

from app.kernel.words import N_
from app.programmes.rules.cross import CrossRule, Errors, wrong
from app.programmes.rules.rulebook import Rulebook
from app.programmes.rules.values import RoundKind


def kinds_complete(book: Rulebook) -> Errors:
    for index, entry in enumerate(book.rounds):
        needs = {RoundKind.SITE: "visit", RoundKind.DEFENCE: "defence"}.get(entry.kind)
        if needs and getattr(entry, needs) is None:
            yield wrong(f"rounds[{index}].{needs}", N_("缺少这一轮的安排"), N_("一个表，例如 [rounds.visit]"))
    yield from _nothing_after_the_last(book)


def _nothing_after_the_last(book: Rulebook) -> Errors:
    if book.rounds and book.rounds[-1].advance_factor is not None:
        last = len(book.rounds) - 1
        yield wrong(f"rounds[{last}].advance_factor", N_("最后一轮之后没有下一轮"), N_("去掉这一项"))


def overtime_said(book: Rulebook) -> Errors:
    """Which minutes count is said exactly where overtime costs points."""
    for index, entry in enumerate(book.rounds):
        rule = entry.defence
        if rule is not None and (rule.overtime_points_per_minute is None) != (rule.overtime_minutes is None):
            yield wrong(
                f"rounds[{index}].defence.overtime_minutes",
                N_("超时规则不完整"),
                N_("写了每分钟扣分的，写 full 或 begun；不扣分的去掉"),
            )


HEARING_RULES: tuple[CrossRule[Rulebook], ...] = (
    CrossRule(("rounds[].kind", "rounds[].visit", "rounds[].defence", "rounds[].advance_factor"), kinds_complete),
    CrossRule(("rounds[].defence.overtime_points_per_minute", "rounds[].defence.overtime_minutes"), overtime_said),
)
