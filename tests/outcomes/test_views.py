"""The public home and results, and the office's pages."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import pytest
from flask import Flask

from app.kernel import unit_of_work
from app.outcomes import services
from tests.factories import decisions as committee
from tests.factories import notices as noticed_factory
from tests.factories import outcomes as made
from tests.support.client import Client, document
from tests.support.server import FrozenClock

SignIn = Callable[[str], Client]
OFFICE, WATCHER = "office@example.org", "supervisor@example.org"


@pytest.fixture
def past(app: Flask, frozen_clock: FrozenClock) -> None:
    with app.app_context(), unit_of_work.transaction():
        services.record_third_shanxi(committee.office())


@pytest.fixture
def concluded(app: Flask, frozen_clock: FrozenClock) -> int:
    with app.app_context(), unit_of_work.transaction():
        _noticed, outcomes = made.concluded(frozen_clock)
        committee.supervisor()
        committee.let_in(OFFICE, WATCHER)
        return outcomes[0].id


# --- anybody ------------------------------------------------------------------------------------------------------


def test_an_empty_house_says_so(client: Client) -> None:
    assert "还没有公开的信息" in client.page("/").text


def test_a_draft_is_nobodys_business(app: Flask, client: Client) -> None:
    with app.app_context(), unit_of_work.transaction():
        committee.programmes.create_edition(
            committee.office(), rulebook_key="shanxi-2021", number=4, code="SX2026", starts=committee.date(2026, 3, 2)
        )
    assert "还没有公开的信息" in client.page("/").text
    assert client.get("/results/SX2026").status_code == 404


def test_the_home_says_what_the_award_is_who_may_apply_and_when(
    app: Flask, client: Client, past: None, frozen_clock: FrozenClock
) -> None:
    with app.app_context(), unit_of_work.transaction():
        committee.running_edition()
    frozen_clock.move_to(datetime(2026, 3, 10, 2, 0, tzinfo=UTC))
    home = client.page("/")
    assert home.title.startswith("山西省质量奖")
    for words in (
        "不收取任何费用",
        "质量奖不超过 5 个。",
        "组织成立并运营满 3 年。",
        "第四届山西省质量奖日程",
        "2026-03-02（周一） 至 2026-04-15（周三）",
        "太原锅炉集团有限公司",
    ):
        assert words in home.text
    assert {"/rulebook/SX2026", "/results/SX2020", "/register"} <= set(home.links())
    frozen_clock.move_to(datetime(2026, 5, 1, 2, 0, tzinfo=UTC))
    assert "/register" not in client.page("/").links(), "the application period is over without anybody doing anything"


def test_the_home_is_english_for_who_reads_english(client: Client, past: None) -> None:
    client.set_cookie("language", "en")
    assert client.page("/").title.startswith("Shanxi Quality Award")
    client.set_cookie("language", "zh")
    assert client.page("/").title.startswith("山西省质量奖")


def test_the_home_shows_a_notice_from_the_moment_it_is_out(
    app: Flask, client: Client, frozen_clock: FrozenClock
) -> None:
    with app.app_context(), unit_of_work.transaction():
        noticed = noticed_factory.draft()
        notice_id = noticed.notice.id
    frozen_clock.move_to(noticed_factory.PUBLISHED)
    assert "拟奖名单的公示" not in client.page("/").text
    with app.app_context(), unit_of_work.transaction():
        notice = noticed_factory.services.queries.find(notice_id)
        assert notice is not None
        noticed_factory.services.publish(committee.office(), notice)
    assert "关于第四届山西省质量奖拟奖名单的公示" in client.page("/").text
    assert f"/notices/{notice_id}" in client.page("/").links()
    frozen_clock.move_to(datetime(2026, 8, 13, 2, 0, tzinfo=UTC))
    assert "还剩 5 个工作日" in client.page("/").text


def test_the_home_costs_three_statements_at_most_once_it_is_warm(
    client: Client, past: None, count_queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    client.page("/")
    with count_queries() as statements:
        client.page("/")
    assert len(statements) <= 3


def test_a_result_lists_winners_by_level_with_city_and_counts(client: Client, past: None) -> None:
    page = client.page("/results/SX2020")
    assert "质量奖（5 个）" in page.text
    assert "提名奖（10 个）" in page.text
    assert page.source.count("<rect ") == 6 + 10 + 2
    assert "太原市 3 4 7" in page.text
    assert client.get("/results/nothing").status_code == 404


def test_a_running_edition_has_no_result_yet(app: Flask, client: Client) -> None:
    with app.app_context(), unit_of_work.transaction():
        committee.running_edition()
    assert "本届结果尚未公布" in client.page("/results/SX2026").text


# --- the office ---------------------------------------------------------------------------------------------------


def test_the_office_records_the_approval_and_publishes(
    app: Flask, frozen_clock: FrozenClock, client: Client, signed_in: SignIn
) -> None:
    with app.app_context(), unit_of_work.transaction():
        made.ended(frozen_clock)
        committee.let_in(OFFICE)
    frozen_clock.move_to(made.APPROVED)
    office = signed_in(OFFICE)
    page = office.page("/outcomes")
    approval = next(link for link in page.links() if "/outcomes/approval/" in link)
    early = office.submit(approval, document="晋政函〔2026〕1号", approved_on="2026-08-19")
    assert early.status_code == 422
    assert "不能早于公示期满" in document(early).text
    assert office.submit(approval, document="晋政函〔2026〕1号", approved_on="2026-08-31").status_code == 303
    assert "本届结果尚未公布" in client.page("/results/SX2026").text, "approved is not yet public"
    published = office.submit("/outcomes/publish/1", form="publish")
    assert published.status_code == 303
    assert "企业01" in client.page(published.location).text


def test_an_empty_list_says_what_must_happen_first(app: Flask, signed_in: SignIn) -> None:
    with app.app_context(), unit_of_work.transaction():
        committee.running_edition()
        committee.let_in(OFFICE)
    assert "公示期满、没有未答复的异议之后" in signed_in(OFFICE).page("/outcomes").text


def test_a_revocation_shows_at_once_and_keeps_the_history(concluded: int, client: Client, signed_in: SignIn) -> None:
    assert "质量奖（1 个）" in client.page("/results/SX2026").text
    office = signed_in(OFFICE)
    assert office.submit(f"/outcomes/{concluded}/revoke", reason="", because="fraud").status_code == 422
    assert "请选择撤销的情形" in office.submit(f"/outcomes/{concluded}/revoke", reason="弄虚作假。").text
    assert office.submit(f"/outcomes/{concluded}/revoke", reason="弄虚作假。", because="fraud").status_code == 303
    page = client.page("/results/SX2026")
    assert "质量奖（0 个）" in page.text
    assert "企业01的质量奖于 2026-08-31（周一） 撤销：弄虚作假。" in page.text
    assert "企业01" not in client.page("/").text


def test_the_supervisor_reads_and_cannot_revoke(concluded: int, signed_in: SignIn) -> None:
    watcher = signed_in(WATCHER)
    assert "企业01" in watcher.page("/outcomes").text
    assert watcher.get(f"/outcomes/{concluded}/revoke").status_code == 403
    assert watcher.get("/outcomes/999/revoke").status_code == 404
