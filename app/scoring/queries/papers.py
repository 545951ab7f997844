"""Reads for papers: who signs in, what hangs on the wall, what was typed from paper."""

from collections.abc import Sequence
from itertools import groupby

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased, joinedload

from app.accounts.models import User
from app.applications.models import Application
from app.kernel.database import db
from app.panels.models import Assignment
from app.scoring import rules
from app.scoring.models import PaperEntry, ScoreSheet
from app.workflow import ApplicationState, PaperEntryState


def find_entry(entry_id: int) -> PaperEntry | None:
    return db.session.scalar(
        select(PaperEntry).options(*_WITH_SHEET).where(PaperEntry.id == entry_id).with_for_update(of=PaperEntry)
    )


_WITH_SHEET = (
    joinedload(PaperEntry.proposer, innerjoin=True),
    joinedload(PaperEntry.sheet, innerjoin=True)
    .joinedload(ScoreSheet.assignment, innerjoin=True)
    .options(joinedload(Assignment.application, innerjoin=True), joinedload(Assignment.expert, innerjoin=True)),
)


def dossiers_by_group(round_id: int) -> list[tuple[str, list[Application]]]:
    """The dossiers that a round reviews or has reviewed, wherever they went from there, in the order of their numbers."""
    seated = Application.id.in_(select(Assignment.application_id).where(Assignment.round_id == round_id))
    waiting = and_(Application.round_id == round_id, Application.state == ApplicationState.UNDER_REVIEW)
    rows = db.session.scalars(
        select(Application).where(or_(seated, waiting)).order_by(Application.group_key, Application.sequence)
    )
    return [(key, list(group)) for key, group in groupby(rows, key=lambda row: row.group_key)]


def find_sheet(sheet_id: int) -> ScoreSheet | None:
    return db.session.get(ScoreSheet, sheet_id)


def waiting_entry(sheet_id: int) -> PaperEntry | None:
    return db.session.scalar(
        select(PaperEntry).where(PaperEntry.sheet_id == sheet_id, PaperEntry.state == PaperEntryState.TYPED)
    )


def entries_in(round_id: int) -> Sequence[tuple[PaperEntry, str]]:
    """Every entry of a round, the newest first, with who confirmed or refused it; never a score."""
    second = aliased(User)
    rows = db.session.execute(
        select(PaperEntry, second.name)
        .options(*_WITH_SHEET)
        .join(PaperEntry.sheet)
        .outerjoin(second, second.id == PaperEntry.confirmed_by)
        .where(ScoreSheet.round_id == round_id)
        .order_by(PaperEntry.id.desc())
    )
    return [(row.PaperEntry, row.name or "") for row in rows]


def entries_of_paper(entry: PaperEntry) -> list[rules.Entry]:
    return [rules.Entry(*stored) for stored in entry.items]
