"""The chain: every kind of tampering is named by the number of the first event that does not hold."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from app.audit.rules import GENESIS, event_hash, first_broken

AT = datetime(2026, 5, 8, 1, 0, tzinfo=UTC)


def chain(length: int) -> list[dict[str, Any]]:
    events, previous = [], GENESIS
    for number in range(1, length + 1):
        event: dict[str, Any] = {
            "id": number,
            "at": AT + timedelta(minutes=number),
            "action": "application.submit",
            "actor_id": 1,
            "actor_name": "申报员",
            "subject_type": "application",
            "subject_id": number,
            "edition_id": 1,
            "state_before": "draft",
            "state_after": "submitted",
            "reason": "",
            "detail": {"n": number},
            "previous_hash": previous,
        }
        previous = event_hash(event)
        events.append(event | {"hash": previous})
    return events


def rehashed(events: list[dict[str, Any]], index: int, **changed: Any) -> list[dict[str, Any]]:
    event = events[index] | changed
    return [*events[:index], event | {"hash": event_hash(event)}, *events[index + 1 :]]


@pytest.mark.parametrize("length", [0, 1, 5])
def test_an_untouched_chain_holds(length: int) -> None:
    assert first_broken(chain(length)) is None


@pytest.mark.parametrize(
    ("tamper", "named"),
    [
        (lambda events: [*events[:2], events[2] | {"reason": "改过"}, *events[3:]], 3),
        (lambda events: [*events[:2], events[2] | {"detail": {"n": 4}}, *events[3:]], 3),
        (lambda events: rehashed(events, 2, reason="改过并重算"), 4),
        (lambda events: [*events[:2], *events[3:]], 3),
        (lambda events: events[1:], 1),
        (lambda events: [events[0], events[0], *events[1:]], 2),
        (lambda events: [events[1], events[0], *events[2:]], 1),
    ],
    ids=["changed", "detail changed", "changed and hashed again", "removed", "first removed", "put in", "swapped"],
)
def test_tampering_is_named(tamper: Callable[[list[dict[str, Any]]], list[dict[str, Any]]], named: int) -> None:
    assert first_broken(tamper(chain(5))) == named


def test_the_hash_does_not_depend_on_the_zone_in_which_the_time_is_read() -> None:
    [event] = chain(1)
    elsewhere = event | {"at": event["at"].astimezone(timezone(timedelta(hours=8)))}
    assert event_hash(elsewhere) == event["hash"]
