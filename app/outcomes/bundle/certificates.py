"""Certificates of the published honours: their list, the very sheets their holders load, and in the full version what each says.

A code with what it stands for is public already: the page that checks it answers anybody.
"""

from collections.abc import Iterator, Sequence

from app.kernel.canonical import Record
from app.outcomes.bundle.files import File, binary, lines, table
from app.outcomes.bundle.scope import Scope
from app.outcomes.certificates import queries
from app.outcomes.certificates.models import Certificate
from app.outcomes.certificates.rules import shown
from app.outcomes.certificates.services import pdf_of

CERTIFICATE = ("number", "position", "level", "name", "code", "issued_at", "digest", "state")


def files(scope: Scope) -> Iterator[File]:
    found = queries.of_outcomes(scope.honours)
    issued = [found[outcome.id] for outcome in scope.honours if outcome.id in found]
    rows = map(_row, issued)
    yield table("certificates/certificates.csv", "zhiheng-certificates/1", CERTIFICATE, rows)
    if scope.full:
        contents = map(_content, issued)
        yield lines("certificates/contents.jsonl", "zhiheng-certificate-contents/1", contents, key=("number",))
    for certificate in issued:
        yield binary(f"certificates/{certificate.number}.pdf", "pdf", pdf_of(certificate))


def _row(certificate: Certificate) -> Sequence[str | int]:
    outcome = certificate.outcome
    return (
        certificate.number,
        outcome.position,
        outcome.level_key,
        certificate.content["name"],
        shown(certificate.code),
        certificate.issued_at.isoformat(timespec="seconds"),
        certificate.digest,
        outcome.state.value,
    )


def _content(certificate: Certificate) -> Record:
    """With the holder's credit code, which no page shows."""
    return {"number": certificate.number, "digest": certificate.digest, "content": certificate.content}
