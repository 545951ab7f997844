"""A visit from its arrangement to its report: who may what, when, and what stays for good."""

import io

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app import doctor, lifecycle
from app.audit.models import AuditEvent
from app.kernel import clock, files
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.errors import Forbidden, Invalid, NotReady, Stale, WrongState
from app.kernel.outbox import OutboxMessage
from app.policy import allows
from app.visits import queries, rules, services
from app.visits.models import IssueKind, IssueSource, LogKind, Side, VisitPaper, VisitPhoto
from app.workflow import VisitState
from tests.factories import visits
from tests.factories.consensus import released, talking
from tests.factories.decisions import office, supervisor
from tests.factories.scoring import panel, seated
from tests.factories.visits import (
    arranged,
    at,
    confirmed,
    fresh,
    met,
    notified,
    on_the_day,
    opened,
    owner_of,
    picture,
    planned,
    reported,
)

pytestmark = pytest.mark.usefixtures("app_context")

OURS = ("每个状态", "与其摘要一致", "每个文件")


def healthy() -> bool:
    """By the checks that concern visits; the evidence of these tests is in no store."""
    faults = [fault for found in doctor.examine() if any(w in str(found.check) for w in OURS) for fault in found.faults]
    return not [fault for fault in faults if not fault.startswith("evidence_file")]


# --- arranged -----------------------------------------------------------------------------------------------------


def test_a_visit_goes_from_its_plan_to_its_report_and_every_step_is_on_record() -> None:
    made, visit = reported()
    assert visit.state is VisitState.REPORTED
    steps = db.session.scalars(select(AuditEvent.action).where(AuditEvent.subject_type == "visit")).all()
    assert [step for step in steps if step in {t.action for t in lifecycle.workflow.VISIT.transitions}] == [
        "visit.notify",
        "visit.open",
        "visit.close",
        "visit.report",
    ]
    assert healthy()
    assert made.experts[0].id == visit.led_by


def test_the_team_is_the_panel_as_it_stands() -> None:
    made, visit = arranged()
    assert visit.panel == {expert.id for expert in made.experts}
    lifecycle.advance(made.assignment(0, 2), "assignment.recuse", made.actors[2], reason="近亲属在该单位任职")
    assert fresh(visit).panel == {expert.id for expert in made.experts[:2]}
    assert not allows(made.actors[2], "visit.read", visit)


def test_only_the_office_arranges_and_only_once() -> None:
    made = visits.site()
    with pytest.raises(Forbidden):
        services.arrange(made.actors[0], made.round, made.dossiers[0], visits.days_of(made))
    arranged(made)
    with pytest.raises(WrongState, match="已经安排过"):
        arranged(made)


def test_a_dossier_of_a_paper_round_is_not_visited() -> None:
    made = panel(1, 1, round_key="paper")
    days = rules.Days(queries.clock.today(), queries.clock.today(), "太原市")
    with pytest.raises(WrongState, match="不在进行中的现场评审"):
        services.arrange(office(), made.round, made.dossiers[0], days)


@pytest.mark.parametrize(("after", "count", "field"), [(1, 3, "ends_on"), (-1, 1, "starts_on"), (400, 1, "starts_on")])
def test_days_outside_of_the_rule_are_refused_at_their_field(after: int, count: int, field: str) -> None:
    made = visits.site()
    with pytest.raises(Invalid) as refused:
        services.arrange(office(), made.round, made.dossiers[0], visits.days_of(made, after=after, count=count))
    assert refused.value.field == field


def test_two_who_change_the_days_at_once_are_both_heard() -> None:
    made, visit = arranged()
    services.edit(office(), visit, visits.days_of(made, after=3), version=visit.version)
    db.session.flush()
    with pytest.raises(Stale):
        services.edit(office(), visit, visits.days_of(made, after=4), version=visit.version - 1)


def test_the_applicant_is_told_when_there_is_a_plan_and_a_leader() -> None:
    _made, visit = arranged()
    with pytest.raises(NotReady) as lacking:
        services.notify(office(), visit)
    assert ["日程" in str(message) for message in lacking.value.missing] == [True]
    planned(visit)
    services.notify(office(), visit)
    told = db.session.scalars(select(OutboxMessage).where(OutboxMessage.action == "visit.notify")).all()
    assert len(told) == 1 + len(visit.seats)
    assert visit.place in told[0].body


def test_a_visit_without_a_declared_leader_is_announced_to_nobody() -> None:
    made = panel(1, 2, round_key="site", declared=False)
    lifecycle.advance(made.assignment(0, 1), "assignment.clear", made.actors[1])
    _made, visit = arranged(made)
    planned(visit)
    with pytest.raises(NotReady, match="尚未满足") as lacking:
        services.notify(office(), visit)
    assert "组长" in str(lacking.value.missing[0])


def test_the_applicant_confirms_the_date_and_a_change_of_it_asks_again() -> None:
    made, visit = notified()
    mine = owner_of(visit)
    services.confirm(mine, visit)
    first = visit.confirmed_at
    services.confirm(mine, visit)
    assert visit.confirmed_at == first
    services.recall(office(), visit, reason="组长住院。")
    assert (visit.state, visit.confirmed_at) == (VisitState.PLANNED, None)
    assert not allows(mine, "visit.follow", visit)
    told = db.session.scalars(select(OutboxMessage).where(OutboxMessage.action == "visit.recall")).one()
    assert "组长住院。" in told.body
    services.edit(office(), visit, visits.days_of(made, after=5), version=visit.version)


def test_another_applicant_follows_nothing() -> None:
    _made, visit = notified()
    stranger = Actor(user_id=visit.application.owner_id + 1000, name="他人", roles=frozenset({Role.APPLICANT}))
    assert not allows(stranger, "visit.follow", visit)
    assert not allows(owner_of(visit), "visit.read", visit)


# --- planned ------------------------------------------------------------------------------------------------------


def test_the_plan_names_only_members_of_the_team_within_the_days() -> None:
    made, visit = arranged()
    stranger = panel(1, 1, first_expert=9, edition=made.edition).experts[0]
    row = services.Appointment(at(visit), at(visit, 10), "质量部", "访谈", "", stranger.id)
    with pytest.raises(Invalid, match="不在评审组"):
        services.appoint(office(), visit, row)
    for wrong, field in (
        (services.Appointment(at(visit), at(visit), "质量部", "访谈"), "until"),
        (services.Appointment(at(visit).replace(year=2020), at(visit), "质量部", "访谈"), "day"),
        (services.Appointment(at(visit), at(visit, 10), "质量部", "访谈", "9.9"), "item"),
    ):
        with pytest.raises(Invalid) as refused:
            services.appoint(office(), visit, wrong)
        assert refused.value.field == field


def test_the_leader_plans_and_a_member_does_not() -> None:
    made, visit = arranged()
    planned(visit, made.actors[0])
    with pytest.raises(Forbidden):
        planned(visit, made.actors[1])
    (row,) = queries.appointments(visit)
    services.drop_appointment(made.actors[0], visit, row.id)
    assert queries.appointments(visit) == []


# --- issues -------------------------------------------------------------------------------------------------------


def test_what_the_panel_left_open_on_paper_comes_along_without_a_percentage_or_a_name() -> None:
    paper, talked = talking(20, 80, 50)
    released(paper, talked)
    items = {item.item_code: item.improvements for item in talked.items}
    dossier, round_ = paper.dossiers[0], next(each for each in paper.edition.rounds if each.key == "site")
    dossier.round_id = round_.id
    made = seated(paper.edition, round_, [dossier], 2, first_expert=20)
    _made, visit = arranged(made)
    carried = queries.issues(visit)
    assert {issue.item_code for issue in carried} == {code for code, text_ in items.items() if text_}
    assert all(issue.source is IssueSource.CONSENSUS and issue.author is None for issue in carried)


def test_a_member_raises_an_issue_and_another_settles_it() -> None:
    made, visit = opened()
    code = queries.criteria_of(visit).item_codes[0]
    issue = services.raise_issue(made.actors[1], visit, IssueKind.VERIFY, code, text="员工座谈是否每季度进行？")
    db.session.flush()
    services.settle(made.actors[2], issue, finding="查四个季度记录，均有。", version=issue.version)
    db.session.flush()
    services.settle(made.actors[2], issue, finding="查四个季度记录，均有。", version=1)
    with pytest.raises(Stale) as stale:
        services.settle(made.actors[1], issue, finding="缺第二季度。", version=1)
    assert stale.value.stored == {"finding": "查四个季度记录，均有。"}


def test_an_open_issue_keeps_the_report_back() -> None:
    made, visit = opened()
    code = queries.criteria_of(visit).item_codes[0]
    services.raise_issue(made.actors[1], visit, IssueKind.CLARIFY, code, text="口径？")
    met(made, visit)
    services.close(made.actors[0], visit)
    with pytest.raises(NotReady):
        services.report(made.actors[0], visit, text="报告")


def test_nobody_outside_of_the_team_writes_anything() -> None:
    _made, visit = opened()
    for actor in (office(), supervisor(), owner_of(visit)):
        with pytest.raises(Forbidden):
            services.note(actor, visit, LogKind.INTERVIEW, about="王经理", code="", text="……")
    head = Actor(user_id=2, name="大组长", roles=frozenset({Role.HEAD}))
    assert [allows(each, "visit.read", visit) for each in (office(), supervisor(), head)] == [True] * 3


# --- on site ------------------------------------------------------------------------------------------------------


def test_a_visit_does_not_begin_before_its_first_day() -> None:
    made, visit = confirmed()
    with clock.fixed(at(visit).replace(year=2020)), pytest.raises(NotReady):
        services.open_(made.actors[0], visit)
    with on_the_day(visit), pytest.raises(Forbidden):
        services.open_(made.actors[1], visit)


def test_a_picture_is_stored_upright_and_without_what_the_camera_wrote() -> None:
    made, visit = opened()
    kept = services.keep_photo(made.actors[1], visit, picture(content=visits.photograph(turned=True)))
    assert b"Telephone" in visits.photograph()
    stored = files.store().path(kept.sha256)
    assert b"Telephone" not in stored.read_bytes()
    with Image.open(stored) as upright:
        assert upright.size == (40, 60)
        assert not upright.getexif()


def test_a_picture_sent_twice_over_a_poor_line_is_stored_once() -> None:
    made, visit = opened()
    first = services.keep_photo(made.actors[1], visit, picture("x"))
    db.session.flush()
    assert services.keep_photo(made.actors[1], visit, picture("x")) is first
    services.keep_photo(made.actors[1], visit, picture("y"))
    assert len(queries.photos(visit)) == 2
    assert healthy()


def test_a_drawing_with_a_palette_keeps_its_colours() -> None:
    made, visit = opened()
    drawing = Image.new("RGB", (8, 8), "blue").convert("P", palette=Image.Palette.ADAPTIVE)
    written = io.BytesIO()
    drawing.save(written, "PNG")
    kept = services.keep_photo(made.actors[1], visit, picture(content=written.getvalue(), filename="图.png"))
    with Image.open(files.store().path(kept.sha256)) as stored:
        assert stored.convert("RGB").getpixel((0, 0)) == (0, 0, 255)


@pytest.mark.parametrize(
    ("content", "filename"), [(b"%PDF-1.7", "a.pdf"), (b"GIF89a", "a.jpg"), (b"\xff\xd8\xff", "a.jpg")]
)
def test_what_is_no_sound_picture_is_refused(content: bytes, filename: str) -> None:
    made, visit = opened()
    with pytest.raises(Invalid):
        services.keep_photo(made.actors[1], visit, picture(content=content, filename=filename))
    assert db.session.scalar(select(VisitPhoto)) is None


def test_pictures_still_on_a_device_come_in_after_the_end_but_not_after_the_report() -> None:
    made, visit = opened()
    met(made, visit)
    services.close(made.actors[0], visit)
    services.keep_photo(made.actors[1], visit, picture())
    services.report(made.actors[0], visit, text="相符。")
    with pytest.raises(Forbidden):
        services.keep_photo(made.actors[1], visit, picture("later"))


# --- meetings, signatures, report ---------------------------------------------------------------------------------


def test_the_end_needs_both_meetings_and_the_teams_names_under_them() -> None:
    made, visit = opened()
    with pytest.raises(NotReady) as lacking:
        services.close(made.actors[0], visit)
    assert len(lacking.value.missing) == 4
    met(made, visit)
    services.close(made.actors[0], visit)


def test_a_member_signs_for_the_team_with_the_own_name_only_and_once() -> None:
    made, visit = opened()
    with pytest.raises(Invalid, match="自己的姓名"):
        services.sign(made.actors[1], visit, VisitPaper.OPENING, Side.TEAM, name=made.experts[0].name)
    for _again in range(2):
        services.sign(made.actors[1], visit, VisitPaper.OPENING, Side.TEAM, name=made.experts[1].name)
        db.session.flush()
    assert len(queries.signatures(visit)) == 1


def test_the_report_is_signed_by_the_team_after_it_stands() -> None:
    made, visit = opened()
    mine = made.actors[1]
    with pytest.raises(WrongState):
        services.sign(mine, visit, VisitPaper.REPORT, Side.TEAM, name=made.experts[1].name)
    met(made, visit)
    services.close(made.actors[0], visit)
    services.report(made.actors[0], visit, text="相符。")
    services.sign(mine, visit, VisitPaper.REPORT, Side.TEAM, name=made.experts[1].name)
    with pytest.raises(WrongState):
        services.sign(mine, visit, VisitPaper.OPENING, Side.APPLICANT, name="补签人")


@pytest.mark.databases
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE visit_log SET text = 'x'",
        "DELETE FROM visit_photo",
        "UPDATE visit_signature SET name = 'x'",
        "UPDATE visit_report SET digest = ''",
        "UPDATE visit_issue SET finding = 'x'",
        "UPDATE visit_meeting SET text = 'x'",
    ],
)
def test_the_database_keeps_what_was_reported_for_good(app_context: Flask, statement: str) -> None:
    made, visit = opened()
    code = queries.criteria_of(visit).item_codes[0]
    issue = services.raise_issue(made.actors[1], visit, IssueKind.VERIFY, code, text="？")
    services.note(made.actors[1], visit, LogKind.DOCUMENT, about="质量手册", code=code, text="现行有效。")
    services.keep_photo(made.actors[1], visit, picture())
    db.session.flush()
    services.settle(made.actors[1], issue, finding="有。", version=issue.version)
    met(made, visit)
    services.close(made.actors[0], visit)
    services.report(made.actors[0], visit, text="相符。")
    db.session.flush()
    with pytest.raises(DBAPIError, match=r"append_only|frozen"):
        db.session.execute(text(statement))


def test_the_report_says_everything_and_no_score() -> None:
    _made, visit = reported()
    report = queries.report(visit)
    assert report is not None
    assert set(report.content) == {
        *("schema", "edition", "rulebook_digest", "round", "application", "from", "to", "place", "team"),
        *("text", "issues", "logs", "photos", "meetings"),
    }
    assert report.content["meetings"][0]["signed"][0]["post"] == "组长"
