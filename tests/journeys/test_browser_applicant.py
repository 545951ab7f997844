"""A company new to the award comes in by itself: account, registration, dossier, evidence, hand-in, receipt."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import FilePayload, Page, expect
from sqlalchemy import select

from app.accounts import services as accounts
from app.accounts.models import User
from app.demo.documents import evidence_pdf
from app.demo.intake import HOME, body_email
from app.kernel import credit_code, unit_of_work
from app.kernel.database import db
from tests.support.browser import PHONE, Window
from tests.support.databases import DEMO_PASSWORD, run_command

EMAIL, PASSWORD = "quality@new.example", "four unlikely words together"
COMPANY = "Sample Valve Works"
CITY_BODY, DEPARTMENT = "太原市质量强市工作领导小组办公室", "省工业和信息化厅"
CODE = credit_code.make(777, "140121")
WRONG_CODE = CODE[:-1] + ("0" if CODE[-1] != "0" else "1")
LICENCE = evidence_pdf("licence of a company that does not exist")
RESULTS = evidence_pdf("results of a company that does not exist")
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
QUOTED = re.compile(r"“[^”]*”")  # a place is entered by its Chinese name
EVERY_TEXT = """() => [...document.querySelectorAll("title, body *:not([lang='zh-CN']):not(script):not(datalist *)")]
    .flatMap(each => [...each.childNodes].filter(node => node.nodeType === 3).map(node => node.data.trim())
        .concat(["aria-label", "title", "placeholder"].map(name => each.getAttribute(name) ?? "")))"""
ANSWERS = {
    "founded": "2001-05-08",
    "legal_representative": "Wang Example",
    "registered_address": "1 Example Road",
    "address": "1 Example Road",
    "employees": "320",
    "products": "Valves for water works",
    "incidents": "none",
    "contact": "Li Example",
    "phone": "0351-0000000",
    "email": EMAIL,
}


def pdf(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/pdf", "buffer": content}


def open_account(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="登录").first.click()
    page.get_by_role("link", name="注册").first.click()
    page.get_by_label("姓名").fill("Li Example")
    page.get_by_label("邮箱").fill(EMAIL)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_label("再次输入密码").fill(PASSWORD)
    page.get_by_role("button", name="注册").click()
    expect(page.get_by_text("账号已经建好")).to_be_visible()
    page.get_by_label("邮箱").fill(EMAIL)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def describe_company(page: Page) -> None:
    """A wrong check digit is said at its field and nothing typed is lost."""
    page.goto("/applicant")
    page.get_by_label("组织", exact=True).check()
    page.get_by_label("名称或姓名").fill(COMPANY)
    page.get_by_label("统一社会信用代码").fill(WRONG_CODE)
    page.get_by_label("所在市").select_option(label="太原市")
    page.get_by_label("所在县").fill("清徐县")
    page.get_by_label("国民经济行业").select_option("34")
    page.get_by_label("联系人").fill("Li Example")
    page.get_by_label("联系电话").fill("0351-0000000")
    page.get_by_role("button", name="保存登记资料").click()
    expect(page.locator("#credit_code-error")).to_contain_text("校验")
    expect(page.get_by_label("名称或姓名")).to_have_value(COMPANY)
    expect(page.get_by_label("所在县")).to_have_value("清徐县")
    page.get_by_label("统一社会信用代码").fill(CODE)
    page.get_by_role("button", name="保存登记资料").click()
    expect(page.get_by_text("申报者已登记")).to_be_visible()


def start_dossier(page: Page) -> str:
    page.goto("/applications/start")
    page.locator("main form .button.primary").click()
    page.wait_for_url(re.compile(r"/applications/\d+$"))
    return page.url


def see_autosave(page: Page, dossier: str) -> None:
    page.goto(f"{dossier}/text/overview")
    page.get_by_label("正文").fill("We make valves.")
    expect(page.locator("[data-saved-line]").first).to_contain_text("已保存")
    page.reload()
    expect(page.get_by_label("正文")).to_have_value("We make valves.")


def see_what_is_missing(page: Page, dossier: str) -> int:
    page.goto(dossier)
    expect(page.get_by_role("button", name="提交申报书")).to_be_disabled()
    return page.locator(".missing li").count()


def read_in_english(page: Page, dossier: str) -> None:
    """Applicant and texts of this company are in Latin letters, so nothing Chinese may be left but the way back."""
    page.get_by_role("button", name="English").click()
    for path in ("", "/identity", "/form/profile", "/text/item:4.1.2", "/evidence"):
        page.goto(dossier + path)
        assert [text for text in page.evaluate(EVERY_TEXT) if CHINESE.search(QUOTED.sub("", text))] == [], page.url
    page.get_by_role("button", name="中文").click()


def fill_section(page: Page) -> None:
    for name, value in ANSWERS.items():
        if page.locator(f"#section [name={name}]").count():
            page.locator(f"#section [name={name}]").fill(value)
    for box in page.locator("#section input[type=checkbox]").all():
        box.check()
    if page.locator("#section [name=ownership]").count():
        page.locator("#section [name=ownership]").select_option("private")
    if page.locator("#section [name=body]").count():
        page.locator("#section [name=body]").fill("Approach, deployment, learning and integration, with results.")


def fill_every_section(page: Page, dossier: str) -> int:
    page.goto(f"{dossier}/identity")
    pages = 0
    while (further := page.get_by_role("button", name="保存并填写下一节")).count():
        fill_section(page)
        further.click()
        page.wait_for_load_state()
        pages += 1
    assert page.url.endswith("/evidence")
    return pages


def bring_evidence(page: Page) -> None:
    page.get_by_label("材料类别").select_option(label="营业执照或登记证书")
    page.get_by_label("文件", exact=True).set_input_files(pdf("执照.pdf", b"MZ this is a program"))
    page.get_by_role("button", name="上传文件").click()
    expect(page.locator("#file-error")).to_contain_text("内容却不是这种格式")
    expect(page.get_by_label("材料类别")).to_have_value("licence")
    for kind, name, content in (("营业执照或登记证书", "执照.pdf", LICENCE), ("关键绩效数据证明", "绩效.pdf", RESULTS)):
        page.get_by_label("材料类别").select_option(label=kind)
        page.get_by_label("文件", exact=True).set_input_files(pdf(name, content))
        page.get_by_role("button", name="上传文件").click()
        expect(page.get_by_role("link", name=name)).to_be_visible()


def hand_in(page: Page, dossier: str) -> None:
    page.goto(dossier)
    page.get_by_role("link", name="核对并提交").click()
    page.get_by_label("签署人").fill("Wang Example")
    page.get_by_role("button", name="提交申报书").click()
    expect(page.get_by_text("提交前须作出声明")).to_have_count(2)  # in the summary and at the field
    page.get_by_label("本申报者声明").check()
    page.get_by_role("button", name="提交申报书").click()
    page.wait_for_url("**/receipts/1")


def turn_to_a_department(page: Page, dossier: str) -> None:
    """Its city would recommend it by itself; until it is handed in the company may turn to another body."""
    page.goto(dossier)
    expect(page.locator(".side")).to_contain_text(CITY_BODY)
    page.get_by_role("link", name="选择推荐单位").click()
    expect(page.get_by_label(re.compile(f"^{CITY_BODY}"))).to_be_checked()
    page.get_by_label(re.compile(f"^{DEPARTMENT}")).check()
    page.get_by_role("button", name="选定推荐单位").click()
    expect(page.get_by_text("推荐单位已选定")).to_be_visible()
    expect(page.locator(".side")).to_contain_text(DEPARTMENT)


def see_it_arrive(app: Flask, page: Page, browser_sign_in: Callable[..., None]) -> None:
    """At the department, and not at the city."""
    with app.app_context(), unit_of_work.transaction():
        department = db.session.scalars(select(User).where(User.email == body_email(HOME))).one()
        accounts.set_password(department, DEMO_PASSWORD)
    for email, count in ((body_email(HOME), 1), ("recommender@demo.example", 0)):
        page.context.clear_cookies()
        browser_sign_in(page, email)
        page.goto("/recommendations")
        expect(page.get_by_role("link", name=f"审核并推荐 {COMPANY}")).to_have_count(count)


@pytest.mark.demo("applications")
def test_a_new_company_applies(
    app: Flask, window: Window, open_window: Callable[..., Window], browser_sign_in: Callable[..., None]
) -> None:
    page = window.page
    open_account(page)
    describe_company(page)
    dossier = start_dossier(page)
    turn_to_a_department(page, dossier)
    see_autosave(page, dossier)
    missing = see_what_is_missing(page, dossier)
    read_in_english(page, dossier)
    assert fill_every_section(page, dossier) >= 27
    bring_evidence(page)
    hand_in(page, dossier)
    receipt = page.locator("main").inner_text()
    assert re.search(r"\bSX\d{4}-\d{3}\b", receipt)
    assert hashlib.sha256(LICENCE).hexdigest() in receipt
    assert missing > 27
    page.goto(dossier)
    expect(page.get_by_text("已提交，待推荐").first).to_be_visible()
    expect(page.get_by_role("link", name="选择推荐单位")).to_have_count(0)
    see_it_arrive(app, open_window().page, browser_sign_in)
    run_command(app, "doctor")


@pytest.mark.demo("applications")
def test_a_half_filled_dossier_says_what_is_missing_on_a_phone(
    app: Flask, open_window: Callable[..., Window], browser_sign_in: Callable[..., None]
) -> None:
    page = open_window(viewport=PHONE, java_script_enabled=False).page
    browser_sign_in(page, "applicant@demo.example")
    page.goto("/applications")
    page.get_by_role("link", name="继续填写").first.click()
    gaps = page.locator(".missing li")
    before = gaps.count()
    gaps.locator("a").first.click()
    page.get_by_label("正文").fill("写在没有脚本的手机上。")
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_role("link", name="回到申报书").click()
    assert gaps.count() == before - 1
    run_command(app, "doctor")
