"""Rules between the values of a rulebook: what no single value can get wrong alone."""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from operator import attrgetter
from zoneinfo import available_timezones

from app.kernel.words import N_
from app.programmes.rules.combining_validation import COMBINING_RULES, LAST_STEPS, TIE_STEPS
from app.programmes.rules.consensus_validation import CONSENSUS_RULES
from app.programmes.rules.cross import CrossRule, Errors, wrong
from app.programmes.rules.draw_validation import DRAW_RULES
from app.programmes.rules.group_validation import GROUP_RULES
from app.programmes.rules.hearing_validation import HEARING_RULES
from app.programmes.rules.review import AVOIDED
from app.programmes.rules.rulebook import Rulebook
from app.programmes.rules.tags import known_tags
from app.programmes.rules.values import (
    FieldKind,
    LiftableRule,
    RegionLevel,
    RoundMode,
)

SYSTEM_CONFLICTS = ("employment", "recommending_body")
"""Kinds under which the system itself records what it finds."""
WHOLE = 100
GRAIN = 5
"""Percentages move in multiples of 5, so that every score is a whole number of twentieths of a point."""


def lists_filled(book: Rulebook) -> Errors:
    for name in ("levels", "groups", "rounds", "calendar"):
        if not getattr(book, name):
            yield wrong(name, N_("列表是空的"), N_("至少一行"))


def a_group_is_open(book: Rulebook) -> Errors:
    if book.groups and not book.enabled_groups:
        yield wrong("groups", N_("没有启用任何行业组"), N_("至少一个行业组的 enabled 为 true"))


def _floors(book: Rulebook) -> list[tuple[int, int]]:
    """Each lowest score that is set, with the place of its level."""
    return [(index, level.floor) for index, level in enumerate(book.levels) if level.floor is not None]


def floors_descend(book: Rulebook) -> Errors:
    for (_index, above), (index, floor) in pairwise(_floors(book)):
        if floor > above:
            yield wrong(
                f"levels[{index}].floor",
                N_("最低分 %(floor)s 高于上一级的 %(above)s"),
                N_("奖项由高到低排列，最低分不超过 %(above)s"),
                floor=floor,
                above=above,
            )


def floors_reachable(book: Rulebook) -> Errors:
    top = min((criteria.points for criteria in book.criteria_sets), default=None)
    for index, floor in _floors(book):
        if top is not None and floor > top:
            yield wrong(
                f"levels[{index}].floor",
                N_("最低分 %(floor)s 超过满分"),
                N_("不超过评价准则的总分 %(top)s"),
                floor=floor,
                top=top,
            )


def seats_add_up(book: Rulebook) -> Errors:
    for index, level in enumerate(book.levels):
        for place, limit in enumerate(level.limits):
            if limit.seats > level.seats:
                yield wrong(
                    f"levels[{index}].limits[{place}].seats",
                    N_("分项名额 %(part)s 多于该级名额"),
                    N_("不超过 %(seats)s"),
                    part=limit.seats,
                    seats=level.seats,
                )
        reserved = sum(map(attrgetter("seats"), level.reserved))
        if reserved > level.seats:
            yield wrong(
                f"levels[{index}].reserved",
                N_("保留名额合计 %(part)s，多于该级名额"),
                N_("合计不超过 %(seats)s"),
                part=reserved,
                seats=level.seats,
            )


def reserved_tags_known(book: Rulebook) -> Errors:
    """A seat kept for dossiers that can never be marked so would stay empty for ever."""
    known = known_tags(book)
    for index, level in enumerate(book.levels):
        for reserved in level.reserved:
            if reserved.tag not in known:
                yield wrong(
                    f"levels[{index}].reserved",
                    N_("没有申报书会带标签 %(tag)s"),
                    N_("sme（中小企业）或某个行业组的键"),
                    tag=reserved.tag,
                )


def _weights(book: Rulebook) -> Iterator[int]:
    return (entry.weight or 0 for entry in book.rounds if entry.mode is RoundMode.ADDEND)


def weights_make_a_whole(book: Rulebook) -> Errors:
    total = sum(_weights(book))
    if book.rounds and total != WHOLE:
        yield wrong("rounds", N_("各轮权重合计 %(total)s"), N_("计入总分的各轮权重合计 100"), total=total)


MODE_FAULTS = (
    (RoundMode.ADDEND, "weight", False, N_("计入总分的一轮没有权重"), N_("0 至 100 之间的整数")),
    (RoundMode.ADDEND, "correction_bound", True, N_("计入总分的一轮不作修正"), N_("去掉这一项")),
    (RoundMode.CORRECTION, "correction_bound", False, N_("作为修正的一轮没有修正幅度"), N_("分数，例如 30")),
    (RoundMode.CORRECTION, "weight", True, N_("作为修正的一轮不占权重"), N_("去掉这一项")),
)
"""What may not be in a round of each mode: this value set, or not set."""


def modes_complete(book: Rulebook) -> Errors:
    for index, entry in enumerate(book.rounds):
        for mode, name, is_set, problem, expected in MODE_FAULTS:
            if entry.mode is mode and (getattr(entry, name) is not None) is is_set:
                yield wrong(f"rounds[{index}].{name}", problem, expected)


def panels_fit(book: Rulebook) -> Errors:
    for index, entry in enumerate(book.rounds):
        if not entry.panel_minimum <= entry.panel_size <= entry.panel_maximum:
            yield wrong(
                f"rounds[{index}].panel_size",
                N_("专家组人数 %(size)s 不在允许范围内"),
                N_("%(low)s 至 %(high)s 之间"),
                size=entry.panel_size,
                low=entry.panel_minimum,
                high=entry.panel_maximum,
            )
        if entry.minimum_reviews > entry.panel_size:
            yield wrong(
                f"rounds[{index}].minimum_reviews",
                N_("有效评审数 %(reviews)s 多于专家组人数"),
                N_("不超过 %(size)s"),
                reviews=entry.minimum_reviews,
                size=entry.panel_size,
            )


def panels_hold_both_kinds(book: Rulebook) -> Errors:
    needed = book.panel.minimum_industry_experts + book.panel.minimum_examiners
    smallest = min((entry.panel_size for entry in book.rounds), default=needed)
    if needed > smallest:
        yield wrong(
            "panel.minimum_examiners",
            N_("行业专家与评审员至少共 %(needed)s 人，而最小的专家组只有 %(smallest)s 人"),
            N_("两项之和不超过 %(smallest)s"),
            needed=needed,
            smallest=smallest,
        )


def provinces_fit(book: Rulebook) -> Errors:
    smallest = min((entry.panel_minimum for entry in book.rounds), default=book.panel.minimum_provinces)
    if book.panel.minimum_provinces > smallest:
        yield wrong(
            "panel.minimum_provinces",
            N_("每组至少来自 %(provinces)s 个省，而最小的专家组只有 %(smallest)s 人"),
            N_("不超过 %(smallest)s"),
            provinces=book.panel.minimum_provinces,
            smallest=smallest,
        )


def conflicts_named(book: Rulebook) -> Errors:
    wanted = {*SYSTEM_CONFLICTS, *((AVOIDED,) if book.panel.avoid_limit else ())}
    missing = sorted(wanted - {kind.key for kind in book.panel.conflicts})
    if missing:
        yield wrong(
            "panel.conflicts",
            N_("缺少系统会登记的利害关系种类：%(missing)s"),
            N_("每种一行 key 与 name"),
            missing=", ".join(missing),
        )


def exceptions_have_a_rule(book: Rulebook) -> Errors:
    if book.panel.region_level is RegionLevel.NONE and LiftableRule.REGION in book.panel.exceptions:
        yield wrong("panel.exceptions", N_("没有异地评审的要求，也就没有可以例外的"), N_("去掉 region"))


def leaders_can_be_found(book: Rulebook) -> Errors:
    if book.panel.leader_outside_award_region and not book.region_prefix:
        yield wrong(
            "panel.leader_outside_award_region",
            N_("全国性奖项的地区是整个国家，无人在其外"),
            N_("false，或把 region 写成六位行政区划代码"),
        )


def _known_rounds(book: Rulebook) -> tuple[str, ...]:
    return tuple(entry.key for entry in book.rounds)


LEVEL_OF = attrgetter("level")


def references_known(book: Rulebook) -> Errors:
    levels = tuple(level.key for level in book.levels)
    rounds = _known_rounds(book)
    references: tuple[tuple[str, Iterable[str], tuple[str, ...]], ...] = (
        ("eligibility.winner_bans[%s].level", map(LEVEL_OF, book.eligibility.winner_bans), levels),
        ("eligibility.prerequisites[%s].level", map(LEVEL_OF, book.eligibility.prerequisites), levels),
        ("committee.majorities[%s].level", map(LEVEL_OF, book.committee.majorities), levels),
        ("panel.no_repeat_rounds[%s]", book.panel.no_repeat_rounds, rounds),
        ("aggregation.ties[%s]", book.aggregation.ties, (*TIE_STEPS, *rounds, *LAST_STEPS)),
    )
    for path, keys, known in references:
        for place, key in enumerate(keys):
            if key not in known:
                choices = ", ".join(known)
                yield wrong(
                    path % place, N_("没有名为 %(key)s 的项"), N_("以下之一：%(choices)s"), key=key, choices=choices
                )


def every_level_has_a_majority(book: Rulebook) -> Errors:
    decided = {row.level for row in book.committee.majorities}
    for level in book.levels:
        if level.key not in decided:
            yield wrong(
                "committee.majorities",
                N_("奖项 %(level)s 没有表决比例"),
                N_("每个奖项一行 level 与 share"),
                level=level.key,
            )


def bans_have_a_term(book: Rulebook) -> Errors:
    for index, ban in enumerate(book.eligibility.winner_bans):
        if ban.editions is None and ban.years is None:
            yield wrong(f"eligibility.winner_bans[{index}]", N_("没有写限制多久"), N_("写 editions、years 或两者"))


@cache
def known_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def timezone_known(book: Rulebook) -> Errors:
    if book.timezone not in known_zones():
        yield wrong(
            "timezone", N_("没有名为 %(zone)s 的时区"), N_("IANA 时区名，例如 Asia/Shanghai"), zone=book.timezone
        )


def steps_agree(book: Rulebook) -> Errors:
    step = book.scoring.step_percent
    if step % GRAIN or WHOLE % step:
        yield wrong("scoring.step_percent", N_("评分步长为 %(step)s"), N_("5 的倍数且能整除 100"), step=step)
    for criteria in book.criteria_sets:
        if criteria.step_percent != step:
            yield wrong(
                "scoring.step_percent",
                N_("评价准则 %(criteria)s 的步长为 %(theirs)s"),
                N_("与所用评价准则一致"),
                criteria=criteria.key,
                theirs=criteria.step_percent,
            )


def criteria_share_a_scale(book: Rulebook) -> Errors:
    totals = {criteria.key: criteria.points for criteria in book.criteria_sets}
    first = next(iter(totals.values()), None)
    for index, group in enumerate(book.groups):
        total = totals.get(group.criteria, first)
        if total != first:
            yield wrong(
                f"groups[{index}].criteria",
                N_("这套评价准则总分 %(total)s，与其他行业组不同"),
                N_("总分同为 %(first)s 的评价准则"),
                total=total,
                first=first,
            )


def files_fit(book: Rulebook) -> Errors:
    if book.dossier.file_megabytes > book.dossier.total_megabytes:
        yield wrong(
            "dossier.file_megabytes",
            N_("单个文件上限 %(file)s MB 高于合计上限"),
            N_("不超过 %(total)s"),
            file=book.dossier.file_megabytes,
            total=book.dossier.total_megabytes,
        )


def choices_offered(book: Rulebook) -> Errors:
    for index, entry in enumerate(book.dossier.fields):
        if (entry.kind is FieldKind.CHOICE) != bool(entry.choices):
            yield wrong(
                f"dossier.fields[{index}].choices",
                N_("选项与字段类型不符"),
                N_("kind 为 choice 时列出选项，其他类型不列"),
            )


def calendar_follows_rounds(book: Rulebook) -> Errors:
    stages = [stage.key for stage in book.calendar]
    wanted = ["application", *_known_rounds(book), "vote", "notice"]
    if book.calendar and list(filter(wanted.__contains__, stages)) != wanted:
        yield wrong(
            "calendar",
            N_("环节顺序与各轮不符：%(stages)s"),
            N_("依次包含 %(wanted)s"),
            stages=", ".join(stages),
            wanted=", ".join(wanted),
        )


RULES: tuple[CrossRule[Rulebook], ...] = (
    CrossRule((), lists_filled),
    CrossRule(("groups[].enabled",), a_group_is_open),
    CrossRule(("levels[].floor",), floors_descend),
    CrossRule(("levels[].floor",), floors_reachable),
    CrossRule(("levels[].seats", "levels[].limits[].seats", "levels[].reserved[].seats"), seats_add_up),
    CrossRule(("levels[].reserved[].tag", "groups[].key"), reserved_tags_known),
    CrossRule(("rounds[].mode", "rounds[].weight"), weights_make_a_whole),
    CrossRule(("rounds[].mode", "rounds[].weight", "rounds[].correction_bound"), modes_complete),
    CrossRule(
        ("rounds[].panel_minimum", "rounds[].panel_size", "rounds[].panel_maximum", "rounds[].minimum_reviews"),
        panels_fit,
    ),
    CrossRule(
        ("panel.minimum_industry_experts", "panel.minimum_examiners", "rounds[].panel_size"), panels_hold_both_kinds
    ),
    CrossRule(("panel.minimum_provinces", "rounds[].panel_minimum"), provinces_fit),
    CrossRule(("panel.conflicts[].key", "panel.avoid_limit"), conflicts_named),
    CrossRule(("panel.exceptions[]", "panel.region_level"), exceptions_have_a_rule),
    CrossRule(("panel.leader_outside_award_region", "region"), leaders_can_be_found),
    CrossRule(
        (
            "levels[].key",
            "rounds[].key",
            "eligibility.winner_bans[].level",
            "eligibility.prerequisites[].level",
            "committee.majorities[].level",
            "panel.no_repeat_rounds[]",
            "aggregation.ties[]",
        ),
        references_known,
    ),
    CrossRule(("levels[].key", "committee.majorities[].level"), every_level_has_a_majority),
    CrossRule(("eligibility.winner_bans[].editions", "eligibility.winner_bans[].years"), bans_have_a_term),
    CrossRule(("timezone",), timezone_known),
    CrossRule(("scoring.step_percent",), steps_agree),
    CrossRule(("groups[].criteria",), criteria_share_a_scale),
    *COMBINING_RULES,
    *CONSENSUS_RULES,
    *GROUP_RULES,
    *DRAW_RULES,
    *HEARING_RULES,
    CrossRule(("dossier.file_megabytes", "dossier.total_megabytes"), files_fit),
    CrossRule(("dossier.fields[].kind", "dossier.fields[].choices"), choices_offered),
    CrossRule(("calendar[].key", "rounds[].key"), calendar_follows_rounds),
)
