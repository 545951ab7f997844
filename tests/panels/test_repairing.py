"""Several empty seats filled at once: the same rules, the same lots, nobody else moved."""

import pytest

from app import doctor
from app.experts import services as experts
from app.kernel.errors import Forbidden, Invalid, NotReady
from app.panels import ceremonies, queries, services
from app.panels import draw as drawing
from app.panels.engine import Seat
from app.panels.models import Assignment, SeatOrigin, SeatRole
from app.workflow import AssignmentState, DrawState
from tests.factories import panels as made
from tests.factories.accounts import supervisor
from tests.factories.panels import published, setting
from tests.panels.test_topping_up import topped_up

pytestmark = pytest.mark.usefixtures("app_context")


def losing(given: made.Setting, seats: list[Assignment], *roles: SeatRole) -> list[Assignment]:
    """One seat of each role is lost, on different panels where there are several."""
    lost: list[Assignment] = []
    for role in roles:
        taken = {seat.application_id for seat in lost}
        lost.append(next(s for s in seats if s.role is role and s not in lost and s.application_id not in taken))
    for seat in lost:
        services.excuse(given.office, seat, reason="身体原因")
    return lost


def states_but(seats: list[Assignment], lost: list[Assignment]) -> set[tuple[int, str]]:
    return {(seat.id, seat.state) for seat in seats if seat not in lost}


def shapes(given: made.Setting) -> list[tuple[int, int]]:
    """How many sit on each panel, and how many of them lead."""
    views = queries.panels(queries.held_seats(given.round))
    return [(view.live, [seat.role for seat in view.seats].count(SeatRole.LEADER)) for view in views]


@pytest.mark.databases
def test_every_empty_seat_is_filled_at_once_and_nobody_else_moves() -> None:
    given = setting(2, 24)
    seats = published(given)
    lost = losing(given, seats, SeatRole.LEADER, SeatRole.MEMBER)
    stood = states_but(seats, lost)

    done = services.repair(given.office, given.round, reason="两位专家因病退出")

    (draw,) = done.draws
    assert (done.filled, done.moved, draw.state, draw.kind) == (2, 0, DrawState.PUBLISHED, "（一并补齐）")
    assert draw.seed == seats[0].draw.seed
    assert states_but(seats, lost) == stood
    new = queries.assignments_of(draw)
    assert {seat.origin for seat in new} == {SeatOrigin.REPAIR}
    assert {seat.state for seat in new} == {AssignmentState.WAITING}
    assert {seat.replaces_id for seat in new} == {seat.id for seat in lost}
    assert not {seat.expert_id for seat in new} & {seat.expert_id for seat in lost}
    assert shapes(given) == [(3, 1), (3, 1)]
    assert queries.seats_to_fill(given.edition) == []
    assert ceremonies.verify(draw).agrees
    assert not any(finding.faults for finding in doctor.examine())


@pytest.mark.parametrize("role", list(SeatRole))
def test_a_seat_lost_alone_goes_to_the_next_of_its_reserve_order(role: SeatRole) -> None:
    given = setting(2, 24)
    losing(given, published(given), role)
    (draw,) = services.repair(given.office, given.round, reason="身体原因").draws

    (lost,), standing = ([Seat(*seat) for seat in draw.input[name]] for name in ("lost", "standing"))
    next_one = drawing.replace(drawing.read_input(draw.input["input"]), draw.seed, lost, standing=standing)
    assert isinstance(next_one, drawing.Replacement)
    (new,) = queries.assignments_of(draw)
    assert ceremonies.names_for(ceremonies.root_of(draw), [new.expert.number]) == {
        new.expert.number: next_one.seat.expert
    }
    assert new.role is role


def test_a_repair_needs_the_office_a_reason_and_an_empty_seat() -> None:
    given = setting(1)
    seats = published(given)
    with pytest.raises(NotReady) as missing:
        services.repair(given.office, given.round, reason="身体原因")
    assert "没有待补的空席" in str(missing.value.missing[0])
    losing(given, seats, SeatRole.MEMBER)
    with pytest.raises(Invalid):
        services.repair(given.office, given.round, reason=" ")
    with pytest.raises(Forbidden):
        services.repair(supervisor(), given.round, reason="身体原因")


def test_a_seat_that_has_become_unlawful_is_taken_back_first() -> None:
    given = setting(1, 24)
    seats = published(given)
    losing(given, seats, SeatRole.MEMBER)
    moved = next(seat for seat in seats if seat.state is AssignmentState.WAITING).expert
    experts.edit_expert(given.office, moved, {"residence_region": "140200"}, version=moved.version)
    with pytest.raises(NotReady) as missing:
        services.repair(given.office, given.round, reason="身体原因")
    assert moved.number in str(missing.value.missing[0])
    assert "先收回" in str(missing.value.missing[0])


def test_a_round_without_a_draw_has_no_order_to_repair_by() -> None:
    given = setting(1)
    seat = services.seat_by_hand(
        given.office, given.round, given.dossiers[0], given.expert(3), is_leader=True, reason="仅此一人"
    )
    services.excuse(given.office, seat, reason="身体原因")
    for act in (lambda: services.repair(given.office, given.round, reason="x"), lambda: replaced(given, seat)):
        with pytest.raises(NotReady) as missing:
            act()
        assert "没有排定替补的顺序" in str(missing.value.missing[0])


def replaced(given: made.Setting, seat: Assignment) -> None:
    services.replace(given.office, seat, reason="x")


def test_too_few_experts_say_which_rule_removed_them() -> None:
    given = setting(1, 4)
    seats = published(given)
    losing(given, seats, SeatRole.LEADER)
    with pytest.raises(services.Unstaffable):
        services.repair(given.office, given.round, reason="身体原因")


def test_seats_of_several_draws_on_one_panel_are_filled_by_the_first_of_them() -> None:
    given = setting(2, 24)
    first = losing(given, published(given), SeatRole.MEMBER)
    topped_up(given)
    new = next(seat for seat in queries.held_seats(given.round) if seat.origin is SeatOrigin.TOP_UP)
    stands = next(
        seat
        for seat in queries.held_seats(given.round)
        if seat.application_id == first[0].application_id and seat.role is SeatRole.MEMBER and seat is not new
    )
    for seat in (new, stands):
        services.excuse(given.office, seat, reason="身体原因")

    done = services.repair(given.office, given.round, reason="身体原因")

    (draw,) = done.draws
    assert ceremonies.root_of(draw) is first[0].draw
    assert (done.filled, shapes(given)) == (2, [(3, 1), (3, 1)])
