"""A rulebook that an edition was opened with stays readable, whatever the product asks of new ones later."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from app.programmes.rules.errors import RulebookInvalid
from app.programmes.rules.parsing import parse_frozen, parse_rulebook
from app.programmes.rules.reader import values_before
from app.programmes.rules.review import PanelRule
from app.programmes.rules.sentences import sentences
from tests.support.rulebooks import CRITERIA, GONE, TEXTS, edited

EARLY = Path(__file__).parents[1] / "data" / "rulebooks" / "shanxi-2021-of-november.toml"


def test_a_rulebook_frozen_before_a_key_existed_is_read_with_what_held_then() -> None:
    with pytest.raises(RulebookInvalid):
        parse_rulebook(EARLY.read_text(), CRITERIA)
    book = parse_frozen(EARLY.read_text(), CRITERIA)
    held = (book.panel.minimum_provinces, book.panel.former_region_years, book.panel.exceptions, book.panel.avoid_limit)
    assert held == (1, 0, (), 0)
    assert (book.panel.groups, book.panel.crossing_percent) == ("mixed", None)
    assert (book.panel.draw_policies, book.panel.highest_chance) == (("best", "fairest", "random"), Fraction(1, 2))
    talked = [entry.consensus for entry in book.rounds]
    visit, hearing = book.round("site").visit, book.round("defence").defence
    assert visit is not None
    assert hearing is not None
    assert (visit.team_named, visit.change_needs_reason, hearing.overtime_minutes) == (False, False, None)
    assert (talked, book.aggregation.confirmed_by) == (["never"] * 3, "all")
    assert (book.aggregation.trim_fallback, book.aggregation.leader_weight, book.aggregation.spread) == (
        "mean",
        None,
        None,
    )
    assert "冻结时还没有这一项" in book.basis("panel.exceptions").text.zh
    assert sentences(book)


@pytest.mark.parametrize("key", sorted(values_before(PanelRule)))
def test_a_new_rulebook_must_say_it(key: str) -> None:
    changes: dict[Any, object] = {f"panel.{key}": GONE, ("defaults", f"panel.{key}"): GONE}
    with pytest.raises(RulebookInvalid) as refused:
        parse_rulebook(edited(TEXTS["shanxi-2021"], changes), CRITERIA)
    assert f"panel.{key}" in [error.path for error in refused.value.errors]


@pytest.mark.parametrize("key", sorted(TEXTS))
def test_a_complete_frozen_rulebook_says_the_same_as_the_file(key: str) -> None:
    assert parse_frozen(TEXTS[key], CRITERIA) == parse_rulebook(TEXTS[key], CRITERIA)


def test_a_frozen_rulebook_that_is_no_rulebook_is_refused() -> None:
    with pytest.raises(RulebookInvalid):
        parse_frozen(edited(TEXTS["shanxi-2021"], {"panel.minimum_provinces": "two"}), CRITERIA)
