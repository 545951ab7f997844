"""The pages of seats by name, as the office and the public see them."""

import pytest
from flask import Flask

from app.kernel import unit_of_work
from app.panels import queries, services
from tests.factories.accounts import office, supervisor
from tests.factories.panels import published, setting
from tests.support.client import document

OFFICE, WATCHER = "office@test.example", "watch@test.example"


@pytest.fixture
def first(app: Flask) -> int:
    with app.app_context(), unit_of_work.transaction():
        return setting(1, actor=office(email=OFFICE, password=True)).round.id


def test_the_office_puts_an_expert_on_a_panel_and_the_public_reads_why(signed_in, client, first: int) -> None:
    desk = signed_in(OFFICE)
    listed = desk.page(f"/rounds/{first}/panels/SX2026-001/candidates")
    assert "同门类" in listed.text or "同行业" in listed.text
    address = f"/rounds/{first}/panels/SX2026-001/seat/E003"
    refused = desk.submit(address, role="leader", reason="")
    assert refused.status_code == 422
    assert "请写明理由" in document(refused).text

    done = desk.submit(address, role="leader", reason="行业冷门，仅此一人")
    assert done.status_code == 303
    panels = desk.page(f"/rounds/{first}/panels").text
    assert "秘书处指定" in panels
    assert "行业冷门，仅此一人" in panels
    public = client.get("/editions/SX2026/draws").text
    assert "行业冷门，仅此一人" in public
    assert "专家3" not in public


def test_an_unlawful_seat_is_told_on_the_page_and_an_unknown_one_is_not_found(signed_in, first: int) -> None:
    desk = signed_in(OFFICE)
    answer = desk.submit(f"/rounds/{first}/panels/SX2026-001/seat/E001", role="leader", reason="熟悉行业")
    assert answer.status_code == 422
    assert "没有记录该专家可以担任组长" in document(answer).text
    assert desk.get(f"/rounds/{first}/panels/SX2026-001/seat/E999").status_code == 404
    assert desk.get(f"/rounds/{first}/panels/SX2026-999/candidates").status_code == 404


def test_three_who_could_not_take_a_seat_come_to_the_office_and_the_supervisor(signed_in, app: Flask) -> None:
    with app.app_context(), unit_of_work.transaction():
        given = setting(1, 24, actor=office(email=OFFICE, password=True))
        supervisor(email=WATCHER, password=True)
        seat = published(given)[0]
        for _time in range(2):
            services.excuse(given.office, seat, reason="没有时间")
            (seat,) = queries.assignments_of(services.replace(given.office, seat, reason="没有时间"))
        services.excuse(given.office, seat, reason="没有时间")
        round_id = given.round.id
    for email in (OFFICE, WATCHER):
        assert "1 个席位已连续三位专家未能承担" in signed_in(email).page("/desk").text
    desk = signed_in(OFFICE)
    assert "一并补齐空席" in desk.page("/draws").text
    assert desk.submit(f"/rounds/{round_id}/repair", reason="").status_code == 422
    assert desk.submit(f"/rounds/{round_id}/repair", reason="电话核实后补齐").status_code == 303
    assert "已补齐 1 个空席" in desk.page("/draws").text
    assert "本轮没有待补的空席" in desk.page(f"/rounds/{round_id}/repair").text
