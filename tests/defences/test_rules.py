"""Statements and defences, purely: overtime by the rulebook, a lot that anybody can draw again, what the end needs."""

from dataclasses import replace

import pytest

from app.defences import rules
from app.kernel.canonical import digest
from app.programmes.rules.review import DefenceRule
from app.programmes.rules.values import OvertimeMinutes

FULL = DefenceRule(15, 10, 1, True, 2, 2, OvertimeMinutes.FULL)
BEGUN = replace(FULL, overtime_minutes=OvertimeMinutes.BEGUN)
FREE = DefenceRule(15, 10, 1, True)
LIMIT = 17 * 60
ABOUT = {"edition": "SX2026", "round": "defence", "session": 1}
DOSSIERS = [f"SX2026-{n:03d}" for n in range(1, 24)]


@pytest.mark.parametrize(
    ("seconds", "rule", "points"),
    [
        (0, FULL, 0),
        (LIMIT, FULL, 0),
        (LIMIT + 59, FULL, 0),
        (LIMIT + 60, FULL, 2),
        (LIMIT + 119, FULL, 2),
        (LIMIT + 120, FULL, 4),
        (LIMIT, BEGUN, 0),
        (LIMIT + 1, BEGUN, 2),
        (LIMIT + 60, BEGUN, 2),
        (LIMIT + 61, BEGUN, 4),
        (LIMIT + 9999, FREE, 0),
        (LIMIT + 60, replace(FULL, overtime_minutes=None), 2),
        (15 * 60 + 60, replace(FULL, overtime_grace_minutes=None), 2),
    ],
)
def test_overtime_costs_what_the_rulebook_says_to_the_second(seconds: int, rule: DefenceRule, points: int) -> None:
    assert rules.overtime_points(seconds, rule) == points


def test_the_lot_is_the_same_for_everybody_and_another_for_any_other_number() -> None:
    given = rules.lot_input(ABOUT, DOSSIERS, ["一", "二", "三"], FULL)
    seeds = [rules.seed(digest(given), value, secret="s", nonce="n") for value in ("3 1", "3  1", "1 3")]
    first, again, other = (rules.drawn(given, seed) for seed in seeds)
    assert first == again
    assert first["order"] != other["order"]
    assert sorted(first["order"]) == DOSSIERS
    assert all(len(asked) == 1 and asked[0] in (1, 2, 3) for asked in first["questions"].values())


def test_the_record_of_the_lot_tells_no_question() -> None:
    given = rules.lot_input(ABOUT, DOSSIERS, ["对标的数据从哪里来？"], FULL)
    assert "对标" not in str(given)


def test_without_an_order_by_lot_only_the_questions_are_drawn() -> None:
    given = rules.lot_input(ABOUT, DOSSIERS, ["一", "二", "三"], replace(FULL, order_by_lot=False, drawn_questions=2))
    drawn = rules.drawn(given, "seed")
    assert drawn["order"] == DOSSIERS
    assert all(len(set(asked)) == 2 for asked in drawn["questions"].values())


def test_what_is_missing_is_said_at_once() -> None:
    assert len(rules.missing_for_sealing(0, 0, FULL)) == 2
    assert rules.missing_for_sealing(1, 1, FULL) == []
    heard = [rules.Heard("SX2026-001", is_over=False, awaited=2), rules.Heard("SX2026-002", is_over=True, awaited=0)]
    assert len(rules.missing_for_ending(heard)) == 2
