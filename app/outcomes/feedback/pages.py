"""What the screens of feedback reports show besides the rows themselves."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.outcomes.feedback import queries
from app.outcomes.feedback.models import FeedbackItem, FeedbackReport
from app.outcomes.feedback.rules import Line, profile
from app.programmes.rules.criteria import Item

LABEL_WIDTH, PLOT_WIDTH, LINE_STEP = 150, 400, 34


@dataclass(frozen=True)
class Row:
    """An item of the report beside its entry in the criteria."""

    item: FeedbackItem
    entry: Item

    @property
    def is_changed(self) -> bool:
        drafted = (self.item.drafted_strengths, self.item.drafted_improvements)
        return drafted != (self.item.strengths, self.item.improvements)


def rows(report: FeedbackReport) -> list[Row]:
    criteria = queries.criteria_of(report)
    return [Row(item, criteria.item(item.item_code)) for item in report.items]


@dataclass(frozen=True)
class Mark:
    """One line of the picture in its own units; `low` to `high` is the middle half of the field."""

    line: Line
    y: int
    own: int
    low: int
    middle: int
    high: int


def lines(report: FeedbackReport) -> list[Line]:
    own, others = queries.others_of(report)
    return profile(own, others, queries.criteria_of(report))


def marks(found: Sequence[Line]) -> list[Mark]:
    def place(percent: int) -> int:
        return LABEL_WIDTH + percent * PLOT_WIDTH // 100

    return [
        Mark(line, 40 + number * LINE_STEP, place(line.own), *map(place, line.field or (0, 0, 0)))
        for number, line in enumerate(found)
    ]


def neighbours(report: FeedbackReport, code: str) -> tuple[str | None, str | None]:
    codes = [item.item_code for item in report.items]
    place = codes.index(code)
    before = codes[place - 1] if place else None
    return before, codes[place + 1] if place + 1 < len(codes) else None
