"""Editions, as the services make them."""

from datetime import date

from app.kernel.actor import Actor
from app.programmes import services
from app.programmes.models import Edition
from tests.support.built import built_once

STARTS = date(2026, 5, 4)


@built_once
def draft_edition(
    office: Actor, *, rulebook_key: str = "shanxi-2021", code: str = "SX2026", number: int = 4
) -> Edition:
    return services.create_edition(office, rulebook_key=rulebook_key, number=number, code=code, starts=STARTS)


@built_once
def running_edition(
    office: Actor, *, rulebook_key: str = "shanxi-2021", code: str = "SX2026", number: int = 4
) -> Edition:
    edition = draft_edition(office, rulebook_key=rulebook_key, code=code, number=number)
    services.open_edition(office, edition)
    return edition
