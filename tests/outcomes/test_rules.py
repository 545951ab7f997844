"""Past winners as published, counts by city, and the picture's geometry."""

from collections import Counter

from app.kernel import regions
from app.kernel.words import LocalText
from app.outcomes import rules
from app.outcomes.services import THIRD_SHANXI

TAIYUAN, DATONG = LocalText("太原市", "Taiyuan"), LocalText("大同市", "Datong")


def test_the_third_shanxi_award_is_kept_as_published() -> None:
    rows = rules.read_past_winners(THIRD_SHANXI.read_text(encoding="utf-8"))
    assert Counter(row.level for row in rows) == {"质量奖": 5, "提名奖": 10}
    assert Counter(row.kind for row in rows) == {"organisation": 14, "individual": 1}
    assert Counter(row.region_code for row in rows) == {
        "140100": 7,
        "140200": 2,
        "140700": 2,
        "140800": 2,
        "141100": 1,
        "140400": 1,
    }
    assert all(regions.find(row.region_code) for row in rows)


def test_cities_are_counted_level_by_level_most_honoured_first() -> None:
    honours = [
        ("1402", DATONG, "nomination"),
        ("1401", TAIYUAN, "award"),
        ("1401", TAIYUAN, "nomination"),
    ]
    counts = rules.counted_by(honours, ["award", "nomination"])
    assert [(row.label.zh, row.by_level, row.total) for row in counts] == [("太原市", (1, 1), 2), ("大同市", (0, 1), 1)]


def test_bars_are_as_long_as_their_numbers() -> None:
    counts = rules.counted_by([("1401", TAIYUAN, "a")] * 4 + [("1402", DATONG, "a")], ["a"])
    first, second = rules.bars(counts)
    assert (first.value, second.value) == (4, 1)
    assert first.width == 4 * second.width
    assert second.y > first.y
    assert rules.bars(()) == ()
