"""What invitations leave in the credit file: a refusal and a missing answer, each once, with their source; a reply to each."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.experts import queries, services
from app.experts.models import CreditFact, CreditFactKind, DeclineKind, ExpertInvitation
from app.kernel import clock
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.panels import services as panels
from app.programmes.models import Edition
from tests.factories.accounts import office
from tests.factories.experts import pool, row
from tests.factories.panels import acting, direct, published, setting
from tests.factories.programmes import running_edition

pytestmark = pytest.mark.usefixtures("app_context")


def expert_of(invitation: ExpertInvitation) -> Actor:
    return Actor(user_id=None, name="E", roles=frozenset({Role.EXPERT}), expert_id=invitation.expert_id)


@pytest.fixture
def asked(frozen_clock: Any) -> list[ExpertInvitation]:
    actor = office()
    edition: Edition = running_edition(actor)
    experts = pool(actor, *(row(n) for n in range(1, 3)))
    return services.invite_experts(actor, edition, experts, due_on=clock.today() + timedelta(days=10))


def kinds(invitation: ExpertInvitation) -> list[tuple[str, str, bool]]:
    facts = queries.credit_file(invitation.expert)
    return [(fact.kind.value, fact.source, fact.withdrawn_at is None) for fact in facts]


def test_a_refusal_is_filed_once_and_struck_out_when_the_answer_changes_in_time(asked: list[ExpertInvitation]) -> None:
    invitation = asked[0]
    for _time in range(2):
        services.decline(expert_of(invitation), invitation, DeclineKind.PROFESSIONAL, "")
    assert kinds(invitation) == [("declined", invitation.edition.code, True)]

    services.reply_to_fact(expert_of(invitation), queries.credit_file(invitation.expert)[0], "出国访问")
    limits = services.Limits(6, "中文", "")
    services.accept(expert_of(invitation), invitation, limits, is_pledged=True)
    (fact,) = queries.credit_file(invitation.expert)
    assert (fact.withdrawn_at is not None, fact.withdrawal_reason) == (True, "答复期限内改为接受邀请。")
    assert fact.reply == "出国访问"


@pytest.mark.databases
def test_an_invitation_that_falls_due_unanswered_is_noted_once(asked: list[ExpertInvitation]) -> None:
    services.decline(expert_of(asked[1]), asked[1], DeclineKind.PERSONAL, "")
    assert services.note_unanswered() == 0
    with clock.fixed(asked[0].due_at + timedelta(minutes=1)):
        assert services.note_unanswered() == 1
        assert services.note_unanswered() == 0
    assert kinds(asked[0]) == [("late", asked[0].edition.code, True)]
    assert kinds(asked[1]) == [("declined", asked[1].edition.code, True)]


def test_stepping_back_for_an_interest_is_no_refusal() -> None:
    seat = published(setting(1))[0]
    panels.declare_conflict(acting(seat.expert), seat, direct("training", "去年讲过课"))
    assert [fact.kind for fact in db.session.scalars(select(CreditFact))] == [CreditFactKind.RECUSED]
