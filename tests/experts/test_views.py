"""The pool's pages: who sees them, the import by hand, the edit."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.accounts import services as accounts
from app.accounts.models import User
from app.experts.models import Expert
from app.kernel import unit_of_work
from app.kernel.actor import Role
from app.kernel.database import db
from tests.factories.accounts import office, person, supervisor
from tests.factories.experts import pool, row, sheet
from tests.support.client import Client, document
from tests.support.databases import DEMO_PASSWORD

OFFICE, WATCHER, APPLICANT = "office@test.example", "watch@test.example", "applicant@test.example"


@pytest.fixture
def people(app: Flask) -> None:
    with app.app_context(), unit_of_work.transaction():
        actor = office(email=OFFICE, password=True)
        supervisor(email=WATCHER, password=True)
        person(Role.APPLICANT, email=APPLICANT, password=True)
        pool(actor, *(row(n) for n in range(1, 4)))


@pytest.fixture
def desk(people: None, signed_in: Callable[[str], Client]) -> Client:
    return signed_in(OFFICE)


def test_an_import_by_hand_from_file_to_pool(desk: Client) -> None:
    content = sheet(row(3, employer="新单位"), row(4), row(5, email="x"))
    answer = desk.submit("/experts/import", file=(content, "pool.csv"))
    assert answer.status_code == 303
    page = desk.page(answer.location)
    assert "“x”不是有效的邮箱地址" in page.text
    assert "示例大学3 → 新单位" in desk.page(f"{answer.location}?show=changed").text
    assert "示例大学4" in desk.page(f"{answer.location}?show=new").text
    assert "没有这一类的行" in desk.page(f"{answer.location}?show=same").text

    refused = desk.submit(answer.location, form="apply")
    assert refused.status_code == 422
    assert "有 1 行被拒绝" in document(refused).text

    assert desk.submit(answer.location, form="apply", without_refused="y").status_code == 303
    assert "新单位" in desk.page("/experts").text


def test_a_discarded_import_leaves_the_pool_alone(desk: Client) -> None:
    answer = desk.submit("/experts/import", file=(sheet(row(9)), "pool.csv"))

    assert desk.submit(answer.location, form="discard").status_code == 303
    assert "专家9" not in desk.page("/experts").text


def test_a_broken_file_is_told_at_the_field(desk: Client) -> None:
    answer = desk.submit("/experts/import", file=(b"%PDF", "pool.pdf"))

    assert answer.status_code == 422
    assert "只能导入 .xlsx 或 .csv 文件" in document(answer).text
    assert desk.submit("/experts/import", form="/experts/import").status_code == 422


def test_the_template_is_a_spreadsheet(desk: Client) -> None:
    answer = desk.get("/experts/import/template.xlsx")

    assert answer.status_code == 200
    assert answer.data.startswith(b"PK")


def expert_address(app: Flask) -> str:
    with app.app_context():
        return f"/experts/{db.session.query(Expert.id).filter_by(number='E001').scalar()}"


def test_an_expert_is_changed_by_hand(app: Flask, desk: Client) -> None:
    address = expert_address(app)

    wrong = desk.submit(f"{address}/edit", employer_region="12", email="bad")
    assert wrong.status_code == 422
    assert "“12”应为 6 位行政区划代码" in document(wrong).text
    assert "不是有效的邮箱地址" in document(wrong).text

    assert desk.submit(f"{address}/edit", name="改名", may_lead="y").status_code == 303
    assert "改名" in desk.page(address).text


def test_a_stale_page_answers_with_both_texts(app: Flask, desk: Client) -> None:
    address = expert_address(app)

    answer = desk.submit(f"{address}/edit", name="迟到", version="0")

    assert answer.status_code == 409
    assert "迟到" in document(answer).text
    assert "专家1" in document(answer).text


def test_the_list_says_why_it_is_empty(desk: Client) -> None:
    assert "没有符合这些条件的专家" in desk.page("/experts?province=54").text


ADDRESSES = ["/experts", "{expert}", "{expert}/edit", "/experts/import", "/experts/import/999"]


WHO = [(WATCHER, [200, 200, 403, 403, 404]), (APPLICANT, [403, 404, 404, 403, 404])]


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(("who", "answers"), WHO)
def test_the_pool_is_open_to_office_and_supervisor_only(
    app: Flask, signed_in: Any, *, who: str, answers: list[int]
) -> None:
    visitor = signed_in(who)
    for address, status in zip(ADDRESSES, answers, strict=True):
        assert visitor.get(address.format(expert=expert_address(app))).status_code == status, address


def test_a_visitor_is_asked_to_sign_in(client: Client) -> None:
    assert [client.get(address.format(expert="/experts/1")).status_code for address in ADDRESSES] == [302] * 5


def test_the_list_asks_the_database_the_same_for_any_length(desk: Client, count_queries: Any) -> None:
    with count_queries() as statements:
        desk.page("/experts")
    assert len(statements) <= 9  # one of them for the numbers that were merged into an entry


def test_the_expert_sees_his_own_data_and_confirms_them_once_a_year(
    app: Flask, desk: Client, new_client: Callable[[], Client]
) -> None:
    with app.app_context(), unit_of_work.transaction():
        accounts.set_password(db.session.query(User).filter_by(email="expert1@pool.example").one(), DEMO_PASSWORD)
    assert "E001" in desk.page("/experts?mark=unconfirmed").text

    expert = new_client()
    expert.sign_in("expert1@pool.example")
    assert "示例大学1" in expert.page("/experts/mine").text
    assert expert.submit("/experts/mine", form="confirm").status_code == 303
    assert "确认资料无误" not in expert.page("/experts/mine").text

    assert "E001" not in desk.page("/experts?mark=unconfirmed").text
    assert desk.get("/experts/mine").status_code == 404


def test_an_expert_is_removed_and_taken_back_by_hand_and_the_list_exported(app: Flask, desk: Client) -> None:
    address = expert_address(app)
    assert desk.submit(f"{address}/remove", reason="").status_code == 422
    assert desk.submit(f"{address}/remove", reason="调离").status_code == 303
    assert "已移出专家库：调离" in desk.page(address).text
    assert desk.submit(address, form="restore").status_code == 303
    assert "已移出专家库" not in desk.page(address).text

    answer = desk.get("/experts/export.xlsx?search=e001")
    assert answer.data.startswith(b"PK")
