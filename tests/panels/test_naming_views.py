"""The pages of seats by name, as the office and the public see them."""

import pytest
from flask import Flask

from app.kernel import unit_of_work
from tests.factories.accounts import office
from tests.factories.panels import setting
from tests.support.client import document

OFFICE = "office@test.example"


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
