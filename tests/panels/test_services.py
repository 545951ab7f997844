"""The draw and what follows from it: done, refused, wrong state, not ready; and every way in is guarded."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from app.accounts.models import RoleGrant
from app.audit.models import AuditEvent
from app.experts import services as experts
from app.kernel.actor import Role
from app.kernel.credit_code import make
from app.kernel.database import db
from app.kernel.errors import Forbidden, Invalid, NotReady, WrongState
from app.kernel.outbox import OutboxMessage
from app.panels import ceremonies, eligibility, facts, queries, services
from app.panels.engine import Seat
from app.panels.models import Assignment, Conflict, ConflictSource, Draw, InterestDegree, SeatRole
from app.panels.pledge import PLEDGE_VERSION
from app.workflow import ApplicationState, AssignmentState, DrawState, RoundState
from tests.factories import panels as made
from tests.factories.accounts import office, supervisor
from tests.factories.experts import row
from tests.factories.panels import acting, direct, drawn, published, setting

pytestmark = pytest.mark.usefixtures("app_context")

HOME = "140200"


def events(action: str) -> list[AuditEvent]:
    return list(db.session.scalars(select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)))


# --- late dossiers ------------------------------------------------------------------------------------------------


def test_a_late_dossier_gets_a_panel_of_its_own() -> None:
    given = setting(1)
    published(given)
    made.accepted(given.office, given.edition, 2)

    draw = drawn(given)
    services.publish_draw(given.office, draw)

    assert {seat.application.number for seat in queries.assignments_of(draw)} == {"SX2026-002"}
    assert given.round.state is RoundState.SCORING


# --- publishing, discarding ---------------------------------------------------------------------------------------


def test_publishing_tells_the_experts_and_begins_the_review() -> None:
    given = setting()
    draw = drawn(given)
    services.publish_draw(given.office, draw)

    assert draw.state is DrawState.PUBLISHED
    assert given.round.state is RoundState.SCORING
    assert {(d.state, d.round_id) for d in given.dossiers} == {(ApplicationState.UNDER_REVIEW, given.round.id)}
    seats = queries.assignments_of(draw)
    assert {seat.state for seat in seats} == {AssignmentState.WAITING}
    mails = db.session.scalars(select(OutboxMessage).where(OutboxMessage.action == "draw.publish")).all()
    assert sorted(mail.recipient for mail in mails) == sorted({seat.expert.email for seat in seats})
    assert not any("示例制造" in mail.body for mail in mails)
    leaders = db.session.scalars(select(RoleGrant.expert_id).where(RoleGrant.role == Role.LEADER)).all()
    assert set(leaders) == {seat.expert_id for seat in seats if seat.role is SeatRole.LEADER}
    assert len(events("assignment.notify")) == 6
    assert len(events("application.begin_review")) == 2


def test_a_draw_that_has_become_unlawful_is_not_published() -> None:
    given = setting()
    draw = drawn(given)
    moved = given.expert(int(ceremonies.seats_drawn(draw)[0].expert[1:]))
    experts.edit_expert(given.office, moved, {"residence_region": HOME}, version=moved.version)

    with pytest.raises(NotReady) as missing:
        services.publish_draw(given.office, draw)
    assert moved.number in str(missing.value.missing[0])
    assert "重新抽取" in str(missing.value.missing[-1])


def test_a_withdrawn_dossier_keeps_its_draw_sealed() -> None:
    given = setting()
    draw = drawn(given)
    given.dossiers[0].state = ApplicationState.WITHDRAWN

    with pytest.raises(NotReady) as missing:
        services.publish_draw(given.office, draw)
    assert "SX2026-001 已不在评审中" in str(missing.value.missing[0])


def test_a_discarded_draw_leaves_its_record_and_needs_a_reason() -> None:
    given = setting()
    draw = drawn(given)

    with pytest.raises(NotReady):
        services.discard_draw(given.office, draw, reason=" ")
    services.discard_draw(given.office, draw, reason="专家信息有误")

    assert (draw.state, list(queries.assignments_of(draw))) == (DrawState.DISCARDED, [])
    assert ceremonies.verify(draw).agrees
    assert events("draw.discard")[0].reason == "专家信息有误"
    with pytest.raises(WrongState):
        services.publish_draw(given.office, draw)


def test_a_published_draw_cannot_be_discarded() -> None:
    given = setting()
    seats = published(given)
    with pytest.raises(WrongState):
        services.discard_draw(given.office, seats[0].draw, reason="x")


# --- declarations -------------------------------------------------------------------------------------------------


def test_a_clear_declaration_keeps_the_words_that_were_signed() -> None:
    seat = published(setting())[0]
    services.declare_clear(acting(seat.expert), seat, text=PLEDGE_VERSION)

    assert seat.state is AssignmentState.CLEARED
    assert seat.declared_at is not None
    assert seat.declaration_text.startswith(f"{PLEDGE_VERSION}\n我本人")
    assert events("assignment.clear")[0].detail == {"pledge": PLEDGE_VERSION}


def test_an_outdated_pledge_is_not_accepted() -> None:
    seat = published(setting())[0]
    with pytest.raises(Invalid):
        services.declare_clear(acting(seat.expert), seat, text="2019-1")
    assert seat.state is AssignmentState.WAITING


def test_an_interest_ends_the_task_and_forbids_the_pair_for_good() -> None:
    seat = published(setting())[0]
    actor = acting(seat.expert)
    services.declare_conflict(actor, seat, direct("training", "去年讲过课"))

    assert seat.state is AssignmentState.RECUSED
    conflict = db.session.scalars(select(Conflict)).one()
    assert (conflict.kind, conflict.source, conflict.note) == ("training", ConflictSource.DECLARED, "去年讲过课")
    assert conflict.degree is InterestDegree.DIRECT
    assert events("assignment.recuse")[0].reason == "培训：去年讲过课"
    with pytest.raises(WrongState):
        services.declare_clear(actor, seat, text=PLEDGE_VERSION)


def test_an_interest_found_later_counts_too_and_a_leader_loses_the_role() -> None:
    seat = next(s for s in published(setting(1)) if s.role is SeatRole.LEADER)
    services.declare_clear(acting(seat.expert), seat, text=PLEDGE_VERSION)
    services.declare_conflict(acting(seat.expert), seat, direct("other"))

    assert seat.state is AssignmentState.RECUSED
    assert db.session.scalar(select(RoleGrant.id).where(RoleGrant.role == Role.LEADER)) is None


def test_an_unknown_kind_of_interest_is_told_at_the_field() -> None:
    seat = published(setting())[0]
    with pytest.raises(Invalid) as invalid:
        services.declare_conflict(acting(seat.expert), seat, direct("friendship"))
    assert invalid.value.field == "kind"


def test_nobody_declares_for_another() -> None:
    seats = published(setting())
    other = next(seat for seat in seats if seat.expert_id != seats[0].expert_id)
    with pytest.raises(Forbidden):
        services.declare_clear(acting(other.expert), seats[0], text=PLEDGE_VERSION)
    with pytest.raises(Forbidden):
        services.declare_conflict(acting(other.expert), seats[0], direct("other"))


def test_after_the_round_nothing_is_declared() -> None:
    given = setting()
    seat = published(given)[0]
    given.round.state = RoundState.CLOSED
    with pytest.raises(NotReady):
        services.declare_clear(acting(seat.expert), seat, text=PLEDGE_VERSION)


# --- replacing ----------------------------------------------------------------------------------------------------


def test_a_successor_is_drawn_under_the_same_rules_and_nobody_else_is_moved() -> None:
    given = setting()
    seats = published(given)
    lost = next(seat for seat in seats if seat.role is SeatRole.LEADER)
    others = {(seat.id, seat.expert_id, seat.state) for seat in seats if seat is not lost}
    services.declare_conflict(acting(lost.expert), lost, direct("other"))

    draw = services.replace(given.office, lost, reason="专家回避")

    (successor,) = queries.assignments_of(draw)
    assert (successor.replaces_id, successor.role, successor.state) == (lost.id, SeatRole.LEADER, "waiting")
    assert successor.expert_id != lost.expert_id
    assert {(seat.id, seat.expert_id, seat.state) for seat in seats if seat is not lost} == others
    assert (draw.state, draw.parent_id, draw.seed) == (DrawState.PUBLISHED, lost.draw_id, lost.draw.seed)
    assert ceremonies.verify(draw).agrees
    assert events("draw.replace")[0].reason == "专家回避"
    mail = db.session.scalars(select(OutboxMessage).where(OutboxMessage.action == "draw.replace")).one()
    assert mail.recipient == successor.expert.email


def test_replacing_somebody_in_office_excuses_first() -> None:
    given = setting()
    seat = published(given)[0]
    services.replace(given.office, seat, reason="身体原因")

    assert seat.state is AssignmentState.EXCUSED
    mails = db.session.scalars(select(OutboxMessage.body).where(OutboxMessage.action == "assignment.excuse")).all()
    assert len(mails) == 1
    assert "身体原因" in mails[0]


def test_a_seat_is_filled_once_and_with_a_reason() -> None:
    given = setting()
    seat = published(given)[0]
    with pytest.raises(Invalid):
        services.replace(given.office, seat, reason="  ")
    services.replace(given.office, seat, reason="身体原因")
    with pytest.raises(NotReady):
        services.replace(given.office, seat, reason="身体原因")
    with pytest.raises(Forbidden):
        services.replace(supervisor(), seat, reason="x")


def test_whoever_left_is_never_drawn_again_and_three_refusals_are_escalated() -> None:
    given = setting(1, 24)
    seat = published(given)[0]
    left = []
    for refusals in (1, 2, 3):
        services.excuse(given.office, seat, reason="没有时间")
        left.append(seat.expert_id)
        (empty,) = queries.seats_to_fill(given.edition)
        assert (empty.assignment, empty.refusals, empty.is_escalated) == (seat, refusals, refusals == 3)
        (seat,) = queries.assignments_of(services.replace(given.office, seat, reason="没有时间"))
        assert seat.expert_id not in left
    assert queries.seats_to_fill(given.edition) == []


def test_a_seat_that_nobody_can_take_says_which_rule_removed_how_many() -> None:
    given = setting(1, 4, rows=[row(n, employer_region=HOME, residence_region=HOME) for n in range(50, 53)])
    seat = next(seat for seat in published(given) if seat.expert.kind == "quality")
    with pytest.raises(services.Unstaffable) as unstaffable:
        services.replace(given.office, seat, reason="没有时间")
    assert unstaffable.value.shortages[0].removals.by_rule["region"] == 3


# --- conflicts, head of panel -------------------------------------------------------------------------------------


def test_the_system_finds_experts_who_work_for_the_applicant_or_its_parent() -> None:
    parent = make(800, "110000")
    given = setting(1, rows=[row(90, employer_code=make(1, "140100")), row(91, employer_code=parent)])
    dossier = made.accepted(given.office, given.edition, 2, parent=parent)

    found = services.find_conflicts(given.office, given.edition)

    assert {(c.expert_id, c.application_id, c.source) for c in found} == {
        (given.expert(90).id, given.dossiers[0].id, ConflictSource.SYSTEM),
        (given.expert(91).id, dossier.id, ConflictSource.SYSTEM),
    }
    assert services.find_conflicts(given.office, given.edition) == []
    assert len(events("conflict.find")) == 1


def test_a_candidates_employee_does_not_serve_in_the_edition_at_all() -> None:
    given = setting(2, rows=[row(90, employer_code=make(1, "140100"))])
    states = {expert.id: expert.state for expert in facts.draw_input(given.round, given.dossiers).experts}
    assert (states["E090"], states["E001"]) == ("candidate", "available")


def test_a_conflict_recorded_by_the_office_takes_the_seat_back() -> None:
    given = setting()
    seat = published(given)[0]
    services.record_conflict(given.office, seat.expert, seat.application, services.Interest("kinship", "有人举报"))

    assert seat.state is AssignmentState.EXCUSED
    assert events("conflict.record")[0].detail["kind"] == "kinship"
    with pytest.raises(Invalid):
        services.record_conflict(given.office, seat.expert, seat.application, services.Interest("kinship", "x"))


def test_recording_a_conflict_does_not_tell_who_is_on_a_sealed_list() -> None:
    """Drawn or not, the office is answered alike; at publication the rules are asked again."""
    given = setting(1)
    draw = drawn(given)
    seated = {int(seat.expert[1:]) for seat in ceremonies.seats_drawn(draw)}
    (free, *_others) = {int(expert.number[1:]) for expert in given.pool} - seated
    for number in (free, min(seated)):
        services.record_conflict(
            given.office, given.expert(number), given.dossiers[0], services.Interest("kinship", "x")
        )
    with pytest.raises(NotReady):
        services.publish_draw(given.office, draw)


def test_only_the_office_records_a_conflict_of_a_known_kind() -> None:
    given = setting()
    with pytest.raises(Forbidden):
        services.record_conflict(supervisor(), given.expert(1), given.dossiers[0], services.Interest("kinship", "x"))
    with pytest.raises(Invalid):
        services.record_conflict(given.office, given.expert(1), given.dossiers[0], services.Interest("friendship", "x"))


def test_nobody_meets_the_same_applicant_in_rounds_that_must_not_repeat() -> None:
    given = setting(1)
    seats = published(given)
    defence = next(round_ for round_ in given.edition.rounds if round_.key == "defence")
    site = next(round_ for round_ in given.edition.rounds if round_.key == "site")
    pairs = {(seat.expert.number, "SX2026-001") for seat in seats}

    assert set(facts.conflicts(defence, {given.dossiers[0].id})) == pairs
    assert facts.conflicts(site, {given.dossiers[0].id}) == {}


def test_the_head_of_panel_comes_from_outside_and_may_lead() -> None:
    given = setting(rows=[row(90, may_lead="是"), row(91, may_lead="是", residence_region=HOME), row(92)])
    services.appoint_head(given.office, given.edition, given.expert(90))

    assert queries.heads_of(given.edition) == [given.expert(90)]
    assert events("head.appoint")[-1].detail["expert"] == "E090"
    for number, word in ((91, "以外"), (92, "可以担任组长")):
        with pytest.raises(NotReady) as missing:
            services.appoint_head(given.office, given.edition, given.expert(number))
        assert word in str(missing.value.missing[0])
    with pytest.raises(Forbidden):
        services.appoint_head(supervisor(), given.edition, given.expert(90))


# --- every way in is guarded --------------------------------------------------------------------------------------

CITY_LEVEL = ('region_level = "province"', 'region_level = "city"')


def region_case(given: made.Setting) -> Seat:
    return Seat("SX2026-001", "E090")


def leader_case(given: made.Setting) -> Seat:
    return Seat("SX2026-001", "E091", is_leader=True)


def conflict_case(given: made.Setting) -> Seat:
    services.record_conflict(given.office, given.expert(1), given.dossiers[0], services.Interest("other", "x"))
    return Seat("SX2026-001", "E001")


CASES = [("region", region_case), ("leader_region", leader_case), ("conflict", conflict_case)]


def unlawful_setting() -> made.Setting:
    """At the city level a home expert from another city may be a member, but never a leader."""
    return setting(
        1,
        rulebook=CITY_LEVEL,
        rows=[
            row(90, residence_region="140106"),
            row(91, employer_region=HOME, residence_region=HOME, may_lead="是", kind="质量管理评审员"),
        ],
    )


def raw(given: made.Setting, draw: Draw, seat: Seat) -> dict[str, Any]:
    number = int(seat.expert[1:])
    return {
        "edition_id": given.edition.id,
        "draw_id": draw.id,
        "round_id": given.round.id,
        "application_id": given.dossiers[0].id,
        "expert_id": given.expert(number).id,
        "role": SeatRole.LEADER if seat.is_leader else SeatRole.MEMBER,
    }


def by_service(given: made.Setting, draw: Draw, seat: Seat) -> None:
    services.seat_experts(draw, [seat])


def by_row(given: made.Setting, draw: Draw, seat: Seat) -> None:
    db.session.add(Assignment(**raw(given, draw, seat)))
    db.session.flush()


def by_import_of_rows(given: made.Setting, draw: Draw, seat: Seat) -> None:
    values = raw(given, draw, seat) | {"declaration_text": "", "state": AssignmentState.CLEARED, "version": 1}
    db.session.execute(insert(Assignment), [values])


def by_raw_statement(given: made.Setting, draw: Draw, seat: Seat) -> None:
    values = raw(given, draw, seat)
    columns = ", ".join([*values, "declaration_text", "state", "version"])
    holders = ", ".join([*(f":{name}" for name in values), "''", "'waiting'", "1"])
    values["role"] = str(values["role"].value)
    db.session.execute(text(f"INSERT INTO assignment ({columns}) VALUES ({holders})"), values)  # noqa: S608


def by_change_of_a_lawful_row(given: made.Setting, draw: Draw, seat: Seat) -> None:
    row_ = queries.assignments_in(given.round)[0]
    values = {key: value for key, value in raw(given, draw, seat).items() if key in ("expert_id", "role")}
    for name, value in values.items():
        setattr(row_, name, value)
    db.session.flush()


WAYS = [by_service, by_row, by_import_of_rows, by_raw_statement, by_change_of_a_lawful_row]


@pytest.mark.databases
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize(("rule", "case"), CASES, ids=[name for name, _case in CASES])
def test_an_unlawful_pair_is_refused_on_every_way_in(
    rule: str, case: Callable[[made.Setting], Seat], way: Callable[[made.Setting, Draw, Seat], None]
) -> None:
    given = unlawful_setting()
    seat = case(given)
    draw = published(given)[0].draw

    with pytest.raises((services.UnlawfulSeats, IntegrityError)) as refused:
        way(given, draw, seat)

    if isinstance(refused.value, services.UnlawfulSeats):
        assert rule in {objection.rule for objection in refused.value.faults[0].objections}
    else:
        assert f"assignment_{'leader' if rule == 'leader_region' else rule}_rule" in str(refused.value)


def test_a_home_expert_from_another_city_may_be_a_member_where_the_rulebook_counts_cities() -> None:
    given = unlawful_setting()
    draw = published(given)[0].draw
    free = [seat for seat in queries.assignments_of(draw) if seat.expert.number == "E091"]
    if not free:
        members = [seat for seat in queries.assignments_of(draw) if seat.role is SeatRole.MEMBER]
        alike = next(seat for seat in members if seat.expert.kind is given.expert(91).kind)
        services.excuse(given.office, alike, reason="身体原因")
        services.seat_experts(draw, [Seat("SX2026-001", "E091")])
    assert any(seat.expert.number == "E091" for seat in queries.assignments_of(draw))


def test_an_expert_whose_regions_are_unknown_is_refused_by_the_database_too() -> None:
    given = setting(1)
    draw = published(given)[0].draw
    taken = {seat.expert_id for seat in queries.assignments_of(draw)}
    expert = next(expert for expert in given.pool if expert.id not in taken)
    expert.regions.clear()
    db.session.flush()

    seat = Seat("SX2026-001", expert.number)
    with pytest.raises(services.UnlawfulSeats):
        services.seat_experts(draw, [seat])
    with pytest.raises(IntegrityError, match="assignment_region_known_rule"):
        by_raw_statement(given, draw, seat)


# --- later changes ------------------------------------------------------------------------------------------------


def test_the_doctor_names_seats_that_later_changes_have_made_unlawful() -> None:
    given = setting(1)
    seats = published(given)
    assert eligibility.unlawful_seats(given.edition) == []

    moved = next(seat for seat in seats if seat.role is SeatRole.LEADER)
    experts.edit_expert(given.office, moved.expert, {"employer_region": HOME}, version=moved.expert.version)

    (broken,) = eligibility.unlawful_seats(given.edition)
    assert broken.assignment is moved
    assert {objection.rule for objection in broken.objections} == {"region", "leader_region"}

    services.excuse(given.office, moved, reason="迁居")
    assert eligibility.unlawful_seats(given.edition) == []


def test_only_an_office_may_excuse() -> None:
    seat = published(setting(1))[0]
    with pytest.raises(Forbidden):
        services.excuse(acting(seat.expert), seat, reason="x")
    with pytest.raises(NotReady):
        services.excuse(office(), seat, reason=" ")
