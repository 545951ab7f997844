"""Reads for the comparison of groups, and the head's reports."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.applications.models import Application
from app.experts.models import Expert
from app.kernel.database import db
from app.programmes.models import Round
from app.scoring.comparison import Rated
from app.scoring.models import CommitteeReport, ItemScore, ScoreSheet
from app.workflow import ScoreSheetState


def rated(round_id: int) -> list[Rated]:
    """The independent sheets of a round that has ended: its one reader is the comparison."""
    percents: dict[int, list[int]] = {}
    of_round = ScoreSheet.round_id == round_id, ScoreSheet.state == ScoreSheetState.SUBMITTED
    scored = select(ItemScore.sheet_id, ItemScore.percent).join(ItemScore.sheet).where(*of_round)
    for sheet_id, percent in db.session.execute(scored.where(ItemScore.percent.is_not(None))):
        percents.setdefault(sheet_id, []).append(percent or 0)
    rows = db.session.execute(
        select(
            ScoreSheet.id,
            ScoreSheet.total_twentieths,
            Application.group_key,
            Application.number,
            Expert.number.label("expert"),
            Expert.name,
        )
        .join(Application, Application.id == ScoreSheet.application_id)
        .join(Expert, Expert.id == ScoreSheet.expert_id)
        .where(*of_round)
        .order_by(ScoreSheet.id)
    )
    return [
        Rated(row.group_key, row.number, row.expert, row.name, row.total_twentieths, tuple(percents[row.id]))
        for row in rows
    ]


def reports(edition_id: int) -> Sequence[CommitteeReport]:
    """Every version, the newest of the latest round first."""
    return db.session.scalars(
        select(CommitteeReport)
        .options(joinedload(CommitteeReport.round, innerjoin=True), joinedload(CommitteeReport.author, innerjoin=True))
        .join(CommitteeReport.round)
        .where(CommitteeReport.edition_id == edition_id)
        .order_by(Round.position.desc(), CommitteeReport.number.desc())
    ).all()


def find_report(report_id: int) -> CommitteeReport | None:
    return db.session.get(CommitteeReport, report_id)


def next_report_number(round_id: int) -> int:
    last = select(func.max(CommitteeReport.number)).where(CommitteeReport.round_id == round_id)
    return 1 + (db.session.scalar(last) or 0)
