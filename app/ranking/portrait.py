"""One dossier as the committee reads it: every sheet with its comments and changes, and its profile against the field's."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from math import cos, pi, sin
from statistics import median

from sqlalchemy import func, select

from app.applications.models import Application
from app.kernel.database import db
from app.kernel.exact import display_twentieths
from app.kernel.words import LocalText
from app.programmes.models import Round
from app.programmes.rules.criteria import CriteriaSet
from app.programmes.rules.rulebook import Rulebook
from app.ranking.models import Ranking, RankingRow
from app.ranking.queries import Line, RankingView
from app.scoring.models import ItemScore, ScoreSheet, SubmittedSheet
from app.workflow import ScoreSheetState

MIDDLE, REACH, LABELS_AT = (250.0, 190.0), 130.0, 150.0
"""The radar's centre, the length of a whole axis, and how far out the names stand."""
RINGS = (25, 50, 75, 100)
NEAR_THE_AXIS = 0.3

# --- the sheets ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Remark:
    """One item of one sheet; `reason` says why it differs from the round before."""

    code: str
    name: LocalText
    percent: int | None
    strengths: str
    improvements: str
    reason: str


@dataclass(frozen=True)
class Sheet:
    """`label` is a letter in place of the expert; `before` the totals that were handed in earlier and given back."""

    label: str
    total: str
    before: tuple[str, ...]
    remarks: tuple[Remark, ...]


@dataclass(frozen=True)
class RoundSheets:
    name: LocalText
    sheets: tuple[Sheet, ...]


@dataclass(frozen=True)
class Handed:
    """One submission of a sheet, the latest or an earlier one."""

    round_key: str
    position: int
    sheet_id: int
    criteria_key: str
    number: int
    content: dict[str, object]


def sheets(view: RankingView, application_id: int) -> list[Handed]:
    """Every submission of the sheets that count in this ranking, round by round."""
    own = select(Round.position).join(Ranking, Ranking.round_id == Round.id).where(Ranking.id == view.id)
    rows = db.session.execute(
        select(
            Round.key,
            Round.position,
            ScoreSheet.id,
            ScoreSheet.criteria_key,
            SubmittedSheet.number,
            SubmittedSheet.content,
        )
        .join(ScoreSheet, ScoreSheet.id == SubmittedSheet.sheet_id)
        .join(Round, Round.id == ScoreSheet.round_id)
        .where(
            ScoreSheet.application_id == application_id,
            ScoreSheet.state == ScoreSheetState.SUBMITTED,
            Round.position <= own.scalar_subquery(),
        )
        .order_by(Round.position, ScoreSheet.id, SubmittedSheet.number)
    )
    return [Handed(*row) for row in rows]


def rounds(rulebook: Rulebook, handed: Iterable[Handed], *, seed: str) -> list[RoundSheets]:
    """Under letters, in an order that says nothing about who sat where."""
    found = []
    for key, of_round in groupby(handed, key=lambda each: each.round_key):
        by_sheet = {sheet_id: list(same) for sheet_id, same in groupby(of_round, key=lambda each: each.sheet_id)}
        told = [_sheet(rulebook, by_sheet[sheet_id], label) for sheet_id, label in letters(by_sheet, seed).items()]
        found.append(RoundSheets(rulebook.round(key).name, tuple(told)))
    return found


def letters(sheet_ids: Iterable[int], seed: str) -> dict[int, str]:
    """The letter that stands for the expert of each sheet of one dossier in one round, in their order."""
    shuffled = sorted(sheet_ids, key=lambda sheet_id: sha256(f"{seed} {sheet_id}".encode()).digest())
    return {sheet_id: chr(ord("A") + place) for place, sheet_id in enumerate(shuffled)}


@dataclass(frozen=True)
class Lettered:
    """One sheet that counts in a ranking, with the letter in place of its expert."""

    sheet_id: int
    application_id: int
    round_key: str
    letter: str
    total: int


def lettered(view: RankingView, *, seed: str) -> list[Lettered]:
    """Every sheet that counts in this ranking, dossier by dossier as it ranks them, under the letters of its pages."""
    own = select(Round.position).join(Ranking, Ranking.round_id == Round.id).where(Ranking.id == view.id)
    rows = db.session.execute(
        select(ScoreSheet.id, ScoreSheet.application_id, Round.key, ScoreSheet.total_twentieths)
        .join(Round, Round.id == ScoreSheet.round_id)
        .join(RankingRow, RankingRow.application_id == ScoreSheet.application_id)
        .where(
            RankingRow.ranking_id == view.id,
            Round.edition_id == view.edition_id,
            ScoreSheet.state == ScoreSheetState.SUBMITTED,
            Round.position <= own.scalar_subquery(),
        )
        .order_by(RankingRow.position, Round.position)
    )
    found: list[Lettered] = []
    for (application_id, key), same in groupby(rows, key=lambda row: (row.application_id, row.key)):
        totals = {row.id: row.total_twentieths for row in same}
        found += [
            Lettered(sheet_id, application_id, key, letter, totals[sheet_id])
            for sheet_id, letter in letters(totals, seed).items()
        ]
    return found


def _sheet(rulebook: Rulebook, same: Sequence[Handed], label: str) -> Sheet:
    *before, last = same
    names = {item.code: item.name for item in rulebook.criteria(last.criteria_key).items}
    return Sheet(
        label=label,
        total=_total(last),
        before=tuple(map(_total, before)),
        remarks=tuple(_remark(item, names) for item in _items(last)),
    )


def _total(handed: Handed) -> str:
    return display_twentieths(int(str(handed.content["total_twentieths"])))


def _items(handed: Handed) -> list[dict[str, object]]:
    found = handed.content["items"]
    assert isinstance(found, list)
    return found


def _remark(item: Mapping[str, object], names: Mapping[str, LocalText]) -> Remark:
    code, percent = str(item["code"]), item["percent"]
    return Remark(
        code=code,
        name=names[code],
        percent=None if percent is None else int(str(percent)),
        strengths=str(item.get("strengths", "")),
        improvements=str(item.get("improvements", "")),
        reason=str(item.get("reason", "")),
    )


# --- the profile --------------------------------------------------------------------------------------------------

Marks = Mapping[tuple[str, str], tuple[str, float]]
"""By dossier and item: the criteria set, and the mean percentage over the sheets of the ranking's own round."""


def marks(view: RankingView) -> Marks:
    rows = db.session.execute(
        select(
            Application.number, ItemScore.item_code, ScoreSheet.criteria_key, func.avg(ItemScore.percent).label("mean")
        )
        .join(ItemScore.sheet)
        .join(Application, Application.id == ScoreSheet.application_id)
        .where(
            ScoreSheet.round_id == view.round_id,
            ScoreSheet.state == ScoreSheetState.SUBMITTED,
            ItemScore.percent.is_not(None),
        )
        .group_by(Application.number, ItemScore.item_code, ScoreSheet.criteria_key)
    )
    return {(row.number, row.item_code): (row.criteria_key, float(row.mean)) for row in rows}


@dataclass(frozen=True)
class Axis:
    """One category: where its axis ends and its name stands, and both values in per cent."""

    name: LocalText
    own: float
    field: float
    end: tuple[float, float]
    label: tuple[float, float]
    anchor: str


@dataclass(frozen=True)
class Radar:
    """`own` and `field` are the outlines as SVG points, `rings` those of 25, 50, 75 and 100 per cent."""

    axes: tuple[Axis, ...]
    own: str
    field: str
    rings: tuple[str, ...]
    middle: tuple[float, float] = MIDDLE


def radar(rulebook: Rulebook, line: Line, scored: Marks) -> Radar | None:
    """The dossier's categories against the median of the dossiers judged by the same criteria set in this round."""
    criteria = rulebook.criteria_for(line.group_key)
    shares = _shares(criteria, scored)
    if line.number not in shares:
        return None
    own = shares[line.number]
    field = [median(share[place] for share in shares.values()) for place in range(len(own))]
    axes = tuple(
        _axis(category.name, place, len(own), (own[place], field[place]))
        for place, category in enumerate(criteria.categories)
    )
    return Radar(axes, _outline(own), _outline(field), tuple(_outline([ring] * len(own)) for ring in RINGS))


def _shares(criteria: CriteriaSet, scored: Marks) -> dict[str, list[float]]:
    """By dossier, the share of its points that each category earned, in per cent."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for (number, code), (key, mean) in scored.items():
        if key == criteria.key:
            found[number][code] = mean
    return {
        number: [
            sum(item.points * means.get(item.code, 0.0) for item in category.items) / category.points
            for category in criteria.categories
        ]
        for number, means in found.items()
    }


def _axis(name: LocalText, place: int, count: int, values: tuple[float, float]) -> Axis:
    end, label = _point(100, place, count), _point(100 * LABELS_AT / REACH, place, count)
    side = sin(2 * pi * place / count)
    anchor = "middle" if abs(side) < NEAR_THE_AXIS else "start" if side > 0 else "end"
    return Axis(name, values[0], values[1], end, label, anchor)


def _point(percent: float, place: int, count: int) -> tuple[float, float]:
    turn = 2 * pi * place / count
    length = REACH * percent / 100
    return round(MIDDLE[0] + length * sin(turn), 1), round(MIDDLE[1] - length * cos(turn), 1)


def _outline(percents: Sequence[float]) -> str:
    points = (_point(percent, place, len(percents)) for place, percent in enumerate(percents))
    return " ".join(f"{x},{y}" for x, y in points)
