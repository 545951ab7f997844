"""What reviews that cross industry groups cost in knowledge of the field and gain in comparability, on one input, measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace as changed
from fractions import Fraction

from app.kernel.canonical import Record
from app.panels import draw as drawing
from app.panels.comparing import measured
from app.panels.draw import DrawInput
from app.panels.engine import Infeasible, Shortage
from app.panels.policies import most_possible, reached

TRIAL_SEED = "preview"


@dataclass(frozen=True)
class Share:
    """One share of reviews that cross: `kept` of the most that a draw without groups allows, and the design that it leads to;
    `shortages` where it leads to no list."""

    percent: int
    kept: Fraction | None = None
    design: Record | None = None
    shortages: tuple[Shortage, ...] = ()


def side_by_side(given: DrawInput, percents: Sequence[int]) -> list[Share]:
    """Each by a trial draw with a seed that will never be the real one."""
    most = most_possible(changed(given, one_group=False, crossing=0))
    highest = 0 if isinstance(most, Infeasible) else most
    return [_share(changed(given, crossing=percent), highest) for percent in percents]


def _share(given: DrawInput, highest: int) -> Share:
    drawn = drawing.draw(given, TRIAL_SEED)
    if isinstance(drawn, Infeasible):
        return Share(given.crossing, shortages=drawn.shortages)
    total, _lowest = reached(given, drawn.panels)
    return Share(given.crossing, Fraction(total, highest) if highest else None, measured(given, drawn.panels))
