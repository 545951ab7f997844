"""The pages of a hearing: the office arranges and draws, the chair times, the judges' pages follow, the results are signed."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.kernel import unit_of_work
from app.kernel.actor import Role
from app.kernel.database import db
from tests.factories import defences
from tests.factories.defences import heard, running
from tests.factories.scoring import hand_in, person
from tests.support.client import Client, document

Enter = Callable[[str], Client]
OFFICE = "office@example.org"


@pytest.fixture
def people(app: Flask) -> None:
    with app.app_context(), unit_of_work.transaction():
        for role in (Role.OFFICE, Role.SUPERVISOR):
            person(f"{role.value}@example.org", role)


@pytest.fixture
def round_id(app: Flask, people: None) -> int:
    with app.app_context(), unit_of_work.transaction():
        return defences.hearing_round().round.id


@pytest.fixture
def session(app: Flask, people: None) -> int:
    with app.app_context(), unit_of_work.transaction():
        return running()[1].id


def test_the_office_arranges_seals_and_draws(round_id: int, signed_in: Enter) -> None:
    office = signed_in(OFFICE)
    assert "安排场次" in office.page("/defences").text
    where = f"/defences/arrange/{round_id}"
    assert office.submit(where, room="", held_at="2026-07-20T09:00").status_code == 422
    made = office.submit(where, room="第一会议室", held_at="2026-07-20T09:00", questions="题一\n\n题二")
    assert made.location == "/defences/1"
    assert office.submit("/defences/1/edit", room="第二会议室").status_code == 303
    assert office.submit("/defences/1/edit", room="第三会议室", version="1").status_code == 409
    assert office.submit("/defences/1/commit", form="/defences/1/commit").status_code == 303
    assert office.submit("/defences/1/draw", value="", witnesses="").status_code == 422
    assert office.submit("/defences/1/draw", value="3 1 4", witnesses="王监督").status_code == 303
    shown = office.page("/defences/1").text
    assert "1. 示例制造" in shown
    with office.get("/defences/1/lot.json") as record:
        assert record.json is not None
        assert set(record.json) == {
            "input",
            "input_digest",
            "commitment",
            "public",
            "witnesses",
            "secret",
            "nonce",
            "result",
        }


def test_the_chair_calls_and_times_without_scripts_and_every_judge_is_led_along(session: int, signed_in: Enter) -> None:
    chair, judge = signed_in("expert1@example.org"), signed_in("expert2@example.org")
    assert judge.get("/defences/1/now.json").json["slot"] is None  # type: ignore[index]
    chair.submit("/defences/1/clock", form="/call")
    for mark in ("statement_begun", "statement_ended", "questions_begun", "questions_ended"):
        assert chair.submit("/defences/1/clock", form=mark).status_code == 303
    now = judge.get("/defences/1/now.json").json
    assert now is not None
    assert (now["place"], now["phase"]) == (1, "questions_ended")
    assert now["sheet"].startswith("/sheets/")
    sheet = judge.page(now["sheet"])
    follow = sheet.all("p[@data-hearing]")[0].get("data-hearing")
    followed = judge.get(follow).json
    assert followed is not None
    assert (followed["title"], followed["sheet"]) == (now["title"], now["sheet"])
    assert judge.get("/defences/1/clock").status_code == 403
    assert judge.get("/defences/1/results").status_code == 403


def test_questions_are_shown_to_judges_only_when_they_are_asked(session: int, signed_in: Enter) -> None:
    judge, chair = signed_in("expert2@example.org"), signed_in("expert1@example.org")
    assert not any(question in judge.page("/defences/1").text for question in defences.QUESTIONS)
    assert not any(question in judge.page("/defences/1/projector").text for question in defences.QUESTIONS)
    chair.submit("/defences/1/clock", form="/call")
    for mark in ("statement_begun", "statement_ended", "questions_begun"):
        chair.submit("/defences/1/clock", form=mark)
    assert any(question in judge.page("/defences/1/projector").text for question in defences.QUESTIONS)


def test_a_stranger_finds_nothing(session: int, signed_in: Enter, app: Flask) -> None:
    with app.app_context(), unit_of_work.transaction():
        person("other@example.org", Role.APPLICANT)
    stranger = signed_in("other@example.org")
    for address in ("/defences/1", "/defences/1/now.json", "/defences/1/projector", "/defences/1/results"):
        assert stranger.get(address).status_code == 404


def test_the_result_sheet_shows_totals_and_overtime_and_the_look_is_on_record(
    app: Flask, people: None, signed_in: Enter
) -> None:
    with app.app_context(), unit_of_work.transaction():
        made, held = running()
        for slot in held.slots:
            heard(made.actors[0], held, slot, 17 * 60 + 65)
        for dossier in range(2):
            for judge in range(2):
                hand_in(made.sheet(dossier, judge), 60)
    chair = signed_in("expert1@example.org")
    assert "超时扣 2 分" in chair.page("/defences/1/clock").text
    refused = chair.submit("/defences/1/slots/1/correct", minutes="17", seconds="59", reason="")
    assert refused.status_code == 422
    assert "请写明理由" in document(refused).text
    assert (
        chair.submit("/defences/1/slots/1/correct", minutes="17", seconds="59", reason="以录像为准").status_code == 303
    )
    assert chair.submit("/defences/1/end", form="/defences/1/end").status_code == 303
    paper = chair.page("/defences/1/results").text
    assert "600.00" in paper
    assert "已更正：以录像为准" in paper
    with app.app_context():
        looks = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "defence.read_results")).all()
    assert len(looks) == 1
