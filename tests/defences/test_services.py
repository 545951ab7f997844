"""A hearing from its arrangement to its result sheet: who may what, the recorded lot, the clock, and what overtime costs."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app import doctor
from app.audit.models import AuditEvent
from app.defences import queries, services
from app.defences.models import Mark
from app.kernel import clock
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.errors import Forbidden, Invalid, NotReady, Stale, WrongState
from app.policy import allows
from app.scoring import services as scoring
from app.workflow import DefenceState
from tests.factories import defences
from tests.factories.decisions import office, supervisor
from tests.factories.defences import arranged, drawn, fresh, heard, running
from tests.factories.scoring import hand_in, panel

pytestmark = pytest.mark.usefixtures("app_context")

OURS = ("每个状态", "答辩抽签", "保存的排名")
LIMIT = 17 * 60


def faults() -> list[str]:
    found = [each for each in doctor.examine() if any(word in str(each.check) for word in OURS)]
    return [fault for each in found for fault in each.faults]


def all_in(made: defences.Panel) -> None:
    for dossier in range(len(made.dossiers)):
        for judge in range(len(made.experts)):
            hand_in(made.sheet(dossier, judge), 60)


# --- arranged and drawn -------------------------------------------------------------------------------------------


def test_only_the_office_arranges_in_a_running_round_of_hearings() -> None:
    made = defences.hearing_round()
    sitting = services.Sitting(clock.now(), "一", [], [])
    with pytest.raises(Forbidden):
        services.arrange(made.actors[0], made.round, sitting)
    paper = next(each for each in made.edition.rounds if each.key == "paper")
    with pytest.raises(WrongState):
        services.arrange(office(), paper, sitting)


def test_a_dossier_is_heard_in_one_session_only() -> None:
    made, _session = arranged()
    with pytest.raises(Invalid, match="别的场次"):
        services.arrange(office(), made.round, services.Sitting(clock.now(), "二", [made.dossiers[0].id], []))


def test_two_who_arrange_at_once_are_both_heard() -> None:
    made, session = arranged()
    sitting = services.Sitting(clock.now(), "二", [made.dossiers[0].id], defences.QUESTIONS)
    services.edit(office(), session, sitting, version=session.version)
    session = fresh(session)
    assert [slot.application_id for slot in session.slots] == [made.dossiers[0].id]
    with pytest.raises(Stale):
        services.edit(office(), session, sitting, version=session.version - 1)


def test_nothing_is_sealed_without_questions_enough() -> None:
    made = defences.hearing_round()
    sitting = services.Sitting(clock.now(), "一", [made.dossiers[0].id], [])
    session = services.arrange(office(), made.round, sitting)
    with pytest.raises(NotReady):
        services.commit(office(), session)


def test_the_lot_is_on_record_and_the_doctor_draws_it_again() -> None:
    _made, session = drawn()
    assert [slot.application.number for slot in session.slots] == session.lot_result["order"]
    assert queries.agrees(session)
    lines = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "defence.draw")).one()
    assert (lines.detail["order"], lines.detail["public"]) == (session.lot_result["order"], "3 1 4 1 5")
    record = queries.record_of(session)
    assert record["secret"] == defences.SECRET.secret
    assert faults() == []
    session.lot_result = session.lot_result | {"order": list(reversed(session.lot_result["order"]))}
    db.session.flush()
    assert faults() == [f"defence_session {session.id}"]


def test_the_secret_is_told_only_after_the_lot() -> None:
    _made, session = arranged()
    services.commit(office(), session, system=defences.SECRET)
    assert defences.SECRET.secret not in str(queries.record_of(session))
    with pytest.raises(WrongState):
        services.begin(office(), session)


@pytest.mark.databases
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE defence_session SET secret = 'c'",
        "UPDATE defence_session SET public_value = '6'",
        "UPDATE defence_session SET input_digest = ''",
        "UPDATE defence_deduction SET points = 0",
        "DELETE FROM defence_mark",
    ],
)
def test_the_database_keeps_the_lot_and_the_clock_for_good(app_context: Flask, statement: str) -> None:
    made, session = running()
    heard(made.actors[0], session, session.slots[0], LIMIT + 60)
    db.session.flush()
    with pytest.raises(DBAPIError, match=r"defence_session_lot|append_only"):
        db.session.execute(text(statement))


# --- heard --------------------------------------------------------------------------------------------------------


def test_a_member_reads_and_does_not_press_the_clock() -> None:
    made, session = running()
    slot = session.slots[0]
    assert allows(made.actors[1], "defence.read", session)
    for actor in (made.actors[1], supervisor()):
        with pytest.raises(Forbidden):
            services.press(actor, session, slot, Mark.STATEMENT_BEGUN)
    stranger = panel(1, 1, first_expert=9, edition=made.edition).actors[0]
    assert not allows(stranger, "defence.read", session)


def test_the_clock_goes_in_its_order_and_a_press_counts_once() -> None:
    made, session = running()
    chair, slot = made.actors[0], session.slots[0]
    with pytest.raises(WrongState):
        services.press(chair, session, slot, Mark.STATEMENT_ENDED)
    begun = clock.now()
    with clock.fixed(begun):
        services.press(chair, session, slot, Mark.STATEMENT_BEGUN)
    with clock.fixed(begun + timedelta(seconds=30)):
        services.press(chair, session, slot, Mark.STATEMENT_BEGUN)
    with clock.fixed(begun + timedelta(seconds=LIMIT + 125)):
        services.press(chair, session, slot, Mark.STATEMENT_ENDED)
    (recorded,) = slot.deductions
    assert (recorded.seconds, recorded.points) == (LIMIT + 125, 4)
    assert session.current_id == slot.id


def test_a_wrong_press_is_put_right_with_a_reason_and_both_stay() -> None:
    made, session = running()
    slot = session.slots[0]
    with pytest.raises(WrongState):
        services.correct(made.actors[0], session, slot, seconds=60, reason="误按")
    heard(made.actors[0], session, slot, LIMIT + 600)
    services.correct(made.actors[0], session, slot, seconds=LIMIT + 61, reason="结束后忘记按停，以录像为准。")
    assert [(each.number, each.points) for each in slot.deductions] == [(1, 20), (2, 2)]
    with pytest.raises(Forbidden):
        services.correct(office(), session, slot, seconds=0, reason="……")


def test_it_ends_when_all_have_spoken_and_every_sheet_is_in() -> None:
    made, session = running()
    chair = made.actors[0]
    with pytest.raises(NotReady) as lacking:
        services.end(chair, session)
    assert len(lacking.value.missing) == 4
    assert not allows(chair, "defence.read_results", session)
    for slot in session.slots:
        heard(chair, session, slot, 60)
    all_in(made)
    services.end(chair, session)
    assert session.state is DefenceState.ENDED
    head = Actor(user_id=2, name="大组长", roles=frozenset({Role.HEAD}))
    who = (chair, office(), supervisor(), head, made.actors[1])
    assert [allows(each, "defence.read_results", session) for each in who] == [True, True, True, True, False]
    with pytest.raises(WrongState, match="不能退回"):
        scoring.reopen(office(), made.sheet(0, 1), reason="请补充")
    assert faults() == []


# --- the ranking --------------------------------------------------------------------------------------------------


def test_the_ranking_learns_what_overtime_costs_after_its_last_correction() -> None:
    made, session = running()
    late, other = session.slots
    heard(made.actors[0], session, late, LIMIT + 600)
    heard(made.actors[0], session, other, 60)
    services.correct(made.actors[0], session, late, seconds=LIMIT + 180, reason="以录像为准。")
    db.session.flush()
    assert [(each.number, each.points) for each in queries.deducted(made.round)] == [(late.application.number, 6)]
    assert (late.application.number, "defence", 20) in queries.recorded(made.edition.id)
