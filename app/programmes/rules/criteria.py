"""A criteria set: what is scored, for how many points, and what the percentages mean."""

from dataclasses import dataclass
from functools import cached_property

from app.kernel.words import LocalText
from app.programmes.rules.values import Code, ItemBasis, ItemKind, Key, Percent, Positive, Schema


@dataclass(frozen=True)
class Item:
    code: Code
    name: LocalText
    points: Positive
    kind: ItemKind
    basis: ItemBasis
    guidance: tuple[LocalText, ...]
    note: LocalText | None = None
    """Where the points come from; obligatory when `basis` is a default."""


@dataclass(frozen=True)
class Category:
    code: Code
    name: LocalText
    points: Positive
    items: tuple[Item, ...]

    @property
    def results_only(self) -> bool:
        return all(item.kind is ItemKind.RESULT for item in self.items)


@dataclass(frozen=True)
class Band:
    """`low` to `high` percent, both included, in the set's steps."""

    key: Key
    kind: ItemKind
    low: Percent
    high: Percent
    text: LocalText


@dataclass(frozen=True)
class CriteriaSet:
    schema: Schema
    key: Key
    name: LocalText
    source: LocalText
    points: Positive
    step_percent: Positive
    categories: tuple[Category, ...]
    bands: tuple[Band, ...]

    @cached_property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for category in self.categories for item in category.items)

    @cached_property
    def _items_by_code(self) -> dict[str, Item]:
        return {item.code: item for item in self.items}

    @cached_property
    def _categories_by_item(self) -> dict[str, Category]:
        return {item.code: category for category in self.categories for item in category.items}

    @property
    def item_codes(self) -> tuple[str, ...]:
        return tuple(item.code for item in self.items)

    @property
    def percents(self) -> tuple[int, ...]:
        return tuple(range(0, 101, self.step_percent))

    def item(self, code: str) -> Item:
        return self._items_by_code[code]

    def category_of(self, code: str) -> Category:
        return self._categories_by_item[code]

    def bands_for(self, kind: ItemKind) -> tuple[Band, ...]:
        return tuple(band for band in self.bands if band.kind is kind)

    def band(self, kind: ItemKind, percent: int) -> Band:
        for band in self.bands_for(kind):
            if band.low <= percent <= band.high:
                return band
        raise KeyError((self.key, kind, percent))
