"""What earlier editions know of an applicant, and what speaks against it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from app.applications.models import Application
from app.applications.queries import rulebook_for
from app.intake.rules import is_individual
from app.kernel import clock
from app.programmes.rules.eligibility import ApplicantFacts, Honour, Reason, Revocation, eligibility_reasons
from app.programmes.rules.tags import tags_of


@dataclass(frozen=True)
class History:
    """What earlier editions of this award know of an applicant and of its parent group."""

    honours: tuple[Honour, ...] = ()
    parent_honours: tuple[Honour, ...] = ()
    revocations: tuple[Revocation, ...] = ()


HistorySource = Callable[[Application], History]
_sources: list[HistorySource] = []


def learn_history(source: HistorySource) -> None:
    """Called once by create_app: outcomes come later in the pipeline, and a stage knows only those before it."""
    _sources[:] = [source]


def eligibility(application: Application) -> tuple[Reason, ...]:
    """Reasons against this applicant that can be computed from the dossier and from earlier editions."""
    moment = application.submitted_at or clock.now()
    return eligibility_reasons(
        applicant_facts(application),
        rulebook_for(application),
        edition=application.edition.number,
        on=moment.astimezone(ZoneInfo(application.edition.time_zone)).date(),
    )


def applicant_facts(application: Application) -> ApplicantFacts:
    history = _sources[0](application) if _sources else History()
    answers = application.answers
    since = answers.get("quality_work_since" if is_individual(application.kind) else "founded")
    return ApplicantFacts(
        kind=application.kind,
        tags=tags_of(application.group_key, answers),
        region=application.region_code,
        founded=_day(since),
        excellence_since=_day(answers.get("excellence_since")),
        honours=history.honours,
        parent_honours=history.parent_honours,
        revocations=history.revocations,
    )


def _day(text: object) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) and text else None
