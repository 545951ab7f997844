"""What the tests rely on: a client that refuses bad pages, no way out of this machine, two real databases, a held clock."""

import smtplib
import socket
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import text

from app.kernel import clock
from app.kernel.database import db
from tests.conftest import TestClock
from tests.support.browser import Window
from tests.support.client import chosen_form
from tests.support.databases import Workplace
from tests.support.html import Document, InvalidHTML
from tests.support.mail import Mailbox
from tests.support.network import OutsideWorld

PAGE = '<!doctype html><html lang="zh-CN"><head><title>质衡</title></head><body>{}</body></html>'
FORM = """<form method="post" action="/save"><input type="hidden" name="csrf_token" value="t">
<input name="title" value="旧" aria-label="题">
<input type="checkbox" name="agreed" aria-label="是" checked><input name="locked" value="x" aria-label="锁" disabled>
<select name="level" aria-label="级"><option value="1">一</option>
<option value="2" selected>二</option></select><textarea name="note" aria-label="注">
第一行</textarea><button name="step" value="back">返回</button></form>"""


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<p><div></p></div>", "unexpected-end-tag"),
        ("<table><div></div></table>", "table-voodoo"),
        ('<i id="a"></i><b id="a"></b>', "stands 2 times"),
        ('<label for="nobody">名称</label>', "points to nothing"),
        ("<input a=1 a=2>", "duplicate-attribute"),
        ("<p>&nosuch;</p>", "expected-named-entity"),
        ('<p><input name="a"></p>', "has no name"),
        ('<p><a href="/"><span></span></a></p>', "has no name"),
        ('<p><img src="/a.png"></p>', "has no alt"),
    ],
)
def test_a_page_that_a_browser_would_have_to_guess_is_refused(body: str, fault: str) -> None:
    with pytest.raises(InvalidHTML, match=fault):
        Document.parse(PAGE.format(body))


def test_a_form_sends_what_a_browser_would_send() -> None:
    form = chosen_form(Document.parse(PAGE.format(FORM)), "", "back", {"title"})
    assert form.values() == {"csrf_token": ["t"], "title": ["旧"], "agreed": ["on"], "level": ["2"], "note": ["第一行"]}


def test_an_unknown_field_is_answered_with_the_names_of_the_page() -> None:
    with pytest.raises(AssertionError, match="'agreed', 'csrf_token'"):
        chosen_form(Document.parse(PAGE.format(FORM)), "", "", {"nonsense"})


def test_no_test_reaches_another_machine() -> None:
    with pytest.raises(OutsideWorld):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises(OutsideWorld):
        socket.getaddrinfo("example.com", 80)


@pytest.mark.databases
def test_both_databases_are_migrated_and_speak_their_own_dialect(app_context: Flask, database: str) -> None:
    assert db.engine.dialect.name == database
    assert db.session.scalar(text("SELECT count(*) FROM alembic_version")) == 1


@pytest.mark.databases
@pytest.mark.parametrize("turn", [1, 2])
def test_what_one_test_commits_the_next_does_not_see(app_context: Flask, turn: int) -> None:
    db.session.execute(text("CREATE TABLE left_behind (turn INTEGER)"))
    db.session.commit()


def test_the_clock_stands_and_moves(frozen_clock: TestClock) -> None:
    assert clock.now() == clock.now() == datetime(2026, 5, 8, 1, 0, tzinfo=UTC)
    frozen_clock.move_to(datetime(2026, 6, 1, tzinfo=UTC))
    assert clock.now() == datetime(2026, 6, 1, tzinfo=UTC)


def test_the_mailbox_receives(mailbox: Mailbox, workplace: Workplace) -> None:
    with smtplib.SMTP("127.0.0.1", workplace.mail_port) as line:
        line.sendmail("a@demo.example", ["b@demo.example"], "To: b@demo.example\nSubject: hello\n\ntext")
    assert [message["Subject"] for message in mailbox.to("b@demo.example")] == ["hello"]


def test_statements_are_counted(app_context: Flask, count_queries: Callable[[], list[str]]) -> None:
    with count_queries() as statements:
        db.session.execute(text("SELECT 1"))
        db.session.rollback()
    assert statements == ["SELECT 1"]


@pytest.mark.parametrize(
    ("script", "fault"),
    [
        ("console.error('broken')", "console error: broken"),
        ("setTimeout(() => { throw new Error('thrown') })", "thrown"),
        ("fetch('http://192.0.2.1/').catch(() => 0)", "left this machine"),
        ("fetch('/no/such/page')", "answered 404"),
    ],
)
def test_a_browser_that_saw_something_wrong_fails_the_test(
    open_window: Callable[..., Window], script: str, fault: str
) -> None:
    window = open_window(bypass_csp=True)
    window.watch.expect(404)
    window.page.goto("/no/page/here")
    window.watch.expected.clear()
    window.page.evaluate(f"() => {{ {script}; }}")
    for _ in range(100):
        window.page.wait_for_timeout(150)
        seen = "\n".join(window.watch.faults)
        if fault in seen:
            break
    window.page.wait_for_timeout(150)
    window.watch.faults.clear()
    assert fault in seen


def test_a_fine_page_passes(page: Page, window: Window) -> None:
    page.set_content(PAGE.format("<h1>质衡</h1>"))
    assert page.title() == "质衡"
    assert window.watch.faults == []
