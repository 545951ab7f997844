"""Each role's first page, on an empty system and in the middle of an edition."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import text

from app.config import Settings
from app.desk.queries.operator import SIGN_OF_LIFE
from app.kernel import outbox, unit_of_work
from app.kernel.actor import ROLE_LABELS, Role
from app.kernel.database import db
from tests.factories.accounts import person
from tests.support.browser import DESKTOP, PHONE, Window
from tests.support.client import Client

Enter = Callable[[str], Client]
Count = Callable[[], AbstractContextManager[list[str]]]

MOST_STATEMENTS = 12
EMPTY_WORDS = {
    Role.APPLICANT: "现在没有可以申报的届次",
    Role.RECOMMENDER: "还没有进行中的届次",
    Role.OFFICE: "还没有任何一届",
    Role.EXPERT: "还没有分给您的评审任务",
    Role.LEADER: "还没有可以查看的小组",
    Role.HEAD: "还没有开始评分的轮次",
    Role.COMMITTEE: "还没有召集评审委员会会议",
    Role.SUPERVISOR: "现在没有未答复的异议",
    Role.OPERATOR: "系统没有需要处理的事项",
}
SCORING_WORDS = {
    Role.APPLICANT: ("补正申报书", "的进展"),
    Role.RECOMMENDER: ("推荐", "已推荐"),
    Role.OFFICE: ("待形式审查", "查看进度"),
    Role.EXPERT: ("声明利害关系",),
    Role.LEADER: ("查看进度",),
    Role.HEAD: ("查看进度",),
    Role.COMMITTEE: ("请阅读本届冻结的评审规则", "待召集会议", "阅读规则"),
    Role.SUPERVISOR: ("最近办理", "日志条数"),
    Role.OPERATOR: ("待发邮件",),
}


@pytest.mark.parametrize("role", Role)
def test_an_empty_desk_says_why(app: Flask, signed_in: Enter, role: Role) -> None:
    with app.app_context(), unit_of_work.transaction():
        person(role, email=f"{role}@demo.example", password=True)
    assert EMPTY_WORDS[role] in signed_in(f"{role}@demo.example").page("/desk").text


def test_somebody_without_a_role_is_told_whom_to_ask(app: Flask, signed_in: Enter) -> None:
    with app.app_context(), unit_of_work.transaction():
        person(Role.OFFICE, email="nobody@demo.example", password=True)
    with app.app_context(), unit_of_work.transaction():
        db.session.execute(text("DELETE FROM role_grant"))
    assert "请联系系统运维员授权" in signed_in("nobody@demo.example").page("/desk").text


def test_several_roles_stand_on_one_page(app: Flask, signed_in: Enter) -> None:
    with app.app_context(), unit_of_work.transaction():
        person(Role.APPLICANT, Role.SUPERVISOR, Role.OPERATOR, email="many@demo.example", password=True)
    heads = signed_in("many@demo.example").page("/desk").texts("h2")
    assert heads == [ROLE_LABELS[role] for role in (Role.APPLICANT, Role.SUPERVISOR, Role.OPERATOR)]


@pytest.mark.demo("scoring")
@pytest.mark.parametrize("role", Role)
def test_in_the_middle_of_an_edition_each_role_has_its_work(signed_in: Enter, count_queries: Count, role: Role) -> None:
    client = signed_in(f"{role}@demo.example")
    with count_queries() as statements:
        page = client.page("/desk")
    assert [words for words in SCORING_WORDS[role] if words not in page.text] == []
    assert len(statements) <= MOST_STATEMENTS, "\n".join(statements)


@pytest.mark.demo("scoring")
@pytest.mark.parametrize("role", Role)
def test_every_link_of_the_desk_leads_somewhere(signed_in: Enter, role: Role) -> None:
    client = signed_in(f"{role}@demo.example")
    here = {link for link in client.page("/desk").links() if link.startswith("/")}
    assert {link: client.get(link).status_code for link in here if client.get(link).status_code >= 400} == {}


@pytest.mark.demo("notice")
@pytest.mark.parametrize("role", Role)
def test_late_in_the_edition_the_desk_still_answers(signed_in: Enter, role: Role) -> None:
    page = signed_in(f"{role}@demo.example").page("/desk")
    if role is Role.OFFICE:
        assert "公示" in page.text


@pytest.mark.demo("result")
def test_once_the_result_is_out_the_applicant_is_told_the_same_on_the_whole_desk(signed_in: Enter) -> None:
    """The row of the dossier went on saying that it was under review while its way below said how it had ended."""
    page = signed_in("applicant@demo.example").page("/desk")
    states = [state for state in page.texts("div[@class='task-state']") if state]
    assert states == ["未入围"]


@pytest.mark.demo("notice")
def test_an_objections_page_keeps_the_entry_of_its_list_marked(signed_in: Enter) -> None:
    page = signed_in("office@demo.example").page("/objections/1")
    (marked,) = page.all("nav//a[@aria-current='page']")
    assert "异议登记" in "".join(marked.itertext())


def test_the_operator_sees_what_is_stuck(app: Flask, settings: Settings, signed_in: Enter) -> None:
    with app.app_context(), unit_of_work.transaction():
        person(Role.OPERATOR, email="operator@demo.example", password=True)
        outbox.post("user.invite", "gone@demo.example", subject="x", body="x")
    with app.app_context(), unit_of_work.transaction():
        assert outbox.claim(1, 0)
        outbox.note_failed(1, "SMTPRecipientsRefused: gone")
    operator = signed_in("operator@demo.example")
    assert "1 封邮件发送失败" in operator.page("/desk").text
    shown = operator.page("/system").text
    assert "SMTPRecipientsRefused" in shown
    assert "定时任务没有在运行" in shown
    (settings.instance_path / SIGN_OF_LIFE).touch()
    assert "定时任务没有在运行" not in operator.page("/system").text


PAGES: list[tuple[Role, str]] = [
    *((role, "/desk") for role in Role),
    (Role.SUPERVISOR, "/audit"),
    (Role.SUPERVISOR, "/audit/verify"),
    (Role.OPERATOR, "/users"),
    (Role.OPERATOR, "/users/invite"),
    (Role.OPERATOR, "/system"),
    (Role.OFFICE, "/account"),
    (Role.EXPERT, "/account/password"),
    (Role.OFFICE, "/editions"),
    (Role.OFFICE, "/workdays"),
]


@pytest.mark.slow
@pytest.mark.demo("scoring")
@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_pages_are_accessible_and_fit(
    open_window: Callable[..., Window],
    browser_sign_in: Callable[..., None],
    assert_accessible: Callable[[Page], None],
    viewport: dict[str, int],
) -> None:
    windows: dict[Role, Window] = {}
    for role, url in PAGES:
        if role not in windows:
            windows[role] = open_window(viewport=viewport)
            browser_sign_in(windows[role].page, f"{role}@demo.example")
        windows[role].page.goto(url)
        assert_accessible(windows[role].page)
