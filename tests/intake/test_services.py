"""Recommending within quotas and periods, and the formal check: each exit of each service."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.applications import services as applications
from app.applications.models import Application
from app.audit.models import AuditEvent
from app.intake import queries, services
from app.intake.models import FormalCheck, Recommendation, RecommendingBody
from app.kernel import clock, unit_of_work
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.errors import Forbidden, Invalid, NotReady, WrongState
from app.kernel.outbox import OutboxMessage
from app.programmes.models import Edition
from app.programmes.rules.values import ApplicantKind, BodyKind
from app.workflow import ApplicationState
from tests.conftest import TestClock
from tests.factories import accounts
from tests.factories import applications as make
from tests.factories import intake as make_intake


@pytest.fixture
def at(running_clock: TestClock) -> TestClock:
    running_clock.move_to(make.RECOMMENDING)
    return running_clock


@pytest.fixture
def edition(app_context: Flask, at: TestClock) -> Edition:
    return make.running_edition()


@pytest.fixture
def body(edition: Edition) -> RecommendingBody:
    return make_intake.recommending_body()


def recommend(body: RecommendingBody, application: Application, **changes: object) -> None:
    given = {"opinion": "同意推荐。", **make_intake.NOTICE, **changes}
    services.recommend(make_intake.recommender(body), application, **given)  # type: ignore[arg-type]


def last_action(application: Application) -> tuple[str, str]:
    event = db.session.scalar(
        select(AuditEvent)
        .where(AuditEvent.subject_type == "application", AuditEvent.subject_id == application.id)
        .order_by(AuditEvent.id.desc())
        .limit(1)
    )
    assert event is not None
    return event.action, event.reason


def letters(action: str) -> list[str]:
    return list(db.session.scalars(select(OutboxMessage.body).where(OutboxMessage.action == action)))


# --- bodies and routing -------------------------------------------------------------------------------------------


def test_a_body_is_registered_once_by_its_name(edition: Edition, body: RecommendingBody) -> None:
    with pytest.raises(Invalid, match="已经有名为"):
        make_intake.recommending_body()
    with pytest.raises(Invalid):
        services.register_body(accounts.office(), name="某市", kind=BodyKind.CITY, region_code="999999")
    with pytest.raises(Invalid):
        services.register_body(accounts.office(), name="　", kind=BodyKind.CITY, region_code="140200")
    with pytest.raises(Forbidden):
        services.register_body(accounts.supervisor(), name="某市", kind=BodyKind.CITY, region_code="140200")


def test_a_hand_in_goes_to_the_body_of_its_region(edition: Edition, body: RecommendingBody) -> None:
    assert make.submitted_application(edition, city="140213").body_id == body.id
    assert make.submitted_application(edition, city="140100").body_id is None


def test_a_dossier_that_waits_for_a_body_gets_it_when_it_is_registered(edition: Edition) -> None:
    waiting = make.submitted_application(edition, city="140100")
    body = make_intake.recommending_body("太原市质量强市办", region="140100")
    assert waiting.body_id == body.id


def test_where_nobody_recommends_the_dossier_goes_straight_to_the_check(app_context: Flask, at: TestClock) -> None:
    edition = make.running_edition(rulebook_key="baldrige-2023", code="BQ")
    application = make.submitted_application(edition)
    assert application.state == ApplicationState.RECOMMENDED
    assert last_action(application)[0] == "application.recommend"


def owner_of(application: Application) -> Actor:
    return Actor(user_id=application.owner_id, name="owner", roles=frozenset({Role.APPLICANT}))


def test_the_department_that_the_applicant_chose_gets_the_dossier_and_decides_like_a_city(
    edition: Edition, body: RecommendingBody
) -> None:
    department = make_intake.department()
    application = make.complete_application(edition)
    owner = owner_of(application)
    assert [each.id for each in queries.bodies_of_choice(application)] == [body.id, department.id]
    assert queries.destination_of(application).body == body.name
    services.choose_body(owner, application, department.id)
    assert last_action(application)[0] == "application.choose_body"
    with clock.fixed(make.APPLYING):
        applications.submit(owner, application, signatory="王五")
    assert application.body_id == department.id
    with pytest.raises(Forbidden):
        recommend(body, application)
    recommend(department, application)
    assert application.state == ApplicationState.RECOMMENDED


def test_each_body_has_the_quota_of_its_own_kind(edition: Edition, body: RecommendingBody) -> None:
    department = make_intake.department()
    for _ in range(2):
        application = make.submitted_application(edition)
        application.body_id = department.id
        recommend(department, application)
    third = make.submitted_application(edition)
    third.body_id = department.id
    with pytest.raises(NotReady, match="条件尚未满足") as refused:
        recommend(department, third)
    assert "组织类已推荐 2 个" in str(refused.value.missing[0])
    third.body_id = body.id
    recommend(body, third)


def test_a_choice_is_made_among_those_that_may_recommend_and_before_the_hand_in(
    edition: Edition, body: RecommendingBody
) -> None:
    elsewhere = make_intake.recommending_body("太原市质量强市办", region="140100")
    association = make_intake.recommending_body("某协会", region="140000", kind=BodyKind.ASSOCIATION)
    application = make.complete_application(edition)
    owner = owner_of(application)
    for refused in (elsewhere.id, association.id, 999):  # another city's; a kind that this award does not admit
        with pytest.raises(Invalid, match="从列出的推荐单位"):
            services.choose_body(owner, application, refused)
    with pytest.raises(Forbidden):
        services.choose_body(accounts.office(), application, body.id)
    with clock.fixed(make.APPLYING):
        applications.submit(owner, application, signatory="王五")
    assert queries.destination_of(application).may_choose is False
    services.send_back(make_intake.recommender(body), application, reason="请核对")
    with pytest.raises(NotReady) as late:
        services.choose_body(owner, application, body.id)
    assert "不能再换" in str(late.value.missing[0])


# --- recommendation -----------------------------------------------------------------------------------------------


def test_a_recommendation_is_on_record_and_told(edition: Edition, body: RecommendingBody) -> None:
    application = make.submitted_application(edition)
    recommend(body, application)
    said = queries.recommendation_of(application)
    assert said is not None
    assert (said.recommended, said.notice_until, said.body_id) == (True, date(2026, 4, 24), body.id)
    assert application.state == ApplicationState.RECOMMENDED
    assert "大同市质量强市办推荐" in letters("application.recommend")[0]


def test_the_quota_is_kept_by_kind_and_a_withdrawal_gives_the_place_back(
    edition: Edition, body: RecommendingBody
) -> None:
    recommended = [make_intake.recommended_application(edition, body) for _ in range(3)]
    fourth = make.submitted_application(edition)
    with pytest.raises(NotReady) as refused:
        recommend(body, fourth)
    assert "推荐名额已用完：组织类已推荐 3 个" in str(refused.value.missing[0])
    recommend(body, make.submitted_application(edition, kind=ApplicantKind.INDIVIDUAL))
    applications.withdraw(owner_of(recommended[0]), recommended[0], reason="改制")
    recommend(body, fourth)


@pytest.mark.databases
def test_two_at_once_for_the_last_place_one_is_refused(app: Flask) -> None:
    with app.app_context(), unit_of_work.transaction():
        edition = make.running_edition()
        body = make_intake.recommending_body()
        for _ in range(2):
            make_intake.recommended_application(edition, body)
        both = [make.submitted_application(edition).id for _ in range(2)]
        actor = make_intake.recommender(body)
    gate = Barrier(2)

    def try_one(number: int) -> bool:
        with app.app_context(), clock.fixed(make.RECOMMENDING):
            gate.wait()
            try:
                with unit_of_work.transaction():
                    application = db.session.get_one(Application, number)
                    services.recommend(actor, application, opinion="同意。", **make_intake.NOTICE)
            except NotReady:
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(try_one, both)) == [False, True]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Recommendation)) == 3


def test_everything_that_is_missing_is_said_at_once(edition: Edition, body: RecommendingBody, at: TestClock) -> None:
    application = make.submitted_application(edition)
    at.move_to(make.APPLYING)
    with pytest.raises(NotReady) as refused:
        recommend(body, application, opinion="", notice_from=None)
    assert len(refused.value.missing) == 3
    assert "不在推荐期" in str(refused.value.missing[0])
    assert queries.recommendation_of(application) is None


def test_only_its_own_body_speaks_on_a_dossier_and_once(edition: Edition, body: RecommendingBody) -> None:
    other = make_intake.recommending_body("太原市质量强市办", region="140100")
    application = make.submitted_application(edition)
    with pytest.raises(Forbidden, match="不属于"):
        recommend(other, application)
    recommend(body, application)
    with pytest.raises(WrongState):
        recommend(body, application)


NO = (
    (lambda who, it: services.decline(who, it, opinion="材料不实"), "not_recommended", "application.decline"),
    (lambda who, it: services.send_back(who, it, reason="材料不实"), "draft", "application.send_back"),
)


@pytest.mark.parametrize("no", NO, ids=["decline", "send back"])
def test_a_body_says_no_with_its_reason(edition: Edition, body: RecommendingBody, at: TestClock, no: Any) -> None:
    act, state, action = no
    application, actor = make.submitted_application(edition), make_intake.recommender(body)
    at.move_to(make.CHECKING)
    with pytest.raises(NotReady):
        act(actor, application)
    at.move_to(make.RECOMMENDING)
    act(actor, application)
    assert (application.state, last_action(application)) == (state, (action, "材料不实"))
    assert "材料不实" in letters(action)[0]


def test_what_was_sent_back_may_be_handed_in_again_while_recommendations_are_open(
    edition: Edition, body: RecommendingBody, at: TestClock
) -> None:
    owner = make.applicant_person()
    application = make.submitted_application(edition, owner)
    services.send_back(make_intake.recommender(body), application, reason="请修改概述")
    receipt = applications.submit(owner, application, signatory="王五")
    assert (receipt.version_number, application.number) == (2, "SX2026-001")
    recommend(body, application)


# --- formal check -------------------------------------------------------------------------------------------------


@pytest.fixture
def recommended(edition: Edition, body: RecommendingBody, at: TestClock) -> Application:
    application = make_intake.recommended_application(edition, body)
    at.move_to(make.CHECKING)
    return application


def test_ticks_are_kept_before_anything_is_decided(recommended: Application) -> None:
    check = services.save_check(accounts.office(), recommended, ticks={"form": {"met": False, "note": "缺页"}})
    assert (check.cycle, check.decision, recommended.state) == (1, "", "recommended")
    make_intake.consulted(recommended)
    services.accept(accounts.office(), recommended, ticks=make_intake.all_met(recommended))
    assert db.session.scalars(select(FormalCheck)).one().decision == "accept"


def test_a_dossier_is_accepted_when_every_item_is_met(recommended: Application) -> None:
    with pytest.raises(NotReady) as refused:
        services.accept(accounts.office(), recommended, ticks={})
    assert len(refused.value.missing) == 14 + 7
    make_intake.consulted(recommended)
    with pytest.raises(NotReady) as refused:
        services.accept(accounts.office(), recommended, ticks={})
    assert len(refused.value.missing) == 14
    services.accept(accounts.office(), recommended, ticks=make_intake.all_met(recommended))
    assert (recommended.state, last_action(recommended)[0]) == ("accepted", "application.accept")
    assert "已受理" in letters("application.accept")[0]


def told(application: Application) -> list[str]:
    """What stands against accepting a dossier whose every item is met."""
    ticks = make_intake.all_met(application)
    return [str(each) for each in services.missing_for(application, "application.accept", ticks)]


def reply(application: Application, *departments: str, objects: bool = False, **given: Any) -> None:
    given = {"replied": date(2026, 5, 8), **given}
    services.record_reply(accounts.office(), application, departments, objects=objects, **given)


def test_each_department_is_asked_and_a_dossier_waits_for_its_reply(recommended: Application, at: TestClock) -> None:
    assert len(told(recommended)) == 7
    assert told(recommended)[0] == "还没有征求发展改革部门的意见。"
    services.consult(accounts.office(), recommended)
    assert last_action(recommended)[0] == "consultation.begin"
    reply(recommended, "development", "police", "environment", "labour", "tax", "market")
    assert told(recommended) == ["应急管理部门还没有答复，答复期限未到。"]
    last = queries.consultations(recommended)[-1]
    assert last.due_at == datetime(2026, 5, 21, 9, tzinfo=UTC)  # Saturday the 9th is a working day
    at.move_to(last.due_at + timedelta(seconds=1))
    assert told(recommended) == []  # silence past the due time is shown and does not stop acceptance here
    assert [str(each.word) for each in queries.opinions(recommended)][-2:] == ["无异议", "逾期未答复"]
    services.accept(accounts.office(), recommended, ticks=make_intake.all_met(recommended))


def test_an_objection_comes_with_words_and_a_document_and_stops_acceptance_until_it_is_taken_back(
    recommended: Application,
) -> None:
    make_intake.consulted(recommended)
    with pytest.raises(Invalid, match="请写明意见内容"):
        reply(recommended, "tax", objects=True)
    with pytest.raises(Invalid, match="请上传它的书面意见"):
        reply(recommended, "tax", objects=True, note="欠税")
    no_pdf = services.Document("意见.pdf", BytesIO(b"no pdf"))
    with pytest.raises(Invalid, match="不是这种格式"):
        reply(recommended, "tax", objects=True, note="欠税", document=no_pdf)
    document = services.Document("意见.pdf", make.pdf("objection"))
    reply(recommended, "tax", objects=True, note="欠税", document=document)
    assert last_action(recommended) == ("consultation.record", "欠税")
    assert told(recommended) == ["税务部门有不同意见，不能受理。"]
    reply(recommended, "tax")
    assert told(recommended) == []


def test_a_reply_comes_from_a_department_that_was_asked_between_then_and_today(recommended: Application) -> None:
    with pytest.raises(Invalid, match="已征求意见的部门"):
        reply(recommended, "tax")
    services.consult(accounts.office(), recommended)
    for wrong in (date(2026, 5, 7), date(2026, 5, 9)):
        with pytest.raises(Invalid, match="答复日期应在 2026-05-08 至 2026-05-08 之间"):
            reply(recommended, "tax", replied=wrong)
    with pytest.raises(Invalid):
        reply(recommended, "tax", "navy")
    with pytest.raises(Forbidden):
        services.consult(accounts.supervisor(), recommended)
    before = [row.due_at for row in queries.consultations(recommended)]
    services.consult(accounts.office(), recommended)
    assert [row.due_at for row in queries.consultations(recommended)] == before


def test_a_return_has_words_a_due_time_and_a_limit(recommended: Application, at: TestClock) -> None:
    with pytest.raises(NotReady, match="条件"):
        services.return_for_correction(accounts.office(), recommended, ticks={}, reason=" ")
    services.return_for_correction(accounts.office(), recommended, ticks={}, reason="请补充审计报告。")
    assert recommended.correction_due == datetime(2026, 5, 14, 9, tzinfo=UTC)
    assert "2026-05-14 17:00" in letters("application.return")[0]
    owner = Actor(user_id=recommended.owner_id, name="owner", roles=frozenset({Role.APPLICANT}))
    applications.resubmit(owner, recommended, signatory="王五")
    with pytest.raises(NotReady) as refused:
        services.return_for_correction(accounts.office(), recommended, ticks={}, reason="再补")
    assert "已退回补正 1 次" in str(refused.value.missing[0])
    services.refuse(accounts.office(), recommended, ticks={}, reason="仍不齐全")
    assert [check.decision for check in queries.checks(recommended)] == ["return", "refuse"]


def test_a_returned_dossier_is_refused_only_after_its_due_time(recommended: Application, at: TestClock) -> None:
    services.return_for_correction(accounts.office(), recommended, ticks={}, reason="请补正")
    with pytest.raises(NotReady) as refused:
        services.refuse(accounts.office(), recommended, ticks={}, reason="逾期未补正")
    assert "2026-05-14 17:00" in str(refused.value.missing[0])
    assert recommended.correction_due is not None
    at.move_to(recommended.correction_due + timedelta(seconds=1))
    services.refuse(accounts.office(), recommended, ticks={}, reason="逾期未补正")
    assert (recommended.state, last_action(recommended)) == ("refused", ("application.refuse", "逾期未补正"))


def test_only_the_office_checks_and_only_what_was_recommended(
    edition: Edition, body: RecommendingBody, recommended: Application
) -> None:
    for actor in (accounts.supervisor(), make_intake.recommender(body)):
        with pytest.raises(Forbidden):
            services.accept(actor, recommended, ticks=make_intake.all_met(recommended))
        with pytest.raises(Forbidden):
            services.save_check(actor, recommended, ticks={})
    with pytest.raises(WrongState):
        services.refuse(accounts.office(), make.submitted_application(edition), ticks={}, reason="x")
