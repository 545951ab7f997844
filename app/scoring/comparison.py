"""Groups compared after a round has ended: means, spread and use of the scale; exact, rounded once for display."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import mean
from typing import TypeVar

from app.kernel.canonical import Record
from app.kernel.exact import display, from_twentieths, to_text

RANGES = ((0, 20), (25, 40), (45, 60), (65, 80), (85, 100))
"""Parts of the scale, in per cent, by which its use is told."""
SCHEMA = "zhiheng/committee-report/1"
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Rated:
    """One independent sheet: its total in 1/20 point and its percentages."""

    group: str
    dossier: str
    expert: str
    expert_name: str
    total: int
    percents: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """How sheets used the scale: items in each of RANGES, levels that occur, the lowest and the highest."""

    counts: tuple[int, ...]
    levels: int
    lowest: int
    highest: int

    @property
    def shares(self) -> tuple[Fraction, ...]:
        total = sum(self.counts)
        return tuple(Fraction(100 * count, total) for count in self.counts)


@dataclass(frozen=True, slots=True)
class GroupLine:
    """`apart` is the mean, over the group's dossiers, of the distance between the highest and the lowest total."""

    key: str
    dossiers: int
    sheets: int
    mean: Fraction
    lowest: int
    highest: int
    apart: Fraction
    use: Use


@dataclass(frozen=True, slots=True)
class ExpertLine:
    """`offset`: how far the expert lies, in the mean, from the others on the same dossiers; None where nobody else scored."""

    number: str
    name: str
    sheets: int
    mean: Fraction
    offset: Fraction | None
    use: Use


def groups_of(sheets: Iterable[Rated]) -> list[GroupLine]:
    return [_group(key, rows) for key, rows in sorted(_by(sheets, lambda each: each.group).items())]


def _group(key: str, rows: Sequence[Rated]) -> GroupLine:
    totals = [each.total for each in rows]
    by_dossier = [[each.total for each in found] for found in _by(rows, lambda each: each.dossier).values()]
    apart = mean(Fraction(max(found) - min(found)) for found in by_dossier)
    return GroupLine(key, len(by_dossier), len(rows), _mean(totals), min(totals), max(totals), apart, use_of(rows))


def experts_of(sheets: Sequence[Rated]) -> list[ExpertLine]:
    """The severest first; who cannot be compared last."""
    of_dossier = _by(sheets, lambda each: each.dossier)
    found = [_expert(rows, of_dossier) for rows in _by(sheets, lambda each: each.expert).values()]
    return sorted(found, key=lambda line: (line.offset is None, line.offset or 0, line.number))


def _expert(rows: Sequence[Rated], of_dossier: dict[str, list[Rated]]) -> ExpertLine:
    offsets = [offset for each in rows if (offset := _offset(each, of_dossier[each.dossier])) is not None]
    first = rows[0]
    own = _mean([each.total for each in rows])
    return ExpertLine(first.expert, first.expert_name, len(rows), own, mean(offsets) if offsets else None, use_of(rows))


def _offset(sheet: Rated, of_dossier: Sequence[Rated]) -> Fraction | None:
    others = [other.total for other in of_dossier if other.expert != sheet.expert]
    return sheet.total - _mean(others) if others else None


def use_of(rows: Sequence[Rated]) -> Use:
    percents = [percent for each in rows for percent in each.percents]
    counts = tuple(sum(low <= percent <= high for percent in percents) for low, high in RANGES)
    return Use(counts, len(set(percents)), min(percents), max(percents))


def _mean(totals: Sequence[int]) -> Fraction:
    return mean(map(Fraction, totals))


def _by(rows: Iterable[Row], key: Callable[[Row], Hashable]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[str(key(row))].append(row)
    return found


def shown(twentieths: Fraction | None, *, signed: bool = False) -> str:
    """In points, with two decimals."""
    if twentieths is None:
        return "—"
    text = display(twentieths / 20)
    return f"+{text}" if signed and twentieths > 0 else text


def report_content(about: Record, groups: Sequence[GroupLine], text: str) -> Record:
    """What the head puts his name to, with the comparison as it was then; exact values as fractions of a point."""
    return {
        "schema": SCHEMA,
        **about,
        "groups": [
            {
                "group": line.key,
                "dossiers": line.dossiers,
                "sheets": line.sheets,
                "mean": to_text(line.mean / 20),
                "lowest": to_text(from_twentieths(line.lowest)),
                "highest": to_text(from_twentieths(line.highest)),
                "apart": to_text(line.apart / 20),
                "scale": list(line.use.counts),
            }
            for line in groups
        ],
        "text": text,
    }
