"""Reads of score sheets: plain rows for the pages that are opened all day, entities only where something is written.

Their statements are put together once, when this is imported: building one costs several times more than sending it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import bindparam, select
from sqlalchemy.orm import contains_eager, joinedload, lazyload, load_only

from app.applications.models import Application
from app.experts.models import Expert
from app.kernel.database import db
from app.kernel.words import LocalText
from app.programmes.models import Edition, Period, Round
from app.scoring import rules
from app.scoring.models import ItemScore, ScoreSheet, SubmittedSheet
from app.scoring.queries.progress import WINDOW_OF_ROUND
from app.scoring.queries.visibility import is_awaited, leader_of
from app.workflow import EditionState, RoundState, ScoreSheetState


@dataclass(frozen=True, slots=True)
class SheetHead:
    """A sheet with what its page says around it, in one statement and without entities."""

    id: int
    assignment_id: int
    edition_id: int
    round_id: int
    application_id: int
    expert_id: int
    criteria_key: str
    total_twentieths: int
    items_scored: int
    items_total: int
    submitted_at: datetime | None
    receipt_digest: str
    looked_on: date | None
    returned_for: str
    comments_only: bool
    abstained_for: str
    state: ScoreSheetState
    version: int
    name: str
    number: str
    group_key: str
    round_key: str
    round_state: RoundState
    round_name: LocalText
    due: datetime | None
    rulebook_digest: str
    time_zone: str
    edition_state: EditionState
    expert: str
    expert_number: str
    led_by: int | None
    awaited: bool
    lifecycle: str = "score_sheet"
    __tablename__ = ScoreSheet.__tablename__

    @property
    def is_over(self) -> bool:
        return self.edition_state.is_over


SHEET_HEAD = (
    select(
        ScoreSheet.id,
        ScoreSheet.assignment_id,
        ScoreSheet.edition_id,
        ScoreSheet.round_id,
        ScoreSheet.application_id,
        ScoreSheet.expert_id,
        ScoreSheet.criteria_key,
        ScoreSheet.total_twentieths,
        ScoreSheet.items_scored,
        ScoreSheet.items_total,
        ScoreSheet.submitted_at,
        ScoreSheet.receipt_digest,
        ScoreSheet.looked_on,
        ScoreSheet.returned_for,
        ScoreSheet.comments_only,
        ScoreSheet.abstained_for,
        ScoreSheet.state,
        ScoreSheet.version,
        Application.name,
        Application.number,
        Application.group_key,
        Round.key.label("round_key"),
        Round.state.label("round_state"),
        Round.name_zh,
        Round.name_en,
        Period.closes_at.label("due"),
        Edition.rulebook_digest,
        Edition.time_zone,
        Edition.state.label("edition_state"),
        Expert.name.label("expert"),
        Expert.number.label("expert_number"),
        leader_of(ScoreSheet).label("led_by"),
        is_awaited(ScoreSheet.round_id, ScoreSheet.application_id).label("awaited"),
    )
    .join(Application, Application.id == ScoreSheet.application_id)
    .join(Round, Round.id == ScoreSheet.round_id)
    .join(Edition, Edition.id == ScoreSheet.edition_id)
    .join(Expert, Expert.id == ScoreSheet.expert_id)
    .outerjoin(Period, WINDOW_OF_ROUND)
    .where(ScoreSheet.id == bindparam("sheet_id"))
)


def sheet_head(sheet_id: int) -> SheetHead | None:
    row = db.session.execute(SHEET_HEAD, {"sheet_id": sheet_id}).one_or_none()
    if row is None:
        return None
    fields = row._asdict()
    name = LocalText(fields.pop("name_zh"), fields.pop("name_en"))
    return SheetHead(**fields, round_name=name)


@dataclass(frozen=True, slots=True)
class ItemRow:
    code: str
    points: int
    percent: int | None
    strengths: str
    improvements: str
    reason: str
    version: int

    @property
    def entry(self) -> rules.Entry:
        return rules.Entry(self.code, self.points, self.percent, self.strengths, self.improvements, self.reason)


ITEM_ROWS = (
    select(
        ItemScore.item_code,
        ItemScore.points,
        ItemScore.percent,
        ItemScore.strengths,
        ItemScore.improvements,
        ItemScore.reason,
        ItemScore.version,
    )
    .where(ItemScore.sheet_id == bindparam("sheet_id"))
    .order_by(ItemScore.position)
)


def item_rows(sheet_id: int) -> list[ItemRow]:
    return [ItemRow(*row) for row in db.session.execute(ITEM_ROWS, {"sheet_id": sheet_id})]


_RULES_OF_ROUND = joinedload(ScoreSheet.round, innerjoin=True).joinedload(Round.edition, innerjoin=True)
SHEET_FOR_WRITING = (
    select(ScoreSheet)
    .options(_RULES_OF_ROUND.load_only(Edition.rulebook_digest), _RULES_OF_ROUND.lazyload(Edition.programme))
    .where(ScoreSheet.id == bindparam("sheet_id"))
    .with_for_update(of=ScoreSheet)
)
ITEM_FOR_WRITING = (
    select(ItemScore)
    .join(ItemScore.sheet)
    .options(
        contains_eager(ItemScore.sheet)
        .joinedload(ScoreSheet.round, innerjoin=True)
        .joinedload(Round.edition, innerjoin=True)
        .options(load_only(Edition.rulebook_digest), lazyload(Edition.programme))
    )
    .where(ScoreSheet.id == bindparam("sheet_id"), ItemScore.item_code == bindparam("code"))
    .with_for_update(of=[ScoreSheet, ItemScore])
)
ITEMS_FOR_WRITING = (
    select(ItemScore)
    .where(ItemScore.sheet_id == bindparam("sheet_id"), ItemScore.item_code.in_(bindparam("codes", expanding=True)))
    .order_by(ItemScore.position)
)


def sheet_for_writing(sheet_id: int) -> ScoreSheet | None:
    """The sheet with its round and rules, locked until the request ends: two saves of one sheet stand in line."""
    return db.session.scalar(SHEET_FOR_WRITING, {"sheet_id": sheet_id})


def item_for_writing(sheet_id: int, code: str) -> ItemScore | None:
    """One item with its sheet, round and rules in one statement, since this is what every autosave asks.

    Sheet and item are both locked, the sheet first as everywhere: whoever had to wait reads what was saved meanwhile.
    """
    return db.session.scalar(ITEM_FOR_WRITING, {"sheet_id": sheet_id, "code": code})


def items_for_writing(sheet: ScoreSheet, codes: set[str]) -> dict[str, ItemScore]:
    found = db.session.scalars(ITEMS_FOR_WRITING, {"sheet_id": sheet.id, "codes": sorted(codes)})
    return {item.item_code: item for item in found}


def sheet_of_assignment(assignment_id: int) -> ScoreSheet | None:
    return db.session.scalar(select(ScoreSheet).where(ScoreSheet.assignment_id == assignment_id))


def submitted_versions(sheet_id: int) -> list[SubmittedSheet]:
    """Every content that was ever handed in, the newest first."""
    return list(
        db.session.scalars(
            select(SubmittedSheet).where(SubmittedSheet.sheet_id == sheet_id).order_by(SubmittedSheet.number.desc())
        )
    )


# --- before a visit -----------------------------------------------------------------------------------------------


class SheetKey(Protocol):
    """Whose sheet it is, of what and where: a sheet as an entity or as a row of its page."""

    @property
    def expert_id(self) -> int: ...
    @property
    def application_id(self) -> int: ...
    @property
    def round_id(self) -> int: ...


def own_before(key: SheetKey) -> dict[str, int]:
    """The expert's own percentages of this dossier in the rounds before; those of the latest round count."""
    position = select(Round.position).where(Round.id == key.round_id).scalar_subquery()
    rows = db.session.execute(
        select(ItemScore.item_code, ItemScore.percent)
        .join(ScoreSheet, ScoreSheet.id == ItemScore.sheet_id)
        .join(Round, Round.id == ScoreSheet.round_id)
        .where(
            ScoreSheet.expert_id == key.expert_id,
            ScoreSheet.application_id == key.application_id,
            ScoreSheet.state == ScoreSheetState.SUBMITTED,
            Round.position < position,
        )
        .order_by(Round.position)
    )
    return {row.item_code: row.percent for row in rows}
