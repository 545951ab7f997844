"""Layouts and error pages whole: valid, in both languages, and the typed text is never lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from app.kernel.actor import Actor
from app.kernel.words import Message
from app.web.styleguide import PAGES
from tests.support.html import Document
from tests.ui.conftest import Render

ERRORS = (400, 403, 404, 409, 413, 422, 429, 500, 503)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_every_layout_is_a_valid_page_with_one_title(guide: Callable[..., Document], page: str, language: str) -> None:
    found = guide(page, language)
    assert found.language == {"zh": "zh-CN", "en": "en"}[language]
    assert len(found.all("h1")) == 1
    assert len(found.all("main")) == 1
    assert found.all("main")[0].get("id") == "main"
    assert found.links()[0] == "#main"


def test_the_office_sees_the_order_of_its_work(guide: Callable[..., Document]) -> None:
    entries = guide("work").all("nav[@id='menu']/ol/li/a")
    assert [(each.text, each.get("aria-current")) for each in entries] == [("专家库", "page"), ("公示", None)]


def test_applicants_and_experts_have_no_menu(guide: Callable[..., Document]) -> None:
    assert not guide("task").all("nav[@id='menu']")


def test_an_empty_side_panel_leaves_no_trace(render: Render) -> None:
    page = '{% extends "layouts/work.html" %}{% block title %}甲{% endblock %}'
    assert not render(page).all("aside")
    assert render(page + "{% block side %}说明{% endblock %}").texts("aside") == ["说明"]


def test_a_visitor_is_offered_the_door_and_no_person(render: Render) -> None:
    page = '{% extends "layouts/public.html" %}{% block title %}甲{% endblock %}'
    found = render(page, actor=Actor.anonymous(), workspaces=())
    assert "登录" in found.text
    assert "退出登录" not in found.text


def test_the_language_switch_comes_back_to_the_page(guide: Callable[..., Document]) -> None:
    (switch,) = [form for form in guide("task").forms if form.action.endswith("accounts.language")]
    assert switch.values()["next"] == ["/styleguide/?page=task"]
    assert [(button.get("name"), button.get("value")) for button in switch.buttons()] == [("language", "en")]


@pytest.mark.parametrize("status", ERRORS)
def test_every_error_says_what_why_and_what_to_do_and_returns_the_typed_text(render: Render, status: int) -> None:
    found = render(
        f'{{% include "errors/{status}.html" %}}',
        message=Message("第 %(n)s 项没有保存。", {"n": 3}),
        typed={"overview": "写了半天的文字"},
        status=status,
    )
    assert str(status) in found.text
    assert "第 3 项没有保存。" in found.text
    assert [(box.text or "").strip() for box in found.all("textarea")] == ["写了半天的文字"]
    assert found.all("main")[0].findall(".//a")


@pytest.mark.parametrize("status", ERRORS)
def test_error_pages_stand_without_person_edition_or_menu(workshop: Flask, status: int) -> None:
    with workshop.test_request_context():
        source = workshop.jinja_env.get_template(f"errors/{status}.html")
        assert Document.parse(source.render(request={"referrer": None})).all("h1")


def test_a_stale_page_keeps_both_texts(render: Render) -> None:
    found = render(
        '{% include "errors/409.html" %}', stored={"overview": "他人的"}, typed_again={"overview": "我的"}, typed={}
    )
    assert [(box.text or "").strip() for box in found.all("textarea")] == ["我的", "他人的"]


def test_what_is_missing_is_listed_on_the_refusal(render: Render) -> None:
    assert "缺附件。" in render('{% include "errors/422.html" %}', missing=[Message("缺附件。")], typed={}).texts("li")


def test_a_mail_says_why_it_came_and_has_one_link(workshop: Flask) -> None:
    source = '{% extends "mail/base.txt" %}{% block body %}请声明利害关系。{% endblock %}'
    with workshop.test_request_context():
        mail = workshop.jinja_env.from_string(source).render(
            name="李明",
            reason=Message("您是本届评审专家。"),
            link="https://award.example/a/1",
            edition_title="第四届山西省质量奖",
        )
    assert mail.startswith("李明，您好：")
    assert mail.count("https://") == 1
    assert "您收到此邮件，是因为：您是本届评审专家。" in mail
