"""What the pages of a consensus show: the heat map, the gathered remarks, the tables beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.consensus import queries, rules
from app.consensus.models import Consensus, ConsensusAnswer, ConsensusItem
from app.kernel.actor import Actor
from app.kernel.exact import display
from app.kernel.words import LocalText
from app.panels.models import SeatRole
from app.programmes.queries import rulebook_of
from app.programmes.rules.criteria import Item
from app.programmes.rules.labels import LABELS
from app.scoring.models import ScoreSheet


@dataclass(frozen=True, slots=True)
class Seat:
    """One expert at the table."""

    expert_id: int
    name: str
    leads: bool
    total: int


@dataclass(frozen=True, slots=True)
class Cell:
    """One expert's percentage on one item; `shade` is how far it lies from the median."""

    percent: int
    shade: int


@dataclass(frozen=True, slots=True)
class Line:
    """One item of the heat map with what is proposed for it."""

    item: Item
    cells: Sequence[Cell]
    median: str
    spread: int
    disputed: bool
    said: ConsensusItem
    notes: int


@dataclass(frozen=True, slots=True)
class Remark:
    """What one expert wrote of an item, beside his percentage."""

    seat: Seat
    percent: int | None
    shade: int
    strengths: str
    improvements: str


@dataclass(frozen=True, slots=True)
class Table:
    """`lines` in the order of the criteria, `disputed` the widest first; `proposed_total` None while an item is undecided."""

    seats: Sequence[Seat]
    lines: Sequence[Line]
    disputed: Sequence[Line]
    total_spread: int
    total_apart: bool
    proposed_total: int | None
    fallback: LocalText


def title_of(consensus: Consensus) -> str:
    """In a blind round experts see the number only."""
    blind = rulebook_of(consensus.round.edition).round(consensus.round.key).blind
    return consensus.application.number if blind else consensus.application.name


def seats_of(consensus: Consensus) -> list[Seat]:
    """The leader first."""
    return sorted(map(_seat, consensus.sheets), key=lambda seat: not seat.leads)


def _seat(sheet: ScoreSheet) -> Seat:
    leads = sheet.assignment.role is SeatRole.LEADER
    return Seat(sheet.expert_id, sheet.assignment.expert.name, leads, sheet.total_twentieths)


def table_of(consensus: Consensus) -> Table:
    found, spreads = queries.disagreement(consensus), queries.spreads(consensus)
    seats = seats_of(consensus)
    noted = [note.item_code for note in queries.notes(consensus)]
    lines = {
        item.item_code: _line(consensus, item, spreads[item.item_code], seats=seats, noted=noted)
        for item in consensus.items
    }
    return Table(
        seats,
        list(lines.values()),
        [lines[code] for code in found.codes],
        found.total,
        found.total_apart,
        _proposed_total(queries.proposals(consensus)),
        fallback_of(consensus),
    )


def _proposed_total(said: Sequence[rules.Proposal]) -> int | None:
    return None if any(each.percent is None for each in said) else rules.total_twentieths(said)


def fallback_of(consensus: Consensus) -> LocalText:
    rule = rulebook_of(consensus.round.edition).aggregation
    return LABELS[rules.fallback(len(consensus.sheets), rule)]


def _line(
    consensus: Consensus, item: ConsensusItem, spread: rules.Spread, *, seats: Sequence[Seat], noted: Sequence[str]
) -> Line:
    percents = _percents(consensus, item.item_code)
    limit = rulebook_of(consensus.round.edition).scoring.divergence_percent
    return Line(
        queries.criteria_of(consensus).item(item.item_code),
        [Cell(percents[seat.expert_id], rules.shade(percents[seat.expert_id], spread.median)) for seat in seats],
        shown(spread.median),
        spread.points,
        spread.points > limit,
        item,
        noted.count(item.item_code),
    )


def _percents(consensus: Consensus, code: str) -> dict[int, int]:
    return {
        sheet.expert_id: item.percent
        for sheet in consensus.sheets
        for item in sheet.items
        if item.item_code == code and item.percent is not None
    }


def shown(median: Fraction) -> str:
    """A median of percentages: whole, or with its half."""
    return str(median) if median.denominator == 1 else display(median, 1)


def remarks_of(consensus: Consensus, code: str) -> list[Remark]:
    median = queries.spreads(consensus)[code].median
    found = [
        Remark(_seat(sheet), item.percent, rules.shade(item.percent or 0, median), item.strengths, item.improvements)
        for sheet in consensus.sheets
        for item in sheet.items
        if item.item_code == code
    ]
    return sorted(found, key=lambda remark: not remark.seat.leads)


def answers_to(consensus: Consensus, given: Sequence[ConsensusAnswer]) -> list[tuple[Seat, ConsensusAnswer | None]]:
    """Every member but the leader with the answer to the proposal that stands."""
    by_expert = {answer.expert_id: answer for answer in given if answer.proposal == consensus.proposal}
    return [(seat, by_expert.get(seat.expert_id)) for seat in seats_of(consensus) if not seat.leads]


def may_answer(actor: Actor, consensus: Consensus, given: Sequence[ConsensusAnswer]) -> bool:
    """A member who has not answered the standing proposal yet."""
    answered = {answer.expert_id for answer in given if answer.proposal == consensus.proposal}
    return consensus.proposal > 0 and actor.expert_id not in answered | {consensus.led_by}


def neighbours(consensus: Consensus, code: str) -> tuple[str | None, str | None]:
    """The items before and after this one in the order of the criteria."""
    codes = [item.item_code for item in consensus.items]
    place = codes.index(code)
    return (codes[place - 1] if place else None), (codes[place + 1] if place + 1 < len(codes) else None)
