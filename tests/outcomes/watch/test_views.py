"""Pages of the watch period, as the holder, the office and the supervisor use them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from app.kernel import unit_of_work
from tests.factories import watch as made
from tests.factories.decisions import let_in
from tests.factories.notices import pdf
from tests.support.client import Client
from tests.support.server import FrozenClock

SignIn = Callable[[str], Client]
OFFICE, WATCHER = "office@example.org", "supervisor@example.org"
HOLDER, OTHER = "owner-企业01@example.org", "owner-企业02@example.org"
ANSWERS = {"conditions": "no", "accident": "no", "penalty": "no", "changes": "no"}
REST = {"figures": "营业收入增长 5%。", "signatory": "张经理", "pledge": "y"}


@pytest.fixture
def honour(app: Flask, frozen_clock: FrozenClock) -> tuple[int, int]:
    """An honour and its first declaration, the day after its first year."""
    with app.app_context(), unit_of_work.transaction():
        outcome = made.honoured(frozen_clock)[0]
        let_in(OFFICE, WATCHER, HOLDER, OTHER)
        found = outcome.id, made.first_of(outcome).id
    frozen_clock.move_to(made.FIRST_YEAR_OVER)
    return found


def test_the_holder_declares_from_the_desk_and_reads_it_again(honour: tuple[int, int], signed_in: SignIn) -> None:
    holder, page = signed_in(HOLDER), f"/watch/declarations/{honour[1]}"
    assert "年度声明（第 1 年度）" in holder.page("/desk").text
    answer = holder.submit(f"{page}/declare", **ANSWERS, **REST, files=(pdf(), "年报.pdf"))
    assert answer.status_code == 303
    shown = holder.page(page).text
    assert "营业收入增长 5%。" in shown
    assert "年报.pdf" in shown
    assert "已提交" in shown
    assert holder.get(f"{page}/declare").status_code == 403, "handed in, it is not written any more"
    assert signed_in(OTHER).get(page).status_code == 404


def test_a_yes_without_words_comes_back_with_what_was_typed(honour: tuple[int, int], signed_in: SignIn) -> None:
    holder, page = signed_in(HOLDER), f"/watch/declarations/{honour[1]}/declare"
    answer = holder.submit(page, **(ANSWERS | {"accident": "yes"}), **REST)
    assert answer.status_code == 422
    assert "请写明时间、经过和处理结果" in answer.text
    assert "营业收入增长 5%。" in answer.text


def test_a_year_that_is_not_over_is_not_said_to_be_owed_yet(honour: tuple[int, int], signed_in: SignIn) -> None:
    for page in (f"/watch/honours/{honour[0]}", f"/watch/declarations/{honour[1]}"):
        rows = [" ".join(row.itertext()) for row in signed_in(OFFICE).page(page).all("table[1]/tbody/tr")]
        assert ["待提交" in row for row in rows] == [True, False, False]
        assert ["2028-09-01 起可提交" in row for row in rows] == [False, True, False]


def test_the_office_reviews_or_sends_back(honour: tuple[int, int], signed_in: SignIn) -> None:
    outcome, declaration = honour
    holder, page = signed_in(HOLDER), f"/watch/declarations/{declaration}"
    holder.submit(f"{page}/declare", **ANSWERS, **REST)
    office = signed_in(OFFICE)
    assert "1 份年度声明等待审阅" in office.page("/desk").text
    assert office.submit(f"{page}/send-back", reason="").status_code == 422
    assert office.submit(f"{page}/send-back", reason="请补充抽查结果。").status_code == 303
    assert "请补充抽查结果。" in holder.page(page).text
    kept = holder.page(f"{page}/declare").text
    assert "营业收入增长 5%。" in kept, "what was declared is there to be amended"
    assert holder.submit(f"{page}/declare", **ANSWERS, **(REST | {"figures": "抽查合格。"})).status_code == 303
    assert office.submit(page, form="accept", note="无异常。").status_code == 303
    assert "无异常。" in office.page(f"/watch/honours/{outcome}").text
    assert "无异常。" not in holder.page(page).text, "the note is for the office and the supervisor"


def test_a_fact_is_recorded_settled_and_may_end_in_a_revocation(honour: tuple[int, int], signed_in: SignIn) -> None:
    outcome, _declaration = honour
    office, page = signed_in(OFFICE), f"/watch/honours/{outcome}"
    assert office.submit(f"{page}/facts", situation="", kind="penalty").status_code == 422
    assert office.submit(f"{page}/facts", situation="被罚款。", kind="penalty").status_code == 303
    assert "监督期内有 1 项情况等待核实处理" in office.page("/desk").text
    assert office.submit("/watch/facts/1/settle", decision="interviewed", reason="已约谈。").status_code == 303
    assert office.get("/watch/facts/1/settle").status_code == 403
    office.submit(f"{page}/facts", situation="又发生事故。", kind="accident")
    assert office.submit(f"/outcomes/{outcome}/revoke", reason="事故重大。", because="incident").status_code == 303
    shown = office.page(page).text
    assert "已撤销奖项" in shown
    assert "已约谈整改" in shown
    assert office.get(f"{page}/facts").status_code == 403, "nothing is added once it is revoked"


def test_the_supervisor_reads_everything_and_leaves_a_line_for_a_file(
    honour: tuple[int, int], signed_in: SignIn
) -> None:
    outcome, declaration = honour
    page = f"/watch/declarations/{declaration}"
    report = pdf()
    signed_in(HOLDER).submit(f"{page}/declare", **ANSWERS, **REST, files=(report, "年报.pdf"))
    watcher = signed_in(WATCHER)
    assert "企业01" in watcher.page("/watch").text
    assert watcher.page(f"/watch/honours/{outcome}")
    assert "审阅完毕" not in watcher.page(page).text
    with watcher.get(f"{page}/files/1") as file:
        assert file.data == report
    assert watcher.get(f"{page}/files/9").status_code == 404
    assert "查看年度声明的附件" in watcher.page("/audit").text
    assert watcher.get(f"/watch/honours/{outcome}/facts").status_code == 403
