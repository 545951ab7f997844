"""What experts, office and supervisor meet on the pages of scoring."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import Engine, event, select

from app.audit import checkpoints
from app.audit.models import AuditEvent
from app.audit.queries import head
from app.kernel import unit_of_work
from app.kernel.actor import Role
from app.kernel.canonical import digest as canonical_digest
from app.kernel.database import db
from app.scoring import services
from tests.factories import scoring as factory
from tests.support.client import Client, document
from tests.support.effort import ROWS
from tests.support.html import Document

EXPERT, OTHER = "expert1@example.org", "expert2@example.org"
OFFICE, SUPERVISOR = "office@example.org", "supervisor@example.org"
FETCH = {"X-Requested-With": "fetch"}
GUARDS = ("csrf_token", "idempotency_key")


@pytest.fixture
def arrange(app: Flask) -> Callable[[], object]:
    """`with arrange() as made: …` sets up in one transaction and leaves the context."""

    @contextmanager
    def arranging() -> Iterator[None]:
        with app.app_context(), unit_of_work.transaction():
            for email, role in ((OFFICE, Role.OFFICE), (SUPERVISOR, Role.SUPERVISOR)):
                factory.person(email, role)
            yield

    return arranging


# --- the work list ------------------------------------------------------------------------------------------------


def test_the_work_list_groups_what_waits_and_says_how_far_it_is(arrange, signed_in) -> None:
    with arrange():
        made = factory.panel(6, 1, declared=False)
        for number in range(1, 6):
            factory.declare(made.assignment(number))
        factory.judge(made.sheet(2), {"4.1.2": 50})
        factory.hand_in(made.sheet(3))
        factory.hand_in(made.sheet(4))
        services.reopen(factory.office(), made.sheet(4), reason="补写")
        services.abstain(made.actors[0], made.sheet(5), reason="超出专业范围")
    page = signed_in(EXPERT).page("/work")
    assert [heading.split()[0] for heading in page.texts("main//h3")] == [
        "待声明",
        "退回修改",
        "待评分",
        "评分中",
        "已提交",
        "已弃评",
    ]
    assert "1 / 5" in page.text
    assert "1 / 23 项已评" in page.text
    assert "2026-" in page.text
    assert len(page.all("a[@class='button primary']")) == 1


def test_an_expert_without_work_reads_what_must_happen_first(arrange, signed_in) -> None:
    with arrange():
        factory.expert(1)
    assert "抽取结果启封后" in signed_in(EXPERT).page("/work").text


def test_each_expert_has_an_order_of_the_own_that_stays(arrange, signed_in) -> None:
    with arrange():
        factory.panel(12, 2)
    mine, again, yours = (signed_in(who).page("/work").texts("li/div/a") for who in (EXPERT, EXPERT, OTHER))
    assert mine == again
    assert sorted(mine) == sorted(yours)
    assert mine != yours


@pytest.mark.parametrize("rows", ROWS)
def test_the_work_list_costs_the_same_number_of_statements(arrange, signed_in, count_queries, rows: int) -> None:
    with arrange():
        factory.panel(rows, 1, declared=False)
    expert = signed_in(EXPERT)
    expert.page("/work")
    with count_queries() as statements:
        assert len(expert.page("/work").all("li[@class='task']")) == rows
    assert len(statements) == 3


# --- the scorebook ------------------------------------------------------------------------------------------------


@pytest.fixture
def at_work(arrange, signed_in) -> Client:
    """The expert with one open sheet, number 1."""
    with arrange():
        factory.panel(2, 2)
    return signed_in(EXPERT)


def test_an_item_saved_by_itself_answers_with_its_version_and_the_exact_total(at_work: Client) -> None:
    answer = send_item(at_work, "4.1.2", percent="65", strengths="方向清楚")
    assert answer.status_code == 200
    assert answer.json["version"] == 2
    assert answer.json["total"] == "32.50"
    assert answer.json["saved_at"].endswith("+00:00")
    page = at_work.page("/sheets/1")
    assert "32.50" in page.texts("output[@class='total']")
    assert "方向清楚" in page.text


@pytest.mark.parametrize(
    ("percent", "said"),
    [
        ("62", "0 到 100 之间 5 的倍数"),
        ("105", "5 的倍数"),
        ("-5", "5 的倍数"),
        ("abc", "您填的是“abc”"),
        ("٥", "5 的倍数"),
    ],
)
def test_a_percentage_that_is_no_step_is_refused_with_a_sentence(at_work: Client, percent: str, said: str) -> None:
    answer = send_item(at_work, "4.1.2", percent=percent)
    assert answer.status_code == 422
    assert said in answer.json["error"]


def test_a_text_over_its_limit_is_refused_and_line_breaks_count_once(at_work: Client) -> None:
    answer = send_item(at_work, "4.1.2", strengths="优" * 1001)
    assert answer.status_code == 422
    assert "现在多出 1 字" in answer.json["error"]
    assert send_item(at_work, "4.1.2", strengths="优\r\n" * 500).status_code == 200


def test_a_stale_item_answers_409_with_what_is_stored_and_the_same_content_twice_is_no_conflict(at_work) -> None:
    send_item(at_work, "4.1.2", percent="65", strengths="先存的")
    answer = send_item(at_work, "4.1.2", percent="50", strengths="后存的", version="1")
    assert answer.status_code == 409
    assert answer.json["stored"] == {
        "4.1.2-percent": "65",
        "4.1.2-strengths": "先存的",
        "4.1.2-improvements": "",
        "4.1.2-reason": "",
    }
    assert answer.json["version"] == 2
    assert send_item(at_work, "4.1.2", percent="65", strengths="先存的", version="1").status_code == 200


def test_the_whole_sheet_is_kept_without_scripts(at_work: Client) -> None:
    answer = at_work.submit("/sheets/1", form="sheet", **{"4.1.2-percent": "65", "4.7.2-strengths": "多"})
    assert answer.status_code == 303
    page = at_work.page("/sheets/1")
    assert checked(page, "4.1.2-percent") == "65"
    assert "多" in page.texts("textarea[@id='4.7.2-strengths']")


def test_a_refused_sheet_shows_everything_that_was_typed(at_work: Client) -> None:
    answer = at_work.submit(
        "/sheets/1", form="sheet", **{"4.1.2-percent": "65", "4.1.3-strengths": "优" * 1001, "4.1.4-improvements": "改"}
    )
    assert answer.status_code == 422
    page = document(answer)
    assert checked(page, "4.1.2-percent") == "65"
    assert "优" * 1001 in page.texts("textarea[@id='4.1.3-strengths']")
    assert "改" in page.texts("textarea[@id='4.1.4-improvements']")
    assert "现在多出 1 字" in page.text
    assert checked(at_work.page("/sheets/1"), "4.1.2-percent") is None


def test_a_stale_sheet_shows_both_texts_and_the_next_press_keeps_mine(at_work: Client) -> None:
    stale = at_work.page("/sheets/1")
    send_item(at_work, "4.1.2", strengths="别处保存的")
    form = next(each for each in stale.forms if each.element.get("id") == "sheet")
    answer = at_work.send(form, "/sheets/1", "", {"4.1.2-strengths": "这里填写的", "4.1.3-percent": "40"})
    assert answer.status_code == 409
    page = document(answer)
    assert "别处保存的" in page.texts("textarea")
    assert "这里填写的" in page.texts("textarea[@id='4.1.2-strengths']")
    assert checked(page, "4.1.3-percent") == "40"
    again = next(each for each in page.forms if each.element.get("id") == "sheet")
    assert at_work.send(again, "/sheets/1", "", {}).status_code == 303
    assert "这里填写的" in at_work.page("/sheets/1").texts("textarea[@id='4.1.2-strengths']")


@pytest.mark.parametrize(
    ("press", "goes_to"), [("", "/sheets/1"), ("next", "/sheets/3"), ("submit", "/sheets/1/submit")]
)
def test_each_save_button_keeps_the_sheet_and_leads_on(at_work: Client, press: str, goes_to: str) -> None:
    answer = at_work.submit("/sheets/1", form="sheet", press=press, **{"4.1.2-percent": "65"})
    assert answer.location.partition("?")[0] == goes_to
    assert checked(at_work.page("/sheets/1"), "4.1.2-percent") == "65"


def test_band_texts_and_questions_stand_beside_each_item(at_work: Client) -> None:
    page = at_work.page("/sheets/1")
    assert len(page.all("details[@class='band']")) == 23
    assert len(page.all("fieldset[@id='4.1.2-percent']//dl[@class='bands']/div")) == 6
    assert "过程 · 50 分" in page.text
    assert "结果 · " in page.text
    assert [each.get("data-points") for each in page.all("fieldset[@id='4.1.2-percent']")] == ["1000"]


def test_each_item_leads_to_its_text_and_evidence_and_back(at_work: Client) -> None:
    page = at_work.page("/sheets/1")
    assert {"#item-4.1.2", "#4.1.2-percent", "#files", "#sheet"} <= set(page.links())
    assert page.all("h3[@id='item-4.1.2']")
    assert page.all("tr[@id='file-2']")


def test_a_line_that_begins_with_a_place_is_linked_to_the_file(at_work: Client) -> None:
    send_item(at_work, "4.1.2", strengths="材料2 p.12 座谈有记录\n回复及时")
    page = at_work.page("/sheets/1")
    links = page.all("p[@data-cited-for='4.1.2-strengths']/a")
    assert ["".join(link.itertext()) for link in links] == ["材料 2 第 12 页"]
    assert links[0].get("href").startswith("/assignments/1/files/")


def test_the_dossier_is_searched_without_scripts(at_work: Client) -> None:
    page = at_work.page("/sheets/1?find=座谈")
    assert page.texts("mark") == ["座谈", "座谈"]
    assert "找到 2 处" in page.text
    assert page.all("input[@id='pane-dossier'][@checked]")
    assert "找到 0 处" in at_work.page("/sheets/1?find=zzz").text


def test_the_total_of_each_category_stands_beside_its_name(at_work: Client) -> None:
    send_item(at_work, "4.1.2", percent="65")
    totals = at_work.page("/sheets/1").texts("output[@data-category-total]")
    assert totals[0] == "32.50"
    assert set(totals[1:]) == {"0.00"}


@pytest.mark.databases
def test_reading_the_dossier_beside_the_sheet_is_on_record_once_a_day(
    app: Flask, at_work: Client, signed_in, frozen_clock
) -> None:
    def looks() -> list[str]:
        with app.app_context():
            query = select(AuditEvent.subject_type).where(AuditEvent.action == "assignment.read_dossier")
            return list(db.session.scalars(query))

    at_work.page("/sheets/1")
    at_work.page("/sheets/1")
    assert looks() == ["score_sheet"]
    at_work.page("/sheets/3")
    assert len(looks()) == 2
    frozen_clock.move_to(datetime(2026, 5, 8, 12, tzinfo=UTC))
    at_work.page("/sheets/1")
    assert len(looks()) == 2  # still the same day in Beijing
    frozen_clock.move_to(datetime(2026, 5, 8, 17, tzinfo=UTC))
    signed_in(EXPERT).page("/sheets/1")
    assert len(looks()) == 3


def test_a_sheet_costs_six_statements_and_a_save_seven(at_work: Client, count_queries) -> None:
    with count_queries() as statements:
        first = at_work.get("/sheets/1")
    assert (first.status_code, first.location) == (303, "/sheets/1")
    assert len(statements) <= 6  # the day's first opening: on record before anything is shown
    with count_queries() as statements:
        at_work.page("/sheets/1")
    assert len(statements) <= 6
    guards = item_fields(at_work, "4.1.2")
    with count_queries() as statements:
        answer = at_work.post("/sheets/1/items/4.1.2", data=guards | {"4.1.2-percent": "65"}, headers=FETCH)
    assert answer.status_code == 200
    assert len(statements) <= 7


def test_the_writers_place_is_taken_only_when_it_is_known_who_saves(at_work: Client) -> None:
    """On SQLite everybody else waits from BEGIN IMMEDIATE to the commit: who asks is read before it, in a transaction of its own."""
    guards, said = item_fields(at_work, "4.1.2"), []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        answer = at_work.post("/sheets/1/items/4.1.2", data=guards | {"4.1.2-percent": "65"}, headers=FETCH)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert answer.status_code == 200
    assert [said.count(begin) for begin in ("BEGIN", "BEGIN IMMEDIATE")] == [1, 1]
    before = said[: said.index("BEGIN IMMEDIATE")]
    assert any("login_session" in statement for statement in before)
    assert not any("score_sheet" in statement for statement in before)


# --- submission ---------------------------------------------------------------------------------------------------


def test_a_sheet_with_gaps_lists_them_all_with_links_and_cannot_be_submitted(at_work: Client) -> None:
    page = at_work.page("/sheets/1/submit")
    assert "还缺 23 项" in page.text
    assert "/sheets/1#4.1.2-percent" in page.links()
    assert page.all("button[@disabled]")
    answer = at_work.submit("/sheets/1/submit", form="submit")
    assert answer.status_code == 422
    assert "4.1.2 高层领导的作用：还没有选择得分比例。" in document(answer).text


def test_a_submitted_sheet_is_locked_and_has_a_receipt_with_its_digest(arrange, signed_in) -> None:
    with arrange():
        factory.judge(factory.panel(1, 1).sheet(), 65, text="好")
    expert = signed_in(EXPERT)
    answer = expert.submit("/sheets/1/submit", form="submit")
    assert answer.status_code == 303
    receipt = expert.page("/sheets/1")
    assert receipt.title.startswith("评分表")
    assert "650.00" in receipt.text
    assert any(len(text) == 64 for text in receipt.texts("code"))
    refused = expert.post("/sheets/1/items/4.1.2", data=guards_of(receipt))
    assert refused.status_code == 403


def test_the_digest_of_a_receipt_is_worked_out_again_from_what_is_stored(arrange, signed_in) -> None:
    with arrange():
        made = factory.panel(1, 2)
        factory.hand_in(made.sheet(), 65)
        digest = made.sheet().receipt_digest
    expert = signed_in(EXPERT)
    assert (
        "一致：刚刚由存档内容重新计算，与第 1 次提交" in expert.page(f"/sheets/1/receipt?check={digest.upper()}").text
    )
    assert "不一致" in expert.page(f"/sheets/1/receipt?check={'0' * 64}").text
    content = expert.get("/sheets/1/submitted/1.json")
    assert hashlib.sha256(content.data).hexdigest() == digest
    assert expert.get("/sheets/1/submitted/2.json").status_code == 404
    assert signed_in(OTHER).get("/sheets/1/submitted/1.json").status_code == 404


def test_a_receipt_names_its_line_of_the_log_that_the_public_archive_has_the_hash_of(app, arrange, signed_in) -> None:
    """The expert needs nobody's word: line and hash stand in `audit/hashes.txt`, and the record has his digest in it."""
    with arrange():
        made = factory.panel(1, 2)
        factory.hand_in(made.sheet(), 65)
        factory.hand_in(made.sheet(0, 1), 70)
        digest = made.sheet().receipt_digest
    expert = signed_in(EXPERT)
    record = json.loads(expert.get("/sheets/1/submitted/1/record.json").data)
    with app.app_context():
        published = list(checkpoints.hashes(last_id=head()[0]))
    assert published[record["id"] - 1] == record["hash"]
    assert record["hash"] in expert.page("/sheets/1/receipt").texts("code")
    assert record["detail"]["digest"] == digest
    assert canonical_digest({name: value for name, value in record.items() if name != "hash"}) == record["hash"]
    assert expert.get("/sheets/1/submitted/2/record.json").status_code == 404
    assert signed_in(OTHER).get("/sheets/1/submitted/1/record.json").status_code == 404


@pytest.mark.parametrize("url", ["/sheets/1", "/sheets/1/submit", "/sheets/1/receipt", "/sheets/999"])
@pytest.mark.parametrize("who", [OTHER, OFFICE])
def test_a_foreign_sheet_and_an_unknown_one_answer_alike(arrange, signed_in, url: str, who: str) -> None:
    with arrange():
        factory.panel(1, 2)
    assert signed_in(who).get(url, follow_redirects=True).status_code in (403, 404)


def test_the_supervisor_reads_a_sheet_and_leaves_a_trace(arrange, signed_in, app: Flask) -> None:
    with arrange():
        factory.hand_in(factory.panel(1, 1).sheet())
    assert "500.00" in signed_in(SUPERVISOR).page("/sheets/1/receipt").text
    with app.app_context():
        looks = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "score_sheet.read")).all()
        assert [(look.actor_name, look.subject_id) for look in looks] == [("supervisor", 1)]


def test_an_expert_abstains_with_a_reason_that_the_office_reads_and_others_do_not(arrange, signed_in) -> None:
    with arrange():
        factory.panel(1, 2)
        factory.person(EXPERT, Role.LEADER)
    other = signed_in(OTHER)
    refused = other.submit("/sheets/2/abstain", form="abstain", reason="")
    assert refused.status_code == 422
    assert other.submit("/sheets/2/abstain", form="abstain", reason="超出专业范围").status_code == 303
    assert "超出专业范围" in other.page("/sheets/2").text
    leader, desk = signed_in(EXPERT), signed_in(OFFICE)
    assert "1 份已弃评，缺少评分" in leader.page("/desk").text
    progress = leader.page("/progress").text
    assert "已弃评" in progress
    assert "超出专业范围" not in progress
    assert "1 份评分表已弃评" in desk.page("/desk").text
    page = desk.page("/progress")
    assert "理由：超出专业范围" in page.text
    assert {"/assignments/2/replace", "/sheets/2/reopen"} <= set(page.links())
    assert "还缺 专家001、专家002（已弃评）" in desk.page("/rounds/1/close").text


def test_skip_for_now_keeps_what_was_typed_and_leads_to_the_next(at_work: Client) -> None:
    answer = at_work.submit("/sheets/1", form="sheet", press="skip", **{"4.1.2-percent": "65"})
    assert answer.location == "/sheets/3"
    assert checked(at_work.page("/sheets/1"), "4.1.2-percent") == "65"
    assert at_work.submit("/sheets/3", form="sheet", press="next").location == "/sheets/1"


# --- progress -----------------------------------------------------------------------------------------------------


def test_progress_counts_and_never_shows_a_score(arrange, signed_in) -> None:
    with arrange():
        made = factory.panel(2, 2, declared=False)
        factory.declare(made.assignment(0, 0))
        factory.declare(made.assignment(0, 1))
        factory.hand_in(made.sheet(0, 0), 65)
        factory.judge(made.sheet(0, 1), {"4.1.2": 95})
    desk = signed_in(OFFICE)
    page = desk.page("/progress")
    assert "1 / 2" in page.text
    assert "评分中 1/23" in page.text
    assert "未声明" in page.text
    assert "650" not in page.source
    assert "专家002" in desk.page("/progress?by=expert").text
    assert "/sheets/1/receipt" not in page.links()
    assert "/sheets/1/receipt" in signed_in(SUPERVISOR).page("/progress").links()


def test_a_leader_watches_only_the_dossiers_he_leads(arrange, signed_in) -> None:
    with arrange():
        made = factory.panel(2, 1)
        factory.person(EXPERT, Role.LEADER)
        factory.panel(1, 1, edition=made.edition, first_expert=2)
    page = signed_in(EXPERT).page("/progress")
    assert "示例制造001有限公司" in page.text
    assert "示例制造003有限公司" not in page.text


@pytest.mark.parametrize("rows", ROWS)
def test_progress_costs_the_same_number_of_statements(arrange, signed_in, count_queries, rows: int) -> None:
    with arrange():
        factory.panel(rows, 1, declared=False)
    desk = signed_in(OFFICE)
    desk.page("/progress")
    with count_queries() as statements:
        desk.page("/progress")
    assert len(statements) == 6


def test_a_round_with_missing_reviews_is_not_closed_before_its_due_time(arrange, signed_in, frozen_clock) -> None:
    with arrange():
        made = factory.panel(1, 3)
        factory.hand_in(made.sheet(0, 0))
    desk = signed_in(OFFICE)
    page = desk.page("/rounds/1/close")
    assert "只有 1 份评分，还缺 专家002、专家003" in page.text
    assert page.all("button[@disabled]")


def test_after_the_due_time_the_office_closes_with_a_reason(arrange, signed_in, frozen_clock, app: Flask) -> None:
    with arrange():
        made = factory.panel(1, 3)
        factory.hand_in(made.sheet(0, 0))
    frozen_clock.move_to(datetime(2027, 1, 1, tzinfo=UTC))
    desk = signed_in(OFFICE)
    refused = desk.submit("/rounds/1/close", form="close")
    assert refused.status_code == 422
    assert "须写明理由" in document(refused).text
    assert desk.submit("/rounds/1/close", form="close", reason="专家住院").status_code == 303
    assert "已结束" in desk.page("/progress").text


def test_the_office_gives_a_sheet_back_with_a_reason_and_both_versions_stay(arrange, signed_in) -> None:
    with arrange():
        factory.hand_in(factory.panel(1, 1).sheet(), 65)
    desk, expert = signed_in(OFFICE), signed_in(EXPERT)
    assert desk.submit("/sheets/1/reopen", form="reopen", reason=" ").status_code == 422
    assert desk.submit("/sheets/1/reopen", form="reopen", reason="漏写了改进机会").status_code == 303
    expert.submit("/sheets/1", form="sheet", **{"4.1.2-percent": "100"})
    expert.submit("/sheets/1/submit", form="submit")
    receipt = expert.page("/sheets/1/receipt")
    assert "历次提交" in receipt.text
    assert "650.00" in receipt.text
    assert "667.50" in receipt.text


# --- how the tests read and send ----------------------------------------------------------------------------------


def item_fields(client: Client, code: str) -> dict[str, str]:
    values = next(form for form in client.page("/sheets/1").forms if form.element.get("id") == "sheet").values()
    return {name: value for name, value in values.items() if name.startswith(f"{code}-") or name in GUARDS}


def guards_of(page: Document) -> dict[str, str]:
    return {name: value for form in page.forms for name, value in form.values().items() if name in GUARDS}


def send_item(client: Client, code: str, **typed: str):
    fields = item_fields(client, code) | {f"{code}-{name}": value for name, value in typed.items()}
    return client.post(f"/sheets/1/items/{code}", data=fields, headers=FETCH)


def checked(page: Document, name: str) -> str | None:
    chosen = [each.get("value") for each in page.all(f"input[@name='{name}']") if each.get("checked") is not None]
    return chosen[0] if chosen else None
