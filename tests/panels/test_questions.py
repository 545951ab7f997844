"""An expert who is not sure asks; the dossier stays closed until the office has answered, and every end is on record."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.audit.models import AuditEvent
from app.kernel import unit_of_work
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.errors import Forbidden, Invalid, NotReady, WrongState
from app.kernel.outbox import OutboxMessage
from app.panels import services
from app.panels.models import Conflict, ConflictSource, InterestQuestion
from app.panels.pledge import PLEDGE_VERSION
from app.workflow import AssignmentState, InterestQuestionState
from tests.factories.accounts import office, supervisor
from tests.factories.panels import Setting, acting, direct, let_sign_in, published, setting

OFFICE = "office@demo.example"
DOUBT = "申报单位的质量总监是我大学同学，毕业后没有来往。"


@pytest.fixture
def given(app_context: object) -> Setting:
    return setting(1)


@pytest.fixture
def asked(given: Setting) -> InterestQuestion:
    seat = published(given)[0]
    return services.ask(acting(seat.expert), seat, text=DOUBT)


@pytest.mark.databases
def test_while_the_question_is_open_nothing_opens(asked: InterestQuestion) -> None:
    seat = asked.assignment
    with pytest.raises(NotReady):
        services.declare_clear(acting(seat.expert), seat, text=PLEDGE_VERSION)
    with pytest.raises(NotReady):
        services.ask(acting(seat.expert), seat, text=DOUBT)
    assert seat.state is AssignmentState.WAITING


@pytest.mark.databases
def test_no_interest_the_expert_is_told_and_declares_himself(given: Setting, asked: InterestQuestion) -> None:
    services.find_no_interest(given.office, asked, reason="同学关系且无来往，不属于规则所列情形。")

    seat = asked.assignment
    assert (asked.state, asked.answered_by) == (InterestQuestionState.NO_INTEREST, given.office.user_id)
    assert seat.state is AssignmentState.WAITING
    (mail,) = db.session.scalars(select(OutboxMessage).where(OutboxMessage.action == "interest_question.deny"))
    assert "同学关系且无来往" in mail.body
    assert seat.application.name not in mail.body
    services.declare_clear(acting(seat.expert), seat, text=PLEDGE_VERSION)
    assert db.session.scalars(select(Conflict)).all() == []


@pytest.mark.databases
def test_an_interest_is_recorded_with_what_was_said_and_the_seat_is_free(
    given: Setting, asked: InterestQuestion
) -> None:
    services.find_interest(given.office, asked, kind="kinship", reason="另有亲属关系。")

    conflict = db.session.scalars(select(Conflict)).one()
    assert (conflict.kind, conflict.source) == ("kinship", ConflictSource.OFFICE)
    assert conflict.note == f"{DOUBT}\n另有亲属关系。"
    assert asked.state is InterestQuestionState.INTEREST
    assert asked.assignment.state is AssignmentState.EXCUSED
    actions = set(db.session.scalars(select(AuditEvent.action)))
    assert {"interest_question.ask", "interest_question.affirm", "conflict.record", "assignment.excuse"} <= actions
    with pytest.raises(WrongState):
        services.find_no_interest(given.office, asked, reason="改口")


def test_whoever_recuses_himself_meanwhile_needs_no_answer(asked: InterestQuestion) -> None:
    seat = asked.assignment
    services.declare_conflict(acting(seat.expert), seat, direct("other"))
    assert asked.state is InterestQuestionState.LAPSED


def test_a_kind_is_needed_where_there_is_an_interest_and_nothing_is_half_stored(
    given: Setting, asked: InterestQuestion
) -> None:
    with pytest.raises(Invalid) as refused:
        services.find_interest(given.office, asked, kind="", reason="有关系")
    assert refused.value.field == "kind"
    assert (asked.state, asked.answer) == (InterestQuestionState.OPEN, "")


def test_only_the_office_answers_and_never_the_expert_himself(given: Setting, asked: InterestQuestion) -> None:
    expert = asked.assignment.expert
    both = Actor(user_id=expert.user_id, name="x", roles=frozenset({Role.OFFICE, Role.EXPERT}), expert_id=expert.id)
    for nobody in (acting(expert), supervisor(), both):
        with pytest.raises(Forbidden):
            services.find_no_interest(nobody, asked, reason="x")


def test_a_question_needs_its_facts_and_an_open_seat(given: Setting) -> None:
    seat = published(given)[0]
    with pytest.raises(Invalid):
        services.ask(acting(seat.expert), seat, text="  ")
    services.declare_clear(acting(seat.expert), seat, text=PLEDGE_VERSION)
    with pytest.raises(Forbidden):
        services.ask(acting(seat.expert), seat, text=DOUBT)


@pytest.mark.databases
def test_the_database_holds_one_open_question_a_seat(asked: InterestQuestion) -> None:
    again = InterestQuestion(
        edition_id=asked.edition_id,
        assignment_id=asked.assignment_id,
        expert_id=asked.expert_id,
        text="再问",
        asked_at=asked.asked_at,
    )
    db.session.add(again)
    with pytest.raises(IntegrityError):
        db.session.flush()


def test_the_expert_asks_and_the_office_answers_on_their_pages(app: Flask, signed_in: Any) -> None:
    with app.app_context(), unit_of_work.transaction():
        given = setting(1, actor=office(email=OFFICE, password=True))
        seat = published(given)[0]
        email, seat_page = let_sign_in(seat.expert), f"/assignments/{seat.id}"
    expert = signed_in(email)
    assert expert.submit(seat_page, form="/ask", facts="").status_code == 422
    assert expert.submit(seat_page, form="/ask", facts=DOUBT).status_code == 303
    waiting = expert.page(seat_page).text
    assert "待秘书处认定" in waiting
    assert "我已阅读并承诺" not in waiting

    desk = signed_in(OFFICE)
    assert "1 项拿不准的利害关系等待认定" in desk.page("/desk").text
    assert DOUBT in desk.page("/conflicts").text
    half = desk.submit("/interest-questions/1", finding="interest", reason="确有往来")
    assert half.status_code == 422
    assert "请选择利害关系的种类" in half.get_data(as_text=True)
    assert "确有往来" in half.get_data(as_text=True)
    assert desk.submit("/interest-questions/1", finding="no_interest", reason="不属所列情形").status_code == 303
    answered = expert.page(seat_page).text
    assert "不属所列情形" in answered
    assert "我已阅读并承诺" in answered
