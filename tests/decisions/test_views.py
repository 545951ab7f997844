"""The committee's pages, by the people who use them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pypdfium2
import pytest
from flask import Flask
from sqlalchemy import select

from app.decisions import queries, services
from app.decisions.models import Ballot, CommitteeSession
from app.kernel import unit_of_work
from app.kernel.actor import Role
from app.kernel.database import db
from app.kernel.idempotency import StoredAnswer
from app.programmes.queries import rulebook_of
from tests.factories import decisions as made
from tests.support.client import Client, document

SignIn = Callable[[str], Client]
OFFICE, MEMBER, WATCHER = "office@example.org", "member1@example.org", "supervisor@example.org"


@contextmanager
def inside(app: Flask) -> Iterator[None]:
    with app.app_context(), unit_of_work.transaction():
        yield


@pytest.fixture
def convened(app: Flask) -> int:
    with inside(app):
        room = made.convened()
        made.supervisor()
        made.let_in(OFFICE, MEMBER, WATCHER)
        return room.session.id


@pytest.fixture
def voting(app: Flask) -> int:
    with inside(app):
        room = made.voting()
        made.supervisor()
        made.let_in(OFFICE, MEMBER, WATCHER)
        return room.session.id


def papers(app: Flask, session_id: int) -> list[int]:
    with app.app_context():
        return [paper.application_id for paper in queries.papers(db.session.get_one(CommitteeSession, session_id))]


# --- the office ---------------------------------------------------------------------------------------------------


def test_an_edition_without_a_ranking_says_what_must_happen_first(app: Flask, signed_in: SignIn) -> None:
    with inside(app):
        made.running_edition()
        made.let_in(OFFICE)
    assert "最终排名尚未确认" in signed_in(OFFICE).page("/committee").text


def test_the_office_adds_a_member_and_convenes(app: Flask, signed_in: SignIn) -> None:
    with inside(app):
        edition = made.running_edition()
        made.final_ranking(edition, [700, 600])
        user = made.person("wang@example.org", Role.COMMITTEE)
        made.let_in(OFFICE)
        user_id = user.id
    office = signed_in(OFFICE)
    assert office.submit("/committee/members", user_id=user_id, post="主任委员").status_code == 303
    answer = office.submit("/committee/convene", held_at="2026-08-05T09:00", place="太原")
    assert answer.status_code == 303
    assert "2026-08-05 09:00（周三）" in office.page(answer.location).text


def test_a_session_needs_its_time_and_place(app: Flask, signed_in: SignIn) -> None:
    with inside(app):
        edition = made.running_edition()
        made.final_ranking(edition, [700])
        made.committee(edition, 1)
        made.let_in(OFFICE)
    answer = signed_in(OFFICE).submit("/committee/convene", held_at="", place="太原")
    assert answer.status_code == 422
    assert "请填写开会时间。" in document(answer).text


def test_attendance_decides_about_the_quorum(convened: int, app: Flask, signed_in: SignIn) -> None:
    office = signed_in(OFFICE)
    page = f"/committee/{convened}"
    assert "未达到法定人数" in office.page(page).text
    assert office.page(f"{page}/open").all("button[@disabled]")
    with app.app_context():
        members = [
            member.id for member in queries.members_of(db.session.get_one(CommitteeSession, convened).edition_id)
        ]
    assert office.submit(page, form="attendance", members=members).status_code == 303
    assert office.submit(f"{page}/open", form="open").status_code == 303
    assert "0 / 6" in office.page(page).text


def test_the_supervisor_sees_everything_and_changes_nothing(voting: int, signed_in: SignIn) -> None:
    watcher = signed_in(WATCHER)
    page = watcher.page(f"/committee/{voting}")
    assert "已投票的委员" in page.text
    assert "计票并闭会" not in page.text
    assert watcher.get(f"/committee/{voting}/close").status_code == 403
    assert watcher.get(f"/committee/{voting}/vote").status_code == 403


# --- the member ---------------------------------------------------------------------------------------------------


def test_a_member_steps_aside_before_the_vote(convened: int, app: Flask, signed_in: SignIn) -> None:
    member = signed_in(MEMBER)
    dossier = papers(app, convened)[0]
    empty = member.submit(f"/committee/{convened}/recusal", application_id=dossier, reason="")
    assert empty.status_code == 422
    assert member.submit(f"/committee/{convened}/recusal", application_id=dossier, reason="曾任顾问").status_code == 303
    assert "您已回避" in member.page(f"/committee/{convened}").text


def test_no_choice_is_marked_beforehand_and_each_must_be_made(voting: int, app: Flask, signed_in: SignIn) -> None:
    member = signed_in(MEMBER)
    ballot = f"/committee/{voting}/vote"
    assert not member.page(ballot).all("input[@checked]")
    first = papers(app, voting)[0]
    answer = member.submit(ballot, form="check", **{f"choice_{first}": "award"})
    assert answer.status_code == 422
    assert document(answer).text.count("请选择一项。") == 4  # two questions, each at its place and in the summary
    assert len(document(answer).all("input[@checked]")) == 1


def test_a_vote_is_read_back_then_cast_and_its_codes_are_shown_once(voting: int, app: Flask, signed_in: SignIn) -> None:
    member = signed_in(MEMBER)
    choices = {f"choice_{dossier}": "award" for dossier in papers(app, voting)}
    check = member.submit(f"/committee/{voting}/vote", form="check", **choices)
    assert "还没有投出" in document(check).text
    with app.app_context():
        assert db.session.query(Ballot).count() == 0
    form = next(form for form in document(check).forms if form.action == f"/committee/{voting}/vote")
    cast = member.send(form, "", "", {})
    assert cast.status_code == 303
    codes = member.page(cast.location)
    assert len(codes.all("td/code")) == 3
    assert "只在投票后显示一次" in member.page(cast.location).text
    assert "您已投票" in member.page(f"/committee/{voting}").text
    assert member.get(f"/committee/{voting}/vote").status_code == 409


def test_a_double_click_casts_once_and_leaves_no_digest_of_the_choices(
    voting: int, app: Flask, signed_in: SignIn
) -> None:
    member = signed_in(MEMBER)
    choices = {f"choice_{dossier}": "award" for dossier in papers(app, voting)}
    check = member.submit(f"/committee/{voting}/vote", form="check", **choices)
    form = next(form for form in document(check).forms if form.action == f"/committee/{voting}/vote")
    assert [member.send(form, "", "", {}).status_code for _click in range(2)] == [303, 303]
    other = dict.fromkeys(choices, "reject")
    assert (
        member.send(form, "", "", other).status_code == 303
    )  # recognised by its key alone: the choices left no digest
    with app.app_context():
        assert set(db.session.scalars(select(Ballot.choice))) == {"award"}
        assert db.session.query(StoredAnswer).filter(StoredAnswer.location.contains("codes")).count() == 1


def test_a_member_may_change_the_ballot_before_casting(voting: int, app: Flask, signed_in: SignIn) -> None:
    member = signed_in(MEMBER)
    choices = {f"choice_{dossier}": "abstain" for dossier in papers(app, voting)}
    check = document(member.submit(f"/committee/{voting}/vote", form="check", **choices))
    form = next(form for form in check.forms if form.action == f"/committee/{voting}/vote")
    again = member.post(f"/committee/{voting}/vote/change", data=form.values())
    assert len(document(again).all("input[@checked]")) == 3


def test_a_session_of_another_committee_is_not_there(voting: int, app: Flask, signed_in: SignIn) -> None:
    with inside(app):
        made.person("stranger@example.org", Role.COMMITTEE)
        made.let_in("stranger@example.org")
    stranger = signed_in("stranger@example.org")
    assert stranger.get(f"/committee/{voting}").status_code == 404
    assert stranger.get("/committee/999").status_code == 404


def test_papers_are_blind_where_the_rulebook_says_so(app: Flask, signed_in: SignIn) -> None:
    with inside(app):
        edition = made.running_edition(rulebook_key="baldrige-2023")
        made.final_ranking(edition, [700, 600], group=rulebook_of(edition).enabled_groups[0].key)
        made.committee(edition, 2)
        ranking = queries.final_ranking(edition.id)
        assert ranking is not None
        session = services.convene(made.office(), ranking, held_at=made.HELD_AT, place="A")
        made.let_in(MEMBER)
        session_id = session.id
    member = signed_in(MEMBER)
    assert "企业01" not in member.page(f"/committee/{session_id}").text
    assert "第 1 号" in member.page(f"/committee/{session_id}").text
    assert "企业01" in member.page(f"/committee/{session_id}/recusal").text


# --- the result ---------------------------------------------------------------------------------------------------


def test_the_minutes_hold_counts_quorum_recusals_and_the_whole_box(app: Flask, signed_in: SignIn) -> None:
    with inside(app):
        room = made.convened()
        services.recuse(room.actors[5], room.session, room.dossiers[2], reason="亲属任职")
        services.record_attendance(made.office(), room.session, [member.id for member in room.members])
        services.open_voting(made.office(), room.session)
        codes = services.vote(room.actors[0], room.session, room.mark("award", "nomination", "reject"))
        made.let_in(OFFICE, MEMBER)
        session_id = room.session.id
    office = signed_in(OFFICE)
    assert office.get(f"/committee/{session_id}/minutes").status_code == 409
    assert office.get(f"/committee/{session_id}/close").status_code == 409
    assert office.submit(f"/committee/{session_id}/count", form="count").status_code == 303
    assert office.submit(f"/committee/{session_id}/close", form="close").status_code == 303
    for reader in (office, signed_in(MEMBER)):
        text = reader.page(f"/committee/{session_id}/minutes").text
        assert "委员共 6 人，须到会 4 人，实到 6 人" in text
        assert "发出选票 6 份，收回 1 份" in text
        assert "member6回避“企业03”：亲属任职" in text
        assert all(f"{code[:5]}-{code[5:]}" in text for code in codes)


def test_the_minutes_can_be_signed_on_paper(app: Flask, signed_in: SignIn) -> None:
    with inside(app):
        room = made.convened()
        services.plan_agenda(made.office(), room.session, ["报告", "投票"])
        services.recuse(room.actors[5], room.session, room.dossiers[2], reason="亲属任职")
        services.record_attendance(made.office(), room.session, [member.id for member in room.members])
        services.open_voting(made.office(), room.session)
        codes = services.vote(room.actors[0], room.session, room.mark("award", "nomination", "reject"))
        made.let_in(OFFICE)
        session_id = room.session.id
    office = signed_in(OFFICE)
    assert office.get(f"/committee/{session_id}/minutes.pdf").status_code == 409
    with inside(app):
        made.close(db.session.get_one(CommitteeSession, session_id))
    answer = office.get(f"/committee/{session_id}/minutes.pdf")
    with pypdfium2.PdfDocument(answer.data) as paper:
        text = "".join(page.get_textpage().get_text_range() for page in paper)
    told = "".join(text.split())
    assert all(part in told for part in ("主任委员", "监票人", "member6回避", "亲属任职", "拟奖名单"))
    assert all(f"{code[:5]}-{code[5:]}" in told for code in codes)


def test_the_list_costs_few_statements(
    voting: int, signed_in: SignIn, count_queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    office = signed_in(OFFICE)
    with count_queries() as statements:
        office.page("/committee")
    assert len(statements) <= 7
