"""What reviews that cross industry groups cost in knowledge of the field and gain in comparability, on one input, measured.

A measurement is made in steps: first the most that a draw without groups allows, then each share by a trial draw.
"""

from dataclasses import dataclass
from dataclasses import replace as changed
from fractions import Fraction

from app.kernel.canonical import Record, digest
from app.kernel.words import Message
from app.panels import draw as drawing
from app.panels.comparing import measured
from app.panels.draw import DrawInput
from app.panels.engine import Infeasible
from app.panels.policies import most_possible, reached

TRIAL_SEED = "preview"


@dataclass(frozen=True)
class Share:
    """One share of reviews that cross: `kept` of the most that a draw without groups allows, and the design that it leads to;
    `short` where it leads to no list."""

    percent: int
    kept: Fraction | None = None
    design: Record | None = None
    short: Message | None = None


def highest_of(given: DrawInput) -> int:
    """The total affinity of the best list without groups, 0 where there is none."""
    most = most_possible(changed(given, one_group=False, crossing=0))
    return 0 if isinstance(most, Infeasible) else most


def share_of(given: DrawInput, percent: int, highest: int) -> Share:
    """By a trial draw with a seed that will never be the real one."""
    asked = changed(given, crossing=percent)
    drawn = drawing.draw(asked, TRIAL_SEED)
    if isinstance(drawn, Infeasible):
        return Share(percent, short=drawn.shortages[0].text)
    total, _lowest = reached(asked, drawn.panels)
    return Share(percent, Fraction(total, highest) if highest else None, measured(asked, drawn.panels))


def basis(given: DrawInput) -> str:
    """What a measurement holds for: the input less the share that was chosen meanwhile and the day that it was asked on."""
    return digest(drawing.input_record(changed(given, crossing=0, rule=changed(given.rule, places_since=None))))


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


def message_record(message: Message) -> Record:
    return {"text": message.text, "values": {name: _plain(value) for name, value in message.values.items()}}


def _plain(value: object) -> object:
    if isinstance(value, Message):
        return message_record(value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value if isinstance(value, int) else str(value)


def read_message(record: Record) -> Message:
    return Message(record["text"], {name: _read(value) for name, value in record["values"].items()})


def _read(value: object) -> object:
    if isinstance(value, dict):
        return read_message(value)
    return tuple(map(_read, value)) if isinstance(value, list) else value
