"""A draw that completes panels: who sits stays, only what is free is drawn, with a seed of its own."""

from collections import Counter

import pytest

from app import doctor
from app.kernel.errors import NotReady
from app.panels import ceremonies, preview, queries, services
from app.panels.models import Assignment, Draw, SeatOrigin, SeatRole
from tests.factories import panels as made
from tests.factories.panels import later, published, setting, terms

pytestmark = pytest.mark.usefixtures("app_context")


def topped_up(given: made.Setting) -> Draw:
    draw = services.start_draw(given.office, given.round, top_up=True)
    services.commit(given.office, draw, terms(), system=made.SYSTEM)
    with later(draw):
        services.record_public_value(given.office, draw, "9 9 9", again="9 9 9", witnesses="王某")
        services.draw_panels(given.office, draw)
        services.publish_draw(given.office, draw)
    return draw


def states_but(seats: list[Assignment], lost: Assignment) -> set[tuple[int, int, str]]:
    return {(seat.id, seat.expert_id, seat.state) for seat in seats if seat is not lost}


@pytest.mark.databases
def test_a_top_up_keeps_what_stands_and_fills_the_rest() -> None:
    given = setting(2, 24)
    seats = published(given)
    lost = next(seat for seat in seats if seat.role is SeatRole.LEADER)
    services.excuse(given.office, lost, reason="身体原因")
    made.accepted(given.office, given.edition, 3)
    stood = states_but(seats, lost)

    draw = topped_up(given)

    assert states_but(seats, lost) == stood
    assert draw.seed != seats[0].draw.seed
    new = queries.assignments_of(draw)
    assert Counter((seat.application.number, seat.origin) for seat in new) == {
        (lost.application.number, SeatOrigin.TOP_UP): 1,
        ("SX2026-003", SeatOrigin.DRAW): 3,
    }
    held = queries.held_seats(given.round)
    assert sorted(Counter(seat.application_id for seat in held).values()) == [3, 3, 3]
    assert sorted(Counter(seat.application_id for seat in held if seat.role is SeatRole.LEADER).values()) == [1, 1, 1]
    assert queries.seats_to_fill(given.edition) == []
    assert ceremonies.verify(draw).agrees
    assert not any(finding.faults for finding in doctor.examine())


def test_a_panel_begun_by_name_is_completed_by_lot_though_its_expert_takes_on_no_more() -> None:
    given = setting(1)
    first = services.seat_by_hand(
        given.office, given.round, given.dossiers[0], given.expert(3), is_leader=True, reason="仅此一人"
    )
    first.expert.available = False
    draw = topped_up(given)
    (view,) = queries.panels(queries.held_seats(given.round))
    assert view.seats[0] is first
    assert view.live == 3
    assert {seat.origin for seat in queries.assignments_of(draw)} == {SeatOrigin.TOP_UP}
    assert not any(finding.faults for finding in doctor.examine())


def test_without_the_choice_panels_that_stand_are_left_alone() -> None:
    given = setting(1)
    services.excuse(given.office, published(given)[0], reason="身体原因")
    with pytest.raises(NotReady):
        services.start_draw(given.office, given.round)
    services.start_draw(given.office, given.round, top_up=True)


def test_the_preview_tells_new_panels_from_those_that_are_completed() -> None:
    given = setting(2, 24)
    services.excuse(given.office, published(given)[0], reason="身体原因")
    made.accepted(given.office, given.edition, 3)
    working = preview.look(services.start_draw(given.office, given.round, top_up=True))
    assert (len(working.given.dossiers), working.begun) == (2, 1)
