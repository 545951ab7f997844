"""Reads of certificates, and what a code turns out to be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Select, false, select
from sqlalchemy.orm import joinedload

from app.audit.models import AuditEvent
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.outcomes.certificates.models import Certificate
from app.outcomes.certificates.rules import plain
from app.outcomes.models import Outcome
from app.workflow import OutcomeState


class Standing(StrEnum):
    VALID = "valid"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Answer:
    """What is said to whoever asks about a code; `revoked` is the line of the record that took the honour back."""

    code: str
    standing: Standing
    certificate: Certificate | None = None
    revoked: AuditEvent | None = None


def listed(actor: Actor) -> Select[Certificate]:
    """`certificate.read` as a query."""
    if actor.has(Role.OFFICE, Role.SUPERVISOR):
        return select(Certificate)
    if not actor.has(Role.APPLICANT) or actor.user_id is None:
        return select(Certificate).where(false())
    return select(Certificate).where(Certificate.owner_id == actor.user_id)


def find(certificate_id: int) -> Certificate | None:
    return db.session.get(Certificate, certificate_id, options=[joinedload(Certificate.outcome)])


def own(actor: Actor) -> Sequence[Certificate]:
    mine = listed(actor).where(Certificate.owner_id == actor.user_id).options(joinedload(Certificate.outcome))
    return db.session.scalars(mine.order_by(Certificate.id.desc())).all()


def of_outcomes(outcomes: Sequence[Outcome]) -> Mapping[int, Certificate]:
    found = select(Certificate).where(Certificate.outcome_id.in_([outcome.id for outcome in outcomes]))
    return {certificate.outcome_id: certificate for certificate in db.session.scalars(found)}


def answer(typed: str) -> Answer:
    code = plain(typed)
    found = db.session.scalar(
        select(Certificate).where(Certificate.code == code).options(joinedload(Certificate.outcome))
    )
    if found is None:
        return Answer(code, Standing.UNKNOWN)
    taken_back = revocation_of(found)
    return Answer(code, Standing.REVOKED if taken_back else Standing.VALID, found, taken_back)


def revocation_of(certificate: Certificate) -> AuditEvent | None:
    if certificate.outcome.state is not OutcomeState.REVOKED:
        return None
    return db.session.scalar(
        select(AuditEvent)
        .where(
            AuditEvent.action == "outcome.revoke",
            AuditEvent.subject_type == "outcome",
            AuditEvent.subject_id == certificate.outcome_id,
        )
        .order_by(AuditEvent.id.desc())
        .limit(1)
    )
