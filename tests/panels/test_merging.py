"""What panels make of a merge: refused while the old number is needed, and every rule counts both numbers as one person."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import doctor, lifecycle
from app.experts import services as experts
from app.experts.models import DeclineKind, Expert
from app.experts.queries.invitations import declined_in
from app.kernel import clock
from app.kernel.database import db
from app.kernel.errors import Invalid, NotReady
from app.kernel.outbox import OutboxMessage
from app.panels import candidates, eligibility, facts, services
from app.panels.models import Assignment, Conflict
from app.panels.plan import PairWish
from app.panels.planned import seasoned
from app.panels.services import Interest, expert_named
from app.workflow import AssignmentState, InvitationState
from tests.factories import panels as made
from tests.factories.accounts import office
from tests.factories.panels import setting

pytestmark = pytest.mark.usefixtures("app_context")
A_MONTH = clock.today() + timedelta(days=30)


@contextmanager
def not_ready(sentence: str) -> Iterator[None]:
    with pytest.raises(NotReady) as refused:
        yield
    assert any(sentence in str(missing) for missing in refused.value.missing)


def merge(survivor: Expert, other: Expert) -> None:
    found = experts.propose_merge(office(), survivor, other, taken=[], reason="同一个人")
    experts.confirm_merge(office(), found)


def seated(given: made.Setting, number: int, dossier: int = 0) -> Assignment:
    return services.seat_by_hand(
        given.office, given.round, given.dossiers[dossier], given.expert(number), is_leader=False, reason="指定"
    )


def is_clean() -> bool:
    return not any(finding.faults for finding in doctor.examine())


@pytest.mark.databases
def test_a_seat_in_an_open_round_has_to_be_left_before_and_what_was_left_bars_the_person() -> None:
    given = setting(1)
    survivor, other = given.expert(11), given.expert(3)
    seat = seated(given, 3)
    with not_ready("编号 E003 在“材料评审”还有席位（SX2026-001）"):
        merge(survivor, other)

    services.excuse(given.office, seat, reason="同一专家登记了两次")
    merge(survivor, other)
    assert (seat.state, seat.expert) == (AssignmentState.EXCUSED, other)
    known = facts.conflicts(given.round, {given.dossiers[0].id})
    assert known["E011", "SX2026-001"] is facts.DECLINED
    listed = candidates.candidates(given.round, given.dossiers[0], word="E0").rows
    assert "E003" not in {each.expert.number for each in listed}
    assert is_clean()


@pytest.mark.databases
def test_seats_of_a_closed_round_stay_under_their_number_and_count_for_the_person() -> None:
    given = setting(2)
    survivor, other = given.expert(11), given.expert(3)
    seat = seated(given, 3)
    lifecycle.advance(given.round, "round.close", given.office)
    later = given.edition.rounds[1]
    merge(survivor, other)

    assert seat.expert is other
    assert facts.held_this_year(later) == {survivor.id: 1}
    assert facts.held_in(given.round) == {survivor.id: 1}
    assert seasoned(later) == {"E011"}
    assert is_clean()


def test_nobody_becomes_one_person_who_judged_twice() -> None:
    given = setting(1)
    seated(given, 3)
    seated(given, 4)
    lifecycle.advance(given.round, "round.close", given.office)
    with not_ready("合并后就是一人评了两次"):
        merge(given.expert(4), given.expert(3))


def test_a_sealed_draw_stops_every_merge_with_the_same_sentence() -> None:
    given = setting()
    draw = made.drawn(given)
    told = set()
    for first, second in ((1, 9), (2, 10), (3, 11)):
        with pytest.raises(NotReady) as refused:
            merge(given.expert(first), given.expert(second))
        told.add(tuple(map(str, refused.value.missing)))
    ((sentence,),) = told
    assert "名单尚未公布" in sentence

    services.publish_draw(given.office, draw)
    sitting = {seat.expert.number for seat in draw.assignments}
    free = [expert for expert in given.pool if expert.number not in sitting]
    merge(free[0], free[1])
    assert is_clean()


@pytest.mark.databases
def test_the_survivor_has_the_others_interests_and_a_seat_against_them_waits_for_the_office() -> None:
    given = setting(1)
    survivor, other = given.expert(11), given.expert(3)
    seat = seated(given, 11)
    services.record_conflict(given.office, other, given.dossiers[0], Interest("employment", "曾任独立董事"))
    assert eligibility.unlawful_seats(given.edition) == []

    merge(survivor, other)
    told = [(each.expert, each.note) for each in db.session.scalars(select(Conflict).order_by(Conflict.id))]
    assert told == [(other, "曾任独立董事"), (survivor, "曾任独立董事")]
    assert eligibility.facts_have_changed(given.edition)
    assert [each.assignment for each in eligibility.unlawful_seats(given.edition)] == [seat]
    services.find_conflicts(given.office, given.edition)
    services.excuse(given.office, seat, reason="利害关系")
    assert is_clean()


def test_who_declined_under_the_old_number_declined() -> None:
    given = setting(0)
    survivor, other = given.expert(11), given.expert(3)
    first, _second = experts.invite_experts(given.office, given.edition, [other, given.expert(4)], due_on=A_MONTH)
    experts.decline(made.acting(other), first, DeclineKind.PERSONAL, "")
    merge(survivor, other)
    assert declined_in(given.edition) == {survivor.id, other.id}
    experts.invite_experts(given.office, given.edition, [survivor], due_on=A_MONTH)
    assert declined_in(given.edition) == {other.id}


def test_an_unanswered_invitation_of_the_old_number_is_withdrawn() -> None:
    given = setting(0)
    survivor, other = given.expert(11), given.expert(3)
    (asked,) = experts.invite_experts(given.office, given.edition, [other], due_on=A_MONTH)
    merge(survivor, other)
    assert asked.state is InvitationState.WITHDRAWN
    mail = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
    assert mail is not None
    assert "E003 → E011" in mail.body


def test_the_old_number_in_a_form_names_the_new_one() -> None:
    given = setting(1)
    merge(given.expert(11), given.expert(3))
    with pytest.raises(Invalid, match="编号 E003 已并入 E011"):
        expert_named("E003")
    draw = services.start_draw(given.office, given.round)
    for act in (
        lambda: services.leave_out(given.office, draw, "E003", reason="出国", version=draw.version),
        lambda: services.keep_apart(given.office, draw, PairWish("E003", "SX2026-001", "老同事"), version=draw.version),
    ):
        with pytest.raises(Invalid, match="请填写 E011"):
            act()
