"""How a ranking was made, in sentences for its page and its exports."""

from app.kernel.exact import TWENTIETHS
from app.kernel.words import N_, LocalText, Message
from app.programmes.rules.labels import LABELS
from app.programmes.rules.rulebook import Rulebook
from app.programmes.rules.sentences.review import STANDARD, tie_step
from app.programmes.rules.tags import tag_name
from app.programmes.rules.values import AggregationMethod, ConsensusWhen, RoundMode
from app.ranking.official import Rules
from app.ranking.rules import official_rules


def explanation(rulebook: Rulebook, round_key: str) -> list[Message]:
    """The rule that was applied, in sentences, in the order of the calculation."""
    rules, combined = official_rules(rulebook, round_key), rulebook.aggregation
    said = [
        Message(
            N_("每位专家的总分由各条款分值乘以得分比例相加而得，以 1/%(n)s 分为单位，全程不取整。"), {"n": TWENTIETHS}
        ),
        *_consensus(rulebook, rules),
        *_combining(rulebook),
    ]
    said += [_share(rulebook, rule.key, len(rules.rounds)) for rule in rules.rounds]
    said += [_overtime(rulebook, rule.key) for rule in rules.rounds if _costs_overtime(rulebook, rule.key)]
    rounding = N_("排名按精确值比较；显示时只修约一次，保留 %(n)s 位小数（%(rounding)s），看似相同的多显示几位。")
    said.append(Message(rounding, {"n": combined.decimals, "rounding": LABELS[combined.rounding]}))
    said.append(Message(N_("精确值相同的名次相同；只有跨线的并列才依次比较：%(ties)s。"), {"ties": _ties(rulebook)}))
    return said + _closed_seats(rulebook, rules)


def _combining(rulebook: Rulebook) -> list[Message]:
    """How the totals of one round make its value."""
    combined = rulebook.aggregation
    said = [Message(N_("同一轮内，各专家总分取%(method)s。"), {"method": LABELS[combined.method]})]
    if combined.method is AggregationMethod.TRIMMED:
        trim = N_("评分满 %(n)s 份时去掉最高、最低各 %(each)s 份，不足 %(n)s 份时取%(way)s。")
        way = LABELS[combined.trim_fallback]
        said.append(Message(trim, {"n": combined.trim_from, "each": combined.trim_each, "way": way}))
    if combined.leader_weight is not None:
        said.append(Message(N_("组长的评分按组员的 %(n)s 倍计入。"), {"n": str(combined.leader_weight)}))
    if combined.spread is not None:
        said.append(Message(STANDARD, {"spread": LABELS[combined.spread]}))
        said.append(Message(N_("标准分以一轮全部有效评分为准，包括没有进入下一轮的申报。")))
    return said


def _ties(rulebook: Rulebook) -> tuple[LocalText, ...]:
    return tuple(tie_step(rulebook, key) for key in rulebook.aggregation.ties)


def _closed_seats(rulebook: Rulebook, rules: Rules) -> list[Message]:
    """Limits of the levels, where the ranking fills any."""
    levels = rulebook.levels if rules.levels else ()
    kept, limited = (
        N_("%(level)s为“%(tag)s”保留 %(seats)s 个，没有合适人选时空缺。"),
        N_("%(level)s中%(kind)s不超过 %(seats)s 个。"),
    )
    return [
        Message(kept, {"level": level.name, "tag": tag_name(rulebook, each.tag), "seats": each.seats})
        for level in levels
        for each in level.reserved
    ] + [
        Message(limited, {"level": level.name, "kind": LABELS[each.kind], "seats": each.seats})
        for level in levels
        for each in level.limits
    ]


def _costs_overtime(rulebook: Rulebook, key: str) -> bool:
    rule = rulebook.round(key).defence
    return rule is not None and rule.overtime_points_per_minute is not None


def _overtime(rulebook: Rulebook, key: str) -> Message:
    text = N_("“%(round)s”中陈述超时的扣分，从各专家总分合成之后的本轮得分中减去，最低为零。")
    return Message(text, {"round": rulebook.round(key).name})


def _consensus(rulebook: Rulebook, rules: Rules) -> list[Message]:
    named = _rounds_with_consensus(rulebook, {rule.key for rule in rules.rounds})
    text = N_("%(rounds)s中专家组合议达成一致的，以合议总分为本轮得分；没有合议或合议不成的，按下一条由独立评分合成。")
    return [Message(text, {"rounds": named})] if named and rulebook.aggregation.consensus else []


def _rounds_with_consensus(rulebook: Rulebook, ranked: set[str]) -> tuple[LocalText, ...]:
    talked = [rule for rule in rulebook.rounds if rule.consensus is not ConsensusWhen.NEVER]
    return tuple(rule.name for rule in talked if rule.key in ranked)


def _share(rulebook: Rulebook, key: str, rounds: int) -> Message:
    rule = rulebook.round(key)
    reviews = {"round": rule.name, "n": rule.minimum_reviews}
    if rule.mode is RoundMode.CORRECTION:
        text = N_("“%(round)s”只修正综合得分，上下不超过 %(bound)s 分；至少 %(n)s 份有效评分。")
        return Message(text, reviews | {"bound": rule.correction_bound})
    if rounds == 1:
        return Message(N_("“%(round)s”至少 %(n)s 份有效评分，不足的不参加排名。"), reviews)
    text = N_("“%(round)s”权重 %(weight)s，按已完成各轮的权重之和折算；至少 %(n)s 份有效评分，不足的不参加排名。")
    return Message(text, reviews | {"weight": rule.weight})
