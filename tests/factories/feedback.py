"""Feedback reports: a round with comments that has ended, its drafts, and reports on their way."""

from __future__ import annotations

from sqlalchemy import select

from app import lifecycle
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.outcomes.feedback import services
from app.outcomes.feedback.models import FeedbackReport
from app.programmes.models import Round
from app.scoring import services as scoring
from app.workflow import RoundState
from tests.factories.decisions import acting, office
from tests.factories.scoring import Panel, judge, panel, person
from tests.support.built import built_once

EDITOR, APPROVER = "editor@example.org", "approver@example.org"


def editor() -> Actor:
    return acting(person(EDITOR, Role.OFFICE))


def approver() -> Actor:
    return acting(person(APPROVER, Role.OFFICE))


@built_once
def commented(dossiers: int = 2, experts: int = 2) -> Panel:
    """All rounds have ended; every expert has written a remark of his own and his colleague's name on every item."""
    made = panel(dossiers, experts)
    for dossier in range(dossiers):
        for number, expert in enumerate(made.experts):
            sheet = made.sheet(dossier, number)
            percent = 40 + 5 * ((dossier + number) % 5)
            judge(sheet, percent, text=f"{expert.name}看到展开充分。\n意见{number}：指标改善。")
            scoring.submit(made.actors[number], sheet)
    scoring.close_round(office(), made.round, reason="按两份评分结束。")
    end_rounds(made)
    return made


def end_rounds(made: Panel) -> None:
    rounds = db.session.scalars(select(Round).where(Round.edition_id == made.edition.id))
    for round_ in rounds:
        if round_.state is RoundState.PLANNED:
            lifecycle.advance(round_, "round.open", office())
            lifecycle.advance(round_, "round.close", office())


@built_once
def drafted(dossiers: int = 2) -> tuple[Panel, list[FeedbackReport]]:
    made = commented(dossiers)
    services.draft_all(office(), made.edition)
    return made, list(db.session.scalars(select(FeedbackReport).order_by(FeedbackReport.id)))


def handed_over(report: FeedbackReport) -> FeedbackReport:
    services.save_summary(editor(), report, "总体良好，建议加强战略展开。", version=report.version)
    services.hand_over(editor(), report)
    return report


def approved(report: FeedbackReport) -> FeedbackReport:
    services.approve(approver(), handed_over(report))
    return report


def typeset(report: FeedbackReport) -> FeedbackReport:
    services.keep(services.work_out(services.prepare(approved(report).id)))
    return report
