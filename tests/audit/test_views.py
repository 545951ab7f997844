"""The supervisor reads, filters, verifies and takes away; nobody else does."""

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import text

from app.audit import services
from app.audit.export import comma_separated
from app.audit.rules import HASHED_FIELDS, first_broken
from app.kernel import clock, unit_of_work
from app.kernel.actor import Role
from app.kernel.database import db
from app.kernel.spreadsheets import harmless
from tests.factories.accounts import person
from tests.support.client import Client

EMAILS = {role: f"{role}@audit.example" for role in Role}


@pytest.fixture
def recorded(app: Flask) -> Flask:
    """Sixty events of an office and a formula of a stranger, over two days in Beijing."""
    with app.app_context(), unit_of_work.transaction():
        for role in Role:
            person(role, email=EMAILS[role], password=True)
        with clock.fixed(datetime(2026, 5, 7, 15, 59, tzinfo=UTC)):
            office = person(Role.OFFICE)
            for number in range(59):
                services.record(office, "workdays.edit", reason=f"补记 {number}")
        with clock.fixed(datetime(2026, 5, 7, 16, 0, tzinfo=UTC)):
            services.record(office, "edition.open", before="draft", after="running", reason="=HYPERLINK(1)")
    return app


@pytest.fixture
def supervisor(recorded: Flask, new_client: Callable[[], Client]) -> Client:
    client = new_client()
    client.sign_in(EMAILS[Role.SUPERVISOR])
    return client


def test_each_event_reads_in_words(supervisor: Client) -> None:
    text_of_page = supervisor.page("/audit").text
    assert "启动本届并冻结规则" in text_of_page
    assert "筹备中 → 进行中" in text_of_page


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("", 61),
        ("action=workdays.edit", 59),
        ("who=office", 60),
        ("who=%25", 0),
        ("subject_type=user", 1),
        ("since=2026-05-08&until=2026-05-08&action=edition.open", 1),
        ("until=2026-05-07", 59),
        ("since=2026-05-08", 2),
        ("edition=77", 0),
    ],
)
def test_filters_narrow_and_days_are_days_in_beijing(supervisor: Client, query: str, total: int) -> None:
    shown = supervisor.page(f"/audit?{query}").text
    assert (f"共 {total} 条" in shown) if total else ("没有符合条件的记录" in shown)


def test_pages_follow_one_another_and_keep_the_filter(supervisor: Client) -> None:
    first = supervisor.page("/audit?action=workdays.edit")
    following = next(link for link in first.links() if "page=2" in link)
    assert "action=workdays.edit" in following
    assert "第 51–59 条，共 59 条" in supervisor.page(following).text


@pytest.mark.parametrize("query", ["since=yesterday", "subject_id=x", "action=no.such", "subject_id=99999999999999"])
def test_a_filter_that_makes_no_sense_is_said_and_shows_everything(supervisor: Client, query: str) -> None:
    assert "共 61 条" in supervisor.page(f"/audit?{query}", status=422).text


def test_the_export_lets_anybody_recompute_the_chain(supervisor: Client) -> None:
    answer = supervisor.get("/audit/export.jsonl")
    events = [json.loads(line) for line in answer.get_data(as_text=True).splitlines()]
    assert len(events) == 61
    assert first_broken([event | {"at": datetime.fromisoformat(event["at"])} for event in events]) is None


def test_the_spreadsheet_is_filtered_and_runs_no_formula(supervisor: Client) -> None:
    content = supervisor.get("/audit/export.csv?action=edition.open").get_data(as_text=True)
    [row] = csv.DictReader(io.StringIO(content.removeprefix("\ufeff")))
    assert (row["action"], row["reason"]) == ("edition.open", "'=HYPERLINK(1)")
    assert supervisor.get("/audit/export.exe").status_code == 404


@pytest.mark.parametrize("reason", ["＝1＋1", "  =1", "\t@SUM(A1)"])
def test_the_spreadsheet_knows_a_formula_as_every_export_does(reason: str) -> None:
    event = {**dict.fromkeys((*HASHED_FIELDS, "hash"), ""), "id": 1, "at": clock.now(), "detail": {}, "reason": reason}
    [row] = csv.DictReader(io.StringIO("".join(comma_separated([event])).removeprefix("\ufeff"), newline=""))
    assert row["reason"] == harmless(reason) == f"'{reason}"


def test_the_page_says_that_the_chain_holds_or_where_it_breaks(recorded: Flask, supervisor: Client) -> None:
    assert "日志完好：61 条" in supervisor.page("/audit/verify").text
    with recorded.app_context(), unit_of_work.transaction():
        db.session.execute(text("DROP TRIGGER audit_append_only_update"))
        db.session.execute(text("UPDATE audit_event SET reason = '改过' WHERE id = 7"))
    assert "从第 7 条起不再相符" in supervisor.page("/audit/verify").text


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SUPERVISOR])
def test_nobody_but_the_supervisor_reads_the_record(
    recorded: Flask, new_client: Callable[[], Client], role: Role
) -> None:
    client = new_client()
    client.sign_in(EMAILS[role])
    for url in ("/audit", "/audit/verify", "/audit/export.csv"):
        assert client.get(url).status_code == 403
