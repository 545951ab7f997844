"""The audit log: the hash of every event up to the checkpoint, the events that may be told, all checkpoints.

An event that is withheld still stands in the chain by its hash: neither it nor its neighbours can be changed unseen.
"""

from collections.abc import Iterator

from app.audit import checkpoints, queries
from app.audit.export import as_record
from app.kernel.canonical import Record
from app.outcomes.bundle.files import File, document, lines, text
from app.outcomes.bundle.scope import Scope

PUBLIC_ACTS = frozenset(
    {
        "edition.open",
        "edition.conclude",
        "edition.archive",
        "round.open",
        "round.close",
        "draw.commit",
        "draw.draw",
        "draw.publish",
        "defence.commit",
        "ranking.confirm",
        "session.close",
        "notice.publish",
        "notice.close",
        "outcome.publish",
        "certificate.issue",
    }
)
"""Steps that are public by themselves, and who of the office took them."""
PUBLIC_SUBJECTS = frozenset(
    {"edition", "round", "draw", "defence_session", "ranking", "committee_session", "notice", "outcome", "certificate"}
)

FULL_SUBJECTS = PUBLIC_SUBJECTS | {
    "application",
    "assignment",
    "committee_member",
    "committee_report",
    "conflict",
    "consensus",
    "evidence_file",
    "formal_check",
    "interest_question",
    "letter",
    "objection",
    "pair_exception",
    "paper_entry",
    "recommendation",
    "retention_act",
    "score_sheet",
    "visit",
}
"""What runs the award. Whatever is new stays out until it is named here: so does anything confidential."""
NEVER = frozenset({"avoidance.edit"})
"""Told to the office alone, on its own page."""


def files(scope: Scope) -> Iterator[File]:
    last = scope.checkpoint.last_id
    yield text("audit/hashes.txt", "zhiheng-audit-hashes/1", "".join(f"{each}\n" for each in checkpoints.hashes(last)))
    yield lines("audit/events.jsonl", "zhiheng-audit-events/1", _told(scope), key=("id", "action"))
    signed = [
        checkpoints.statement(each) | {"key": each.key, "signature": each.signature} for each in checkpoints.until(last)
    ]
    yield document("audit/checkpoints.json", "zhiheng-audit-checkpoints/1", {"checkpoints": signed})


def _told(scope: Scope) -> Iterator[Record]:
    narrowed = queries.Filter(edition_id=scope.edition.id, upto=scope.checkpoint.last_id)
    for event in queries.stream(narrowed):
        if _is_told(event["action"], event["subject_type"], full=scope.full):
            yield as_record(event)


def _is_told(action: str, subject_type: str, *, full: bool) -> bool:
    if full:
        return subject_type in FULL_SUBJECTS and action not in NEVER
    return subject_type in PUBLIC_SUBJECTS and action in PUBLIC_ACTS
