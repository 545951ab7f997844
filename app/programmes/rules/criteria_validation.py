"""Rules between the values of a criteria set: points that add up, bands that leave no percentage without a text."""

from collections.abc import Iterator
from itertools import islice

from app.kernel.words import N_
from app.programmes.rules.criteria import CriteriaSet
from app.programmes.rules.cross import CrossRule, Errors, wrong
from app.programmes.rules.values import ItemBasis, ItemKind


def something_is_scored(criteria: CriteriaSet) -> Errors:
    if not criteria.categories:
        yield wrong("categories", N_("列表是空的"), N_("至少一行"))
    for index, category in enumerate(criteria.categories):
        if not category.items:
            yield wrong(f"categories[{index}].items", N_("列表是空的"), N_("至少一行"))


def categories_add_up(criteria: CriteriaSet) -> Errors:
    total = sum(category.points for category in criteria.categories)
    if criteria.categories and total != criteria.points:
        yield wrong(
            "points",
            N_("各类目合计 %(total)s 分"),
            N_("与总分 %(points)s 相等"),
            total=total,
            points=criteria.points,
        )


def items_add_up(criteria: CriteriaSet) -> Errors:
    for index, category in enumerate(criteria.categories):
        total = sum(item.points for item in category.items)
        if category.items and total != category.points:
            yield wrong(
                f"categories[{index}].points",
                N_("各条款合计 %(total)s 分"),
                N_("与类目分值 %(points)s 相等"),
                total=total,
                points=category.points,
            )


def codes_unique(criteria: CriteriaSet) -> Errors:
    seen: set[str] = set()
    for index, category in enumerate(criteria.categories):
        for place, item in enumerate(category.items):
            if item.code in seen:
                path = f"categories[{index}].items[{place}].code"
                yield wrong(path, N_("条款号 %(code)s 重复"), N_("全套准则内各不相同"), code=item.code)
            seen.add(item.code)


def defaults_explained(criteria: CriteriaSet) -> Errors:
    for index, category in enumerate(criteria.categories):
        for place, item in enumerate(category.items):
            if item.basis is ItemBasis.DEFAULT and item.note is None:
                path = f"categories[{index}].items[{place}].note"
                yield wrong(path, N_("默认分值没有说明理由"), N_("一句中英文的理由"))


def _badly_covered(criteria: CriteriaSet, kind: ItemKind) -> Iterator[tuple[int, int]]:
    """Percentages in no band of this kind or in several, each with the number of its bands."""
    for percent in criteria.percents:
        found = sum(band.low <= percent <= band.high for band in criteria.bands_for(kind))
        if found != 1:
            yield percent, found


def bands_cover_everything(criteria: CriteriaSet) -> Errors:
    """Each percentage of the scale lies in exactly one band of each kind that is scored."""
    for kind in ItemKind:
        if not any(item.kind is kind for item in criteria.items):
            continue
        for percent, found in islice(_badly_covered(criteria, kind), 1):
            yield wrong(
                "bands",
                N_("%(kind)s 的 %(percent)s%% 落在 %(found)s 个档次里"),
                N_("每个百分比恰好落在一个档次里"),
                kind=kind.value,
                percent=percent,
                found=found,
            )


RULES: tuple[CrossRule[CriteriaSet], ...] = (
    CrossRule(("categories[].items",), something_is_scored),
    CrossRule(("points", "categories[].points"), categories_add_up),
    CrossRule(("categories[].points", "categories[].items[].points"), items_add_up),
    CrossRule(("categories[].items[].code",), codes_unique),
    CrossRule(("categories[].items[].basis", "categories[].items[].note"), defaults_explained),
    CrossRule(
        ("step_percent", "categories[].items[].kind", "bands[].kind", "bands[].low", "bands[].high"),
        bands_cover_everything,
    ),
)
