"""The pages of a consensus, by those who sit at the table and those who do not."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.consensus import queries
from app.kernel import unit_of_work
from app.kernel.actor import Role
from app.kernel.database import db
from app.workflow import ConsensusState
from tests.factories.consensus import settle_as, talking
from tests.factories.scoring import person
from tests.support.client import Client, document

Enter = Callable[[str], Client]


@pytest.fixture
def table(app: Flask) -> tuple[int, list[str], str]:
    """A consensus that has just opened: its id, the experts' addresses with the leader first, an item."""
    with app.app_context(), unit_of_work.transaction():
        made, consensus = talking(20, 80, 50)
        consensus_id, experts = consensus.id, [expert.email for expert in made.experts]
        code = consensus.items[0].item_code
        for role in (Role.OFFICE, Role.SUPERVISOR, Role.HEAD):
            person(f"{role.value}@example.org", role)
    return consensus_id, experts, code


def state_of(app: Flask, consensus_id: int) -> ConsensusState:
    with app.app_context():
        consensus = queries.find(consensus_id)
        assert consensus is not None
        return consensus.state


def test_the_leader_sees_the_disagreement_list_and_everybodys_percentages(
    table: tuple[int, list[str], str], signed_in: Enter
) -> None:
    consensus_id, experts, code = table
    page = signed_in(experts[0]).page(f"/consensus/{consensus_id}")
    rows = page.all("table[@id='heat']/tbody/tr")
    assert len(rows) == 24
    assert "未定" in "".join(rows[-1].itertext())  # no total while an item is undecided
    assert f"{code} " in page.text
    assert "20–80" in page.text


@pytest.mark.parametrize("who", ["office@example.org", "head@example.org"])
def test_who_does_not_sit_there_gets_no_page_before_the_report(
    table: tuple[int, list[str], str], signed_in: Enter, who: str
) -> None:
    consensus_id, _experts, code = table
    browser = signed_in(who)
    for address in (
        f"/consensus/{consensus_id}",
        f"/consensus/{consensus_id}/items/{code}",
        f"/consensus/{consensus_id}/paper",
    ):
        assert browser.get(address).status_code == 404
    listed = browser.page("/consensus").text
    assert "合议中" in listed
    assert "20–80" not in listed


def test_the_supervisor_sees_it_at_once_and_the_look_is_on_record(
    app: Flask, table: tuple[int, list[str], str], signed_in: Enter
) -> None:
    consensus_id, experts, _code = table
    signed_in(experts[1]).page(f"/consensus/{consensus_id}")
    signed_in("supervisor@example.org").page(f"/consensus/{consensus_id}")
    with app.app_context():
        looks = db.session.scalars(select(AuditEvent.actor_name).where(AuditEvent.action == "consensus.read")).all()
    assert len(looks) == 1


def test_a_whole_talk_on_pages(app: Flask, table: tuple[int, list[str], str], signed_in: Enter) -> None:
    consensus_id, experts, code = table
    here = f"/consensus/{consensus_id}"
    leader, member, other = map(signed_in, experts)
    saved = leader.submit(f"{here}/items/{code}", form="item", percent="55", reason="按证实性材料议定。")
    assert saved.status_code == 303
    assert leader.submit(here, form="talk-form", remark="先核对结果类目。").status_code == 303
    assert "先核对结果类目。" in member.page(here).text
    with app.app_context(), unit_of_work.transaction():
        consensus = queries.find(consensus_id)
        assert consensus is not None
        settle_as(consensus, 55)
    assert leader.submit(here, form=f"{here}/propose").status_code == 303
    refused = member.submit(f"{here}/answer", form=f"{here}/answer", confirms="no")
    assert refused.status_code == 422
    assert "请先写下您的意见" in document(refused).text
    member.submit(f"{here}/answer", form=f"{here}/answer", confirms="no", remark="4.7 应为 45%。")
    other.submit(f"{here}/answer", form=f"{here}/answer", confirms="yes")
    assert leader.submit(here, form=f"{here}/agree").status_code == 303
    leader.submit(f"{here}/report", form=f"{here}/report", remark="多数意见如上。")
    assert state_of(app, consensus_id) is ConsensusState.RELEASED
    paper = signed_in("office@example.org").page(f"{here}/paper").text
    assert "550.00" in paper
    assert "4.7 应为 45%。" in paper


def test_what_was_typed_stays_when_an_item_is_refused_or_stale(
    app: Flask, table: tuple[int, list[str], str], signed_in: Enter
) -> None:
    consensus_id, experts, code = table
    here = f"/consensus/{consensus_id}/items/{code}"
    leader = signed_in(experts[0])
    form = next(each for each in leader.page(here).forms if each.action.endswith(code))
    leader.submit(here, form="item", percent="55", reason="先保存的理由。")
    stale = leader.send(form, here, "", {"percent": "60", "reason": "后保存的理由。"})
    assert stale.status_code == 409
    assert "先保存的理由。" in document(stale).text
    assert "后保存的理由。" in document(stale).text
    refused = leader.submit(here, form="item", percent="55", reason="长" * 1001)
    assert refused.status_code == 422


def test_the_office_ends_a_talk_that_does_not_end_by_itself(
    app: Flask, table: tuple[int, list[str], str], signed_in: Enter
) -> None:
    consensus_id, _experts, _code = table
    office, here = signed_in("office@example.org"), f"/consensus/{consensus_id}"
    assert office.submit(f"{here}/give-up", form=f"{here}/give-up", reason="组长因病不能主持。").status_code == 303
    office.submit(f"{here}/report", form=f"{here}/report", remark="合议未能完成。")
    assert "未达成一致" in office.page(f"{here}/paper").text


def test_a_member_may_not_write_items_nor_read_a_report_that_is_not_there(
    table: tuple[int, list[str], str], signed_in: Enter
) -> None:
    consensus_id, experts, code = table
    member, here = signed_in(experts[1]), f"/consensus/{consensus_id}"
    assert not [form for form in member.page(f"{here}/items/{code}").forms if form.action.endswith(code)]
    assert member.get(f"{here}/paper").status_code == 404
    assert member.get(f"{here}/items/9.9").status_code == 404
    assert member.get(f"{here}/answer").status_code == 403
    assert member.submit(here, form="talk-form", remark="").status_code == 422
