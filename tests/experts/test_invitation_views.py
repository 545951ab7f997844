"""The invitations' pages: the office's list, the page behind the link without signing in, the expert's desk and own data."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from flask import Flask

from app.accounts import services as accounts
from app.accounts.models import User
from app.experts import links, services
from app.experts.models import ExpertInvitation
from app.kernel import clock, unit_of_work
from app.kernel.database import db
from tests.factories.accounts import office
from tests.factories.experts import pool, row
from tests.factories.programmes import running_edition
from tests.support.client import Client, document
from tests.support.databases import DEMO_PASSWORD

OFFICE = "office@test.example"
DUE = date(2026, 5, 20)


@pytest.fixture
def links_of(app: Flask, frozen_clock: Any) -> dict[str, str]:
    """Two of three experts are asked; their links by number."""
    with app.app_context(), unit_of_work.transaction():
        actor = office(email=OFFICE, password=True)
        edition = running_edition(actor)
        experts = pool(actor, *(row(n) for n in range(1, 4)))
        made = services.invite_experts(actor, edition, experts[:2], due_on=DUE)
        return {each.expert.number: f"/invitations/{links.token_for(each)}" for each in made}


@pytest.fixture
def desk(links_of: dict[str, str], signed_in: Callable[[str], Client]) -> Client:
    return signed_in(OFFICE)


def test_a_visitor_accepts_by_the_link_opens_his_account_and_may_change_his_mind(
    client: Client, links_of: dict[str, str]
) -> None:
    link = links_of["E001"]
    page = client.page(link)
    assert "山西省" in page.text
    assert "异地评审" in page.text
    assert "设置密码" not in page.text

    refused = client.submit(link, form=f"{link}/accept", max_load="99", pledged="y")
    assert refused.status_code == 422
    assert "每人每轮最多" in document(refused).text
    assert client.submit(link, form=f"{link}/accept", max_load="5").status_code == 422

    answer = client.submit(link, form=f"{link}/accept", max_load="5", languages=["中文", "英语"], pledged="y")
    assert answer.status_code == 303
    page = client.page(link)
    assert "每轮最多承担 5 份" in page.text
    (password,) = [each for each in page.links() if each.startswith("/password/")]
    secret = "correct horse battery"
    assert client.submit(password, password=secret, repeat_password=secret).status_code in (302, 303)
    assert "/password/" not in str(client.page(link).links())

    assert client.submit(link, form=f"{link}/decline", decline_kind="other").status_code == 422
    assert client.submit(link, form=f"{link}/decline", decline_kind="personal").status_code == 303
    assert "谢绝邀请（个人原因）" in client.page(link).text


def test_a_link_that_is_wrong_late_or_withdrawn_answers_with_a_sentence(
    app: Flask, client: Client, links_of: dict[str, str], frozen_clock: Any
) -> None:
    wrong = client.get(f"{links_of['E001']}x")
    assert wrong.status_code == 410
    assert "没有复制完整" in document(wrong).text
    with app.app_context(), unit_of_work.transaction():
        invitation = db.session.query(ExpertInvitation).order_by(ExpertInvitation.id).first()
        services.withdraw_invitation(office(), invitation, reason="误发")
    assert "已经撤回" in document(client.get(links_of["E001"])).text

    frozen_clock.move_to(datetime(2026, 5, 21, tzinfo=clock.BEIJING))
    late = client.get(links_of["E002"])
    assert late.status_code == 410
    assert "答复期限已过" in document(late).text


def test_the_office_invites_the_filtered_list_reminds_and_withdraws(desk: Client) -> None:
    page = desk.page("/experts/invitations")
    assert page.text.count("待答复") >= 3
    invite = desk.page("/experts/invitations/new?search=e003")
    assert "专家3" in invite.text
    assert "担任" in invite.text
    assert desk.submit("/experts/invitations/new?search=e003", due_on="2026-05-01").status_code == 422
    assert desk.submit("/experts/invitations/new?search=e003", due_on="2026-05-25").status_code == 303
    assert "专家3" in desk.page("/experts/invitations?state=sent").text
    assert "没有可以邀请的专家" in desk.page("/experts/invitations/new").text

    numbers = re.findall(r'name="pick" id="pick-\d+" value="(\d+)"', desk.get("/experts/invitations").text)
    assert (
        desk.submit(f"/experts/invitations/remind?pick={numbers[0]}&pick={numbers[1]}", form="remind").status_code
        == 303
    )
    assert desk.page("/experts/invitations").text.count("1 次") == 2
    assert "没有选中" in desk.page("/experts/invitations/remind").text

    address = f"/experts/invitations/{numbers[0]}/withdraw"
    assert desk.submit(address, reason="").status_code == 422
    assert desk.submit(address, reason="误发").status_code == 303
    assert "邀请已撤回" in desk.page("/experts/invitations?state=withdrawn").text


def test_an_expert_with_an_account_answers_from_his_desk_and_in_his_own_name(
    app: Flask, desk: Client, links_of: dict[str, str], new_client: Callable[[], Client]
) -> None:
    expert = _expert(app, new_client)
    assert "答复邀请" in expert.page("/desk").text
    with app.app_context():
        first, second = [row.id for row in db.session.query(ExpertInvitation.id).order_by(ExpertInvitation.id)]
    answer = expert.get(f"/experts/invitations/{first}")
    assert answer.location == links_of["E001"]
    assert expert.get(f"/experts/invitations/{second}").status_code == 404
    form = f"{answer.location}/accept"
    assert expert.submit(answer.location, form=form, max_load="5", pledged="y").status_code == 303
    assert "修改答复" in expert.page("/desk").text
    assert desk.get(f"/experts/invitations/{first}").location.startswith("/experts/invitations?edition=")


def test_an_expert_edits_his_limits_and_the_office_settles_what_he_proposes(
    app: Flask, desk: Client, new_client: Callable[[], Client]
) -> None:
    expert = _expert(app, new_client)
    assert expert.submit("/experts/mine/edit", max_load="0").status_code == 422
    assert (
        expert.submit("/experts/mine/edit", max_load="7", languages=["英语"], blocked="2026-06-01").status_code == 303
    )
    assert "2026-06-01" in expert.page("/experts/mine").text
    assert expert.submit("/experts/mine/propose", proposal="").status_code == 422
    assert expert.submit("/experts/mine/propose", proposal="调到杭州工作").status_code == 303

    assert "1 位专家请秘书处更正资料" in desk.page("/desk").text
    assert "调到杭州工作" in desk.page("/experts/proposals").text
    assert desk.submit("/experts/proposals", form="settle").status_code == 303
    assert "没有等待处理的更正" in desk.page("/experts/proposals").text


def _expert(app: Flask, new_client: Callable[[], Client]) -> Client:
    with app.app_context(), unit_of_work.transaction():
        accounts.set_password(db.session.query(User).filter_by(email="expert1@pool.example").one(), DEMO_PASSWORD)
    found = new_client()
    found.sign_in("expert1@pool.example")
    return found
