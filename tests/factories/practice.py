"""Experts who have done their practice cases, as the services make them."""

from app.experts.models import Expert
from app.kernel.actor import Actor, Role
from app.practice import queries, services
from app.practice.models import PracticeSheet
from app.programmes.models import Edition


def practising(expert: Expert) -> Actor:
    return Actor(user_id=expert.user_id, name=expert.name, roles=frozenset({Role.EXPERT}), expert_id=expert.id)


def practised(edition: Edition, expert: Expert, *, apart: int = 0) -> list[PracticeSheet]:
    """All cases of the edition, every item so many percentage points from the model answer."""
    return [_finished(edition, expert, shipped, apart) for shipped in queries.cases_of(edition)]


def _finished(edition: Edition, expert: Expert, shipped: queries.ShippedCase, apart: int) -> PracticeSheet:
    actor = practising(expert)
    sheet = services.begin(actor, edition, shipped)
    if sheet.finished_at is None:
        answers = {item.code: services.Answered(item.model + apart, "依据档次") for item in shipped.case.items}
        services.save(actor, sheet, answers)
        services.finish(actor, sheet)
    return sheet
