"""The office's pages of feedback reports, and the applicant's own."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from flask import Flask

from app import jobs
from app.kernel import unit_of_work
from app.kernel.database import db
from app.outcomes.feedback import services
from app.outcomes.feedback.models import FeedbackReport
from tests.factories import feedback as made
from tests.factories.decisions import let_in, office, supervisor
from tests.support.client import Client

SignIn = Callable[[str], Client]
OFFICE, WATCHER = "office@example.org", "supervisor@example.org"


@pytest.fixture
def report_id(app: Flask) -> int:
    with app.app_context(), unit_of_work.transaction():
        _panel, (report, _other) = made.drafted()
        supervisor()
        let_in(OFFICE, WATCHER)
        made.editor()
        made.approver()
        let_in(made.EDITOR, made.APPROVER)
        return report.id


def owner_of(app: Flask, report_id: int) -> str:
    with app.app_context(), unit_of_work.transaction():
        email = db.session.get_one(FeedbackReport, report_id).application.applicant.owner.email
        let_in(email)
        return email


def test_a_report_goes_from_its_draft_to_its_applicant(app: Flask, signed_in: SignIn, report_id: int) -> None:
    office_page = signed_in(OFFICE).page("/feedback")
    assert "待编辑" in office_page.text
    assert signed_in(OFFICE).page(f"/feedback/{report_id}").text.count("草稿由谁生成，就须由另一人编辑") == 1
    editor = signed_in(made.EDITOR)
    with app.app_context():
        code = db.session.get_one(FeedbackReport, report_id).items[0].item_code
    page = editor.page(f"/feedback/{report_id}/items/{code}")
    assert "草稿：专家原话" in page.text
    saved = editor.submit(
        f"/feedback/{report_id}/items/{code}", press="next", strengths="方法系统。", improvements="缺少对比。"
    )
    assert saved.status_code == 303
    assert saved.location.endswith("/items/4.1.3")
    assert editor.submit(f"/feedback/{report_id}", form="summary", summary="总体良好。").status_code == 303
    assert editor.submit(f"/feedback/{report_id}", form="hand-over").status_code == 303
    assert signed_in(made.APPROVER).submit(f"/feedback/{report_id}", form="approve").status_code == 303
    other = report_id + 1
    with app.app_context(), unit_of_work.transaction():
        made.approved(db.session.get_one(FeedbackReport, other))
    with app.app_context():
        assert jobs.work(threading.Event())["feedback"] == 2
        assert jobs.work(threading.Event())["feedback"] == 0
    assert "本届结果还没有全部公布" in signed_in(OFFICE).page("/feedback/release/1").text
    with app.app_context(), unit_of_work.transaction():
        from_edition = db.session.get_one(FeedbackReport, report_id)
        made.lifecycle.advance(from_edition.edition, "edition.conclude", office())
    email = owner_of(app, report_id)
    assert signed_in(email).get(f"/feedback/{report_id}/report.pdf").status_code == 404
    assert signed_in(OFFICE).submit("/feedback/release/1", form="release").status_code == 303
    applicant = signed_in(email)
    assert f"/feedback/{report_id}/received" in applicant.page("/desk").links()
    assert "方法系统。" in applicant.page(f"/feedback/{report_id}/received").text
    document = applicant.get(f"/feedback/{report_id}/report.pdf")
    assert document.data.startswith(b"%PDF")
    assert document.headers["Content-Disposition"].startswith("attachment")
    document.close()
    assert applicant.get(f"/feedback/{other}/received").status_code == 404
    assert applicant.get(f"/feedback/{report_id}").status_code == 403
    assert signed_in(WATCHER).page(f"/feedback/{report_id}").text.count("已发给申报者") == 1


def test_two_texts_side_by_side_where_somebody_was_quicker(app: Flask, signed_in: SignIn, report_id: int) -> None:
    with app.app_context():
        item = db.session.get_one(FeedbackReport, report_id).items[0]
        code = item.item_code
    address = f"/feedback/{report_id}/items/{code}"
    assert signed_in(made.EDITOR).submit(address, strengths="甲的文字", improvements="").status_code == 303
    late = signed_in(made.APPROVER).submit(address, strengths="乙的文字", improvements="", version="1")
    assert late.status_code == 409
    assert "甲的文字" in late.text
    assert "乙的文字" in late.text


def test_a_report_goes_back_with_a_reason(app: Flask, signed_in: SignIn, report_id: int) -> None:
    with app.app_context(), unit_of_work.transaction():
        made.handed_over(db.session.get_one(FeedbackReport, report_id))
    approver = signed_in(made.APPROVER)
    assert approver.submit(f"/feedback/{report_id}/send-back", reason="").status_code == 422
    assert approver.submit(f"/feedback/{report_id}/send-back", reason="写得太短。").status_code == 303
    assert "待编辑" in approver.page(f"/feedback/{report_id}").text


def test_a_file_that_cannot_be_made_is_said_in_the_list(app: Flask, signed_in: SignIn, report_id: int) -> None:
    with app.app_context(), unit_of_work.transaction():
        report = made.approved(db.session.get_one(FeedbackReport, report_id))
        report.content = {}
    with app.app_context():
        jobs.work(threading.Event())
    assert services.BROKEN in signed_in(OFFICE).page("/feedback").text
    progress = signed_in(OFFICE).get("/feedback/progress/1").json
    assert progress == {"done": 0, "total": 1, "text": "已排版 0 份，共 1 份。", "url": "/feedback?edition=1"}
