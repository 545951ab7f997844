"""Nothing leaks: every field of a score and of its giver, for every role, before and after it is released.

Each person follows every link there is and tries every address that somebody else has; what an answer holds, counts,
orders or weighs must not depend on what is hidden from that person (reliability: A1, A4, A6–A10, A32).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.kernel import unit_of_work
from app.kernel.actor import Role
from app.kernel.database import db
from app.kernel.exact import display_twentieths
from app.kernel.outbox import OutboxMessage
from app.ranking import services as rankings
from app.scoring import services
from app.scoring.models import ScoreSheet
from app.scoring.queries import find_round
from tests.factories import scoring as factory
from tests.support.client import Client

SignedIn = Callable[[str], Client]
STRENGTHS, IMPROVEMENTS = "秘密优势乙", "秘密改进乙"
TARGET = "expert2@example.org"
PEOPLE: dict[str, str] = {
    "visitor": "",
    "applicant": "owner-示例制造001有限公司@example.org",
    "recommender": "recommender@example.org",
    "leader": "expert1@example.org",
    "member": "expert3@example.org",
    "expert elsewhere": "expert9@example.org",
    "head": "head@example.org",
    "committee": "committee@example.org",
    "operator": "operator@example.org",
    "office": "office@example.org",
    "supervisor": "supervisor@example.org",
}
MOMENTS = ("some in", "all in", "round ended")
AFTER_THE_RANKING = {"office": "round ended", "committee": "round ended"}
"""Once a ranking is confirmed, its page of a dossier gives every score and comment under letters, never a name."""
MAY_SEE: dict[str, dict[str, str]] = {
    "total": {"supervisor": "some in", "leader": "all in", "head": "round ended", **AFTER_THE_RANKING},
    "strengths": {"supervisor": "some in", "leader": "all in", **AFTER_THE_RANKING},
    "improvements": {"supervisor": "some in", "leader": "all in", **AFTER_THE_RANKING},
    "digest": {"supervisor": "some in", "leader": "all in"},
    "name": {"supervisor": "some in", "leader": "some in", "head": "some in", "office": "some in"},
}
"""Field of another's sheet → who may see it → from which moment on. Whoever is not named never does. The head of panel
sees the lowest and the highest total of each group when it compares them."""
LINKS = re.compile(r'(?:href|src)="(/[^"]*)"')
GUARDS = re.compile(r'(name="(?:csrf_token|idempotency_key)" value=")[^"]*"|nonce-[\w-]+|nonce="[^"]*"')


@dataclass
class Planted:
    """What is looked for, field by field, and the ids under which others try to get it."""

    fields: dict[str, str]
    addresses: list[str]


def percents(made: factory.Panel, first: int, rest: int) -> dict[str, int]:
    codes = [row.code for row in factory.queries.item_rows(made.sheet().id)]
    return dict.fromkeys(codes, rest) | {codes[0]: first}


@pytest.fixture
def planted(app: Flask) -> Planted:
    with app.app_context(), unit_of_work.transaction():
        made = factory.panel(2, 3)
        factory.expert(9)
        roles = {role.value: role for role in Role if role not in (Role.EXPERT, Role.LEADER)}
        for who, email in PEOPLE.items():
            if who in roles:
                edition = made.edition.id if who == "committee" else None
                factory.person(email, roles[who], edition_id=edition)
        factory.person(PEOPLE["leader"], Role.LEADER)
        _hand_in_target(made)
        for dossier, number in ((0, 0), (1, 0), (1, 1), (1, 2)):
            factory.hand_in(made.sheet(dossier, number), percents(made, 55, 50))
        sheet = made.sheet(0, 1)
        fields = {
            "total": display_twentieths(sheet.total_twentieths),
            "strengths": STRENGTHS,
            "improvements": IMPROVEMENTS,
            "digest": sheet.receipt_digest,
            "name": made.experts[1].name,
        }
        return Planted(fields, addresses_of(sheet, made))


def _hand_in_target(made: factory.Panel) -> None:
    sheet = made.sheet(0, 1)
    rows = factory.queries.item_rows(sheet.id)
    chosen = percents(made, 40, 55)
    judgements = {
        row.code: factory.rules.Judgement(chosen[row.code], STRENGTHS, IMPROVEMENTS, row.version) for row in rows
    }
    services.save_items(made.actors[1], sheet, judgements)
    services.submit(made.actors[1], sheet)


def addresses_of(sheet: ScoreSheet, made: factory.Panel) -> list[str]:
    """Tried by everybody, whether a link leads there or not."""
    pages = (
        "",
        "/receipt",
        "/submitted/1.json",
        "/blank",
        "/submit",
        "/reopen",
        "/comments",
        "/paper-entry",
        "/abstain",
    )
    found = [f"/sheets/{sheet.id}{page}" for page in pages]
    rounds = ("papers", "sign-in-sheet", "wall-list", "comparison", "remind", "committee-report", "close", "blinding")
    found += [f"/rounds/{made.round.id}/{page}" for page in rounds]
    found += [f"/assignments/{sheet.assignment_id}{page}" for page in ("", "/dossier")]
    found += [f"/progress?by={by}&sort=score&q={TARGET}&author=E002" for by in ("dossier", "expert", "group")]
    found += ["/draws", "/editions", "/experts", "/users", "/results", "/system"]
    found += [f"/dossiers/{sheet.application_id}/series"]
    found += ["/consensus", "/consensus/1", "/consensus/1/paper", "/rankings/1", "/rankings/1.csv", "/work?sort=-score"]
    return found


def everything(person: Client, tried: list[str]) -> Iterator[tuple[str, int, str]]:
    """All that a person gets: status and text of every page that links reach, and of every address that is tried."""
    waiting, seen = ["/", "/desk", *tried], {"/", "/desk", *tried}
    while waiting:
        address = waiting.pop()
        with person.get(address) as answer:
            text = answer.get_data(as_text=True) if answer.mimetype in TEXTS else ""
            links = map(unescape, LINKS.findall(text))
            yield address, answer.status_code, text + answer.headers.get("Location", "")
        for link in [*links, answer.headers.get("Location", "")]:
            plain = link.partition("#")[0]
            if plain.startswith("/") and _alike(plain) not in seen and not NOT_OURS.match(plain):
                seen.add(_alike(plain))
                waiting.append(plain)


def _alike(address: str) -> str:
    """Of the many pages on people, and of the years of the calendar, one of a kind is read: they differ in a number."""
    return re.sub(r"\d+", "#", address.partition("?")[0]) if address.startswith(ONE_OF_A_KIND) else address


NOT_OURS = re.compile(r"/(?:static|rulebook|language|draws/\d+/)")
"""No page of scores; and the seats here come by a draw that has no record of its own."""
PEOPLE_ARE_NAMED_THERE = ("/draws", "/editions", "/experts", "/users", "/results")
"""The pool, the accounts and the published panels name people; nothing else of a sheet may stand there."""
ONE_OF_A_KIND = (*PEOPLE_ARE_NAMED_THERE, "/workdays")
TEXTS = ("text/html", "text/csv", "application/json", "text/plain")


def come_to(app: Flask, moment: str) -> None:
    """From one moment to the next, by the services."""
    with app.app_context(), unit_of_work.transaction():
        _come_to(moment)


def _come_to(moment: str) -> None:
    if moment == "all in":
        last = db.session.scalars(select(ScoreSheet).where(ScoreSheet.state == "draft")).one()
        factory.hand_in(last, 50)
    if moment == "round ended":
        round_ = find_round(1)
        assert round_ is not None
        services.close_round(factory.office(), round_)
        rankings.confirm(factory.office(), rankings.compute(factory.office(), round_))


def may_see(field: str, who: str, moment: str) -> bool:
    since = MAY_SEE[field].get(who)
    return since is not None and MOMENTS.index(moment) >= MOMENTS.index(since)


def person_of(who: str, signed_in: SignedIn, client: Client) -> Client:
    return signed_in(PEOPLE[who]) if PEOPLE[who] else client


@pytest.mark.parametrize("who", PEOPLE)
def test_who_sees_which_field_of_anothers_score_and_when(
    app: Flask, planted: Planted, signed_in: SignedIn, *, client: Client, who: str
) -> None:
    person = person_of(who, signed_in, client)
    for moment in MOMENTS:
        come_to(app, moment)
        seen = set(told(person, planted))
        where = {f"{moment}: {field} on {address}" for address, field in seen}
        assert {field for _address, field in seen} == {
            field for field in planted.fields if may_see(field, who, moment)
        }, where


def told(person: Client, planted: Planted) -> Iterator[tuple[str, str]]:
    """Where which field of the sheet stands; a name in a list of people tells nothing of a sheet."""
    for address, _status, text in everything(person, planted.addresses):
        for field, value in planted.fields.items():
            if value in text and not (field == "name" and address.startswith(PEOPLE_ARE_NAMED_THERE)):
                yield address, field


HIDDEN_FROM = [who for who in PEOPLE if who != "supervisor"]
"""The supervisor sees all."""
COUNTS_MAILS = {"operator": ("/desk", "/system")}
"""The operator counts the mails that wait, and giving a sheet back writes one: these are searched for fields, not compared."""


@pytest.mark.parametrize("who", HIDDEN_FROM)
def test_no_answer_depends_on_a_score_that_is_hidden(
    app: Flask, planted: Planted, signed_in: SignedIn, *, client: Client, frozen_clock: Any, who: str
) -> None:
    """The same pages, statuses, orders, counts and sizes, whatever the hidden sheet says: it is scored anew in between."""
    person = person_of(who, signed_in, client)
    snapshot(person, planted)  # the first opening of a day leads to itself
    before = snapshot(person, planted, without=COUNTS_MAILS.get(who, ()))
    with app.app_context(), unit_of_work.transaction():
        score_anew(planted)
    after = snapshot(person, planted, without=COUNTS_MAILS.get(who, ()))
    assert {address: after.get(address) == told for address, told in before.items() if after.get(address) != told} == {}
    assert set(after) == set(before)


def score_anew(planted: Planted) -> None:
    sheet = db.session.get_one(ScoreSheet, int(planted.addresses[0].rpartition("/")[2]))
    services.reopen(factory.office(), sheet, reason="点错了一格")
    factory.judge(sheet, 95, text="完全不同的意见")
    services.submit(factory.acting(sheet.assignment.expert), sheet)


def snapshot(person: Client, planted: Planted, *, without: Sequence[str] = ()) -> dict[str, tuple[int, str]]:
    """What is said, without the marks that every page has of its own."""
    pages = everything(person, planted.addresses)
    return {address: (status, GUARDS.sub("", text)) for address, status, text in pages if address not in without}


def test_no_mail_tells_a_score_a_comment_or_another_expert(app: Flask, planted: Planted) -> None:
    with app.app_context(), unit_of_work.transaction():
        score_anew(planted)
        round_ = find_round(1)
        assert round_ is not None
        everybody = {sheet.expert_id for sheet in db.session.scalars(select(ScoreSheet))}
        services.remind(factory.office(), round_, everybody, note="请尽快")
    come_to(app, "all in")
    with app.app_context():
        mails = db.session.scalars(select(OutboxMessage)).all()
        assert mails
        for mail in mails:
            said = mail.subject + mail.body
            told = {field for field, value in planted.fields.items() if value in said}
            assert told <= ({"name"} if mail.recipient == TARGET else set()), mail.subject
            assert "," not in mail.recipient, "one recipient a mail"
