"""Scores after a visit: what an expert sees beside the sheet, which change needs its reason, and what stays untouched."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.kernel import unit_of_work
from app.kernel.database import db
from app.kernel.errors import NotReady
from app.programmes.queries import rulebook_of
from app.programmes.rules.criteria import CriteriaSet
from app.scoring import earlier, queries, rules, services
from app.scoring.models import ScoreSheet
from tests.factories.consensus import released, talking
from tests.factories.scoring import hand_in, judge, panel
from tests.factories.visits import on_site, over
from tests.support.client import Client, document
from tests.support.rulebooks import rulebook

Enter = Callable[[str], Client]


def criteria() -> CriteriaSet:
    return rulebook().criteria_sets[0]


def before(sheet: ScoreSheet) -> rules.Befores:
    return earlier.before(rulebook_of(sheet.round.edition).round(sheet.round.key), sheet)


# --- the rule -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "percent", "reason", "asked"),
    [
        (rules.Before(own=60), 60, "", False),
        (rules.Before(own=60), 65, "", True),
        (rules.Before(own=60), 65, "现场看到三年数据。", False),
        (rules.Before(own=60, agreed=65), 65, "", False),
        (rules.Before(own=60, agreed=65), 60, "", True),
        (rules.Before(own=0), 60, "", True),
        (rules.Before(own=60), None, "", False),
    ],
)
def test_a_change_from_where_the_item_stood_needs_a_reason(
    known: rules.Before, percent: int | None, reason: str, *, asked: bool
) -> None:
    code = criteria().item_codes[0]
    entry = rules.Entry(code, 40, percent, reason=reason)
    found = rules.unexplained([entry], {code: known}, criteria())
    assert [each for each, _message in found] == ([code] if asked else [])


def test_an_item_without_a_score_before_needs_none() -> None:
    code = criteria().item_codes[0]
    assert rules.unexplained([rules.Entry(code, 40, 60)], {}, criteria()) == []


# --- what is seen -------------------------------------------------------------------------------------------------


def test_in_a_paper_round_nothing_stands_beside_the_sheet(app_context: Flask) -> None:
    made = panel(1, 1, round_key="paper")
    assert before(made.sheet()) == {}


def test_after_the_visit_an_expert_sees_the_own_score_and_what_the_own_panel_agreed_on(app_context: Flask) -> None:
    paper, consensus = talking(20, 80, 50)
    released(paper, consensus, 60)
    site = on_site(paper, 4)
    code = consensus.items[0].item_code
    assert before(site.sheet(0, 0))[code] == rules.Before(own=20, agreed=60)
    assert before(site.sheet(0, 1))[code] == rules.Before(own=80, agreed=60)
    assert before(site.sheet(0, 3)) == {}  # was not on that panel: neither its scores nor its agreement


def test_a_change_without_its_reason_keeps_the_sheet_back_and_the_reason_is_handed_in_with_it(
    app_context: Flask,
) -> None:
    paper = panel(1, 1, round_key="paper")
    hand_in(paper.sheet(), 50)
    site = on_site(paper, 1)
    over(site)
    sheet = site.sheet()
    first, second, *_rest = criteria().item_codes
    judge(sheet, dict.fromkeys(criteria().item_codes, 50) | {first: 70, second: 30})
    with pytest.raises(NotReady) as lacking:
        services.submit(site.actors[0], sheet)
    assert [str(message)[:5] for message in lacking.value.missing] == [first, second]
    rows = {row.code: row for row in queries.item_rows(sheet.id)}
    for code, percent in ((first, 70), (second, 30)):
        said = rules.Judgement(percent, version=rows[code].version, reason="现场核对台账后改动。")
        services.save_items(site.actors[0], sheet, {code: said})
    submitted = services.submit(site.actors[0], sheet)
    told = {item["code"]: item.get("reason") for item in submitted.content["items"]}
    assert (told[first], told[criteria().item_codes[2]]) == ("现场核对台账后改动。", None)


def test_the_series_before_the_visit_stay_what_they_were(app_context: Flask) -> None:
    paper, consensus = talking(20, 80, 50)
    released(paper, consensus, 60)
    independent = [(sheet.id, sheet.total_twentieths, sheet.receipt_digest) for sheet in consensus.sheets]
    agreed = [(item.item_code, item.percent) for item in consensus.items]
    site = on_site(paper, 1)
    over(site)
    judge(site.sheet(), 60)
    services.submit(site.actors[0], site.sheet())
    db.session.flush()
    db.session.expire_all()
    assert [(sheet.id, sheet.total_twentieths, sheet.receipt_digest) for sheet in consensus.sheets] == independent
    assert [(item.item_code, item.percent) for item in consensus.items] == agreed


def test_the_page_shows_both_and_asks_for_the_reason_there(app: Flask, signed_in: Enter) -> None:
    with app.app_context(), unit_of_work.transaction():
        paper, consensus = talking(20, 80, 50)
        released(paper, consensus, 60)
        site = on_site(paper, 1)
        judge(site.sheet(), 60)
        judge(site.sheet(), {consensus.items[0].item_code: 65})
        sheet_id, email, code = site.sheet().id, site.experts[0].email, consensus.items[0].item_code
    expert = signed_in(email)
    page = expert.page(f"/sheets/{sheet_id}")
    assert "我的评分 20%" in page.text
    assert "合议 60%" in page.text
    checked = expert.page(f"/sheets/{sheet_id}/submit")
    assert f"{code} " in checked.text
    assert "请写明改动的理由" in checked.text
    saved = expert.submit(f"/sheets/{sheet_id}", form="sheet", **{f"{code}-reason": "现场看到三年趋势。"})
    assert saved.status_code == 303
    assert "请写明改动的理由" not in expert.page(f"/sheets/{sheet_id}/submit").text
    assert document(expert.get(f"/sheets/{sheet_id}"))
