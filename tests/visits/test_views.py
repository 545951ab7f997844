"""The pages of a visit, by the office, the team, the applicant, and those whom it does not concern."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.kernel import unit_of_work
from app.kernel.actor import Role
from app.kernel.database import db
from app.visits import queries
from app.visits.models import Visit
from app.workflow import VisitState
from tests.factories import visits
from tests.factories.decisions import let_in
from tests.factories.scoring import person
from tests.support.client import Client, document

Enter = Callable[[str], Client]
OFFICE, SUPERVISOR = "office@example.org", "supervisor@example.org"
APPLICANT = "owner-示例制造001有限公司@example.org"


@dataclass
class Known:
    visit: int
    dossier: int
    experts: list[str]
    code: str
    day: str


def known(made: object, visit: Visit | None = None) -> Known:
    assert isinstance(made, visits.Panel)
    for role in (Role.OFFICE, Role.SUPERVISOR, Role.HEAD):
        person(f"{role.value}@example.org", role)
    let_in(APPLICANT)
    code = made.edition and queries.rulebook_of(made.edition).criteria_sets[0].item_codes[0]
    day = visits.days_of(made).starts_on.isoformat()
    return Known(visit.id if visit else 0, made.dossiers[0].id, [each.email for each in made.experts], code, day)


@pytest.fixture
def planned(app: Flask) -> Known:
    with app.app_context(), unit_of_work.transaction():
        return known(visits.site())


@pytest.fixture
def notified(app: Flask) -> Known:
    with app.app_context(), unit_of_work.transaction():
        return known(*visits.notified())


@pytest.fixture
def opened(app: Flask) -> Known:
    with app.app_context(), unit_of_work.transaction():
        return known(*visits.opened())


@pytest.fixture
def reported(app: Flask) -> Known:
    with app.app_context(), unit_of_work.transaction():
        return known(*visits.reported())


def state_of(app: Flask, visit_id: int) -> VisitState:
    with app.app_context():
        return db.session.get_one(Visit, visit_id).state


def test_the_office_arranges_plans_and_tells_the_applicant(planned: Known, signed_in: Enter, app: Flask) -> None:
    office = signed_in(OFFICE)
    page = office.page("/visits")
    assert page.all(f"a[@href='/visits/arrange/{planned.dossier}']")
    where = f"/visits/arrange/{planned.dossier}"
    refused = office.submit(where, starts_on="2020-01-01", ends_on="2020-01-01", place="太原市")
    assert refused.status_code == 422
    assert "不在本轮评审期内" in document(refused).text
    done = office.submit(where, starts_on=planned.day, ends_on=planned.day, place="太原市")
    assert done.location == "/visits/1/plan"
    added = office.submit(
        "/visits/1/plan", form="/visits/1/plan", begins="9点", until="10:00", whom="董事长", topic="首次会议"
    )
    assert "09:30 的样子" in document(added).text
    office.submit(
        "/visits/1/plan", form="/visits/1/plan", begins="09:00", until="10:00", whom="董事长", topic="首次会议"
    )
    assert "董事长" in office.page("/visits/1").text
    assert office.submit("/visits/1/notify", form="/visits/1/notify").status_code == 303
    assert state_of(app, 1) is VisitState.NOTIFIED


def test_a_stale_change_of_the_days_shows_both(planned: Known, signed_in: Enter) -> None:
    office = signed_in(OFFICE)
    office.submit(f"/visits/arrange/{planned.dossier}", starts_on=planned.day, ends_on=planned.day, place="太原市")
    office.submit("/visits/1/edit", place="大同市")
    stale = office.submit("/visits/1/edit", place="长治市", version="1")
    assert stale.status_code == 409
    assert "大同市" in document(stale).text


def test_the_applicant_reads_the_plan_and_the_team_and_confirms(notified: Known, signed_in: Enter) -> None:
    applicant = signed_in(APPLICANT)
    assert "现场评审 SX2026-001" in applicant.page("/desk").text
    page = applicant.page("/visits/1/follow")
    assert "专家001" in page.text
    assert "首次会议" in page.text
    assert applicant.submit("/visits/1/follow", form="/visits/1/confirm").status_code == 303
    assert "未确认" not in applicant.page("/visits/1/follow").text
    for inside in ("", "/issues", "/logs", "/photos", "/meetings/opening", "/plan", "/paper"):
        assert applicant.get(f"/visits/1{inside}").status_code in (403, 404)


def test_nobody_else_finds_the_visit(opened: Known, signed_in: Enter, app: Flask) -> None:
    with app.app_context(), unit_of_work.transaction():
        person("other@example.org", Role.APPLICANT)
        let_in("other@example.org")
    stranger = signed_in("other@example.org")
    for address in ("/visits/1", "/visits/1/follow", "/visits/1/photos", "/visits/photos/1"):
        assert stranger.get(address).status_code == 404


def test_the_team_writes_on_site(opened: Known, signed_in: Enter) -> None:
    member = signed_in(opened.experts[1])
    assert (
        member.submit(
            "/visits/1/issues", form="/visits/1/issues", kind="verify", item=opened.code, text_="？"
        ).status_code
        == 303
    )
    assert member.submit("/visits/1/issues/1", finding="属实。").status_code == 303
    assert "属实。" in member.page("/visits/1/issues").text
    refused = member.submit("/visits/1/logs", form="/visits/1/logs", kind="interview", about="", text_="……")
    assert refused.status_code == 422
    member.submit("/visits/1/logs", form="/visits/1/logs", kind="interview", about="李工", text_="每周例会。")
    assert "每周例会。" in member.page("/visits/1/logs").text
    taken = member.submit("/visits/1/photos", form="photo-form", caption="看板", photo=(visits.photograph(), "IMG.jpg"))
    assert taken.status_code == 303
    with member.get("/visits/photos/1") as sent:
        assert (sent.status_code, sent.mimetype) == (200, "image/jpeg")
        assert b"Telephone" not in sent.data


def test_a_file_that_is_no_picture_is_said_at_its_field(opened: Known, signed_in: Enter) -> None:
    member = signed_in(opened.experts[1])
    refused = member.submit("/visits/1/photos", form="photo-form", caption="看板", photo=(b"%PDF-1.7", "a.pdf"))
    assert refused.status_code == 422
    assert "不接受“pdf”格式" in document(refused).text


def test_meetings_are_recorded_signed_and_the_report_closes_the_visit(
    opened: Known, signed_in: Enter, app: Flask
) -> None:
    leader = signed_in(opened.experts[0])
    for paper in ("opening", "closing"):
        address = f"/visits/1/meetings/{paper}"
        assert leader.submit(address, form=address, press=None, text_="介绍日程。").status_code == 303
        assert leader.submit(address, form="sign-form", side="applicant", name="王经理", post="总监").status_code == 303
        assert leader.submit(address, form="sign-form", side="team", name="专家001").status_code == 303
    assert leader.submit("/visits/1/close", form="/visits/1/close").status_code == 303
    assert leader.submit("/visits/1/report", remark="现场相符。").status_code == 303
    assert state_of(app, 1) is VisitState.REPORTED
    assert "王经理" in leader.page("/visits/1/paper").text
    member = signed_in(opened.experts[1])
    assert member.submit("/visits/1/meetings/report", form="sign-form", name="专家002").status_code == 303
    assert "已签" in member.page("/visits/1/paper").text


def test_the_supervisor_looks_and_the_look_is_on_record(reported: Known, signed_in: Enter, app: Flask) -> None:
    supervisor = signed_in(SUPERVISOR)
    for address in ("/visits/1", "/visits/1/issues", "/visits/1/paper"):
        supervisor.page(address)
    assert supervisor.get("/visits/1/plan").status_code == 403
    with app.app_context():
        looks = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "visit.read")).all()
    assert len(looks) == 3
