"""Past winners as published, and the counts and picture of a result. Pure."""

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import StringIO

from app.kernel.words import LocalText

BAR_HEIGHT, BAR_STEP, LABEL_WIDTH, PLOT_WIDTH, NUMBER_ROOM = 18, 30, 140, 640, 48


@dataclass(frozen=True)
class PastWinner:
    """What was published of one honour: level by its Chinese name, name, kind, city and industry group."""

    level: str
    name: str
    kind: str
    region_code: str
    group: str
    credit_code: str = ""
    """Where it is known; announcements rarely give it."""


def read_past_winners(text: str) -> tuple[PastWinner, ...]:
    """Rows of `level,name,kind,city_code,…,industry_group`, in the order of the announcement."""
    return tuple(
        PastWinner(row["level"], row["name"], row["kind"], row["city_code"], row["industry_group"])
        for row in csv.DictReader(StringIO(text))
    )


@dataclass(frozen=True)
class Count:
    """Honours of one city, group or kind, level by level in the rulebook's order."""

    label: LocalText
    by_level: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.by_level)


def counted_by(honours: Iterable[tuple[str, LocalText, str]], levels: Sequence[str]) -> tuple[Count, ...]:
    """Counts of (key, its words, level); most honoured first, then by key."""
    counted: Counter[tuple[str, str]] = Counter()
    names: dict[str, LocalText] = {}
    for code, label, level in honours:
        counted[code, level] += 1
        names[code] = label
    rows = [(code, Count(label, tuple(counted[code, level] for level in levels))) for code, label in names.items()]
    return tuple(row for _code, row in sorted(rows, key=lambda pair: (-pair[1].total, pair[0])))


@dataclass(frozen=True)
class Bar:
    """One bar of the picture, in its own units: where it lies, how long it is, where its words stand."""

    label: LocalText
    value: int
    y: int
    width: int
    baseline: int
    number_x: int


def bars(counts: Sequence[Count]) -> tuple[Bar, ...]:
    longest = max((row.total for row in counts), default=1)
    room = PLOT_WIDTH - LABEL_WIDTH - NUMBER_ROOM

    def bar(place: int, row: Count) -> Bar:
        y, width = place * BAR_STEP + 6, max(2, row.total * room // longest)
        return Bar(row.label, row.total, y, width, y + BAR_HEIGHT - 4, LABEL_WIDTH + width + 8)

    return tuple(bar(place, row) for place, row in enumerate(counts))
