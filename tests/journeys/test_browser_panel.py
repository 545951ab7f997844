"""The office draws, proves and publishes; an expert with a conflict loses sight of the dossier at once and is replaced."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.kernel import regions
from tests.support.browser import PHONE, Window
from tests.support.databases import run_command

SignIn = Callable[..., None]
HOME = "山西省"


def panels_on(page: Page) -> list[tuple[str, list[str]]]:
    """Of each panel: the places of the applicant, and those of each expert that count (others follow as notes)."""
    found: list[tuple[str, list[str]]] = page.evaluate(
        """() => [...document.querySelectorAll("section.panel:has(table)")].map(panel => [
            panel.querySelector("p").innerText,
            [...panel.querySelectorAll("td[data-label='专家所在地']")].map(cell => cell.firstChild.data.trim())])"""
    )
    return found


def assert_nobody_is_from_home(page: Page) -> None:
    panels = panels_on(page)
    assert len(panels) >= 30
    for applicant, experts in panels:
        assert HOME in applicant
        assert len(experts) >= 3
        for places in experts:
            assert HOME not in places, places
            assert any(province.name.zh in places for province in regions.provinces())


def open_declaration(page: Page) -> None:
    page.goto("/work")
    page.get_by_role("link", name=re.compile("^声明利害关系")).first.click()


@pytest.mark.demo("draw")
def test_the_office_draws_and_publishes_and_an_expert_declares(
    app: Flask, open_window: Callable[..., Window], browser_sign_in: SignIn
) -> None:
    page = open_window().page
    browser_sign_in(page, "office@demo.example")
    page.goto("/draws")
    page.get_by_role("link", name="预检并抽取").click()
    expect(page.get_by_role("table", name="各申报书的可用专家")).to_contain_text("同一地区")
    page.get_by_role("link", name="进入抽取").click()
    expect(page.get_by_text("名单封存")).to_be_visible()
    page.get_by_role("button", name="抽取评审专家").click()
    expect(page.get_by_text("请核对后启封")).to_be_visible()
    assert_nobody_is_from_home(page)
    page.get_by_role("link", name="重新计算并核对").click()
    expect(page.get_by_text("重新计算的结果与记录完全一致")).to_be_visible()
    page.get_by_role("link", name="启封名单并通知专家").click()
    page.get_by_role("button", name="启封名单并通知专家").click()
    expect(page.get_by_text("名单已启封，已通知专家")).to_be_visible()

    phone = open_window(viewport=PHONE, java_script_enabled=False).page
    browser_sign_in(phone, "expert@demo.example")
    open_declaration(phone)
    expect(phone.get_by_text("先声明，后阅读")).to_be_visible()
    phone.get_by_label("我已阅读并承诺以上各条").check()
    phone.get_by_role("button", name="声明没有利害关系").click()
    expect(phone.get_by_text("已声明没有利害关系")).to_be_visible()
    phone.goto("/work")
    expect(phone.get_by_role("link", name=re.compile("^开始评分"))).to_have_count(1)
    run_command(app, "doctor")


def declare_conflict(page: Page) -> str:
    """The address that is gone afterwards."""
    open_declaration(page)
    address = page.url
    page.get_by_label("咨询").check()
    page.get_by_label("说明").fill("去年为该单位做过管理咨询。")
    page.get_by_role("button", name="声明有利害关系并回避").click()
    expect(page.get_by_text("已记下您的回避")).to_be_visible()
    return address


def replace_whoever_recused(page: Page) -> None:
    page.goto("/draws")
    page.get_by_role("link", name=re.compile("^抽取替补")).first.click()
    page.get_by_label("理由").fill("专家声明有利害关系，已回避。")
    page.get_by_role("button", name="抽取替补专家").click()
    expect(page.get_by_text("已重新抽取替补专家")).to_be_visible()
    page.get_by_role("link", name="重新计算并核对").click()
    expect(page.get_by_text("重新计算的结果与记录完全一致")).to_be_visible()


@pytest.mark.demo("declaration")
def test_a_conflict_hides_the_dossier_and_the_office_replaces(
    app: Flask, open_window: Callable[..., Window], browser_sign_in: SignIn
) -> None:
    window = open_window()
    browser_sign_in(window.page, "expert@demo.example")
    address = declare_conflict(window.page)
    window.watch.expect(404)
    for gone in (address, f"{address}/dossier"):
        answer = window.page.goto(gone)
        assert answer is not None
        assert answer.status == 404

    desk = open_window().page
    browser_sign_in(desk, "office@demo.example")
    replace_whoever_recused(desk)
    run_command(app, "doctor")
