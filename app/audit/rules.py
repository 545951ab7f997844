"""The chain: what an event's hash is taken over. Pure, so that anyone can recompute it from an export."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from app.kernel.canonical import digest

GENESIS = "0" * 64
HASHED_FIELDS = (
    "id",
    "at",
    "action",
    "actor_id",
    "actor_name",
    "subject_type",
    "subject_id",
    "edition_id",
    "state_before",
    "state_after",
    "reason",
    "detail",
    "previous_hash",
)


def stamped(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The hashed fields of one event; `at` as ISO 8601 in UTC with microseconds."""
    at: datetime = fields["at"]
    return {name: fields[name] for name in HASHED_FIELDS} | {
        "at": at.astimezone(UTC).isoformat(timespec="microseconds")
    }


def event_hash(fields: Mapping[str, Any]) -> str:
    return digest(stamped(fields))


def first_broken(events: Iterable[Mapping[str, Any]]) -> int | None:
    """Number of the first event (in order of id) that was changed, removed or put in, or None when the chain holds."""
    expected_id, previous = 1, GENESIS
    for event in events:
        if event["id"] != expected_id or event["previous_hash"] != previous or event_hash(event) != event["hash"]:
            return expected_id
        expected_id, previous = expected_id + 1, event["hash"]
    return None
