"""Sheets as they were handed in, for files and for other systems: who may have which is asked first, then they are read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select

from app.applications.models import Application
from app.experts.models import Expert
from app.kernel.actor import Actor
from app.kernel.canonical import Record
from app.kernel.database import db
from app.programmes.models import Round
from app.scoring.models import ScoreSheet, SubmittedSheet
from app.scoring.queries.visibility import visible_to
from app.workflow import ScoreSheetState

READ_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Seen:
    """A sheet that is handed in and that somebody may read, with whose it is."""

    sheet_id: int
    application_id: int
    round_key: str
    expert_number: str
    expert: str


def seen(actor: Actor, round_id: int) -> list[Seen]:
    """The sheets of a round that are handed in and that the actor may read, in the order of the dossiers' numbers."""
    rows = db.session.execute(
        select(ScoreSheet.id, ScoreSheet.application_id, Round.key, Expert.number, Expert.name)
        .join(Application, Application.id == ScoreSheet.application_id)
        .join(Round, Round.id == ScoreSheet.round_id)
        .join(Expert, Expert.id == ScoreSheet.expert_id)
        .where(ScoreSheet.round_id == round_id, ScoreSheet.state == ScoreSheetState.SUBMITTED, visible_to(actor))
        .order_by(Application.sequence, Expert.number)
    )
    return [Seen(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What stands on a sheet: the content that its expert put the name to last."""

    sheet_id: int
    number: str
    name: str
    group_key: str
    round_key: str
    criteria_key: str
    submitted_at: datetime
    digest: str
    content: Record

    @property
    def total(self) -> int:
        return int(self.content["total_twentieths"])

    @property
    def items(self) -> list[Record]:
        found: list[Record] = self.content["items"]
        return found


def read(sheet_ids: Sequence[int]) -> Iterator[HandedIn]:
    """Their contents in the given order, some hundred at a time; that the reader may see them is for the caller to know."""
    for first in range(0, len(sheet_ids), READ_AT_ONCE):
        some = sheet_ids[first : first + READ_AT_ONCE]
        rows = db.session.execute(
            select(
                ScoreSheet.id,
                Application.number,
                Application.name,
                Application.group_key,
                Round.key,
                ScoreSheet.criteria_key,
                SubmittedSheet.submitted_at,
                SubmittedSheet.digest,
                SubmittedSheet.content,
            )
            .join(
                SubmittedSheet,
                and_(SubmittedSheet.sheet_id == ScoreSheet.id, SubmittedSheet.digest == ScoreSheet.receipt_digest),
            )
            .join(Application, Application.id == ScoreSheet.application_id)
            .join(Round, Round.id == ScoreSheet.round_id)
            .where(ScoreSheet.id.in_(some))
        )
        found = {row.id: HandedIn(*row) for row in rows}
        yield from (found[sheet_id] for sheet_id in some)
