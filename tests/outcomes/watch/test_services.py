"""The watch period through its services: what is owed, asked for, handed in, reviewed, and what facts lead to."""

import importlib.util
from datetime import date, timedelta

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app import doctor
from app.audit.models import AuditEvent
from app.config import ROOT
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import Forbidden, Invalid, NotReady, WrongState
from app.kernel.outbox import OutboxMessage
from app.outcomes import services as outcomes
from app.outcomes.models import RevokedFor
from app.outcomes.watch import queries, services
from app.outcomes.watch.models import FactKind, FactSource, YearlyDeclaration
from app.outcomes.watch.rules import Statement
from app.policy import allows
from app.programmes.models import Edition
from app.workflow import DeclarationState, WatchFactState
from tests.factories import watch as made
from tests.factories.decisions import office, supervisor
from tests.factories.notices import Evidence
from tests.support.server import FrozenClock

pytestmark = pytest.mark.usefixtures("app_context")
CLOCK = Actor.system("declarations")
OURS = ("每个状态", "与其摘要一致", "内容与摘要一致")


def faults() -> list[str]:
    """Of the checks that concern the watch period."""
    checks = [check for check in doctor.CHECKS if any(word in check.name for word in OURS)]
    found = [fault for check in checks for fault in check.faults()]
    return [fault for fault in found if fault.startswith(("yearly_declaration", "watch_fact", "declaration_file"))]


def events(action: str) -> list[AuditEvent]:
    return list(db.session.scalars(select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)))


def mails(action: str) -> list[OutboxMessage]:
    found = select(OutboxMessage).where(OutboxMessage.action == action).order_by(OutboxMessage.id)
    return list(db.session.scalars(found))


def migrate(name: str) -> None:
    """Run one migration's step on the rows as they are."""
    place = ROOT / "migrations" / "versions" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, place)
    assert spec is not None
    assert spec.loader is not None
    step = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(step)
    with Operations.context(MigrationContext.configure(db.session.connection())):
        step.upgrade()


def submitted(clock: FrozenClock, statement: Statement = made.NOTHING) -> YearlyDeclaration:
    declaration = made.first_of(made.honoured(clock)[0])
    clock.move_to(made.FIRST_YEAR_OVER)
    services.submit(made.holder(declaration), declaration, statement)
    return declaration


# --- owed and asked for -------------------------------------------------------------------------------------------


def test_each_published_honour_owes_one_declaration_a_year(frozen_clock: FrozenClock) -> None:
    outcomes_ = made.honoured(frozen_clock)
    assert [[each.due_on.isoformat() for each in queries.declarations(outcome)] for outcome in outcomes_] == [
        ["2027-09-30", "2028-09-30", "2029-09-30"]
    ] * 2
    assert faults() == []


@pytest.mark.databases
def test_no_two_years_share_a_day_and_rows_of_before_are_set_right(frozen_clock: FrozenClock) -> None:
    """Where a year still begins on the day on which the one before ends, the migration moves its beginning."""
    outcome = made.honoured(frozen_clock)[0]
    rows = queries.declarations(outcome)
    right = [date(2026, 9, 1), date(2027, 9, 1), date(2028, 9, 1)]
    assert [row.begins_on for row in rows] == right
    for row in rows:
        row.begins_on -= timedelta(days=1)
    db.session.flush()
    migrate("0046_years_of_the_watch_period")
    for row in rows:
        db.session.refresh(row)
    assert [row.begins_on for row in rows] == right
    assert [(first.ends_on, first.opens_on) for first in rows] == [
        (date(2027, 8, 31), date(2027, 9, 1)),
        (date(2028, 8, 31), date(2028, 9, 1)),
        (date(2029, 8, 31), date(2029, 9, 1)),
    ]


def test_one_letter_a_day_that_matters_and_the_office_hears_of_what_is_late(frozen_clock: FrozenClock) -> None:
    made.honoured(frozen_clock)
    frozen_clock.move_to(made.LAST_DAY)
    assert services.remind(CLOCK) == 0, "the year is not over"
    for moment, subject in ((made.FIRST_YEAR_OVER, "可以提交"), (made.SOON, "即将到期")):
        frozen_clock.move_to(moment)
        assert (services.remind(CLOCK), services.remind(CLOCK)) == (2, 0), "each letter goes out once"
        assert subject in mails("yearly_declaration.remind")[-1].subject
    frozen_clock.move_to(made.LATE)
    assert services.remind(CLOCK) == 2
    sent = mails("yearly_declaration.remind")
    assert [mail.recipient for mail in sent[-4:] if mail.recipient == "office@example.org"] == [
        "office@example.org"
    ] * 2
    assert len(sent) == 2 + 2 + 4
    assert [event.detail["letter"] for event in events("yearly_declaration.remind")][-1] == "late"
    assert services.remind(CLOCK) == 0


def test_a_clock_that_stood_still_sends_the_last_letter_only(frozen_clock: FrozenClock) -> None:
    made.honoured(frozen_clock)
    frozen_clock.move_to(made.LATE)
    assert services.remind(CLOCK) == 2
    assert {event.detail["letter"] for event in events("yearly_declaration.remind")} == {"late"}


def test_the_office_sees_who_is_late_first(frozen_clock: FrozenClock) -> None:
    first, second = made.honoured(frozen_clock)
    frozen_clock.move_to(made.FIRST_YEAR_OVER)
    services.submit(made.holder(made.first_of(first)), made.first_of(first), made.NOTHING)
    services.accept(office(), made.first_of(first), note="")
    frozen_clock.move_to(made.LATE)
    rows = queries.watched(db.session.get_one(Edition, first.edition_id))
    assert [(row.outcome.id, len(row.late), row.handed_in) for row in rows] == [(second.id, 1, 0), (first.id, 0, 1)]
    waiting = queries.waiting()
    assert (waiting.late, waiting.to_review, waiting.facts, waiting.edition_id) == (1, 0, 0, first.edition_id)


# --- handed in and reviewed ---------------------------------------------------------------------------------------


@pytest.mark.databases
def test_a_declaration_is_frozen_with_its_digest_and_its_files(frozen_clock: FrozenClock) -> None:
    declaration = made.first_of(made.honoured(frozen_clock)[0])
    frozen_clock.move_to(made.FIRST_YEAR_OVER)
    services.submit(made.holder(declaration), declaration, made.NOTHING, [made.file(), made.file("同一份.pdf")])
    assert declaration.state is DeclarationState.SUBMITTED
    assert [each["name"] for each in declaration.content["files"]] == ["年报.pdf"], "the same bytes are kept once"
    assert events("yearly_declaration.submit")[0].detail == {"digest": declaration.digest}
    assert queries.open_facts(declaration.outcome) == []
    assert faults() == []


def test_nothing_is_declared_before_the_year_is_over(frozen_clock: FrozenClock) -> None:
    declaration = made.first_of(made.honoured(frozen_clock)[0])
    frozen_clock.move_to(made.LAST_DAY)
    with pytest.raises(NotReady) as refused:
        services.submit(made.holder(declaration), declaration, made.NOTHING)
    assert ["2027-08-31" in str(refused.value.missing[0]), "2027-09-01" in str(refused.value.missing[0])] == [True] * 2
    frozen_clock.move_to(made.FIRST_YEAR_OVER)
    services.submit(made.holder(declaration), declaration, made.NOTHING)


def test_only_its_holder_declares_and_reads(frozen_clock: FrozenClock) -> None:
    mine, foreign = (made.first_of(each) for each in made.honoured(frozen_clock))
    frozen_clock.move_to(made.FIRST_YEAR_OVER)
    other = made.holder(foreign)
    assert not allows(other, "yearly_declaration.read", mine)
    for actor in (other, office()):
        with pytest.raises(Forbidden):
            services.submit(actor, mine, made.NOTHING)
    assert [each.id for each in queries.own_next(other)] == [foreign.id]


@pytest.mark.parametrize(
    ("statement", "field"),
    [
        (Statement({"accident": ""}, "甲", "乙"), "accident_text"),
        (Statement({}, " ", "乙"), "figures"),
        (Statement({}, "甲", ""), "signatory"),
    ],
)
def test_what_is_left_out_is_said_at_its_field(frozen_clock: FrozenClock, statement: Statement, field: str) -> None:
    declaration = made.first_of(made.honoured(frozen_clock)[0])
    frozen_clock.move_to(made.FIRST_YEAR_OVER)
    with pytest.raises(Invalid) as refused:
        services.submit(made.holder(declaration), declaration, statement)
    assert refused.value.field == field


def test_a_file_of_another_kind_is_refused(frozen_clock: FrozenClock) -> None:
    declaration = made.first_of(made.honoured(frozen_clock)[0])
    frozen_clock.move_to(made.FIRST_YEAR_OVER)
    strange = Evidence("程序.exe", made.file().content)
    with pytest.raises(Invalid) as refused:
        services.submit(made.holder(declaration), declaration, made.NOTHING, [strange])
    assert refused.value.field == "files"


def test_reviewed_it_is_closed_and_the_note_is_on_it(frozen_clock: FrozenClock) -> None:
    declaration = submitted(frozen_clock)
    with pytest.raises(Forbidden):
        services.accept(supervisor(), declaration, note="")
    services.accept(office(), declaration, note="无异常。")
    assert (declaration.state, declaration.note) == (DeclarationState.ACCEPTED, "无异常。")
    with pytest.raises(WrongState):
        services.submit(made.holder(declaration), declaration, made.NOTHING)


def test_sent_back_its_holder_hears_why_and_is_asked_again(frozen_clock: FrozenClock) -> None:
    declaration = submitted(frozen_clock)
    frozen_clock.move_to(made.LATE)
    with pytest.raises(Invalid):
        services.send_back(office(), declaration, reason=" ")
    services.send_back(office(), declaration, reason="请补充产品抽查结果。")
    assert declaration.state is DeclarationState.OWED
    assert declaration.due_on.isoformat() == "2027-10-15", "there is time again"
    assert "请补充产品抽查结果" in mails("yearly_declaration.send_back")[0].body
    before = declaration.digest
    services.submit(made.holder(declaration), declaration, Statement({}, "抽查合格。", "张经理"))
    assert declaration.digest != before
    assert faults() == []


@pytest.mark.databases
def test_the_database_refuses_a_declaration_without_content(frozen_clock: FrozenClock) -> None:
    declaration = submitted(frozen_clock)
    with pytest.raises(IntegrityError):
        db.session.execute(text(f"UPDATE yearly_declaration SET digest = '' WHERE id = {declaration.id}"))  # noqa: S608


# --- facts --------------------------------------------------------------------------------------------------------


def test_what_is_declared_of_an_accident_is_put_before_the_office(frozen_clock: FrozenClock) -> None:
    declaration = submitted(frozen_clock, made.ACCIDENT)
    (fact,) = queries.open_facts(declaration.outcome)
    assert (fact.kind, fact.source, fact.declaration_id) == (FactKind.ACCIDENT, FactSource.DECLARED, declaration.id)
    services.interview(office(), fact, reason="已约谈，限期整改。")
    assert (fact.state, fact.settled) == (WatchFactState.INTERVIEWED, "已约谈，限期整改。")
    assert "已约谈" in mails("watch_fact.interview")[0].body
    with pytest.raises(WrongState):
        services.dismiss(office(), fact, reason="再想想。")
    assert faults() == []


def test_what_the_office_found_is_settled_with_a_reason(frozen_clock: FrozenClock) -> None:
    outcome = made.honoured(frozen_clock)[0]
    with pytest.raises(Forbidden):
        services.record_fact(supervisor(), outcome, kind=FactKind.PENALTY, text="罚款。")
    with pytest.raises(Invalid):
        services.record_fact(office(), outcome, kind=FactKind.PENALTY, text=" ")
    fact = services.record_fact(office(), outcome, kind=FactKind.PENALTY, text="2027 年被罚款，见公告。")
    with pytest.raises(Invalid):
        services.dismiss(office(), fact, reason="")
    services.dismiss(office(), fact, reason="情节轻微。")
    assert events("watch_fact.dismiss")[0].reason == "情节轻微。"
    assert mails("watch_fact.interview") == []


@pytest.mark.databases
def test_a_revocation_settles_what_was_open_and_ends_what_was_owed(frozen_clock: FrozenClock) -> None:
    declaration = submitted(frozen_clock, made.ACCIDENT)
    outcomes.revoke(office(), declaration.outcome, reason="事故重大。", because=RevokedFor.INCIDENT)
    assert [each.state for each in queries.declarations(declaration.outcome)] == [DeclarationState.LAPSED] * 3
    assert [(each.state, each.settled) for each in queries.facts(declaration.outcome)] == [
        (WatchFactState.REVOKED, "事故重大。")
    ]
    frozen_clock.move_to(made.LATE)
    assert services.remind(CLOCK) == 1, "the other honour's holder only"
    assert faults() == []
