"""What is shown of draws and panels: who sees what, the pre-check, the blind dossier, the number of statements."""

from typing import Any

import pytest
from sqlalchemy import select

from app.experts import services as experts
from app.kernel import regions
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.panels import ceremonies, eligibility, queries, records, services
from app.panels.models import Assignment
from app.panels.pledge import PLEDGE_VERSION
from app.policy import allows
from app.workflow import AssignmentState
from tests.factories.accounts import office, person, supervisor
from tests.factories.experts import row
from tests.factories.panels import acting, direct, drawn, published, setting

pytestmark = pytest.mark.usefixtures("app_context")


def test_the_list_shows_exactly_what_the_policy_allows() -> None:
    given = setting(2)
    seats = published(given)
    services.declare_clear(acting(seats[0].expert), seats[0], text=PLEDGE_VERSION)
    services.declare_conflict(acting(seats[1].expert), seats[1], direct("other"))
    services.excuse(given.office, seats[2], reason="没有时间")
    everybody: list[Actor] = [
        office(),
        supervisor(),
        person(Role.APPLICANT),
        person(Role.HEAD),
        *(acting(seat.expert) for seat in seats),
        Actor.anonymous(),
        Actor(user_id=None, name="expert without a row", roles=frozenset({Role.EXPERT})),
    ]
    for actor in everybody:
        seen = set(db.session.scalars(select(Assignment.id).where(queries.visible_to(actor))))
        assert seen == {seat.id for seat in seats if allows(actor, "assignment.read", seat)}, actor.name


def test_a_sealed_list_gives_nobody_a_seat() -> None:
    drawn(setting())
    assert list(db.session.scalars(select(Assignment.id))) == []


def test_the_precheck_puts_the_hardest_dossier_first_and_names_the_rules() -> None:
    given = setting(2, rows=[row(90, employer_region="140200", available="否"), row(91, residence_region="140200")])
    services.record_conflict(given.office, given.expert(1), given.dossiers[1], services.Interest("other", "x"))

    first, second = ceremonies.precheck(given.round)

    assert (first.application, second.application) == (given.dossiers[1], given.dossiers[0])
    assert first.removals.by_rule == {"state": 1, "region": 2, "conflict": 1}
    assert first.removals.only_by_rule == {"region": 1, "conflict": 1}
    assert (first.removals.eligible, second.removals.eligible, first.is_short) == (15, 16, False)
    assert second.leaders == sum(expert.may_lead for expert in given.pool)


def test_loads_count_live_seats_only() -> None:
    given = setting(2)
    seats = published(given)
    services.excuse(given.office, seats[0], reason="x")
    counted = queries.loads(queries.assignments_in(given.round))
    assert sum(dossiers * experts_ for dossiers, experts_ in counted) == 5


def test_a_panel_shows_the_leader_first() -> None:
    given = setting(2)
    for view in queries.panels(published(given)):
        assert [seat.role for seat in view.seats] == ["leader", "member", "member"]


def test_each_expert_comes_from_another_province_than_the_dossier() -> None:
    for seat in published(setting(3)):
        home = {r.region_code for r in seat.application.regions}
        theirs = {r.region_code for r in seat.expert.regions}
        assert not any(regions.same_region(a, b, "province") for a in home for b in theirs)


BLIND = ("blind = false", "blind = true")


def test_a_blind_round_hides_whose_dossier_it_is() -> None:
    given = setting(1, rulebook=BLIND)
    seat = published(given)[0]

    dossier = queries.dossier_of(seat)

    assert dossier is not None
    assert dossier.name == "SX2026-001"
    assert "identity" not in {part.key for part in dossier.parts}
    assert "示例制造" not in repr(dossier)


def test_an_open_round_shows_it() -> None:
    dossier = queries.dossier_of(published(setting(1))[0])
    assert dossier is not None
    assert dossier.name == "示例制造1有限公司"


def test_a_file_of_another_dossier_is_unknown() -> None:
    assert queries.file_of(published(setting(1))[0], 1) is None


def test_a_replacement_is_computed_again_from_its_own_record() -> None:
    given = setting()
    draw = services.replace(given.office, published(given)[0], reason="x")
    assert records.recompute(draw.input, draw.seed).result_digest == draw.result_digest
    other = records.recompute(draw.input | {"lost": ["SX2026-001", "E999", True]}, draw.seed)
    assert other.input_digest != draw.input_digest


def test_a_record_that_leads_to_no_panel_has_no_result() -> None:
    draw = drawn(setting())
    assert records.recompute(draw.input | {"experts": []}, draw.seed).result_digest == ""


@pytest.mark.parametrize("dossiers", [1, 3])
def test_reads_take_the_same_statements_for_any_number_of_dossiers(dossiers: int, count_queries: Any) -> None:
    given = setting(dossiers)
    published(given)
    db.session.expire_all()
    with count_queries() as statements:
        queries.panels(queries.assignments_in(given.round))
    assert len(statements) <= 5
    with count_queries() as statements:
        queries.seats_to_fill(given.edition)
    assert len(statements) <= 1
    db.session.expire_all()
    with count_queries() as statements:
        eligibility.unlawful_seats(given.edition)
    assert len(statements) <= 12


def test_an_unavailable_expert_keeps_a_task_already_given() -> None:
    given = setting(1)
    seat = published(given)[0]
    experts.edit_expert(given.office, seat.expert, {"available": "否"}, version=seat.expert.version)
    assert eligibility.unlawful_seats(given.edition) == []
    assert seat.state is AssignmentState.WAITING
