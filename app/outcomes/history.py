"""What earlier editions of an award know of an applicant: for the formal check, which comes before this stage."""

from collections.abc import Iterable, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.applications.models import Application
from app.intake.queries import History
from app.kernel.database import db
from app.outcomes.models import Outcome, RevokedFor
from app.programmes.models import Edition
from app.programmes.rules.eligibility import Honour, Revocation
from app.programmes.rules.values import ApplicantKind
from app.workflow import OutcomeState


def history_of(application: Application) -> History:
    """Matched by credit code, people by name too; where only a name was published, by the name."""
    earlier = _earlier(application.edition)
    own = [outcome for outcome in earlier if _is_same(outcome, application)]
    parent = [outcome for outcome in earlier if _is_parent(outcome, application)]
    return History(_honours(own), _honours(parent), _revocations(own))


def _earlier(edition: Edition) -> Sequence[Outcome]:
    """Every honour of the same award in editions before this one."""
    return db.session.scalars(
        select(Outcome)
        .join(Edition, Edition.id == Outcome.edition_id)
        .where(Edition.programme_id == edition.programme_id, Edition.number < edition.number)
    ).all()


def _is_same(outcome: Outcome, application: Application) -> bool:
    if outcome.kind != application.kind:
        return False
    same_name = outcome.name == application.name
    same_code = outcome.credit_code == application.credit_code
    if application.kind is ApplicantKind.INDIVIDUAL:
        return same_name and (same_code or not outcome.credit_code)
    return same_code or (same_name and not outcome.credit_code)


def _is_parent(outcome: Outcome, application: Application) -> bool:
    code, name = application.answers.get("parent_credit_code"), application.answers.get("parent")
    if outcome.kind == ApplicantKind.INDIVIDUAL:
        return False
    return bool(code and outcome.credit_code == code) or bool(name and outcome.name == name)


def _honours(outcomes: Iterable[Outcome]) -> tuple[Honour, ...]:
    return tuple(
        Honour(outcome.level_key, outcome.edition.number, _awarded(outcome))
        for outcome in outcomes
        if outcome.state == OutcomeState.PUBLISHED
    )


def _revocations(outcomes: Iterable[Outcome]) -> tuple[Revocation, ...]:
    """Fraud bars for longer than an incident; one from before the record told them apart counts as an incident."""
    return tuple(
        Revocation(outcome.edition.number, fraud=outcome.revoked_for is RevokedFor.FRAUD)
        for outcome in outcomes
        if outcome.state == OutcomeState.REVOKED
    )


def _awarded(outcome: Outcome) -> date:
    if outcome.approved_on is not None:
        return outcome.approved_on
    published = outcome.published_at or outcome.edition.created_at
    return published.astimezone(ZoneInfo(outcome.edition.time_zone)).date()
