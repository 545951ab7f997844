"""What the steps of a review leave in the experts' credit files: facts, each once, none of them a judgement."""

from datetime import timedelta

import pytest

from app import lifecycle
from app.audit.models import AuditEvent
from app.experts.models import CreditFact
from app.kernel.database import db
from app.scoring import services
from tests.factories.decisions import office
from tests.factories.scoring import hand_in, panel
from tests.support.server import FrozenClock

pytestmark = pytest.mark.usefixtures("app_context")


def facts() -> list[tuple[str, str]]:
    return [(fact.kind, fact.source) for fact in db.session.query(CreditFact).order_by(CreditFact.id)]


def test_a_recusal_is_on_file_without_its_private_reason() -> None:
    made = panel(1, 1)
    number = made.dossiers[0].number
    lifecycle.advance(made.assignment(), "assignment.recuse", made.actors[0], reason="弟弟在该单位任职")

    assert facts() == [("recused", number), ("void_sheet", number)]
    assert all("弟弟" not in fact.text for fact in db.session.query(CreditFact))
    line = db.session.query(AuditEvent).filter_by(action="credit_fact.record").first()
    assert line is not None
    assert (line.actor_name, line.detail["kind"]) == ("system:credit_file", "recused")


def test_a_task_taken_back_before_the_declaration_voids_no_sheet() -> None:
    made = panel(1, 1, declared=False)
    lifecycle.advance(made.assignment(), "assignment.excuse", office(), reason="出差")
    assert facts() == [("excused", made.dossiers[0].number)]


def test_who_never_submitted_is_late_when_scoring_ends_after_its_due_time(frozen_clock: FrozenClock) -> None:
    made = panel(1, 3)
    hand_in(made.sheet(0, 0))
    frozen_clock.move_to(frozen_clock.moment + timedelta(days=400))
    services.close_round(office(), made.round, reason="到期")

    assert facts() == [("late", made.dossiers[0].number)] * 2
    assert {fact.expert_id for fact in db.session.query(CreditFact)} == {made.experts[1].id, made.experts[2].id}


def test_nobody_is_late_when_scoring_ends_early(frozen_clock: FrozenClock) -> None:
    made = panel(1, 4)
    for number in range(3):
        hand_in(made.sheet(0, number))
    services.close_round(office(), made.round)
    assert facts() == []
