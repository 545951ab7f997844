"""Certificates: issued when an honour is published, printed on demand."""

import secrets
from pathlib import Path
from zoneinfo import ZoneInfo

from app.accounts.links import public_address
from app.applications.models import Application
from app.audit import services as audit
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.canonical import digest
from app.kernel.database import db
from app.kernel.numbering import numbered
from app.kernel.typesetting import typeset
from app.outcomes.certificates import queries, rules
from app.outcomes.certificates.models import Certificate
from app.outcomes.models import Outcome
from app.policy import demand
from app.programmes.queries import rulebook_of

TEMPLATE = Path(__file__).parent / "papers" / "certificate.typ"


def issue(actor: Actor, outcome: Outcome, dossier: Application) -> Certificate:
    """Number, code and text of a published honour's certificate; from then on only the honour's state can change."""
    demand(actor, "certificate.issue", outcome)
    number = numbered(f"{outcome.edition.code}-ZS", outcome.position)
    content = _content(outcome, number)
    certificate = Certificate(
        outcome_id=outcome.id,
        owner_id=dossier.owner_id,
        number=number,
        code=rules.drawn([secrets.randbelow(len(rules.ALPHABET)) for _place in range(rules.LENGTH)]),
        content=content,
        digest=digest(content),
        issued_at=clock.now(),
    )
    db.session.add(certificate)
    db.session.flush()
    audit.record(actor, "certificate.issue", certificate, detail={"number": number, "digest": certificate.digest})
    return certificate


def _content(outcome: Outcome, number: str) -> dict[str, object]:
    rulebook, edition = rulebook_of(outcome.edition), outcome.edition
    approved = outcome.approved_on or clock.now().astimezone(ZoneInfo(edition.time_zone)).date()
    return {
        "schema": 1,
        "award": rulebook.name.zh,
        "edition": edition.title_zh,
        "level": outcome.level_zh,
        "name": outcome.name,
        "credit_code": outcome.credit_code,
        "authority": rulebook.authority.zh,
        "organiser": rulebook.organiser.zh,
        "document": outcome.approval_document,
        "approved_on": approved.isoformat(),
        "number": number,
    }


def address_of(certificate: Certificate) -> str:
    """Where its code is checked, as it is printed: from the settings, never from a request."""
    return f"{public_address()}/verify/{rules.shown(certificate.code)}"


def pdf_of(certificate: Certificate) -> bytes:
    """One sheet, the same for whoever asks; of a revoked honour it says so across the page."""
    taken_back = queries.revocation_of(certificate)
    zone = ZoneInfo(certificate.outcome.edition.time_zone)
    return typeset(
        TEMPLATE,
        {
            "certificate": certificate.content,
            "code": rules.shown(certificate.code),
            "digest": certificate.digest,
            "verify_at": address_of(certificate),
            "revoked_on": taken_back.at.astimezone(zone).date().isoformat() if taken_back else "",
        },
    )
