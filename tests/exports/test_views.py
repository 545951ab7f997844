"""The page of exports, the papers, and who gets which file."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import openpyxl
import pypdfium2
import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.exports import services
from app.kernel import clock, unit_of_work
from app.kernel.actor import Role
from app.kernel.database import db
from tests.factories import notices, scoring
from tests.factories.ranking import ranked
from tests.support.browser import PHONE
from tests.support.client import Client

SignedIn = Callable[[str], Client]
OFFICE, SUPERVISOR, OTHER = "office@example.org", "supervisor@example.org", "second@example.org"


@pytest.fixture
def confirmed(app: Flask) -> scoring.Panel:
    with app.app_context(), unit_of_work.transaction():
        for email, role in ((OFFICE, Role.OFFICE), (SUPERVISOR, Role.SUPERVISOR), (OTHER, Role.OFFICE)):
            scoring.person(email, role)
        made, _ranking = ranked([(75, 70, 65), (60, 60, 60)], confirm=True)
        made.dossiers[0].name = "=HYPERLINK(1)"
        return made


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as paper:
        return "\n".join(page.get_textpage().get_text_bounded() for page in paper)


def ordered(person: Client, form: str) -> bytes:
    """Order a file, follow its link."""
    assert person.submit("/exports", form=form).status_code == 303
    link = next(each for each in person.page("/exports").links() if each.startswith("/exports/") and "/file" in each)
    with person.get(link) as answer:
        assert answer.status_code == 200
        return answer.data


def test_from_the_button_to_the_file_and_its_record(app: Flask, confirmed: scoring.Panel, signed_in: SignedIn) -> None:
    office = signed_in(OFFICE)
    content = ordered(office, "/rankings/1/exports/scores.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert "=HYPERLINK(1)" in {row[1] for row in cells}
    assert {row[-1] for row in cells[1:]} == {"750.00", "700.00", "650.00", "600.00"}
    with app.app_context():
        [taken] = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "export.take"))
        assert taken.detail["file"].startswith("SX2026-")
        assert len(taken.detail["sha256"]) == 64


def test_a_file_is_for_its_orderer_alone_and_for_a_day(
    app: Flask, confirmed: scoring.Panel, signed_in: SignedIn, frozen_clock: Any
) -> None:
    office = signed_in(OFFICE)
    ordered(office, "/rankings/1/exports/comments.csv")
    assert signed_in(OTHER).get("/exports/1/file").status_code == 404
    assert signed_in(SUPERVISOR).get("/exports/1/progress").status_code == 404
    frozen_clock.move_to(clock.now() + timedelta(hours=25))
    with app.app_context(), unit_of_work.transaction():
        services.expire()
    office = signed_in(OFFICE)
    assert office.get("/exports/1/file").status_code == 403
    assert "已过期删除" in office.page("/exports").text


@pytest.mark.parametrize("address", ["/rounds/1/exports/scores.csv", "/rankings/1/exports/scores.csv"])
def test_a_file_is_never_made_by_a_mere_look(confirmed: scoring.Panel, signed_in: SignedIn, address: str) -> None:
    assert signed_in(OFFICE).get(address).status_code in (404, 405)


def test_the_letters_are_those_of_the_dossiers_page(confirmed: scoring.Panel, signed_in: SignedIn) -> None:
    office = signed_in(OFFICE)
    lines = ordered(office, "/rankings/1/exports/scores.csv").decode("utf-8-sig").splitlines()
    by_letter = {line.split(",")[4]: line.rsplit(",", 1)[1] for line in lines[1:4]}
    page = office.page("/rankings/1/dossiers/1").text
    assert len(by_letter) == 3
    for letter, total in by_letter.items():
        assert f"专家{letter}：{total} 分" in page


def test_the_score_summary_is_a_tagged_paper_to_sign(confirmed: scoring.Panel, signed_in: SignedIn) -> None:
    content = ordered(signed_in(OFFICE), "/rankings/1/exports/summary.pdf")
    text = text_of(content)
    assert "评分汇总表" in text
    assert all(said in text for said in ("750.00", "700.00", "制表人", "复核人", "监督员", "=HYPERLINK(1)"))
    assert "专家001" not in text
    assert b"/MarkInfo" in content


def test_the_wall_list_names_no_expert_and_no_score(confirmed: scoring.Panel, signed_in: SignedIn) -> None:
    answer = signed_in(OFFICE).get("/rounds/1/wall-list.pdf")
    text = text_of(answer.data)
    assert "张榜名单" in text
    assert "SX2026-001" in text
    assert "专家0" not in text
    assert "750" not in text


def test_the_poster_is_what_was_published_and_anybody_may_have_it(
    app: Flask, client: Client, frozen_clock: Any
) -> None:
    with app.app_context(), unit_of_work.transaction():
        notice_id = notices.draft().notice.id
    assert client.get(f"/notices/{notice_id}/poster.pdf").status_code in (302, 404)
    with app.app_context(), unit_of_work.transaction():
        frozen_clock.move_to(notices.PUBLISHED)
        notice = db.session.get_one(notices.Notice, notice_id)
        notices.services.publish(scoring.office(), notice)
        digest = notice.digest
    text = text_of(client.get(f"/notices/{notice_id}/poster.pdf").data)
    assert digest in text
    assert "工作日" in text
    assert f"/notices/{notice_id}" in text


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_who_takes_the_ranking_along_is_on_record(
    app: Flask, confirmed: scoring.Panel, signed_in: SignedIn, suffix: str
) -> None:
    answer = signed_in(SUPERVISOR).get(f"/rankings/1.{suffix}")
    assert "SX2026-" in answer.headers["Content-Disposition"]
    with app.app_context():
        [event] = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "ranking.export"))
        assert (event.actor_name, event.subject_id, len(event.detail["sha256"])) == ("supervisor", 1, 64)


def test_the_page_works_on_a_phone_and_is_accessible(
    confirmed: scoring.Panel, open_window: Any, browser_sign_in: Any, assert_accessible: Any
) -> None:
    for window in (open_window(), open_window(viewport=PHONE)):
        browser_sign_in(window.page, OFFICE)
        window.page.goto("/exports")
        assert_accessible(window.page)
