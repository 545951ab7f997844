"""Interests with their days, what the data give away, and exceptions of two people."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.accounts.models import RoleGrant
from app.applications.models import AvoidedExpert, StaffList
from app.audit.models import AuditEvent
from app.experts.models import ExpertRegion, ExpertRegionKind
from app.intake.models import RecommendingBody
from app.kernel import clock
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.errors import Forbidden, Invalid, NotReady, WrongState
from app.panels import eligibility, facts, interests, queries, rules, services
from app.panels.engine import Seat
from app.panels.models import PairException
from app.panels.rules import traces
from app.programmes.rules.values import BodyKind, LiftableRule
from app.workflow import ConflictState, ExceptionState
from tests.factories import panels as made
from tests.factories.accounts import office, supervisor
from tests.factories.experts import row
from tests.factories.panels import drawn, published, setting

HOME = "140105"
EXCEPTIONS = ("exceptions = []", 'exceptions = ["region"]')


def details(action: str) -> list[AuditEvent]:
    return list(db.session.scalars(select(AuditEvent).where(AuditEvent.action == action)))


def ago(years: int, days: int = 0) -> date:
    today = clock.today()
    return today.replace(year=today.year - years) - timedelta(days=days)


# --- days ---------------------------------------------------------------------------------------------------------


@pytest.mark.databases
@pytest.mark.parametrize(
    ("until", "bars"),
    [(None, True), (ago(1), True), (ago(3, -1), True), (ago(3, 2), False), (ago(9), False)],
    ids=["lasting", "ended last year", "within the window", "window passed", "long ago"],
)
def test_an_interest_bars_until_the_window_has_passed(app_context: object, until: date | None, *, bars: bool) -> None:
    given = setting(1)
    draw = drawn(given)
    seated = {seat.expert_id for seat in queries.assignments_of(draw)}
    expert = next(expert for expert in given.pool if expert.id not in seated and not expert.may_lead)
    interest = services.Interest("training", "讲过课", ago(10), until)
    services.record_conflict(given.office, expert, given.dossiers[0], interest)

    known = facts.conflicts(given.round, {given.dossiers[0].id})
    assert ((expert.number, "SX2026-001") in known) is bars
    seat = Seat("SX2026-001", expert.number)
    if bars:
        with pytest.raises(services.UnlawfulSeats) as refused:
            services.seat_experts(draw, [seat])
        assert "培训" in str(refused.value.missing[0])
    else:
        assert services.seat_experts(draw, [seat])[0].expert is expert


def test_an_old_interest_leaves_a_seat_where_it_is(app_context: object) -> None:
    given = setting(1)
    seat = published(given)[0]
    interest = services.Interest("training", "x", None, ago(9))
    services.record_conflict(given.office, seat.expert, seat.application, interest)
    assert seat.state in facts.LIVE


def test_the_office_ends_an_interest_and_withdraws_one(app_context: object) -> None:
    given = setting(1)
    interest = services.Interest("kinship", "堂兄", ago(5))
    conflict = services.record_conflict(given.office, given.expert(1), given.dossiers[0], interest)
    for until, reason, word in ((ago(0, -3), "x", "晚于今天"), (ago(6), "x", "早于开始"), (ago(1), " ", "理由")):
        with pytest.raises(Invalid) as refused:
            services.end_conflict(given.office, conflict, until=until, reason=reason)
        assert word in str(refused.value.message)
    services.end_conflict(given.office, conflict, until=ago(4), reason="关系已解除")
    assert conflict.until == ago(4)
    assert details("conflict.end")[0].reason == "关系已解除"
    assert facts.conflicts(given.round, {given.dossiers[0].id}) == {}

    with pytest.raises(Forbidden):
        services.withdraw_conflict(supervisor(), conflict, reason="x")
    with pytest.raises(NotReady):
        services.withdraw_conflict(given.office, conflict, reason="")
    services.withdraw_conflict(given.office, conflict, reason="同名的另一人")
    assert conflict.state is ConflictState.WITHDRAWN
    with pytest.raises(Forbidden):
        services.end_conflict(given.office, conflict, until=ago(1), reason="x")
    with pytest.raises(WrongState):
        services.withdraw_conflict(given.office, conflict, reason="x")


def test_two_kinds_of_interest_may_stand_between_the_same_two(app_context: object) -> None:
    given = setting(1)
    for kind in ("kinship", "training"):
        services.record_conflict(given.office, given.expert(1), given.dossiers[0], services.Interest(kind, "x"))
    with pytest.raises(Invalid):
        services.record_conflict(given.office, given.expert(1), given.dossiers[0], services.Interest("kinship", "x"))
    wrong = services.Interest("other", "x", ago(1), ago(2))
    with pytest.raises(Invalid):
        services.record_conflict(given.office, given.expert(1), given.dossiers[0], wrong)
    assert [conflict.kind for conflict in interests.conflicts_of(given.edition)] == ["training", "kinship"]


@pytest.mark.databases
@pytest.mark.parametrize(("left", "counts"), [(ago(0, -1), True), (ago(0, 2), False)], ids=["leaves soon", "has left"])
def test_rule_and_database_leave_out_a_place_that_was_left(app_context: object, left: date, *, counts: bool) -> None:
    given = setting(1)
    draw = drawn(given)
    seated = {seat.expert_id for seat in queries.assignments_of(draw)}
    expert = next(expert for expert in given.pool if expert.id not in seated and not expert.may_lead)
    lived = ExpertRegion(kind=ExpertRegionKind.RESIDENCE, region_code="140200", since=ago(9), until=left)
    expert.regions.append(lived)
    db.session.flush()
    seat = Seat("SX2026-001", expert.number)
    if counts:
        with pytest.raises(services.UnlawfulSeats):
            services.seat_experts(draw, [seat])
        return
    (written,) = services.seat_experts(draw, [seat])
    written.places_since = date.min
    with pytest.raises(IntegrityError, match="assignment_region_rule"):
        db.session.flush()


# --- what the data give away --------------------------------------------------------------------------------------


def found_in(given: made.Setting) -> set[tuple[str, str, str, str]]:
    services.find_conflicts(given.office, given.edition)
    return {
        (row.expert.number, row.application.number, row.kind, row.source.value)
        for row in interests.conflicts_of(given.edition)
    }


def test_a_mail_domain_of_its_own_gives_an_interest_away_and_a_public_one_does_not(app_context: object) -> None:
    given = setting(2, rows=[row(90, email="wang@jinheng.com.cn"), row(91, email="li@163.com")])
    given.dossiers[0].answers = {"email": "office@JinHeng.com.cn"}
    given.dossiers[1].answers = {"email": "someone@163.com"}
    assert found_in(given) == {("E090", "SX2026-001", "employment", "system")}


def test_a_whole_name_on_a_staff_list_is_an_interest_until_the_office_says_otherwise(app_context: object) -> None:
    given = setting(2, rows=[row(90, name="张　三丰"), row(91, name="张三")])
    names = StaffList(application_id=given.dossiers[0].id, names="李四、张三丰\n张", updated_at=clock.now())
    db.session.add(names)
    db.session.flush()
    assert found_in(given) == {("E090", "SX2026-001", "employment", "system")}

    (conflict,) = interests.conflicts_of(given.edition)
    services.withdraw_conflict(given.office, conflict, reason="同名的另一人")
    assert services.find_conflicts(given.office, given.edition) == []


def test_whoever_works_or_served_for_the_recommending_body_is_found(app_context: object) -> None:
    body = RecommendingBody(name="太原市市场监督管理局", kind=BodyKind.CITY, region_code="140100")
    db.session.add(body)
    db.session.flush()
    given = setting(2, rows=[row(90, employer="太原市 市场监督管理局"), row(91)])
    given.dossiers[0].body_id, given.dossiers[1].body_id = body.id, None
    served = given.expert(91)
    from_body = made.acting(served)
    assert from_body.user_id is not None
    db.session.add(_grant(from_body.user_id, body.id))
    db.session.flush()
    assert found_in(given) == {
        ("E090", "SX2026-001", "recommending_body", "system"),
        ("E091", "SX2026-001", "recommending_body", "system"),
    }


def _grant(user_id: int, body_id: int) -> object:
    return RoleGrant(user_id=user_id, role=Role.RECOMMENDER, body_id=body_id, granted_at=clock.now())


def test_whom_the_applicant_asks_to_avoid_is_recorded_as_the_applicants_word(app_context: object) -> None:
    given = setting(2, rows=[row(90, name="王五", employer="示例大学甲"), row(91, name="王五", employer="示例大学乙")])
    wish = AvoidedExpert(
        application_id=given.dossiers[1].id, name="王五", employer="大学乙", reason="曾有诉讼", named_at=clock.now()
    )
    db.session.add(wish)
    db.session.flush()
    assert found_in(given) == {("E091", "SX2026-002", "avoided", "applicant")}
    assert interests.conflicts_of(given.edition)[0].note == "曾有诉讼"


@pytest.mark.parametrize(
    ("address", "domain"),
    [("a@Firm.CN", "firm.cn"), ("a@qq.com", ""), ("nobody", ""), ("a@demo.example", ""), ("", "")],
)
def test_which_domain_says_something(address: str, domain: str) -> None:
    assert traces.own_domain(address) == domain


@pytest.mark.parametrize(
    ("name", "plain"),
    [("张 三", "张三"), ("Ａｎｎ Lee", "annlee"), ("买买提·艾力", "买买提艾力"), ("张", ""), ("", "")],
)
def test_a_name_is_compared_whole(name: str, plain: str) -> None:
    assert traces.plain_name(name) == plain


# --- exceptions ---------------------------------------------------------------------------------------------------


@pytest.fixture
def lenient(app_context: object) -> made.Setting:
    """A rulebook that allows exceptions from the out-of-region rule; E090 is from the applicant's own city."""
    return setting(1, rulebook=EXCEPTIONS, rows=[row(90, employer_region=HOME, residence_region=HOME)])


def proposed(given: made.Setting, **parts: object) -> PairException:
    words: dict[str, object] = {"rule": LiftableRule.REGION, "reason": "全国仅此一人熟悉这一工艺"}
    return services.propose_exception(given.office, given.expert(90), given.dossiers[0], **(words | parts))  # type: ignore[arg-type]


@pytest.mark.databases
def test_an_exception_of_two_people_lets_exactly_this_pair_through(lenient: made.Setting) -> None:
    draw = drawn(lenient)
    seat = Seat("SX2026-001", "E090")
    exception = proposed(lenient)
    with pytest.raises(services.UnlawfulSeats):
        services.seat_experts(draw, [seat])

    services.confirm_exception(office(), exception)
    known = facts.draw_input(lenient.round, lenient.dossiers)
    expert = next(each for each in known.experts if each.id == "E090")
    verdict = rules.judge(expert, known.dossiers[0], known.rule)
    assert (verdict.is_lawful, verdict.exceptions) == (True, (1,))
    (written,) = services.seat_experts(draw, [seat])
    assert written.expert.number == "E090"
    assert eligibility.unlawful_seats(lenient.edition) == []

    services.revoke_exception(lenient.office, exception, reason="本人另有任务")
    (broken,) = eligibility.unlawful_seats(lenient.edition)
    assert broken.assignment is written
    written.places_since = ago(0, days=-1)
    with pytest.raises(IntegrityError, match="assignment_region_rule"):
        db.session.flush()


def test_one_person_alone_makes_no_exception(lenient: made.Setting) -> None:
    exception = proposed(lenient)
    with pytest.raises(Forbidden):
        services.confirm_exception(lenient.office, exception)
    with pytest.raises(Forbidden):
        services.refuse_exception(lenient.office, exception, reason="x")
    exception.confirmed_by = exception.proposed_by
    with pytest.raises(IntegrityError, match="two_people"):
        db.session.flush()


def test_neither_name_is_the_experts_or_the_applicants(lenient: made.Setting) -> None:
    expert, owner = lenient.expert(90), lenient.dossiers[0].owner_id
    for user_id in (expert.user_id, owner):
        partial = Actor(user_id=user_id, name="x", roles=frozenset({Role.OFFICE}))
        with pytest.raises(NotReady):
            services.propose_exception(partial, expert, lenient.dossiers[0], rule=LiftableRule.REGION, reason="x")
    exception = proposed(lenient)
    with pytest.raises(NotReady):
        services.confirm_exception(Actor(user_id=owner, name="x", roles=frozenset({Role.OFFICE})), exception)


def test_only_what_the_rulebook_allows_can_be_excepted(lenient: made.Setting) -> None:
    for parts, field in (({"rule": LiftableRule.CONFLICT}, "rule"), ({"reason": " "}, "reason")):
        with pytest.raises(Invalid) as refused:
            proposed(lenient, **parts)
        assert refused.value.field == field
    proposed(lenient)
    with pytest.raises(Invalid):
        proposed(lenient)
    with pytest.raises(Forbidden):
        services.propose_exception(
            supervisor(), lenient.expert(90), lenient.dossiers[0], rule=LiftableRule.REGION, reason="x"
        )


def test_a_refused_exception_stays_on_record_and_may_be_proposed_again(lenient: made.Setting) -> None:
    exception = proposed(lenient)
    services.refuse_exception(office(), exception, reason="理由不充分")
    again = proposed(lenient)
    assert (exception.state, exception.decision) == (ExceptionState.REFUSED, "理由不充分")
    assert (exception.number, again.number) == (1, 2)
    assert interests.public_exceptions(lenient.edition) == []
    services.confirm_exception(office(), again)
    assert interests.public_exceptions(lenient.edition) == [again]
