"""What reviews that cross industry groups cost in knowledge of the field and gain in comparability, on one input, measured.

`highest` is the most that a draw without groups allows; each share is measured by a trial draw.
"""

from dataclasses import dataclass
from dataclasses import replace as changed
from fractions import Fraction

from app.kernel.canonical import Record
from app.kernel.words import Message
from app.panels import draw as drawing
from app.panels.comparing import measured
from app.panels.draw import DrawInput
from app.panels.engine import Infeasible
from app.panels.policies import reached
from app.panels.worded import message_record, read_message

TRIAL_SEED = "preview"


@dataclass(frozen=True)
class Share:
    """One share of reviews that cross: `kept` of the most that a draw without groups allows, and the design that it leads to;
    `short` where it leads to no list."""

    percent: int
    kept: Fraction | None = None
    design: Record | None = None
    short: Message | None = None


def share_of(given: DrawInput, percent: int, highest: int) -> Share:
    """By a trial draw with a seed that will never be the real one."""
    asked = changed(given, crossing=percent)
    drawn = drawing.draw(asked, TRIAL_SEED)
    if isinstance(drawn, Infeasible):
        return Share(percent, short=drawn.shortages[0].text)
    total, _lowest = reached(asked, drawn.panels)
    return Share(percent, Fraction(total, highest) if highest else None, measured(asked, drawn.panels))


# --- as it is kept ------------------------------------------------------------------------------------------------


def share_record(share: Share) -> Record:
    return {
        "percent": share.percent,
        "kept": None if share.kept is None else str(share.kept),
        "design": share.design,
        "short": None if share.short is None else message_record(share.short),
    }


def read_share(record: Record) -> Share:
    kept, short = record["kept"], record["short"]
    return Share(
        record["percent"],
        None if kept is None else Fraction(kept),
        record["design"],
        None if short is None else read_message(short),
    )
