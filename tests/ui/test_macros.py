"""Each macro alone: what a person needs is there, and it is bound together for those who listen instead of look."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

import pytest
from flask import Flask

from app.kernel.words import Message
from app.web.styleguide import SampleForm
from tests.support.html import Document, squeezed
from tests.ui.conftest import Render

BUTTON = '{% from "ui/button.html" import button, button_link %}'
FIELD = '{% from "ui/field.html" import field %}'
FORM = '{% from "ui/form.html" import form, act, search %}'
MISSING = '{% from "ui/missing_list.html" import missing_list %}'
CONFIRM = '{% from "ui/confirm.html" import confirm %}'
SCORE = '{% from "ui/score_item.html" import score_item %}'

GUARDS = {"csrf_token", "idempotency_key"}
CHARACTERS_ARE_COUNTED = {"name": "60", "overview": "500"}
WRONG = {"name", "code", "group", "conflict", "founded", "pledge"}


@pytest.fixture
def form(workshop: Flask) -> Iterator[SampleForm]:
    with workshop.test_request_context():
        yield SampleForm(meta={"csrf": False})


@pytest.fixture
def refused(form: SampleForm) -> SampleForm:
    form.validate()
    form.general.append("这一届已经停止申报。")
    return form


def controls(document: Document) -> list[Element]:
    return [each for tag in ("input", "select", "textarea") for each in document.all(tag)]


def described_by(document: Document, element: Element) -> str:
    names = (element.get("aria-describedby") or "").split()
    return " ".join(squeezed(each) for name in names for each in document.all(f"*[@id='{name}']"))


def test_a_button_that_is_off_says_why(render: Render) -> None:
    why = Message("还有 %(n)s 项没有评分。", {"n": 3})
    found = render(BUTTON + "{{ button('提交评分', disabled_reason=why) }}", why=why)
    (button,) = found.all("button")
    assert button.get("disabled") is not None
    assert described_by(found, button) == "还有 3 项没有评分。"


def test_a_button_may_stand_outside_its_form(render: Render) -> None:
    source = "<form id='sheet'></form>{{ button('保存', 'secondary', name='act', value='keep', form='sheet') }}"
    (button,) = render(BUTTON + source).all("button")
    assert (button.get("name"), button.get("value"), button.get("form")) == ("act", "keep", "sheet")


def test_every_label_names_its_control(render: Render, form: SampleForm) -> None:
    for each in form:
        found = render(FIELD + "{{ field(f) }}", f=each)
        labelled = {label.get("for") for label in found.all("label")}
        assert {control.get("id") for control in controls(found)} == labelled, each.short_name
        assert squeezed(found.root).startswith(each.label.text) or each.type == "BooleanField"


def test_what_may_be_left_out_is_marked(render: Render, form: SampleForm) -> None:
    marked = {each.short_name for each in form if "选填" in render(FIELD + "{{ field(f) }}", f=each).text}
    assert marked == {"overview", "group", "closes", "staff", "email", "evidence", "secret"}


def test_long_answers_are_counted_and_never_cut_by_the_browser(render: Render, form: SampleForm) -> None:
    counted = {}
    for each in form:
        found = render(FIELD + "{{ field(f) }}", f=each)
        assert all(control.get("maxlength") is None for control in controls(found))
        limits = [control.get("data-limit") for control in controls(found) if control.get("data-limit")]
        counted |= {each.short_name: limits[0]} if limits else {}
    assert counted == CHARACTERS_ARE_COUNTED


def test_an_error_is_told_with_its_field(render: Render, refused: SampleForm) -> None:
    wrong = {each.short_name for each in refused if each.errors}
    assert wrong == WRONG
    for name in wrong:
        field = refused[name]
        found = render(FIELD + "{{ field(f) }}", f=field)
        bearer = found.all("fieldset")[0] if found.all("fieldset") else controls(found)[0]
        assert str(field.errors[0]) in described_by(found, bearer), name


def test_further_keywords_reach_the_widget(render: Render, form: SampleForm) -> None:
    (box,) = render(FIELD + "{{ field(f, rows=9, limit=80) }}", f=form.overview).all("textarea")
    assert (box.get("rows"), box.get("data-limit")) == ("9", "80")


def test_the_summary_names_every_error_and_leads_to_it(render: Render, refused: SampleForm) -> None:
    source = FIELD + '{% from "ui/error_summary.html" import error_summary %}{{ error_summary(f) }}'
    found = render(source + "{% for each in f %}{{ field(each) }}{% endfor %}", f=refused)
    (summary,) = found.all("*[@id='error-summary']")
    assert (summary.get("role"), summary.get("tabindex"), summary.get("autofocus")) == ("alert", "-1", "")
    targets = [link.get("href", "")[1:] for link in summary.iter("a")]
    assert {target.removesuffix("-0") for target in targets} == WRONG
    assert {control.get("id") for control in controls(found)} >= set(targets)
    assert "这一届已经停止申报。" in squeezed(summary)


def test_a_valid_form_has_no_summary(render: Render, form: SampleForm) -> None:
    source = '{% from "ui/error_summary.html" import error_summary %}{{ error_summary(f) }}'
    assert render(source, f=form).text == ""


def test_every_posted_form_carries_its_guards(render: Render) -> None:
    source = (
        FORM
        + "{% call form('/a', version=7) %}{% endcall %}{{ act('/b', '提醒一次') }}{% call search('/c') %}{% endcall %}"
    )
    editing, acting, looking = render(source).forms
    assert editing.values()["version"] == ["7"]
    assert editing.names == GUARDS | {"version"}
    assert acting.names == GUARDS
    assert (looking.method, looking.names) == ("get", set())


def test_two_forms_never_share_an_idempotency_key(render: Render) -> None:
    first, second = render(FORM + "{{ act('/a', '一') }}{{ act('/b', '二') }}").forms
    assert first.values()["idempotency_key"] != second.values()["idempotency_key"]


def test_a_task_row_has_its_name_state_due_time_and_one_verb(render: Render) -> None:
    source = """{% from "ui/task_row.html" import tasks, task_row %}{% call tasks('待评分') %}
    {{ task_row('汾河水务集团', '/a', '开始评分', '未开始', 'waiting', '2026-05-08 17:00（周五）', '已过期', late=true) }}{% endcall %}"""
    found = render(source)
    assert found.text == "汾河水务集团 未开始 2026-05-08 17:00（周五） 已过期 开始评分 汾河水务集团"
    assert found.links() == ["/a", "/a"]
    assert found.all("ul")[0].get("aria-label") == "待评分"


def test_a_table_says_what_it_is_and_sets_figures_right(render: Render) -> None:
    source = """{% from "ui/table.html" import table %}{% call table('排名', ['单位', ('得分', 'num')], wide=wide) %}
    <tr><th scope="row">甲</th><td class="num">612.50</td></tr>{% endcall %}"""
    found = render(source, wide=False)
    assert found.texts("caption") == ["排名"]
    assert [each.get("class") for each in found.all("thead/tr/th")] == [None, "num"]
    (frame,) = render(source, wide=True).all("div")
    assert (frame.get("tabindex"), frame.get("aria-label")) == ("0", "排名")


def test_a_missing_list_counts_and_links(render: Render) -> None:
    items = [(Message("缺第 %(item)s 条。", {"item": "4.2"}), "/items/4.2"), Message("缺附件。")]
    found = render(MISSING + "{{ missing_list(items) }}", items=items)
    assert found.texts("h2") == ["还缺 2 项"]
    assert found.texts("li") == ["缺第 4.2 条。", "缺附件。"]
    assert found.links() == ["/items/4.2"]
    assert "齐备" in render(MISSING + "{{ missing_list([]) }}").text


def test_an_act_that_cannot_be_undone_says_everything_before_its_button(render: Render, form: SampleForm) -> None:
    source = (
        CONFIRM
        + """{{ confirm('/a', '公布名单', '/back', f=form, changes=['名单公开。'], whom=['36 个单位'],
        mails=['结果通知'], agree='监督员', missing=missing) }}"""
    )
    ready = render(source, form=form, missing=[])
    for said in ("名单公开。", "36 个单位", "结果通知", "监督员", "不能撤回。"):
        assert said in ready.text
    assert ready.forms[0].names >= GUARDS | {"name", "conflict"}
    held = render(source, form=form, missing=[Message("缺法定人数。")])
    assert held.forms[0].buttons() == []
    assert "缺法定人数。" in held.text


def test_a_score_item_offers_every_level_and_marks_the_chosen_one(render: Render) -> None:
    source = SCORE + "{{ score_item('item-7', '4.1.2 领导', '50 分', 1000, value, step) }}"
    radios = render(source, value=65, step=5).all("input")
    assert [each.get("value") for each in radios] == [str(level) for level in range(0, 101, 5)]
    assert [each.get("value") for each in radios if each.get("checked") is not None] == ["65"]
    assert len(render(source, value=None, step=10).all("input")) == 11
    assert not [each for each in render(source, value=None, step=5).all("input") if each.get("checked") is not None]


def test_a_score_of_zero_is_a_score(render: Render) -> None:
    radios = render(SCORE + "{{ score_item('i', '领导', '50 分', 1000, 0) }}").all("input")
    assert [each.get("value") for each in radios if each.get("checked") is not None] == ["0"]


def test_a_stale_save_shows_both_texts_side_by_side(render: Render) -> None:
    source = '{% from "ui/diff.html" import diff %}{{ diff("概述", mine, stored, "f1") }}'
    boxes = render(source, mine="<我的>", stored="他人的\n第二行").all("textarea")
    assert [(box.text or "").strip() for box in boxes] == ["<我的>", "他人的\n第二行"]
    assert [box.get("readonly") for box in boxes] == [None, ""]


@pytest.mark.parametrize("kind", ["info", "done", "warn", "fault"])
def test_a_banner_speaks_and_does_not_rely_on_colour(render: Render, kind: str) -> None:
    found = render('{% from "ui/banner.html" import banner %}{{ banner(kind, "已保存。", live=true) }}', kind=kind)
    assert found.text == "已保存。"
    assert found.all("div")[0].get("role") == ("alert" if kind == "fault" else "status")
    assert '<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"' in found.source


def test_progress_and_paging_say_their_counts_in_words(render: Render) -> None:
    assert "12 / 15" in render('{% from "ui/progress.html" import progress %}{{ progress(12, 15, "已提交") }}').text
    pager = render('{% from "ui/pager.html" import pager %}{{ pager(1, 50, 212, none, "/?page=2") }}')
    assert "共 212 条" in pager.text
    assert pager.links() == ["/?page=2"]


def test_where_we_stand_is_told_without_sight(render: Render) -> None:
    source = """{% from "ui/stage_line.html" import stage_line %}{% from "ui/steps.html" import steps %}
    {{ stage_line([('申报', 'done', '03-01', none), ('评审', 'now', none, '/r')], '进程') }}
    {{ steps([('提交', '03-28', 'done', none), ('评审', none, 'now', none)], '经过') }}"""
    now = [each for each in render(source).all("li") if each.get("aria-current") == "step"]
    assert [squeezed(each) for each in now] == ["评审", "评审"]
