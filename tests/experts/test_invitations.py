"""Asking experts to serve: the letter and its link, the answers, what the draw makes of them; on both databases where it matters."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.experts import links, queries, services
from app.experts.models import DeclineKind, Expert, ExpertInvitation
from app.experts.pledge import SERVICE_PLEDGE_VERSION, signed_words
from app.experts.queries.invitations import (
    closed,
    counted,
    declined_in,
    invitable,
    invitations_of,
    most_dossiers,
    picked,
)
from app.kernel import clock
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.errors import Forbidden, Invalid, NotReady, WrongState
from app.kernel.outbox import OutboxMessage
from app.panels.facts import facts_of, known_of
from app.programmes.models import Edition
from app.workflow import InvitationState
from tests.factories.accounts import office, person, supervisor
from tests.factories.experts import pool, row
from tests.factories.programmes import running_edition

pytestmark = pytest.mark.usefixtures("app_context")
LIMITS = services.Limits(6, "中文;英语", "2026-06-01至2026-06-05")


@dataclass
class Given:
    office: Actor
    edition: Edition
    experts: list[Expert]
    asked: list[ExpertInvitation]


@pytest.fixture
def given(frozen_clock: Any) -> Given:
    actor = office()
    edition = running_edition(actor)
    experts = pool(actor, *(row(n) for n in range(1, 4)))
    return Given(
        actor, edition, experts, services.invite_experts(actor, edition, experts[:2], due_on=date(2026, 5, 20))
    )


def mails(action: str) -> list[OutboxMessage]:
    return list(db.session.scalars(select(OutboxMessage).where(OutboxMessage.action == action)))


def events(action: str) -> list[AuditEvent]:
    wanted = (AuditEvent.action == action, AuditEvent.subject_type == "expert_invitation")
    return list(db.session.scalars(select(AuditEvent).where(*wanted)))


@pytest.mark.databases
def test_who_is_asked_gets_a_link_of_his_own_that_leads_to_his_invitation(given: Given) -> None:
    sent = {mail.recipient: mail.body for mail in mails("expert_invitation.create")}
    assert set(sent) == {"expert1@pool.example", "expert2@pool.example"}
    for invitation in given.asked:
        assert links.address_for(invitation) in sent[invitation.expert.email]
        assert "2026-05-20 23:59" in sent[invitation.expert.email]
        assert links.read(links.token_for(invitation)) is invitation
    assert len(events("expert_invitation.create")) == 2
    assert invitable(given.edition, []) == given.experts[2:]


@pytest.mark.databases
def test_an_acceptance_keeps_the_pledge_and_moves_the_limits_into_the_pool(given: Given) -> None:
    (first, _second), expert = given.asked, given.experts[0]
    services.accept(links.bearer(first), first, LIMITS, is_pledged=True)

    assert (first.state, first.max_load, first.languages) == (InvitationState.ACCEPTED, 6, ["zh", "en"])
    assert (first.pledge_version, first.pledge_text) == (SERVICE_PLEDGE_VERSION, signed_words())
    assert first.pledged_at == clock.now()
    entry = queries.entry_of(expert)
    assert (entry.max_load, entry.languages, len(entry.blocked)) == (6, ("zh", "en"), 1)
    assert entry.employer_region == "330100"
    (event,) = events("expert_invitation.accept")
    assert (event.actor_id, event.actor_name, event.state_after) == (None, "link:E001", "accepted")


@pytest.mark.databases
def test_the_answer_may_be_changed_until_the_due_date_and_no_longer(given: Given, frozen_clock: Any) -> None:
    first = given.asked[0]
    who = links.bearer(first)
    services.decline(who, first, DeclineKind.PERSONAL, "")
    services.accept(who, first, LIMITS, is_pledged=True)
    assert (first.decline_kind, first.pledge_version) == (None, SERVICE_PLEDGE_VERSION)
    services.decline(who, first, DeclineKind.OTHER, "出国")
    assert (first.state, first.pledge_text, first.max_load) == (InvitationState.DECLINED, "", None)
    assert events("expert_invitation.decline")[-1].reason == "出国"

    frozen_clock.move_to(first.due_at + timedelta(minutes=1))
    with pytest.raises(NotReady) as late:
        services.accept(who, first, LIMITS, is_pledged=True)
    assert "答复期限已过" in str(late.value.missing[0])
    with pytest.raises(NotReady):
        services.decline(who, first, DeclineKind.PERSONAL, "")
    assert counted(given.edition) == {"sent": 1, "accepted": 0, "declined": 1, "withdrawn": 0, "overdue": 1}


@pytest.mark.databases
def test_who_declined_is_not_available_to_a_draw_of_this_edition(given: Given) -> None:
    first, second = given.asked
    services.decline(links.bearer(first), first, DeclineKind.PROFESSIONAL, "")

    assert declined_in(given.edition) == {first.expert_id}
    known = known_of(given.edition)
    states = [facts_of(each.expert, known, limit=1, load=0).state for each in (first, second)]
    assert states == ["unavailable", "available"]


@pytest.mark.parametrize(
    ("limits", "is_pledged", "field"),
    [
        (services.Limits(99, "", ""), True, "max_load"),
        (services.Limits(0, "", ""), True, "max_load"),
        (services.Limits(3, "世界语", ""), True, "languages"),
        (services.Limits(3, "", "五月"), True, "blocked"),
        (services.Limits(3, "", ""), False, "pledged"),
    ],
)
def test_an_acceptance_with_a_fault_is_refused_at_its_field(
    given: Given, limits: services.Limits, *, is_pledged: bool, field: str
) -> None:
    first = given.asked[0]
    with pytest.raises(Invalid) as refused:
        services.accept(links.bearer(first), first, limits, is_pledged=is_pledged)
    assert refused.value.field == field
    assert first.state is InvitationState.SENT


def test_the_most_dossiers_are_what_the_rulebook_lets_anybody_hold(given: Given) -> None:
    first, most = given.asked[0], most_dossiers(given.edition)
    services.accept(links.bearer(first), first, services.Limits(most, "", ""), is_pledged=True)
    assert first.max_load == most


def test_another_reason_needs_words(given: Given) -> None:
    first = given.asked[0]
    with pytest.raises(Invalid) as refused:
        services.decline(links.bearer(first), first, DeclineKind.OTHER, "  ")
    assert refused.value.field == "decline_text"


def test_a_link_that_was_changed_or_sent_to_an_old_address_leads_nowhere(given: Given) -> None:
    first, second = given.asked
    token = links.token_for(first)
    for forged in (
        "",
        "x",
        token[:-1],
        f"A{token}",
        links.token_for(second).split(".")[0] + "." + token.split(".")[-1],
    ):
        assert links.read(forged) is None
    services.edit_expert(given.office, first.expert, {"email": "new@pool.example"}, version=first.expert.version)
    assert links.read(token) is None
    assert links.read(links.token_for(first)) is first


def test_nobody_answers_for_another(given: Given) -> None:
    first, second = given.asked
    stranger = person(Role.APPLICANT)
    for who in (links.bearer(second), stranger, given.office, Actor.anonymous()):
        with pytest.raises(Forbidden):
            services.accept(who, first, LIMITS, is_pledged=True)
        with pytest.raises(Forbidden):
            services.decline(who, first, DeclineKind.PERSONAL, "")


def test_a_withdrawn_invitation_cannot_be_answered_and_the_expert_is_told_why_and_asked_anew(given: Given) -> None:
    first = given.asked[0]
    services.withdraw_invitation(given.office, first, reason="邮箱有误")
    assert "邮箱有误" in mails("expert_invitation.withdraw")[0].body
    assert "撤回" in str(closed(first))
    with pytest.raises(NotReady):
        services.accept(links.bearer(first), first, LIMITS, is_pledged=True)
    with pytest.raises(WrongState):
        services.withdraw_invitation(given.office, first, reason="再次")

    (again,) = services.invite_experts(given.office, given.edition, [first.expert], due_on=date(2026, 5, 30))
    mine = Actor(user_id=first.expert.user_id, name="专家1", roles=frozenset({Role.EXPERT}), expert_id=first.expert_id)
    assert invitations_of(mine) == [again]


def test_a_withdrawal_needs_a_reason(given: Given) -> None:
    with pytest.raises(NotReady):
        services.withdraw_invitation(given.office, given.asked[0], reason=" ")


def test_only_who_can_still_answer_is_reminded(given: Given, frozen_clock: Any) -> None:
    first, second = given.asked
    services.decline(links.bearer(second), second, DeclineKind.PERSONAL, "")
    found = picked(given.edition, [first.id, second.id])
    services.remind(given.office, found)
    assert (first.reminders, second.reminders, len(mails("expert_invitation.remind"))) == (1, 0, 1)
    assert links.address_for(first) in mails("expert_invitation.remind")[0].body

    frozen_clock.move_to(first.due_at + timedelta(days=1))
    assert picked(given.edition, [first.id]) == []
    with pytest.raises(NotReady):
        services.remind(given.office, [])
    with pytest.raises(NotReady):
        services.remind(given.office, [first])


def test_the_office_asks_only_who_can_be_asked_and_for_a_later_day(given: Given) -> None:
    third = given.experts[2]
    with pytest.raises(Invalid) as early:
        services.invite_experts(given.office, given.edition, [third], due_on=clock.today())
    assert early.value.field == "due_on"
    for people in ([], given.experts):
        with pytest.raises(NotReady):
            services.invite_experts(given.office, given.edition, people, due_on=date(2026, 5, 20))
    services.remove_expert(given.office, third, reason="退休")
    with pytest.raises(NotReady):
        services.invite_experts(given.office, given.edition, [third], due_on=date(2026, 5, 20))
    with pytest.raises(Forbidden):
        services.invite_experts(supervisor(), given.edition, [third], due_on=date(2026, 5, 20))


def test_an_expert_changes_his_own_limits_and_proposes_the_rest_in_words(given: Given) -> None:
    expert = given.experts[0]
    mine = Actor(user_id=expert.user_id, name="专家1", roles=frozenset({Role.EXPERT}), expert_id=expert.id)
    services.edit_own(mine, expert, services.Limits(4, "英语", ""), version=expert.version)
    assert (expert.max_load, expert.languages) == (4, ["en"])
    with pytest.raises(Forbidden):
        services.edit_own(mine, given.experts[1], LIMITS, version=given.experts[1].version)

    services.propose(mine, expert, "调到杭州工作")
    assert queries.entry_of(expert).employer_region == "330100"
    services.settle_proposal(given.office, expert)
    assert (expert.proposal, expert.proposed_at) == ("", None)
    with pytest.raises(NotReady):
        services.settle_proposal(given.office, expert)
    with pytest.raises(Invalid):
        services.propose(mine, expert, " ")
