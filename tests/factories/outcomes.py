"""Honours: an edition whose notice is over, approved, or published."""

from __future__ import annotations

from datetime import UTC, date, datetime

from app.notices import services as notices
from app.outcomes import services
from app.outcomes.models import Outcome
from tests.factories import notices as made
from tests.factories.decisions import office
from tests.factories.notices import Noticed
from tests.support.built import built_once
from tests.support.server import FrozenClock

ENDED = datetime(2026, 8, 20, 2, 0, tzinfo=UTC)
APPROVED = datetime(2026, 8, 31, 2, 0, tzinfo=UTC)
DOCUMENT = "晋政函〔2026〕1号"


@built_once
def ended(clock: FrozenClock, *choices: str) -> Noticed:
    noticed = made.published(clock, *choices)
    clock.move_to(ENDED)
    notices.close(office(), noticed.notice)
    return noticed


@built_once
def approved(clock: FrozenClock, *choices: str) -> tuple[Noticed, list[Outcome]]:
    noticed = ended(clock, *choices)
    clock.move_to(APPROVED)
    outcomes = services.record_approval(office(), noticed.notice, document=DOCUMENT, approved_on=date(2026, 8, 31))
    return noticed, outcomes


@built_once
def concluded(clock: FrozenClock, *choices: str) -> tuple[Noticed, list[Outcome]]:
    noticed, outcomes = approved(clock, *choices)
    services.publish(office(), noticed.room.edition)
    return noticed, outcomes
