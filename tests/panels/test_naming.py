"""Seats by name: under every rule, with a person and a reason, told openly, and never beside a draw that is under way."""

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from app import doctor
from app.audit.models import AuditEvent
from app.kernel import clock
from app.kernel.database import db
from app.kernel.errors import Forbidden, Invalid, NotReady
from app.kernel.outbox import OutboxMessage
from app.panels import candidates, queries, services
from app.panels.engine import Seat
from app.panels.models import Assignment, SeatOrigin, SeatRole
from app.workflow import ApplicationState, AssignmentState, RoundState
from tests.factories import panels as made
from tests.factories.accounts import supervisor
from tests.factories.experts import row
from tests.factories.panels import committed, published, setting

pytestmark = pytest.mark.usefixtures("app_context")

HOME = "140200"
REASON = "行业冷门，库中仅此一人"


def name(given: made.Setting, number: int, *, leader: bool = False, reason: str = REASON) -> Assignment:
    return services.seat_by_hand(
        given.office, given.round, given.dossiers[0], given.expert(number), is_leader=leader, reason=reason
    )


def faults_of(error: pytest.ExceptionInfo[services.UnlawfulSeats]) -> list[str]:
    return [str(objection.text) for objection in error.value.faults[0].objections]


@pytest.mark.databases
def test_the_first_seat_by_name_begins_the_review_and_is_on_record_with_its_reason() -> None:
    given = setting(1)
    seat = name(given, 3, leader=True)

    assert (seat.origin, seat.role, seat.state) == (SeatOrigin.HAND, SeatRole.LEADER, AssignmentState.WAITING)
    assert (seat.draw, seat.seated_by, seat.reason) == (None, given.office.user_id, REASON)
    assert given.round.state is RoundState.SCORING
    assert given.dossiers[0].state is ApplicationState.UNDER_REVIEW
    event = db.session.scalars(select(AuditEvent).where(*doctor.SEATED_BY_NAME)).one()
    assert event.reason == REASON
    assert event.detail == {"expert": "E003", "dossier": "SX2026-001", "role": "leader", "origin": "hand"}
    mail = db.session.scalars(select(OutboxMessage).where(OutboxMessage.action == "assignment.seat")).one()
    assert "秘书处指定您" in mail.body
    assert not any(finding.faults for finding in doctor.examine())


def test_only_the_office_names_and_never_without_a_reason() -> None:
    given = setting(1)
    with pytest.raises(Invalid) as invalid:
        name(given, 3, reason="  ")
    assert invalid.value.field == "reason"
    given.office = supervisor()
    with pytest.raises(Forbidden):
        name(given, 3)


@pytest.mark.parametrize(
    ("number", "role", "why"),
    [
        (90, SeatRole.MEMBER, "山西省"),
        (91, SeatRole.MEMBER, "专家目前不可参加评审"),
        (1, SeatRole.LEADER, "没有记录该专家可以担任组长"),
        (3, SeatRole.MEMBER, "已经在这份申报书的专家组里"),
        (6, SeatRole.LEADER, "专家组已有组长"),
        (92, SeatRole.MEMBER, "专家组中已有同一单位"),
    ],
)
def test_a_seat_by_name_obeys_the_rules_of_any_other(number: int, role: SeatRole, why: str) -> None:
    employer = row(3)["employer_code"]
    given = setting(
        1,
        rows=[
            row(90, employer_region=HOME, residence_region=HOME),
            row(91, available="否"),
            row(92, employer_code=employer),
        ],
    )
    name(given, 3, leader=True)
    with pytest.raises(services.UnlawfulSeats) as refused:
        name(given, number, leader=role is SeatRole.LEADER)
    assert any(why in text for text in faults_of(refused))
    assert len(queries.assignments_in(given.round)) == 1


def test_a_full_panel_takes_nobody_and_its_last_seat_is_the_leaders() -> None:
    given = setting(1)
    size = len(published(given))
    free = next(
        each for each in given.pool if each.id not in {s.expert_id for s in queries.assignments_in(given.round)}
    )
    with pytest.raises(services.UnlawfulSeats) as refused:
        name(given, int(free.number[1:]))
    assert f"专家组已满：每组 {size} 人" in faults_of(refused)[0]

    leader = next(seat for seat in queries.assignments_in(given.round) if seat.role is SeatRole.LEADER)
    services.excuse(given.office, leader, reason="身体原因")
    with pytest.raises(services.UnlawfulSeats) as refused:
        name(given, int(free.number[1:]))
    assert "剩下的席位须留给组长。" in faults_of(refused)


def test_whoever_is_named_follows_the_one_who_left() -> None:
    given = setting(1)
    seats = published(given)
    leader = next(seat for seat in seats if seat.role is SeatRole.LEADER)
    services.excuse(given.office, leader, reason="身体原因")
    taken = {seat.expert_id for seat in seats}
    found = candidates.candidates(given.round, given.dossiers[0]).rows
    chosen = next(each for each in found if each.may_lead and each.expert.id not in taken)

    seat = name(given, int(chosen.expert.number[1:]), leader=True)
    assert seat.replaces_id == leader.id
    assert queries.seats_to_fill(given.edition) == []


def test_nobody_is_named_beside_a_draw_that_is_sealed() -> None:
    given = setting(1)
    committed(given)
    with pytest.raises(NotReady) as missing:
        name(given, 3)
    assert "已经封定" in str(missing.value.missing[0])


def test_the_candidates_come_lawful_first_by_fit_and_load_and_the_others_say_why_not() -> None:
    given = setting(1, rows=[row(90, employer_region=HOME, residence_region=HOME, industries="34")])
    found = candidates.candidates(given.round, given.dossiers[0])
    able = [not each.objections for each in found.rows]
    assert able == sorted(able, reverse=True)
    assert found.lawful == 16
    lawful = [each for each in found.rows if not each.objections]
    assert [-each.fit for each in lawful] == sorted(-each.fit for each in lawful)
    assert found.rows[-1].expert.number == "E090"
    assert found.rows[-1].objections[0].rule == "region"
    (only,) = candidates.candidates(given.round, given.dossiers[0], word="e090").rows
    assert only.expert.number == "E090"


@pytest.mark.databases
@pytest.mark.parametrize("origin", [SeatOrigin.HAND, SeatOrigin.DRAW])
def test_the_database_refuses_a_seat_for_which_nobody_answers(origin: SeatOrigin) -> None:
    given = setting(1)
    values = {
        "edition_id": given.edition.id,
        "round_id": given.round.id,
        "application_id": given.dossiers[0].id,
        "expert_id": given.expert(3).id,
        "role": SeatRole.MEMBER,
        "origin": origin,
        "reason": "",
        "seated_at": clock.now(),
        "version": 1,
    }
    with pytest.raises(IntegrityError, match="answered_for"):
        db.session.execute(insert(Assignment), [values])


def test_the_doctor_finds_a_seat_whose_draw_never_gave_it() -> None:
    given = setting(1)
    seat = next(each for each in published(given) if each.role is SeatRole.MEMBER)
    services.excuse(given.office, seat, reason="身体原因")
    free = next(each for each in candidates.candidates(given.round, given.dossiers[0]).rows if not each.objections)
    services.seat_experts(seat.draw, [Seat("SX2026-001", free.expert.number)])
    check = next(finding for finding in doctor.examine() if "来历" in str(finding.check))
    assert len(check.faults) == 1
