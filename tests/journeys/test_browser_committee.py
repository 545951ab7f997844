"""From the secret ballot to the published result: committee, office, a visitor who objects, the supervisor."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.demo.documents import evidence_pdf
from app.kernel.database import db
from app.notices.models import Notice
from tests.conftest import TestClock
from tests.support.browser import PHONE, Window
from tests.support.databases import run_command

SignIn = Callable[..., None]
TABLET = {"width": 1024, "height": 768}
EVIDENCE = {"name": "证据.pdf", "mimeType": "application/pdf", "buffer": evidence_pdf("objection")}
CODE = re.compile(r"^\w{5}-\w{5}$")
ANSWER = "经核查，申报材料与公开数据一致，异议不成立。"


def vote_on_a_tablet(page: Page) -> list[str]:
    """The codes of the member's slips, as they are shown once."""
    page.goto("/committee")
    page.get_by_role("link", name=re.compile("^进入会议")).tap()
    page.get_by_role("link", name="填写选票").tap()
    expect(page.get_by_role("heading", name="填写选票")).to_be_visible()
    for place, item in enumerate(page.locator(".ballot-item").all()):
        item.get_by_label("质量奖" if place < 5 else "提名奖" if place < 15 else "不同意", exact=True).tap()
    page.get_by_role("button", name="核对选票").tap()
    page.get_by_role("button", name="投出选票").tap()
    page.wait_for_url("**/codes")
    codes = page.locator("td code").all_inner_texts()
    page.reload()
    expect(page.get_by_text("票码只在投票后显示一次")).to_be_visible()
    return codes


def close_and_read_minutes(page: Page) -> str:
    page.goto("/committee")
    page.get_by_role("link", name=re.compile("^进入会议")).click()
    page.get_by_role("link", name="计票", exact=True).click()
    page.get_by_role("button", name="打开票箱计票").click()
    page.get_by_role("link", name="闭会", exact=True).click()
    reason = page.get_by_label("理由")
    reason.fill("以表决为准。")
    page.get_by_role("button", name="闭会并形成拟奖名单").click()
    page.wait_for_url("**/minutes")
    return page.locator(".paper").inner_text()


def publish_notice(page: Page) -> None:
    page.goto("/notices")
    page.get_by_role("button", name="生成公示稿").click()
    expect(page.get_by_text("这是预览，尚未发布")).to_be_visible()
    page.get_by_role("link", name="发布公示").click()
    page.get_by_role("button", name="发布公示").click()
    expect(page.get_by_text("公示已发布")).to_be_visible()


def object_as_visitor(page: Page) -> str:
    """The secret address under which the objector follows the objection."""
    page.goto("/")
    page.get_by_role("link", name=re.compile("拟奖名单的公示")).click()
    page.get_by_role("link", name="提出异议").click()
    page.get_by_role("radio", name="个人").check()
    page.get_by_label("单位名称或个人姓名").fill("异议人示例")
    page.get_by_label("统一社会信用代码或身份证件号码").fill("110101199003070000")
    page.get_by_label("联系人").fill("异议人示例")
    page.get_by_label("联系电话或邮箱").fill("visitor@demo.example")
    page.get_by_label("针对哪个申报者").select_option(index=1)
    page.get_by_label("异议内容和理由").fill("自评报告中的顾客满意度与公开数据不一致。")
    page.get_by_label("证据材料").set_input_files(EVIDENCE)  # type: ignore[arg-type]
    page.get_by_label("本人（本单位）保证所述属实").check()
    page.get_by_role("button", name="提交异议").click()
    expect(page.get_by_text("秘书处已收到您的异议")).to_be_visible()
    page.get_by_role("link", name="/objections/follow/").click()
    expect(page.get_by_text("正在核查，尚无结论")).to_be_visible()
    return page.url


def reject_objection(page: Page) -> None:
    page.goto("/objections")
    page.get_by_role("link", name=re.compile("^指定办理人")).click()
    page.get_by_role("link", name="指定办理人").click()
    page.get_by_role("radio", name=re.compile("office@demo.example")).check()
    page.get_by_role("button", name="指定办理人").click()
    page.get_by_role("link", name="声明并承办").click()
    page.get_by_label("我与申报者、推荐单位和异议人没有利害关系").check()
    page.get_by_role("button", name="声明并承办").click()
    page.get_by_role("link", name="作出结论并答复").click()
    page.get_by_role("button", name="认定异议不成立").click()
    expect(page.locator("#answer-error")).to_be_visible()
    page.get_by_label("核查情况").fill("查阅了申报材料和公开数据。")
    page.get_by_label("答复异议人").fill(ANSWER)
    page.get_by_role("button", name="认定异议不成立").click()
    expect(page.get_by_text("结论已记录")).to_be_visible()


def record_approval_and_publish(page: Page, approved_on: datetime) -> None:
    page.goto("/notices")
    page.get_by_role("link", name=re.compile("^查看公示")).click()
    page.get_by_role("link", name="结束公示").click()
    page.get_by_role("button", name="结束公示").click()
    page.goto("/outcomes")
    page.get_by_role("link", name=re.compile("^记录批准文件")).click()
    page.get_by_label("批准文件文号").fill("示例政函〔2026〕1号")
    page.get_by_label("批准日期").fill(approved_on.date().isoformat())
    page.get_by_role("button", name="记录批准文件").click()
    page.get_by_role("link", name="公布结果").click()
    page.get_by_role("button", name="公布结果").click()
    expect(page.get_by_text("结果已公布")).to_be_visible()


def after_the_last_day(app: Flask) -> datetime:
    with app.app_context():
        notice = db.session.scalars(select(Notice)).one()
        assert notice.last_day is not None
        return datetime.combine(notice.last_day + timedelta(days=1), time(9), ZoneInfo(notice.edition.time_zone))


@pytest.mark.demo("committee")
def test_from_the_ballot_to_the_published_result(
    app: Flask, open_window: Callable[..., Window], browser_sign_in: SignIn, running_clock: TestClock
) -> None:
    member = open_window(viewport=TABLET, has_touch=True)
    browser_sign_in(member.page, "committee@demo.example")
    codes = vote_on_a_tablet(member.page)
    assert len(codes) == 23
    assert all(map(CODE.match, codes))

    desk = open_window().page
    browser_sign_in(desk, "office@demo.example")
    minutes = close_and_read_minutes(desk)
    assert [code for code in codes if code not in minutes] == []
    publish_notice(desk)

    visitor = open_window(viewport=PHONE, java_script_enabled=False).page
    followed = object_as_visitor(visitor)
    reject_objection(desk)
    visitor.goto(followed)
    expect(visitor.get_by_text(ANSWER)).to_be_visible()

    moment = after_the_last_day(app)
    running_clock.move_to(moment)
    later = open_window().page
    browser_sign_in(later, "office@demo.example")
    record_approval_and_publish(later, moment)
    visitor.goto("/results/SX2026")
    expect(visitor.get_by_role("table", name="质量奖", exact=True).locator("tbody tr")).to_have_count(5)
    expect(visitor.get_by_role("table", name="提名奖", exact=True).locator("tbody tr")).to_have_count(10)
    run_command(app, "doctor")


@pytest.mark.demo("committee")
def test_nobody_recuses_once_voting_is_open(
    app: Flask, open_window: Callable[..., Window], browser_sign_in: SignIn
) -> None:
    member = open_window(viewport=TABLET, has_touch=True)
    browser_sign_in(member.page, "committee@demo.example")
    member.page.goto("/committee/1")
    expect(member.page.get_by_role("link", name="申请回避")).to_have_count(0)
    member.watch.expect(403)
    refused = member.page.goto("/committee/1/recusal")
    assert refused is not None
    assert refused.status == 403
    expect(member.page.get_by_role("main")).to_contain_text("当前状态下不能办理")
    run_command(app, "doctor")


@pytest.mark.demo("notice")
def test_the_supervisor_sees_everything_and_changes_nothing(app: Flask, page: Page, browser_sign_in: SignIn) -> None:
    browser_sign_in(page, "supervisor@demo.example")
    page.goto("/audit/verify")
    expect(page.get_by_text("日志完好")).to_be_visible()
    menu = page.locator("nav.menu a[href^='/']").evaluate_all("all => all.map(each => each.getAttribute('href'))")
    assert {"/formal-checks", "/experts", "/draws", "/progress", "/rankings", "/committee", "/notices", "/objections",
            "/outcomes", "/audit"} <= set(menu)  # fmt: skip
    looked_at = [
        "/formal-checks/1",
        "/draws/1",
        "/rankings/1",
        "/committee/1/minutes",
        "/objections/1",
        "/sheets/1/receipt",
    ]
    for address in [*menu, *looked_at]:
        page.goto(address)
        forms = page.locator("form[method=post]").evaluate_all("all => all.map(each => each.getAttribute('action'))")
        changing = {
            form for form in forms if "/exports/" not in form
        }  # what is taken out changes nothing, and is on record
        assert changing == {"/language", "/sign-out"}, address
    run_command(app, "doctor")
