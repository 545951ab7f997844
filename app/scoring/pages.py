"""What the scorebook shows: the criteria with what is stored, or with what was typed and refused."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from types import MappingProxyType
from typing import TypeVar

from markupsafe import Markup, escape

from app.applications.queries import Dossier
from app.kernel.actor import Actor, Role
from app.kernel.words import LocalText, Message
from app.panels.queries import dossier_for_experts
from app.programmes.rules.criteria import Band, CriteriaSet, Item
from app.programmes.rules.rulebook import Rulebook
from app.scoring import rules
from app.scoring.forms import ItemForm, SheetForm
from app.scoring.queries import ItemRow, SheetHead

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ItemView:
    """One item of the page; `problems` by field, `stored` what somebody saved in between."""

    item: Item
    percent: str | int | None
    strengths: str
    improvements: str
    version: int
    problems: Mapping[str, Message]
    stored: Mapping[str, str]
    reason: str = ""
    before: rules.Before | None = None

    @property
    def code(self) -> str:
        return self.item.code


@dataclass(frozen=True, slots=True)
class CategoryView:
    code: str
    name: LocalText
    points: int
    twentieths: int
    items: Sequence[ItemView]


@dataclass(frozen=True, slots=True)
class SheetView:
    categories: Sequence[CategoryView]
    bands: Mapping[str, Sequence[Band]]
    points: int
    step: int


def dossier_shown(actor: Actor, sheet: SheetHead, rulebook: Rulebook) -> Dossier | None:
    """What stands beside the sheet; nothing once the edition has ended, but for the supervisor."""
    if sheet.is_over and not actor.has(Role.SUPERVISOR):
        return None
    return dossier_for_experts(sheet.application_id, rulebook, sheet.round_key)


_TAGS = re.compile("(<[^>]*>)")


@dataclass(frozen=True, slots=True)
class Marked:
    """A text of the page with what was sought in it marked; each hit has an anchor, `hit-1` and so on."""

    markup: Markup
    hits: int


def marked(markup: str, sought: str) -> Marked:
    """For browsers without scripts: every place of `sought` between the tags, in capitals or not."""
    wanted = re.compile(re.escape(str(escape(sought.strip()))), re.IGNORECASE)
    numbers = count(1)
    pieces = _TAGS.split(str(markup))
    for place in range(0, len(pieces), 2):
        pieces[place] = wanted.sub(
            lambda hit: f'<mark id="hit-{next(numbers)}" tabindex="-1">{hit.group()}</mark>', pieces[place]
        )
    return Marked(Markup("".join(pieces)), next(numbers) - 1)  # noqa: S704 - escaped before, marks added between tags


def sheet_view(
    criteria: CriteriaSet,
    rows: Sequence[ItemRow],
    *,
    typed: SheetForm | None = None,
    stored: Mapping[str, str] | None = None,
    before: rules.Befores = MappingProxyType({}),
) -> SheetView:
    by_code = {row.code: row for row in rows}
    items = _typed_items(criteria, by_code, typed, stored or {}) if typed else _stored_items(criteria, by_code)
    if before:
        items = {code: replace(item, before=before.get(code)) for code, item in items.items()}
    return SheetView(
        categories=_categories(criteria, items, rules.category_totals([row.entry for row in rows], criteria)),
        bands={kind: criteria.bands_for(kind) for kind in {item.kind for item in criteria.items}},
        points=criteria.points,
        step=criteria.step_percent,
    )


def _categories(criteria: CriteriaSet, items: Mapping[str, ItemView], totals: Mapping[str, int]) -> list[CategoryView]:
    return [
        CategoryView(each.code, each.name, each.points, totals[each.code], [items[item.code] for item in each.items])
        for each in criteria.categories
    ]


def _stored_items(criteria: CriteriaSet, rows: Mapping[str, ItemRow]) -> dict[str, ItemView]:
    return {item.code: _stored_item(item, rows[item.code]) for item in criteria.items}


def _stored_item(item: Item, row: ItemRow) -> ItemView:
    return ItemView(item, row.percent, row.strengths, row.improvements, row.version, {}, {}, row.reason)


def _typed_items(
    criteria: CriteriaSet, rows: Mapping[str, ItemRow], typed: SheetForm, stored: Mapping[str, str]
) -> dict[str, ItemView]:
    problems = typed.problems
    return {
        item.code: _typed_item(item, rows[item.code], typed.items[item.code], problems=problems, stored=stored)
        for item in criteria.items
    }


def _typed_item(
    item: Item, row: ItemRow, form: ItemForm, *, problems: Mapping[str, Message], stored: Mapping[str, str]
) -> ItemView:
    """A refused sheet shows what was typed, with the version that is stored now: pressing save again is a choice."""
    return ItemView(
        item,
        form.percent.data,
        form.strengths.data or "",
        form.improvements.data or "",
        row.version,
        _own(problems, item.code),
        _own(stored, item.code),
        form.reason.data or "",
    )


def _own(values: Mapping[str, T], code: str) -> dict[str, T]:
    head = f"{code}-"
    return {name.removeprefix(head): value for name, value in values.items() if name.startswith(head)}
