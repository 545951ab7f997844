"""Letters: written when the applicant is told and not before, the same bytes each time, for the applicant and the office."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

import pypdfium2
import pytest
from flask import Flask
from sqlalchemy import select

from app import doctor
from app.accounts.models import User
from app.applications.models import Application
from app.intake import services as intake
from app.kernel import clock, unit_of_work
from app.kernel.actor import Actor, Role
from app.kernel.canonical import digest
from app.kernel.database import db
from app.kernel.outbox import OutboxMessage
from app.notices.inquiries import services as inquiries
from app.notices.inquiries.services import Finding
from app.outcomes.letters import queries, services
from app.outcomes.letters.models import Letter
from app.outcomes.letters.rules import LABELS, RESTS_ON, Occasion
from app.outcomes.letters.texts import TEXTS
from app.policy import allows
from app.programmes.queries import rulebook_of
from app.visits import services as visits
from app.workflow import ApplicationState
from tests.factories import accounts, applications, defences
from tests.factories import intake as checked
from tests.factories import notices as noticed
from tests.factories import outcomes as made
from tests.factories import visits as visited
from tests.factories.decisions import let_in, office
from tests.support.client import Client
from tests.support.server import FrozenClock

SignIn = Callable[[str], Client]


def words(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = [document[number].get_textpage().get_text_bounded() for number in range(len(document))]
        return "".join("".join(pages).split())
    finally:
        document.close()


def letters(*occasions: Occasion) -> list[Letter]:
    found = select(Letter).where(Letter.occasion.in_(occasions or list(Occasion))).order_by(Letter.id)
    return list(db.session.scalars(found))


def only(occasion: Occasion) -> Letter:
    (letter,) = letters(occasion)
    return letter


def mails(action: str) -> list[str]:
    return list(db.session.scalars(select(OutboxMessage.body).where(OutboxMessage.action == action)))


def holder(letter: Letter) -> Actor:
    return Actor(user_id=letter.owner_id, name="申报者", roles=frozenset({Role.APPLICANT}))


def body(letter: Letter) -> str:
    return "\n".join(letter.content["paragraphs"]["zh"])


# --- each decision ------------------------------------------------------------------------------------------------


def test_every_occasion_has_a_label_a_text_and_a_basis(app_context: Flask) -> None:
    assert set(Occasion) == set(LABELS) == set(TEXTS) == set(RESTS_ON)
    rulebook = rulebook_of(applications.running_edition())
    assert all(rulebook.basis(path).text.zh for path in RESTS_ON.values())


@pytest.mark.databases
def test_an_accepted_dossier_is_told_by_letter_and_by_mail(app_context: Flask) -> None:
    application = checked.accepted_application(applications.running_edition(), checked.recommending_body())
    letter = only(Occasion.ACCEPTED)
    assert letter.number == "SX2026-HJ-001"
    assert letter.content["to"] == application.name
    assert "通过形式审查，已受理" in body(letter)
    assert "正式函件" in mails("application.accept")[0]
    assert "The letter itself" in mails("application.accept")[0]
    assert "正式函件" not in mails("application.recommend")[0]


def test_a_return_names_reason_and_due_time_and_each_has_its_own_number(app_context: Flask) -> None:
    edition, council = applications.running_edition(), checked.recommending_body()
    application = checked.returned_application(edition, council, reason="请补充审计报告。\n并加盖公章。")
    first = only(Occasion.RETURNED)
    due = application.correction_due
    assert due is not None
    assert {"请补充审计报告。", "并加盖公章。"} <= set(first.content["paragraphs"]["zh"])
    assert f"请于 {due.astimezone(ZoneInfo(edition.time_zone)):%Y-%m-%d %H:%M} 前登录系统补正" in body(first)
    assert application.corrections == 1
    with clock.fixed(due.replace(year=due.year + 1)):
        intake.refuse(accounts.office(), application, ticks={}, reason="逾期未补正。")
    refusal = only(Occasion.REFUSED)
    assert (first.sequence, refusal.sequence) == (1, 2)
    assert "逾期未补正。" in body(refusal)
    assert "请补充审计报告。" not in body(refusal)


def test_a_visit_is_announced_to_whoever_was_shortlisted(app_context: Flask) -> None:
    _site, visit = visited.notified()
    letter = only(Occasion.VISIT)
    assert visit.place in body(letter)
    assert f"{visit.starts_on:%Y-%m-%d}" in body(letter)
    assert "入围，进入现场评审" in body(letter)
    assert "正式函件" in mails("visit.notify")[0]
    visits.recall(accounts.office(), visit, reason="暴雨。")
    visits.notify(accounts.office(), visit)
    assert len(letters(Occasion.VISIT)) == 2


def test_all_on_a_sealed_list_are_invited_to_the_defence_once(app_context: Flask) -> None:
    made_, session = defences.drawn()
    invited = letters(Occasion.DEFENCE)
    assert [letter.application_id for letter in invited] == [dossier.id for dossier in made_.dossiers]
    assert all(session.room in body(letter) for letter in invited)
    told = mails("defence.commit")
    assert len(told) == len(invited)
    assert session.room in told[0]
    assert not any(other.number in body(invited[0]) for other in made_.dossiers[1:])


def test_nobody_is_told_how_far_a_dossier_came_before_the_result(app_context: Flask, frozen_clock: FrozenClock) -> None:
    made.approved(frozen_clock)
    assert letters(Occasion.NOT_PROPOSED, Occasion.NOT_ADVANCED, Occasion.HONOURED) == []


@pytest.mark.databases
def test_the_result_is_told_to_all_together(app_context: Flask, frozen_clock: FrozenClock) -> None:
    _noticed, honours = made.concluded(frozen_clock)
    assert [letter.application_id for letter in letters(Occasion.HONOURED)] == [each.application_id for each in honours]
    award = letters(Occasion.HONOURED)[0]
    assert made.DOCUMENT in body(award)
    assert honours[0].level_zh in body(award)
    states = select(Application).where(Application.state == ApplicationState.NOT_PROPOSED)
    passed_over = db.session.scalars(states).one()
    letter = only(Occasion.NOT_PROPOSED)
    assert letter.application_id == passed_over.id
    assert "未列入拟奖名单" in body(letter)
    assert len(mails("edition.conclude")) == 1


def test_the_applicant_reads_what_follows_from_an_objection_and_not_who_objects(
    app_context: Flask, frozen_clock: FrozenClock
) -> None:
    room = noticed.published(frozen_clock)
    noticed.upheld(room, against=room.room.dossiers[0].id)
    letter = only(Occasion.OBJECTION_UPHELD)
    assert "重新表决" in body(letter)
    for secret in (noticed.PERSON.name, noticed.PERSON.contact, noticed.FOUND.answer, noticed.FOUND.text):
        assert secret not in str(letter.content)
        assert secret not in mails("objection.uphold")[0]


def test_an_objection_that_came_to_nothing_is_told_only_to_whoever_was_asked(
    app_context: Flask, frozen_clock: FrozenClock
) -> None:
    room = noticed.published(frozen_clock)
    dossier = room.room.dossiers[0]
    noticed.rejected(room, against=dossier.id)
    assert letters(Occasion.OBJECTION_REJECTED) == []
    raised = noticed.handled(room, against=dossier.id)
    asked = inquiries.ask(office(), raised, question="请说明。", due_on=raised.due_on)
    owner = Actor(user_id=dossier.owner_id, name="申报者", roles=frozenset({Role.APPLICANT}))
    inquiries.answer_request(owner, asked, text="没有这回事。", papers=[])
    inquiries.reject(office(), raised, Finding("查阅了材料。", "查无实据。"))
    assert "异议不成立" in body(only(Occasion.OBJECTION_REJECTED))


@pytest.mark.databases
def test_whoever_objected_is_answered_by_letter(app_context: Flask, frozen_clock: FrozenClock) -> None:
    room = noticed.published(frozen_clock)
    noticed.upheld(room, against=room.room.dossiers[0].id)
    letter = only(Occasion.OBJECTION_ANSWERED)
    assert letter.content["to"] == noticed.PERSON.name
    assert "异议成立。" in body(letter)
    assert noticed.FOUND.answer in body(letter)
    assert "其他申报者不递补" in body(letter)
    assert "正式函件（PDF）也在那里" in mails("objection.answer")[0]
    assert noticed.FOUND.text not in str(letter.content)
    assert noticed.PERSON.identity not in str(letter.content)
    assert noticed.PERSON.contact not in str(letter.content)


def test_the_answer_to_a_rejected_objection_says_that_the_list_stands(
    app_context: Flask, frozen_clock: FrozenClock
) -> None:
    noticed.rejected(noticed.published(frozen_clock))
    said = body(only(Occasion.OBJECTION_ANSWERED))
    assert "异议不成立。" in said
    assert "拟奖名单不变。" in said


def test_the_answer_is_for_whoever_holds_the_secret_link_and_the_office(
    app: Flask, client: Client, signed_in: SignIn, frozen_clock: FrozenClock
) -> None:
    with app.app_context(), unit_of_work.transaction():
        room = noticed.published(frozen_clock)
        raised, token = noticed.objection(room, against=room.room.dossiers[0].id)
        _other, others = noticed.objection(room)
        noticed.taken_on(raised)
        inquiries.reject(office(), raised, noticed.FOUND)
        letter = only(Occasion.OBJECTION_ANSWERED)
        holder_of_dossier = db.session.get_one(User, room.room.dossiers[0].owner_id).email
        let_in(holder_of_dossier, "office@example.org")
        address = f"/letters/{letter.id}/letter.pdf"
    link = f"/objections/follow/{token}/letter.pdf"
    assert link in client.page(f"/objections/follow/{token}").links()
    with client.get(link) as sheet:
        assert sheet.data.startswith(b"%PDF")
        first = sheet.data
    assert f"/objections/follow/{others}/letter.pdf" not in client.page(f"/objections/follow/{others}").links()
    assert client.get(f"/objections/follow/{others}/letter.pdf").status_code == 404
    assert client.get(address).status_code in (302, 404)
    assert signed_in(holder_of_dossier).get(address).status_code == 404
    with signed_in("office@example.org").get(address) as sheet:
        assert sheet.data == first


# --- the sheet ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", [pytest.param("notice", marks=pytest.mark.demo("notice"))])
def test_each_letter_of_the_demo_is_typeset_alike_twice(app_context: Flask, stage: str) -> None:
    seen = {letter.occasion: letter for letter in letters()}
    assert {Occasion.ACCEPTED, Occasion.VISIT, Occasion.DEFENCE} <= set(seen)
    for letter in seen.values():
        assert digest(letter.content) == letter.digest
        assert services.pdf_of(letter) == services.pdf_of(letter)


def test_the_sheet_says_all_that_a_letter_needs(app_context: Flask, frozen_clock: FrozenClock) -> None:
    made.concluded(frozen_clock)
    letter = letters(Occasion.HONOURED)[0]
    said = words(services.pdf_of(letter))
    for part in (
        letter.number,
        letter.content["to"],
        letter.content["organiser"]["zh"],
        letter.content["organiser"]["en"],
        made.DOCUMENT,
        "2026年8月31日",
        "依据：",
        "晋政发〔2021〕31号",
        "（盖章处）",
        "placefortheseal",
        letter.digest,
    ):
        assert part.replace(" ", "") in said


def test_the_doctor_finds_a_letter_that_was_changed(app_context: Flask, frozen_clock: FrozenClock) -> None:
    made.concluded(frozen_clock)
    letter = letters()[0]
    letter.content = letter.content | {"to": "别人"}
    db.session.flush()
    faults = [fault for check in doctor.CHECKS if "与其摘要一致" in check.name for fault in check.faults()]
    assert faults == [f"letter {letter.id}"]


# --- who reads it -------------------------------------------------------------------------------------------------


def test_a_letter_is_its_applicants_and_the_offices(app_context: Flask, frozen_clock: FrozenClock) -> None:
    made.concluded(frozen_clock)
    first, second = letters(Occasion.HONOURED)
    assert allows(holder(first), "letter.read", first)
    assert not allows(holder(first), "letter.read", second)
    assert {each.owner_id for each in queries.own(holder(first))} == {first.owner_id}
    assert allows(office(), "letter.read", second)


def test_the_applicant_finds_the_letters_and_downloads_them(
    app: Flask, signed_in: SignIn, frozen_clock: FrozenClock
) -> None:
    with app.app_context(), unit_of_work.transaction():
        made.concluded(frozen_clock)
        own, foreign = letters(Occasion.HONOURED)
        ids, numbers = (own.id, foreign.id), (own.number, foreign.number)
        email = db.session.get_one(User, own.owner_id).email
        let_in(email, "office@example.org")
    applicant = signed_in(email)
    assert "/letters/mine" in applicant.page("/desk").links()
    page = applicant.page("/letters/mine")
    assert numbers[0] in page.text
    assert numbers[1] not in page.text
    first, again = (applicant.get(f"/letters/{ids[0]}/letter.pdf") for _time in range(2))
    assert first.data.startswith(b"%PDF")
    assert first.data == again.data
    first.close()
    again.close()
    assert applicant.get(f"/letters/{ids[1]}/letter.pdf").status_code == 404
    assert applicant.get("/letters").status_code == 403


def test_the_office_has_all_letters_of_an_edition_in_pages(
    app: Flask, signed_in: SignIn, frozen_clock: FrozenClock
) -> None:
    with app.app_context(), unit_of_work.transaction():
        made.concluded(frozen_clock)
        numbers = [letter.number for letter in letters()]
        let_in("office@example.org")
    listed = signed_in("office@example.org").page("/letters")
    assert all(number in listed.text for number in numbers)
    assert "授奖通知" in listed.text
