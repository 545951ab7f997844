"""What a rulebook's values about combining scores must keep among themselves."""

from collections.abc import Callable

from app.kernel.words import N_
from app.programmes.rules.cross import CrossRule, Errors, wrong
from app.programmes.rules.rulebook import Rulebook
from app.programmes.rules.values import AggregationMethod, RoundMode

TIE_STEPS = ("results", "median", "head_to_head")
LAST_STEPS = ("committee", "lot")


def trimming_leaves_scores(book: Rulebook) -> Errors:
    rule = book.aggregation
    if rule.method is AggregationMethod.TRIMMED and rule.trim_from <= 2 * rule.trim_each:
        yield wrong(
            "aggregation.trim_from",
            N_("去掉高低各 %(each)s 个后没有剩下的评分"),
            N_("大于 %(least)s"),
            each=rule.trim_each,
            least=2 * rule.trim_each,
        )


def leaders_weigh_where_they_are(book: Rulebook) -> Errors:
    rule = book.aggregation
    if (rule.leader_weight is not None) != (rule.method is AggregationMethod.WEIGHTED_MEAN):
        yield wrong(
            "aggregation.leader_weight",
            N_("组长评分的倍数与合成方法不符"),
            N_("method 为 weighted_mean 时写 1 至 100 的倍数，其他方法不写"),
        )
    elif rule.leader_weight is not None:
        yield from _leaders_missing(book)


def _leaders_missing(book: Rulebook) -> Errors:
    for index, entry in enumerate(book.rounds):
        if not entry.leader_required:
            yield wrong(
                f"rounds[{index}].leader_required", N_("组长的评分加权，这一轮却不设组长"), N_("true，或改用 mean")
            )


def spread_said(book: Rulebook) -> Errors:
    rule = book.aggregation
    if (rule.spread is not None) != rule.method.is_standardised:
        yield wrong(
            "aggregation.spread",
            N_("标准差的算法与合成方法不符"),
            N_("method 为 group_z 或 judge_z 时写 population 或 sample，其他方法不写"),
        )


def _has_floor(book: Rulebook) -> Errors:
    for index, level in enumerate(book.levels):
        if level.floor is not None:
            yield wrong(f"levels[{index}].floor", N_("标准分没有以分计的最低分"), N_("去掉这一项，或改用其他合成方法"))


def _has_correction(book: Rulebook) -> Errors:
    for index, entry in enumerate(book.rounds):
        if entry.mode is RoundMode.CORRECTION:
            yield wrong(f"rounds[{index}].mode", N_("标准分不能按分修正"), N_("addend，或改用其他合成方法"))


def _has_overtime(book: Rulebook) -> Errors:
    for index, entry in enumerate(book.rounds):
        if entry.defence is not None and entry.defence.overtime_points_per_minute is not None:
            where = f"rounds[{index}].defence.overtime_points_per_minute"
            yield wrong(where, N_("标准分不能按分扣减"), N_("去掉超时扣分，或改用其他合成方法"))


def _has_consensus(book: Rulebook) -> Errors:
    if book.aggregation.consensus:
        yield wrong(
            "aggregation.consensus", N_("合议总分不属于任何一位专家，没有标准分"), N_("false，或改用其他合成方法")
        )


IN_POINTS: tuple[Callable[[Rulebook], Errors], ...] = (_has_floor, _has_correction, _has_overtime, _has_consensus)


def nothing_in_points_beside_standard_scores(book: Rulebook) -> Errors:
    if book.aggregation.method.is_standardised:
        for fault in IN_POINTS:
            yield from fault(book)


def the_chain_has_one_end(book: Rulebook) -> Errors:
    ties = book.aggregation.ties
    last = tuple(step for step in LAST_STEPS if step in ties)
    if len(set(ties)) < len(ties) or ties[len(ties) - len(last) :] != last:
        yield wrong(
            "aggregation.ties",
            N_("并列的比较次序有重复，或者在评委会表决、抽签之后还有其他比较"),
            N_("每项一次；committee 与 lot 写在最后，两项都有时 committee 在前"),
        )


COMBINING_RULES: tuple[CrossRule[Rulebook], ...] = (
    CrossRule(("aggregation.method", "aggregation.trim_from", "aggregation.trim_each"), trimming_leaves_scores),
    CrossRule(
        ("aggregation.method", "aggregation.leader_weight", "rounds[].leader_required"), leaders_weigh_where_they_are
    ),
    CrossRule(("aggregation.method", "aggregation.spread"), spread_said),
    CrossRule(
        (
            "aggregation.method",
            "aggregation.consensus",
            "levels[].floor",
            "rounds[].mode",
            "rounds[].defence",
            "rounds[].defence.overtime_points_per_minute",
        ),
        nothing_in_points_beside_standard_scores,
    ),
    CrossRule(("aggregation.ties[]",), the_chain_has_one_end),
)
