"""A recommending body within its quota; the office accepts one dossier and returns one; the applicant reads why and hands in again."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.applications.models import Application
from app.demo import cast
from app.demo.intake import MINE, OWN_CITY, body_email
from app.demo.people import applicants
from app.intake import services
from app.intake.queries import body_of, quota_lines
from app.kernel import clock, unit_of_work
from app.kernel.database import db
from app.programmes.queries import rulebook_of
from tests.support.browser import PHONE, Window
from tests.support.databases import run_command

SignIn = Callable[..., None]
OPINION = "经核实，申报者依法经营、材料属实，同意推荐。"
REASON = "关键绩效数据证明中第三年的数字与自评报告不一致，请核对后补正。"
OWN = [one.name for one in applicants() if one.city_code == OWN_CITY and one.kind == "organisation"]
MY_NAME, OTHER_NAME = applicants()[MINE - 1].name, applicants()[0].name


def open_recommendation(page: Page, name: str) -> None:
    page.goto("/recommendations")
    page.get_by_role("link", name=f"审核并推荐 {name}").click()
    page.get_by_role("link", name="推荐申报").click()


def write_recommendation(page: Page, *, days: int) -> None:
    today = clock.today()
    page.get_by_label("推荐意见").fill(OPINION)
    page.get_by_label("本地公示开始日期").fill((today - timedelta(days=days + 1)).isoformat())
    page.get_by_label("本地公示结束日期").fill((today - timedelta(days=1)).isoformat())
    page.get_by_role("button", name="推荐申报").click()


def use_up_quota(app: Flask, names: list[str]) -> list[str]:
    """The body recommends the next ones elsewhere, until no place is left; the names that got none."""
    with app.app_context(), unit_of_work.transaction():
        body = cast.as_person(body_email(OWN_CITY))
        dossiers = {one.name: one for one in db.session.scalars(select(Application))}
        first = dossiers[names[0]]
        own = body_of(first)
        assert own is not None
        lines = quota_lines(own, first.edition, rulebook_of(first.edition))
        places = next(line.left for line in lines if line.kind == "organisation")
        today = clock.today()
        for name in names[:places]:
            services.recommend(
                body,
                dossiers[name],
                opinion=OPINION,
                notice_from=today - timedelta(days=31),
                notice_until=today - timedelta(days=1),
            )
    return names[places:]


@pytest.mark.demo("recommendation")
def test_a_body_recommends_within_its_quota(
    app: Flask, open_window: Callable[..., Window], browser_sign_in: SignIn
) -> None:
    window = open_window()
    page, late = window.page, window.context.new_page()
    browser_sign_in(page, "recommender@demo.example")

    open_recommendation(page, OWN[0])
    write_recommendation(page, days=1)
    expect(page.locator("#error-summary")).to_contain_text("本地公示不足 5 个工作日")
    expect(page.get_by_label("推荐意见")).to_have_value(OPINION)
    write_recommendation(page, days=30)
    expect(page.get_by_text(f"已推荐 {OWN[0]}")).to_be_visible()

    open_recommendation(late, OWN[-1])
    assert OWN[-1] in use_up_quota(app, OWN[1:])
    write_recommendation(late, days=30)
    expect(late.locator("#error-summary")).to_contain_text("名额")
    expect(late.get_by_label("推荐意见")).to_have_value(OPINION)
    open_recommendation(page, OWN[-1])
    expect(page.get_by_role("button", name="推荐申报")).to_be_disabled()
    run_command(app, "doctor")


def tick_everything(page: Page, name: str) -> None:
    page.goto("/formal-checks?state=recommended")
    page.get_by_role("link", name=name, exact=True).click()
    for item in page.locator(".check-item").all():
        item.locator("input[type=radio]").first.check()


def record_last_reply(page: Page) -> None:
    """One department has been silent: what it says by telephone or letter is entered before the dossier is accepted."""
    tick_everything(page, OTHER_NAME)
    page.get_by_role("button", name="登记部门答复").click()
    waiting = page.get_by_role("group", name="答复的部门").get_by_role("checkbox")
    for box in waiting.all():
        box.check()
    page.get_by_label("无异议").check()
    page.get_by_label("答复日期").fill(clock.today().isoformat())
    page.get_by_role("button", name="登记部门答复").click()


def return_with_reason(page: Page) -> None:
    tick_everything(page, MY_NAME)
    page.get_by_role("button", name="退回补正").click()
    page.get_by_role("button", name="退回补正").click()
    expect(page.locator("#reason-error")).to_be_visible()
    page.get_by_label("理由").fill(REASON)
    page.get_by_role("button", name="退回补正").click()
    expect(page.get_by_text(f"已办理：{MY_NAME}")).to_be_visible()


@pytest.mark.demo("formal_check")
def test_the_office_accepts_one_and_returns_one(
    app: Flask, open_window: Callable[..., Window], browser_sign_in: SignIn
) -> None:
    desk = open_window().page
    browser_sign_in(desk, "office@demo.example")
    tick_everything(desk, OTHER_NAME)
    desk.get_by_role("button", name="受理申报").click()
    expect(desk.get_by_role("button", name="受理申报")).to_be_disabled()
    record_last_reply(desk)
    desk.get_by_role("button", name="受理申报").click()
    desk.get_by_role("button", name="受理申报").click()
    expect(desk.get_by_text(f"已办理：{OTHER_NAME}")).to_be_visible()
    return_with_reason(desk)

    phone = open_window(viewport=PHONE).page
    browser_sign_in(phone, "applicant@demo.example")
    phone.goto("/applications")
    phone.get_by_role("link", name="继续填写").click()
    told = phone.locator(".banner.warn")
    expect(told).to_contain_text(REASON)
    expect(told).to_contain_text(re.compile(r"请于 \d{4}-\d{2}-\d{2} .*前补正"))
    phone.get_by_role("link", name="核对并提交").click()
    phone.get_by_label("签署人").fill("法定代表人示例")
    phone.get_by_label("本申报者声明").check()
    phone.get_by_role("button", name="提交补正").click()
    phone.wait_for_url("**/receipts/2")

    desk.goto("/formal-checks?state=recommended")
    expect(desk.get_by_role("link", name=MY_NAME, exact=True)).to_be_visible()
    run_command(app, "doctor")
