"""The series of a dossier's scores side by side: independent, agreed, after the visit. None is ever put in another's place."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.applications.models import Application
from app.consensus import queries
from app.consensus.models import Consensus
from app.consensus.pages import shown
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.exact import from_twentieths
from app.kernel.words import N_, LocalText, Message
from app.panels.models import Assignment, SeatRole
from app.programmes.models import Round
from app.programmes.queries import rulebook_of
from app.programmes.rules.criteria import Item
from app.programmes.rules.values import RoundKind
from app.scoring import earlier
from app.scoring.models import ItemScore, ScoreSheet
from app.scoring.queries import sees_names
from app.workflow import AssignmentState, ConsensusState, RoundState


@dataclass(frozen=True, slots=True)
class Cell:
    """One item in one series: the panel's percentage, or the median of the experts' with the lowest and the highest."""

    value: Fraction
    low: int
    high: int

    @property
    def text(self) -> str:
        return shown(self.value)


@dataclass(frozen=True, slots=True)
class Column:
    """One series. `totals` in points: of each expert, or the one that the panel agreed on."""

    title: Message
    agreed: bool
    cells: Mapping[str, Cell]
    totals: Sequence[tuple[str, Fraction]]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an item got another percentage than before; an empty name is the panel's."""

    name: str
    before: str
    now: int
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    item: Item
    cells: Sequence[Cell | None]
    change: Fraction | None
    reasons: Sequence[Reason]


@dataclass(frozen=True, slots=True)
class Whole:
    """All series of a dossier up to the round of its visit. `is_released`: that round has ended and every panel reported."""

    id: int
    edition_id: int
    application: Application
    visited: Round
    led_by: int | None
    is_released: bool
    rounds: Sequence[Round] = field(repr=False)
    __tablename__ = Application.__tablename__


def find(application_id: int) -> Whole | None:
    """None for a dossier that has not come to a visit's round."""
    application = db.session.scalar(
        select(Application).options(joinedload(Application.edition)).where(Application.id == application_id)
    )
    visited = None if application is None else _visited(application_id)
    if application is None or visited is None:
        return None
    rounds = db.session.scalars(
        select(Round)
        .where(Round.edition_id == application.edition_id, Round.position <= visited.position)
        .order_by(Round.position)
    ).all()
    return Whole(
        id=application.id,
        edition_id=application.edition_id,
        application=application,
        visited=visited,
        led_by=_leader(visited.id, application_id),
        is_released=visited.state is RoundState.CLOSED and not _talks_on(rounds, application_id),
        rounds=rounds,
    )


def _visited(application_id: int) -> Round | None:
    return db.session.scalar(
        select(Round)
        .join(ScoreSheet, ScoreSheet.round_id == Round.id)
        .where(Round.kind == RoundKind.SITE, ScoreSheet.application_id == application_id)
        .order_by(Round.position.desc())
        .limit(1)
    )


def _leader(round_id: int, application_id: int) -> int | None:
    return db.session.scalar(
        select(Assignment.expert_id).where(
            Assignment.round_id == round_id,
            Assignment.application_id == application_id,
            Assignment.role == SeatRole.LEADER,
            Assignment.state == AssignmentState.CLEARED,
        )
    )


def _talks_on(rounds: Sequence[Round], application_id: int) -> bool:
    talking = select(Consensus.id).where(
        Consensus.application_id == application_id,
        Consensus.round_id.in_([each.id for each in rounds]),
        Consensus.state != ConsensusState.RELEASED,
    )
    return db.session.scalar(talking.limit(1)) is not None


# --- side by side -------------------------------------------------------------------------------------------------


def columns(whole: Whole) -> list[Column]:
    """In the order of the rounds, of each the independent scores and then what the panel agreed on."""
    found: list[Column] = []
    for round_ in whole.rounds:
        sheets = queries.sheets_in(round_.id, whole.id)
        found += [_independent(round_, sheets)] if sheets else []
        talk = queries.find_for(round_.id, whole.id)
        found += [_agreed(talk)] if talk is not None and talk.total_twentieths is not None else []
    return found


AFTER, ALONE, AGREED = N_("%(round)s：现场评审后的评分"), N_("%(round)s：独立评分"), N_("%(round)s：合议")


def _titled(text: str, round_: Round) -> Message:
    return Message(text, {"round": LocalText(round_.name_zh, round_.name_en)})


def _independent(round_: Round, sheets: Sequence[ScoreSheet]) -> Column:
    given: dict[str, list[int]] = {}
    for item in _scored(sheets):
        given.setdefault(item.item_code, []).append(item.percent or 0)
    return Column(
        _titled(AFTER if round_.kind is RoundKind.SITE else ALONE, round_),
        agreed=False,
        cells={code: Cell(median(map(Fraction, each)), min(each), max(each)) for code, each in given.items()},
        totals=[(sheet.assignment.expert.name, from_twentieths(sheet.total_twentieths)) for sheet in sheets],
    )


def _scored(sheets: Iterable[ScoreSheet]) -> Iterable[ItemScore]:
    return (item for sheet in sheets for item in sheet.items if item.percent is not None)


def _agreed(talk: Consensus) -> Column:
    said = [(item.item_code, item.percent) for item in talk.items if item.percent is not None]
    return Column(
        _titled(AGREED, talk.round),
        agreed=True,
        cells={code: Cell(Fraction(percent), percent, percent) for code, percent in said},
        totals=[("", from_twentieths(talk.total_twentieths or 0))],
    )


def lines(whole: Whole, series: Sequence[Column]) -> list[Line]:
    """By item: every series, how far the last lies from the one before it, and why."""
    why = _reasons(whole)
    criteria = rulebook_of(whole.application.edition).criteria_for(whole.application.group_key)
    return [
        _line(item, [each.cells.get(item.code) for each in series], why.get(item.code, [])) for item in criteria.items
    ]


def _line(item: Item, cells: Sequence[Cell | None], reasons: Sequence[Reason]) -> Line:
    last = [cell for cell in cells if cell is not None][-2:]
    change = last[1].value - last[0].value if len(last) == len(("before", "after")) else None
    return Line(item, cells, change, reasons)


def _reasons(whole: Whole) -> dict[str, list[Reason]]:
    """The panels' reasons first, in the order of the rounds; then those of the experts after the visit."""
    found: dict[str, list[Reason]] = {}
    for round_ in whole.rounds:
        talk = queries.find_for(round_.id, whole.id)
        for code, reason in _of_panel(talk) if talk is not None else ():
            found.setdefault(code, []).append(reason)
    rule = rulebook_of(whole.application.edition).round(whole.visited.key)
    for sheet in queries.sheets_in(whole.visited.id, whole.id):
        before = earlier.before(rule, sheet)
        for item in _scored([sheet]):
            if item.reason:
                stood = before[item.item_code].standing if item.item_code in before else None
                told = "—" if stood is None else f"{stood}%"
                reason = Reason(sheet.assignment.expert.name, told, item.percent or 0, item.reason)
                found.setdefault(item.item_code, []).append(reason)
    return found


def _of_panel(talk: Consensus) -> Iterable[tuple[str, Reason]]:
    spreads = queries.spreads(talk)
    for item in talk.items:
        if item.reason and item.percent is not None:
            before = f"{shown(spreads[item.item_code].median)}%"
            yield item.item_code, Reason("", before, item.percent, item.reason)


def title_of(actor: Actor, whole: Whole) -> str:
    """Where one of the rounds is blind, whoever must not know the applicant reads the number only."""
    rulebook = rulebook_of(whole.application.edition)
    blind = any(rulebook.round(each.key).blind for each in whole.rounds)
    return whole.application.number if blind and not sees_names(actor) else whole.application.name
