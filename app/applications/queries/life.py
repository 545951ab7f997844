"""When a dossier may be submitted, and what has happened to it, in the words that its applicant reads."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from app.applications.models import Application
from app.audit.models import AuditEvent
from app.kernel import clock
from app.kernel.database import db
from app.kernel.words import N_, Message
from app.programmes.queries import is_open, period
from app.workflow import APPLICATION, ApplicationState
from app.workflow import find as find_step

HELD_BACK = (ApplicationState.NOT_ADVANCED, ApplicationState.PROPOSED, ApplicationState.NOT_PROPOSED)
"""Told to the applicant in their own words only when the edition's result is out."""

TOLD_WITH_REASON = frozenset(
    {"application.send_back", "application.decline", "application.return", "application.refuse"}
)
AHEAD: dict[ApplicationState, tuple[str, ...]] = {
    ApplicationState.DRAFT: (N_("提交"), N_("推荐"), N_("形式审查"), N_("评审"), N_("公示与公布")),
    ApplicationState.SUBMITTED: (N_("推荐"), N_("形式审查"), N_("评审"), N_("公示与公布")),
    ApplicationState.RECOMMENDED: (N_("形式审查"), N_("评审"), N_("公示与公布")),
    ApplicationState.RETURNED: (N_("形式审查"), N_("评审"), N_("公示与公布")),
    ApplicationState.ACCEPTED: (N_("评审"), N_("公示与公布")),
    ApplicationState.UNDER_REVIEW: (N_("公示与公布"),),
    ApplicationState.NOT_ADVANCED: (N_("公示与公布"),),
    ApplicationState.PROPOSED: (N_("公示与公布"),),
    ApplicationState.NOT_PROPOSED: (N_("公示与公布"),),
}


@dataclass(frozen=True)
class SubmissionWindow:
    is_open: bool
    opens_at: datetime | None
    closes_at: datetime | None


@dataclass(frozen=True)
class Step:
    """`phase`: done, now or next; `words`: what the body or the office wrote."""

    label: Message
    at: datetime | None
    phase: str
    words: str = ""


def submission_window(application: Application) -> SubmissionWindow:
    """Draft: the period of application; sent back by the body: until recommendations close; returned: its due time."""
    now, edition = clock.now(), application.edition
    if application.state == ApplicationState.RETURNED:
        due = application.correction_due
        return SubmissionWindow(due is not None and now <= due, None, due)
    key = _period_for(application)
    window = period(edition, key)
    if window is None:
        return SubmissionWindow(is_open=False, opens_at=None, closes_at=None)
    open_now = is_open(edition, key, now) or is_open(edition, "application", now)
    return SubmissionWindow(open_now, window.opens_at, window.closes_at)


def _period_for(application: Application) -> str:
    was_submitted = application.submitted_at is not None
    return "recommendation" if was_submitted and period(application.edition, "recommendation") else "application"


def is_possible(application: Application, action: str) -> bool:
    """Whether the workflow has this step from where the dossier stands; who may take it is the policy's question."""
    return application.state in find_step(action)[1].sources


def timeline(application: Application) -> list[Step]:
    """What happened in public words, neighbours that read alike told once, then what lies ahead."""
    steps = list(_happened(application))
    if steps:
        steps[-1] = replace(steps[-1], phase="now")
    ahead = () if application.is_released else AHEAD.get(application.state, ())
    return steps + [Step(Message(text), None, "next") for text in ahead]


def _happened(application: Application) -> Iterator[Step]:
    told: Message | None = None
    for event in _events(application):
        label = _label(event, is_released=application.is_released)
        words = event.reason if event.action in TOLD_WITH_REASON else ""
        if words or label != told:
            yield Step(label, event.at, "done", words)
        told = label


def _label(event: AuditEvent, *, is_released: bool) -> Message:
    if event.action == "application.send_back":
        return Message(N_("退回修改"))
    state = ApplicationState(str(event.state_after))
    label = APPLICATION.labels[state]
    return Message(label.internal if is_released and state in HELD_BACK else label.public)


def _events(application: Application) -> list[AuditEvent]:
    return list(
        db.session.scalars(
            select(AuditEvent)
            .where(
                AuditEvent.subject_type == Application.__tablename__,
                AuditEvent.subject_id == application.id,
                AuditEvent.state_after.is_not(None),
            )
            .order_by(AuditEvent.id)
        )
    )
