"""The order of a visit: it begins when the applicant has agreed, and scores after it are submitted when it is over."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.audit.models import AuditEvent
from app.kernel import clock, unit_of_work
from app.kernel.database import db
from app.kernel.errors import Forbidden, NotReady, WrongState
from app.kernel.outbox import OutboxMessage
from app.scoring import rules as sheets
from app.scoring import services as scoring
from app.visits import queries, services
from app.workflow import ScoreSheetState, VisitState
from tests.factories import visits
from tests.factories.decisions import let_in, office
from tests.factories.scoring import judge
from tests.factories.visits import confirmed, met, notified, on_the_day, opened, owner_of, planned
from tests.support.client import Client

Enter = Callable[[str], Client]
REASON = "两次电话联系，对方称可以，但没有登录确认。"


def told(action: str) -> int:
    return len(db.session.scalars(select(OutboxMessage).where(OutboxMessage.action == action)).all())


# --- it begins with the applicant's agreement -----------------------------------------------------------------------


@pytest.mark.usefixtures("app_context")
def test_a_visit_begins_only_when_the_applicant_has_confirmed() -> None:
    made, visit = notified()
    with on_the_day(visit), pytest.raises(NotReady) as lacking:
        services.open_(made.actors[0], visit)
    assert ["申报者还没有确认" in str(message) for message in lacking.value.missing] == [True]
    services.confirm(owner_of(visit), visit)
    with on_the_day(visit):
        services.open_(made.actors[0], visit)
    assert visit.state is VisitState.OPENED


@pytest.mark.usefixtures("app_context")
def test_the_office_lets_it_go_ahead_with_a_reason_that_stays_on_record() -> None:
    made, visit = notified()
    with pytest.raises(Forbidden):
        services.go_ahead(made.actors[0], visit, reason=REASON)
    services.go_ahead(office(), visit, reason=REASON)
    with on_the_day(visit):
        services.open_(made.actors[0], visit)
    line = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "visit.go_ahead")).one()
    assert (line.reason, line.actor_name) == (REASON, office().name)


@pytest.mark.usefixtures("app_context")
def test_a_postponed_visit_asks_for_agreement_anew_and_a_confirmed_one_needs_no_reason() -> None:
    made, visit = notified()
    services.go_ahead(office(), visit, reason=REASON)
    services.recall(office(), visit, reason="组长住院。")
    services.notify(office(), visit)
    with on_the_day(visit), pytest.raises(NotReady):
        services.open_(made.actors[0], visit)
    services.confirm(owner_of(visit), visit)
    with pytest.raises(WrongState, match="已经确认"):
        services.go_ahead(office(), visit, reason=REASON)


@pytest.mark.usefixtures("app_context")
def test_a_plan_that_changes_after_it_was_confirmed_is_confirmed_again_and_the_applicant_is_told_once() -> None:
    made, visit = confirmed()
    planned(visit, made.actors[0])
    planned(visit, made.actors[0])
    assert visit.confirmed_at is None
    assert told("visit.plan") == 1
    with on_the_day(visit), pytest.raises(NotReady):
        services.open_(made.actors[0], visit)
    services.confirm(owner_of(visit), visit)
    services.drop_appointment(made.actors[0], visit, queries.appointments(visit)[0].id)
    assert (visit.confirmed_at, told("visit.plan")) == (None, 2)


@pytest.mark.usefixtures("app_context")
def test_on_the_day_itself_the_plan_may_change_without_asking() -> None:
    made, visit = opened()
    planned(visit, made.actors[0])
    assert visit.confirmed_at is not None
    assert told("visit.plan") == 0


@pytest.mark.databases
def test_the_database_opens_no_visit_to_which_nobody_agreed(app_context: Flask) -> None:
    notified()
    db.session.flush()
    with pytest.raises(DBAPIError, match="visit_opened_unsettled"):
        db.session.execute(text("UPDATE visit SET state = 'opened'"))


# --- scores after it come after it ----------------------------------------------------------------------------------


@pytest.mark.usefixtures("app_context")
def test_a_sheet_is_filled_in_during_the_visit_and_submitted_after_it() -> None:
    made = visits.site()
    sheet = made.sheet()
    judge(sheet, 60)
    with pytest.raises(NotReady) as lacking:
        scoring.submit(made.actors[0], sheet)
    assert "还没有安排" in str(lacking.value.missing[0])
    _made, visit = visits.arranged(made)
    planned(visit)
    services.notify(office(), visit)
    services.confirm(owner_of(visit), visit)
    with on_the_day(visit):
        services.open_(made.actors[0], visit)
    with pytest.raises(NotReady) as lacking:
        scoring.submit(made.actors[0], sheet)
    assert "现场评审中" in str(lacking.value.missing[0])
    met(made, visit)
    services.close(made.actors[0], visit)
    scoring.submit(made.actors[0], sheet)
    assert sheet.state is ScoreSheetState.SUBMITTED


@pytest.mark.usefixtures("app_context")
def test_a_sheet_on_paper_is_not_typed_in_before_the_visit_is_over() -> None:
    made = visits.site()
    sheet = made.sheet()
    judgements = {item.item_code: sheets.Judgement(60) for item in sheet.items}
    with pytest.raises(NotReady) as lacking:
        scoring.type_entry(office(), sheet, judgements, signed_on=clock.today())
    assert "还没有安排" in str(lacking.value.missing[0])


@pytest.mark.databases
def test_the_database_takes_no_sheet_before_the_visit_is_over(app_context: Flask) -> None:
    visits.opened()
    with pytest.raises(DBAPIError, match="score_sheet_before_visit"):
        db.session.execute(text("UPDATE score_sheet SET state = 'submitted'"))


# --- the pages ------------------------------------------------------------------------------------------------------


def test_the_pages_say_what_is_missing_and_the_office_gives_its_reason(app: Flask, signed_in: Enter) -> None:
    with app.app_context(), unit_of_work.transaction():
        made, _visit = notified()
        let_in("office@example.org")
        judge(made.sheet(), 60)
        sheet_id, leader = made.sheet().id, made.experts[0].email
    expert = signed_in(leader)
    assert "申报者还没有确认日期和日程" in expert.page("/visits/1").text
    assert "还不能提交" in expert.page(f"/sheets/{sheet_id}").text
    assert "现场评审还没有结束（现在是“已通知申报者”）" in expert.page(f"/sheets/{sheet_id}/submit").text
    desk = signed_in("office@example.org")
    assert desk.submit("/visits/1/go-ahead", reason="").status_code == 422
    assert desk.submit("/visits/1/go-ahead", reason=REASON).status_code == 303
    assert f"未确认，按原计划进行：{REASON}" in desk.page("/visits/1").text
    assert "申报者还没有确认日期和日程" not in expert.page("/visits/1").text
