"""The pages on which a leader follows his group: what they offer, what they say before something is sent, what they hide."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.kernel import unit_of_work
from app.kernel.actor import Role
from app.kernel.database import db
from app.kernel.outbox import OutboxMessage
from app.programmes import services as programmes
from app.scoring.models import ScoreSheet
from tests.factories import scoring as factory
from tests.support.client import document
from tests.support.rulebooks import TEXTS, edited

LEADER, MEMBER = "expert1@example.org", "expert2@example.org"
OFFICE = "office@example.org"


@pytest.fixture
def arrange(app: Flask) -> Callable[[], object]:
    @contextmanager
    def arranging() -> Iterator[None]:
        with app.app_context(), unit_of_work.transaction():
            factory.person(OFFICE, Role.OFFICE)
            factory.expert(1)
            factory.person(LEADER, Role.LEADER)
            yield

    return arranging


def test_the_text_is_read_before_it_is_sent_and_only_those_ticked_get_it(arrange, signed_in, app: Flask) -> None:
    with arrange():
        made = factory.panel(2, 3)
        factory.hand_in(made.sheet(0, 2))
        ids = [expert.id for expert in made.experts]
    leader = signed_in(LEADER)
    assert "/rounds/1/remind" in leader.page("/progress").links()
    page = leader.page(f"/rounds/1/remind?expert={ids[1]}")
    assert "（专家姓名）" in page.text
    assert "还有 （份数） 份评分没有提交" in page.text
    assert "还差 1 份" in page.text
    assert [box.get("value") for box in page.all("input[@name='pick']") if box.get("checked") is not None] == [
        str(ids[1])
    ]
    refused = leader.submit("/rounds/1/remind", form="remind", pick=None)
    assert refused.status_code == 422
    assert "请至少勾选一位专家" in document(refused).text
    answer = leader.submit(f"/rounds/1/remind?expert={ids[1]}", form="remind", note="今天下班前")
    assert answer.status_code == 303
    assert "上次提醒" in leader.page("/rounds/1/remind").text
    with app.app_context():
        sent = db.session.scalars(select(OutboxMessage).where(OutboxMessage.action == "progress.remind")).all()
        assert [(mail.recipient, "今天下班前" in mail.body) for mail in sent] == [(MEMBER, True)]


def test_a_leader_asks_for_comments_and_the_expert_cannot_change_a_score(arrange, signed_in) -> None:
    with arrange():
        made = factory.panel(1, 3)
        factory.hand_in(made.sheet(0, 1), 65)
    leader, member = signed_in(LEADER), signed_in(MEMBER)
    page = leader.page("/progress")
    assert "23 条没有意见" in page.text
    assert {"/sheets/2/comments", "/sheets/2/reopen"} <= set(page.links())
    assert "/sheets/2/receipt" not in page.links()
    asked = leader.page("/sheets/2/comments")
    assert "4.1.2" in asked.text
    assert "650" not in asked.source
    assert leader.submit("/sheets/2/comments", form="comments", reason="请补写").status_code == 303
    book = member.page("/sheets/2")
    assert "退回补写意见：请补写" in book.text
    assert "65%（已锁定）" in book.text
    assert [box.get("type") for box in book.all("input[@name='4.1.2-percent']")] == ["hidden"]
    member.submit("/sheets/2", form="sheet", **{"4.1.2-strengths": "方向清楚"})
    assert member.submit("/sheets/2/submit", form="submit").status_code == 303
    assert "历次提交" in member.page("/sheets/2/receipt").text


def test_a_leader_reads_scores_only_when_all_are_in_and_every_look_is_on_record(arrange, signed_in, app) -> None:
    with arrange():
        factory.hand_in(factory.panel(1, 2).sheet(0, 1), 65)
    leader = signed_in(LEADER)
    assert leader.get("/sheets/2/receipt").status_code == 404
    with app.app_context(), unit_of_work.transaction():
        factory.hand_in(db.session.get_one(ScoreSheet, 1), 60)
    assert "/sheets/2/receipt" in leader.page("/progress").links()
    assert "650.00" in leader.page("/sheets/2/receipt").text
    with app.app_context():
        looks = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "score_sheet.read")).all()
        assert [(look.actor_name, look.subject_id) for look in looks] == [("expert1", 2)]
    assert "/sheets/1/reopen" not in leader.page("/progress").links()


def test_a_foreign_sheet_answers_a_leader_like_an_unknown_one(arrange, signed_in) -> None:
    with arrange():
        made = factory.panel(1, 2)
        other = factory.panel(1, 2, edition=made.edition, first_expert=5)
        factory.hand_in(other.sheet(0, 1))
        foreign = other.sheet(0, 1).id
    leader = signed_in(LEADER)
    for page in ("comments", "reopen", "receipt"):
        assert leader.get(f"/sheets/{foreign}/{page}").status_code == leader.get(f"/sheets/999/{page}").status_code


def test_the_office_narrows_by_who_has_not_begun_and_replaces_from_there(arrange, signed_in) -> None:
    with arrange():
        made = factory.panel(2, 1, groups=("machinery", "power"))
        factory.judge(made.sheet(0, 0), {"4.1.2": 50})
        idle = made.assignment(1, 0).id
    desk = signed_in(OFFICE)
    narrowed = desk.page("/progress?only=not_begun")
    assert made_names(narrowed) == ["示例制造002有限公司"]
    assert f"/assignments/{idle}/replace" in narrowed.links()
    assert "最近 " in desk.page("/progress").text
    groups = desk.page("/progress?by=group")
    assert len(groups.all("table/tbody/tr")) == 2
    assert desk.get("/progress?by=score").status_code == 404


def made_names(page) -> list[str]:
    return [text.split()[0] for text in page.texts("table/tbody/tr/th")]


def test_in_a_blind_round_a_leader_and_a_head_see_numbers_instead_of_names(arrange, signed_in) -> None:
    with arrange():
        edition = programmes.create_edition(
            factory.office(), rulebook_key="shanxi-2021", number=4, code="SX2026", starts=date(2026, 3, 2)
        )
        text = edited(TEXTS["shanxi-2021"], {"rounds[0].blind": True})
        programmes.replace_rulebook(factory.office(), edition, text)
        programmes.open_edition(factory.office(), edition)
        factory.panel(1, 2, edition=edition)
        factory.person("head@example.org", Role.HEAD)
    for email, shown in ((LEADER, False), ("head@example.org", False), (OFFICE, True)):
        page = signed_in(email).page("/progress")
        assert ("示例制造001有限公司" in page.source) is shown
        assert "SX2026-" in page.source
