"""What people read on paper, as PDF beside the records from which it is set: the public notices; in the full version the
committee's minutes and the feedback reports as they were released."""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.decisions import queries as decisions
from app.decisions.minutes_paper import minutes_pdf
from app.kernel import files as kept
from app.kernel.database import db
from app.kernel.typesetting import typeset
from app.notices.models import Notice
from app.outcomes.bundle.decision import closed_sessions, public_notices
from app.outcomes.bundle.files import File, binary
from app.outcomes.bundle.scope import Scope
from app.outcomes.feedback.models import FeedbackReport
from app.workflow import FeedbackState

TEMPLATE = Path(__file__).parent / "papers" / "notice.typ"


def files(scope: Scope) -> Iterator[File]:
    for number, notice in enumerate(public_notices(scope), start=1):
        yield binary(f"notices/{number}.pdf", "pdf", notice_pdf(notice))
    if scope.full:
        for number, session in enumerate(closed_sessions(scope), start=1):
            yield binary(f"committee/{number}.pdf", "pdf", minutes_pdf(decisions.minutes(session)))
        yield from _feedback(scope)


def notice_pdf(notice: Notice) -> bytes:
    last_day = notice.last_day.isoformat() if notice.last_day else ""
    return typeset(TEMPLATE, {"content": notice.content, "digest": notice.digest, "last_day": last_day})


def _feedback(scope: Scope) -> Iterator[File]:
    """The very files that went to the applicants."""
    found = select(FeedbackReport).where(
        FeedbackReport.edition_id == scope.edition.id, FeedbackReport.state == FeedbackState.RELEASED
    )
    for report in db.session.scalars(found.options(joinedload(FeedbackReport.application)).order_by(FeedbackReport.id)):
        with kept.store().open(report.pdf_sha256) as content:
            yield binary(f"feedback/{report.application.number}.pdf", "pdf", content.read())
