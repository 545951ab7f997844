"""The inquiry: who may handle it, what the applicant is asked, the clock and its one extension, the finding."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import RoleGrant, User
from app.accounts.queries import actor_of_user
from app.applications.models import Application
from app.audit.models import AuditEvent
from app.decisions import services as decisions
from app.experts.models import Expert, ExpertKind, ExpertRegion, ExpertRegionKind
from app.kernel import clock, files
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.errors import Forbidden, Invalid, NotReady, WrongState
from app.kernel.outbox import OutboxMessage
from app.notices.inquiries import queries, services
from app.notices.inquiries.models import ObjectionRequest
from app.notices.inquiries.services import Finding
from app.notices.models import Objection
from app.notices.services import Evidence, Objector
from app.panels.models import Assignment, Conflict, ConflictSource, SeatOrigin, SeatRole
from tests.factories import notices as made
from tests.factories.decisions import office, person, supervisor
from tests.support.server import FrozenClock

pytestmark = pytest.mark.usefixtures("app_context")
CLOCK = Actor.system("objections")
WEDNESDAY, MONDAY, DUE = date(2026, 8, 12), date(2026, 8, 17), date(2026, 8, 19)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 2, tzinfo=UTC)


def mails(action: str) -> list[OutboxMessage]:
    found = select(OutboxMessage).where(OutboxMessage.action == action).order_by(OutboxMessage.id)
    return list(db.session.scalars(found))


def events(action: str) -> list[AuditEvent]:
    return list(db.session.scalars(select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)))


def said(refused: pytest.ExceptionInfo[NotReady]) -> str:
    return " ".join(str(sentence) for sentence in refused.value.missing)


def raised(frozen_clock: FrozenClock) -> tuple[Objection, Application]:
    noticed = made.published(frozen_clock)
    award = noticed.room.dossiers[0]
    return made.objection(noticed, against=award.id)[0], award


def taken_on(frozen_clock: FrozenClock) -> tuple[Objection, Application]:
    noticed = made.published(frozen_clock)
    award = noticed.room.dossiers[0]
    return made.handled(noticed, against=award.id), award


def second_officer() -> User:
    return person("second@example.org", Role.OFFICE)


def owner_of(dossier: Application) -> Actor:
    return actor_of_user(db.session.get_one(User, dossier.owner_id))


# --- who may handle it --------------------------------------------------------------------------------------------


def grant(user: User, role: Role, **tie: int) -> None:
    db.session.add(RoleGrant(user_id=user.id, role=role, granted_at=clock.now(), **tie))
    db.session.flush()
    db.session.expire(user, ["grants"])


def as_expert(user: User, employer_code: str = "") -> int:
    expert = Expert(
        number="E900",
        name=user.name,
        email=user.email,
        kind=ExpertKind.INDUSTRY,
        employer="某单位",
        employer_code=employer_code,
        created_at=clock.now(),
    )
    expert.regions = [ExpertRegion(kind=kind, region_code="330100") for kind in ExpertRegionKind]
    db.session.add(expert)
    db.session.flush()
    grant(user, Role.EXPERT, expert_id=expert.id)
    return expert.id


def owns(user: User, dossier: Application) -> None:
    dossier.owner_id = user.id


def recommends(user: User, dossier: Application) -> None:
    assert dossier.body_id
    grant(user, Role.RECOMMENDER, body_id=dossier.body_id)


def works_there(user: User, dossier: Application) -> None:
    as_expert(user, employer_code=dossier.credit_code)


def has_an_interest(user: User, dossier: Application) -> None:
    db.session.add(
        Conflict(
            expert_id=as_expert(user),
            application_id=dossier.id,
            kind="consulting",
            source=ConflictSource.OFFICE,
            recorded_at=clock.now(),
        )
    )


def has_reviewed(user: User, dossier: Application) -> None:
    db.session.add(
        Assignment(
            edition_id=dossier.edition_id,
            round_id=dossier.edition.rounds[0].id,
            application_id=dossier.id,
            expert_id=as_expert(user),
            role=SeatRole.MEMBER,
            origin=SeatOrigin.HAND,
            seated_by=office().user_id,
            reason="补缺",
            seated_at=clock.now(),
        )
    )


def is_head(user: User, dossier: Application) -> None:
    grant(user, Role.HEAD, edition_id=dossier.edition_id)


def votes(user: User, dossier: Application) -> None:
    grant(user, Role.COMMITTEE, edition_id=dossier.edition_id)
    decisions.add_member(office(), dossier.edition, user, post="委员")


def is_the_objector(user: User, _dossier: Application) -> None:
    user.name = made.PERSON.name


@pytest.mark.parametrize(
    ("tie", "sentence"),
    [
        (owns, "是所涉申报的申报者"),
        (recommends, "属于所涉申报的推荐单位"),
        (works_there, "工作单位就是申报者"),
        (has_an_interest, "与申报者有登记在案的利害关系"),
        (has_reviewed, "被安排评审过所涉申报"),
        (is_head, "是大组长"),
        (votes, "是本届评审委员会委员"),
        (is_the_objector, "与异议人同名"),
    ],
)
def test_whoever_is_tied_to_it_or_has_judged_cannot_handle_it(
    frozen_clock: FrozenClock, tie: Callable[[User, Application], None], sentence: str
) -> None:
    objection, dossier = raised(frozen_clock)
    officer = second_officer()
    tie(officer, dossier)
    db.session.flush()
    with pytest.raises(Invalid, match="不能指定") as refused:
        services.assign(office(), objection, officer)
    assert (refused.value.field, sentence in str(refused.value.message)) == ("handler_id", True)
    assert objection.state == "received"


def test_a_tie_that_shows_after_the_naming_keeps_the_handler_from_declaring(frozen_clock: FrozenClock) -> None:
    objection, dossier = raised(frozen_clock)
    officer = second_officer()
    services.assign(office(), objection, officer)
    assert [mail.recipient for mail in mails("objection.assign")] == [officer.email]
    votes(officer, dossier)
    with pytest.raises(NotReady) as refused:
        services.declare(actor_of_user(officer), objection)
    assert "请办理回避" in said(refused)
    services.recuse(actor_of_user(officer), objection, reason="是委员。")
    assert (objection.state, objection.handler_id) == ("received", None)


def test_against_the_whole_notice_a_tie_to_any_listed_dossier_counts(frozen_clock: FrozenClock) -> None:
    noticed = made.published(frozen_clock)
    objection, _token = made.objection(noticed)
    officer = second_officer()
    owns(officer, noticed.room.dossiers[1])
    with pytest.raises(Invalid, match="不能指定"):
        services.assign(office(), objection, officer)


def test_only_the_named_handler_goes_on_and_only_after_declaring(frozen_clock: FrozenClock) -> None:
    objection, _dossier = raised(frozen_clock)
    officer = second_officer()
    services.assign(office(), objection, officer)
    with pytest.raises(Forbidden):
        services.declare(office(), objection)
    with pytest.raises(WrongState):
        services.reject(actor_of_user(officer), objection, made.FOUND)
    services.declare(actor_of_user(officer), objection)
    with pytest.raises(Forbidden):
        services.uphold(office(), objection, made.FOUND)
    with pytest.raises(Forbidden):
        services.assign(supervisor(), objection, officer)
    assert [events(f"objection.{step}")[0].actor_name for step in ("assign", "declare")] == ["office", "second"]


# --- the applicant ------------------------------------------------------------------------------------------------


def paper(name: str = "说明.pdf", content: bytes | None = None) -> Evidence:
    return Evidence(name, io.BytesIO(made.pdf() if content is None else content))


def asked(objection: Objection, due_on: date = MONDAY) -> ObjectionRequest:
    return services.ask(office(), objection, question="请说明去年的质量事故。", due_on=due_on)


def test_the_applicant_is_asked_and_answers_with_files_and_both_are_on_the_clocks_record(
    frozen_clock: FrozenClock,
) -> None:
    objection, dossier = taken_on(frozen_clock)
    request = asked(objection)
    [mail] = mails("objection.ask")
    assert (mail.recipient, "请说明去年的质量事故" in mail.body, "张三" in mail.body) == (
        owner_of(dossier).name + "@example.org",
        True,
        False,
    )
    services.answer_request(owner_of(dossier), request, text="没有事故。", papers=[paper(), paper("附页.pdf")])
    assert [(each.name, files.store().is_sound(each.sha256)) for each in request.papers] == [
        ("说明.pdf", True),
        ("附页.pdf", True),
    ]
    record = [(line.label, str(line.note)) for line in queries.record_of(objection)]
    assert [label for label, _note in record] == ["提出异议", "指定办理人", "声明并承办", "请申报者说明", "申报者说明"]
    assert (record[3][1], record[4][1]) == ("请于 2026-08-17 前说明", "附文件 2 个")


def test_nothing_is_concluded_while_the_applicant_may_still_answer(frozen_clock: FrozenClock) -> None:
    objection, _dossier = taken_on(frozen_clock)
    asked(objection)
    with pytest.raises(NotReady) as refused:
        services.uphold(office(), objection, made.FOUND)
    assert "2026-08-17" in said(refused)
    frozen_clock.move_to(at(MONDAY + timedelta(days=1)))
    services.uphold(office(), objection, made.FOUND)
    assert objection.state == "upheld"


@pytest.mark.parametrize("day", [WEDNESDAY, DUE + timedelta(days=1)])
def test_a_comment_is_due_after_today_and_within_the_term(frozen_clock: FrozenClock, day: date) -> None:
    objection, _dossier = taken_on(frozen_clock)
    with pytest.raises(Invalid, match="说明期限须在明天到 2026-08-19 之间"):
        asked(objection, day)


def test_an_objection_to_the_whole_has_nobody_to_ask(frozen_clock: FrozenClock) -> None:
    objection = made.handled(made.published(frozen_clock))
    with pytest.raises(NotReady) as refused:
        asked(objection)
    assert "针对整个公示" in said(refused)


def test_an_answer_comes_once_from_the_applicant_with_sound_files_and_before_the_end(frozen_clock: FrozenClock) -> None:
    objection, dossier = taken_on(frozen_clock)
    request, owner = asked(objection), owner_of(dossier)
    for stranger in (office(), supervisor()):
        with pytest.raises(Forbidden):
            services.answer_request(stranger, request, text="x", papers=[])
    for papers, sentence in (
        ([paper("x.exe", b"MZ")], "不接受“exe”格式"),
        ([paper("x.pdf", b"no pdf")], "内容却不是这种格式"),
        ([paper()] * 11, "一次最多附 10 个文件"),
    ):
        with pytest.raises(Invalid, match=sentence) as refused:
            services.answer_request(owner, request, text="说明", papers=papers)
        assert refused.value.field == "papers"
    with pytest.raises(Invalid, match="请写明您的说明"):
        services.answer_request(owner, request, text=" ", papers=[])
    services.answer_request(owner, request, text="没有事故。", papers=[])
    with pytest.raises(NotReady) as again:
        services.answer_request(owner, request, text="改口", papers=[])
    assert "已经说明过" in said(again)


def test_after_the_conclusion_no_answer_is_taken(frozen_clock: FrozenClock) -> None:
    objection, dossier = taken_on(frozen_clock)
    request = asked(objection)
    frozen_clock.move_to(at(DUE))
    services.reject(office(), objection, made.FOUND)
    with pytest.raises(NotReady) as refused:
        services.answer_request(owner_of(dossier), request, text="迟到", papers=[])
    assert "已有结论" in said(refused)


# --- the clock ----------------------------------------------------------------------------------------------------


def test_the_term_grows_once_by_the_rulebooks_working_days_with_a_reason(frozen_clock: FrozenClock) -> None:
    objection, _dossier = taken_on(frozen_clock)
    with pytest.raises(Invalid, match="请写明延长的理由"):
        services.extend(office(), objection, reason=" ")
    longer = services.extend(office(), objection, reason="须向监管部门查证。")
    assert (longer.due_before, longer.due_after, objection.due_on) == (DUE, date(2026, 8, 26), date(2026, 8, 26))
    assert longer.extender.name == "office"
    assert events("objection.extend")[0].reason == "须向监管部门查证。"
    assert "须向监管部门查证" in mails("objection.extend")[0].body
    with pytest.raises(NotReady) as refused:
        services.extend(office(), objection, reason="再延")
    assert "已经延长 1 次" in said(refused)


def test_what_is_late_cannot_be_extended(frozen_clock: FrozenClock) -> None:
    objection, _dossier = taken_on(frozen_clock)
    frozen_clock.move_to(at(DUE + timedelta(days=1)))
    with pytest.raises(NotReady) as refused:
        services.extend(office(), objection, reason="来不及")
    assert "答复期限已过" in said(refused)


def test_the_handler_is_reminded_on_the_last_day_and_everybody_when_it_is_late(frozen_clock: FrozenClock) -> None:
    objection, _dossier = taken_on(frozen_clock)
    supervisor()
    frozen_clock.move_to(at(DUE - timedelta(days=1)))
    assert services.remind(CLOCK) == 0
    frozen_clock.move_to(at(DUE))
    assert (services.remind(CLOCK), services.remind(CLOCK)) == (1, 0)
    assert [mail.recipient for mail in mails("objection.remind")] == ["office@example.org"]
    frozen_clock.move_to(at(date(2026, 8, 22)))  # a Saturday
    assert services.remind(CLOCK) == 0
    frozen_clock.move_to(at(date(2026, 8, 24)))
    assert services.remind(CLOCK) == 1
    late = mails("objection.remind")[1:]
    assert [mail.recipient for mail in late] == ["office@example.org", "supervisor@example.org"]
    assert all("已超期" in mail.subject for mail in late)
    services.reject(office(), objection, made.FOUND)
    frozen_clock.move_to(at(date(2026, 8, 25)))
    assert services.remind(CLOCK) == 0
    with pytest.raises(Forbidden):
        services.remind(office())


def test_without_a_handler_the_whole_office_is_reminded(frozen_clock: FrozenClock) -> None:
    raised(frozen_clock)
    second_officer()
    frozen_clock.move_to(at(DUE))
    services.remind(CLOCK)
    assert {mail.recipient for mail in mails("objection.remind")} == {"office@example.org", "second@example.org"}


def test_the_applicant_is_reminded_once(frozen_clock: FrozenClock) -> None:
    objection, dossier = taken_on(frozen_clock)
    asked(objection)
    frozen_clock.move_to(at(MONDAY))
    assert (services.remind(CLOCK), services.remind(CLOCK)) == (1, 0)
    [mail] = mails("objection.remind")
    assert mail.recipient == owner_of(dossier).name + "@example.org"


# --- the finding --------------------------------------------------------------------------------------------------


def test_upholding_sends_the_dossier_to_a_new_vote_and_moves_nobody_up(frozen_clock: FrozenClock) -> None:
    noticed = made.published(frozen_clock)
    award, nominee, other = noticed.room.dossiers
    objection = made.upheld(noticed, against=award.id)
    assert (objection.finding, objection.effect) == ("查阅了监管部门的通报。", "new_vote")
    assert (award.state, award.level_key) == ("under_review", "")
    assert (nominee.level_key, other.state) == ("nomination", "not_proposed")
    assert events("application.reconsider")[0].reason == "经核查属实。"
    [mail] = mails("objection.answer")
    assert (mail.recipient, "经核查属实。" in mail.body) == ("z@example.org", True)
    assert "查阅了监管部门的通报" not in mail.body


def test_upholding_against_the_whole_asks_for_a_new_notice(frozen_clock: FrozenClock) -> None:
    assert made.upheld(made.published(frozen_clock)).effect == "new_notice"


def test_rejecting_answers_and_changes_nothing_else(frozen_clock: FrozenClock) -> None:
    noticed = made.published(frozen_clock)
    objection = made.rejected(noticed, against=noticed.room.dossiers[0].id)
    assert (objection.state, objection.answer, objection.effect) == ("rejected", "查无实据。", "none")
    assert noticed.room.dossiers[0].state == "proposed"
    with pytest.raises(WrongState):
        services.uphold(office(), objection, made.FOUND)


@pytest.mark.parametrize(
    ("found", "field"), [(Finding(" ", "不成立"), "finding"), (Finding("查阅了材料", " "), "answer")]
)
def test_a_conclusion_needs_its_finding_and_its_answer(frozen_clock: FrozenClock, found: Finding, field: str) -> None:
    objection, _dossier = taken_on(frozen_clock)
    with pytest.raises(Invalid) as refused:
        services.reject(office(), objection, found)
    assert refused.value.field == field


def test_a_contact_that_is_no_mail_address_gets_no_mail(frozen_clock: FrozenClock) -> None:
    by_phone = Objector(False, "李四", "E12345678", "李四", "0351-1234567")
    objection = made.handled(made.published(frozen_clock), objector=by_phone)
    services.reject(office(), objection, made.FOUND)
    assert mails("objection.answer") == []
