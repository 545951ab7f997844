"""Two entries of one person become one: two people, field by field, nothing lost, and the old number leads to the new one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app import doctor
from app.accounts import services as accounts
from app.accounts.models import RoleGrant, User
from app.accounts.queries import actor_of_user
from app.audit.models import AuditEvent
from app.experts import queries, services
from app.experts.models import CreditFactKind, Expert, ExpertMerge, ExpertRegionKind
from app.experts.queries.listing import Filter
from app.experts.rules import ExpertEntry
from app.experts.rules.merging import CHOSEN, faults, to_choose, united
from app.kernel import unit_of_work
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.errors import Forbidden, Invalid, NotReady
from app.workflow import MergeState
from tests.factories.accounts import office, person, supervisor
from tests.factories.experts import pool, preview, row
from tests.support.browser import PHONE
from tests.support.client import Client
from tests.support.databases import DEMO_PASSWORD

FIRST, SECOND = "office@test.example", "second@test.example"
REASON = "已电话向本人核实"
DAY = date(2026, 5, 1)
CHOICES = {"survivor": "E001", "reason": REASON, "email": "E001", "employer": "E002", "employer_code": "E001"}
ONE = ExpertEntry(
    number="E001",
    name="张三",
    email="old@one.example",
    kind="quality",
    employer="示例大学",
    employer_region="330100",
    employer_since="2019-09-01",
    residence_region="330100",
    certificates=("评审员,PS-1,2027-01-01", "审核员,,"),
    languages=("en",),
    former_regions=("320500(2012-03-01~2019-08-31)",),
)
TWO = replace(
    ONE,
    number="E002",
    email="new@two.example",
    employer="示例研究院",
    employer_region="440100",
    employer_since="2024-01-01",
    residence_since="2015-01-01",
    industries=("34",),
    certificates=("评审员,ＰＳ-1,2029-01-01",),
    languages=("zh",),
    former_regions=("320500(~2018-01-01)",),
    blocked=("2026-05-01~2026-05-07",),
)


# --- the rule -----------------------------------------------------------------------------------------------------


def test_only_what_differs_is_asked_and_a_day_goes_with_its_place() -> None:
    assert to_choose(ONE, TWO) == ("email", "employer", "employer_region")
    assert to_choose(ONE, ONE) == ()
    assert "employer_since" not in CHOSEN


def test_lists_of_facts_are_put_together_and_no_place_is_lost() -> None:
    both = united(ONE, TWO, ["employer", "employer_region"], day=DAY)
    assert (both.number, both.email, both.employer) == ("E001", "old@one.example", "示例研究院")
    assert (both.employer_region, both.employer_since) == ("440100", "2024-01-01")
    assert both.residence_since == "2015-01-01"
    assert both.former_regions == ("320500(~2019-08-31)", "330100(2019-09-01~2026-05-01)")
    assert both.certificates == ("审核员,,", "评审员,ＰＳ-1,2029-01-01")
    assert (both.industries, both.languages, both.blocked) == (("34",), ("zh", "en"), TWO.blocked)

    kept = united(ONE, TWO, [], day=DAY)
    assert (kept.employer_region, kept.employer_since) == ("330100", "2019-09-01")
    assert kept.former_regions == ("320500(~2019-08-31)", "440100(2024-01-01~2026-05-01)")


def test_choices_that_do_not_go_together_are_named() -> None:
    both = united(replace(ONE, max_load=5), replace(TWO, min_load=8, max_load=9), ["min_load"], day=DAY)
    assert [fault.column for fault in faults(both)] == ["min_load"]
    assert faults(united(ONE, TWO, [], day=DAY)) == []


@contextmanager
def not_ready(sentence: str) -> Iterator[None]:
    with pytest.raises(NotReady) as refused:
        yield
    assert any(sentence in str(missing) for missing in refused.value.missing)


# --- the two people -----------------------------------------------------------------------------------------------


@pytest.fixture
def twins(app_context: object) -> tuple[Expert, Expert]:
    other = row(
        2,
        name="专家1",
        employer="示例研究院",
        employer_region="440100",
        residence_region="440300",
        languages="英语",
        certificates="评审员,PS-1,2029-01-01",
        industries="40",
    )
    one, two, _third = pool(office(), row(1), other, row(3))
    return one, two


def proposed(one: Expert, two: Expert, *taken: str, by: Actor | None = None) -> ExpertMerge:
    return services.propose_merge(by or office(), one, two, taken=taken, reason=REASON)


def merged(one: Expert, two: Expert, *taken: str) -> ExpertMerge:
    merge = proposed(one, two, *taken)
    services.confirm_merge(office(), merge)
    return merge


@pytest.mark.databases
def test_the_survivor_has_everything_and_the_other_entry_stays_as_it_was(twins: tuple[Expert, Expert]) -> None:
    one, two = twins
    services.record_fact(
        office(), two, CreditFactKind.TRAINING, happened_on=date(2025, 1, 1), text="参加培训", source="签到表"
    )
    merge = merged(one, two, "employer", "employer_region")

    known = queries.entry_of(one)
    assert (known.employer, known.employer_region, known.email) == ("示例研究院", "440100", "expert1@pool.example")
    assert (known.industries, known.languages) == (("34", "38", "40"), ("en",))
    assert known.certificates == ("评审员,PS-1,2029-01-01",)
    places = {(place.kind, place.region_code): place for place in one.regions}
    assert places[ExpertRegionKind.FORMER_EMPLOYER, "330100"].until is not None
    assert places[ExpertRegionKind.RESIDENCE, "330100"].until is None
    left = places[ExpertRegionKind.RESIDENCE, "440300"]
    assert left.until is not None
    assert left.source.startswith("E002")
    assert [fact.text for fact in queries.credit_file(one)] == ["参加培训"]

    assert (merge.state, merge.before["other"]["number"]) == (MergeState.CONFIRMED, "E002")
    assert (two.merged_into, one.absorbed) == (one, [two])
    assert two.removed_at is not None
    assert queries.entry_of(two).employer == "示例研究院"
    events = select(AuditEvent.subject_type).where(AuditEvent.action == "expert_merge.confirm")
    assert {"expert", "expert_merge", "user"} <= set(db.session.scalars(events))
    assert not any(finding.faults for finding in doctor.examine())


def test_one_person_alone_merges_nothing(twins: tuple[Expert, Expert]) -> None:
    one, two = twins
    with pytest.raises(Forbidden):
        proposed(one, two, by=supervisor())
    with pytest.raises(Invalid):
        services.propose_merge(office(), one, two, taken=[], reason=" ")
    himself = replace(office(), user_id=two.user_id)
    with pytest.raises(NotReady):
        proposed(one, two, by=himself)
    first = office()
    merge = proposed(one, two, by=first)
    for act in (lambda: services.confirm_merge(first, merge), lambda: services.refuse_merge(first, merge, reason="x")):
        with pytest.raises(Forbidden):
            act()
    with pytest.raises(NotReady):
        services.confirm_merge(himself, merge)
    with not_ready("待确认"):
        proposed(two, one)
    assert two.merged_into is None
    merge.confirmed_by = merge.proposed_by
    with pytest.raises(IntegrityError, match="two_people"):
        db.session.flush()


def test_a_refused_merge_changes_nothing_and_may_be_proposed_again(twins: tuple[Expert, Expert]) -> None:
    one, two = twins
    merge = proposed(one, two)
    services.refuse_merge(office(), merge, reason="两个人")
    assert (merge.state, merge.decision, two.removed_at) == (MergeState.REFUSED, "两个人", None)
    assert proposed(two, one).survivor is two


def test_what_was_changed_since_the_proposal_is_not_merged(twins: tuple[Expert, Expert]) -> None:
    one, two = twins
    merge = proposed(one, two)
    services.remove_expert(office(), two, reason="重复")
    db.session.flush()
    with not_ready("有人改过"):
        services.confirm_merge(office(), merge)


def test_choices_that_contradict_each_other_are_refused_at_their_field(twins: tuple[Expert, Expert]) -> None:
    one, two = twins
    one.max_load, two.min_load = 5, 8
    db.session.flush()
    with pytest.raises(Invalid) as refused:
        proposed(one, two, "min_load")
    assert refused.value.field == "min_load"


def test_a_number_that_was_merged_is_closed_for_ever(twins: tuple[Expert, Expert]) -> None:
    one, two = twins
    merged(one, two)
    with not_ready("已并入"):
        services.restore_expert(office(), two)
    with not_ready("已并入"):
        services.edit_expert(office(), two, {"name": "x"}, version=two.version)
    with not_ready("已并入"):
        proposed(two, one)
    (refused,) = queries.import_rows(preview(office(), row(2)), "refused")
    assert "编号 E002 已并入 E001" in str(refused.reasons[0][1])


def test_a_chain_of_merges_leads_to_the_last_number(twins: tuple[Expert, Expert]) -> None:
    one, two = twins
    third = queries.find_by_number("E003")
    assert third is not None
    merged(one, two)
    merged(third, one)
    assert [each.number for each in third.absorbed] == ["E001", "E002"]


def test_an_entry_that_left_the_pool_can_go_into_another_but_not_go_on(twins: tuple[Expert, Expert]) -> None:
    one, two = twins
    services.remove_expert(office(), two, reason="重复")
    db.session.flush()
    with not_ready("已移出"):
        proposed(two, one)
    merged(one, two)
    assert (two.merged_into, two.removal_reason) == (one, "重复")


@pytest.mark.databases
def test_the_old_number_finds_the_survivor_and_is_exported_no_more(twins: tuple[Expert, Expert]) -> None:
    one, two = twins
    merged(one, two)
    assert [each.number for each in queries.pool(Filter(search="e002")).experts] == ["E001"]
    assert [each.number for each in queries.pool(Filter(mark="removed")).experts] == ["E002"]
    exported = queries.entries(*queries.conditions(Filter())).values()
    assert [entry.number for entry in exported] == ["E001", "E003"]


# --- accounts -----------------------------------------------------------------------------------------------------


def sign_in(email: str) -> str:
    return accounts.sign_in(email, DEMO_PASSWORD, address="127.0.0.1", user_agent="test")


@pytest.mark.databases
def test_the_chosen_address_signs_in_and_the_other_account_says_so(twins: tuple[Expert, Expert]) -> None:
    one, two = twins
    first, second = (db.session.get_one(User, each.user_id) for each in twins)
    for user in (first, second):
        accounts.set_password(user, DEMO_PASSWORD)
    merged(one, two, "email")

    assert (one.user_id, two.user_id) == (second.id, None)
    assert (one.email, two.email) == ("expert2@pool.example", "expert1@pool.example")
    assert actor_of_user(second).expert_id == one.id
    assert sign_in("expert2@pool.example")
    with pytest.raises(Invalid, match=r"请用 expert2@pool\.example 登录"):
        sign_in("expert1@pool.example")
    with pytest.raises(Invalid, match="邮箱或密码不正确"):
        accounts.sign_in("expert1@pool.example", "wrong", address="127.0.0.1", user_agent="test")


def test_an_account_with_other_roles_stays_open_with_them(twins: tuple[Expert, Expert]) -> None:
    one, two = twins
    user = db.session.get_one(User, two.user_id)
    db.session.add(RoleGrant(user_id=user.id, role=Role.COMMITTEE, granted_at=user.created_at, edition_id=1))
    db.session.flush()
    merged(one, two)
    assert user.active
    assert actor_of_user(user).roles == {Role.COMMITTEE}


# --- pages --------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(app: Flask, signed_in: Callable[[str], Client]) -> Client:
    with app.app_context(), unit_of_work.transaction():
        actor = office(email=FIRST, password=True)
        office(email=SECOND, password=True)
        person(Role.APPLICANT, email="applicant@test.example", password=True)
        pool(actor, row(1), row(2, name="专家1", employer="另一单位"), row(3))
    return signed_in(FIRST)


def test_two_people_merge_two_entries_on_their_pages(desk: Client, signed_in: Callable[[str], Client]) -> None:
    page = desk.page("/experts/duplicates/E001/E002/merge")
    assert "不能撤回" in page.text
    address = "/experts/duplicates/E001/E002/merge"
    refused = desk.submit(address, survivor="E001", reason=REASON)
    assert refused.status_code == 422
    assert "请选择以哪一份资料为准" in refused.text

    assert desk.submit(address, **CHOICES).status_code == 303
    listed = desk.page("/experts/duplicates")
    assert "待另一人确认的合并" in listed.text
    assert "须由提出人以外的另一人确认" in desk.page("/experts/merges/1").text
    assert desk.get("/experts/merges/1/confirm").status_code == 403
    assert "已提出把 E002 并入 E001" in desk.page("/experts/duplicates/E001/E002").text

    second = signed_in(SECOND)
    assert "另一单位" in second.page("/experts/merges/1/confirm").text
    assert second.submit("/experts/merges/1/confirm", form="/confirm").status_code == 303
    assert "已并入 E001" in second.page("/experts/2").text
    assert "同一个人的其他编号已并入这里" in second.page("/experts/1").text
    assert "含已并入的 E002" in second.page("/experts?search=E002").text
    assert "已合并" in second.page("/experts/merges/1").text
    assert "确认合并" not in second.page("/experts/merges/1").text


def test_a_proposal_is_refused_with_a_reason_and_others_see_none(
    desk: Client, signed_in: Callable[[str], Client]
) -> None:
    assert desk.submit("/experts/duplicates/E001/E002/merge", **CHOICES | {"survivor": "E002"}).status_code == 303
    second = signed_in(SECOND)
    assert second.submit("/experts/merges/1/refuse", reason="").status_code == 422
    assert second.submit("/experts/merges/1/refuse", reason="两个人").status_code == 303
    assert "两个人" in second.page("/experts/merges/1").text
    applicant = signed_in("applicant@test.example")
    assert applicant.get("/experts/merges/1").status_code == 404
    assert desk.get("/experts/merges/9").status_code == 404
    assert desk.get("/experts/duplicates/E001/E009/merge").status_code == 404


@pytest.mark.slow
def test_the_pages_are_readable_on_a_phone_and_at_the_desk(
    desk: Client, open_window: Any, browser_sign_in: Any, assert_accessible: Any
) -> None:
    for window in (open_window(viewport=PHONE), open_window()):
        browser_sign_in(window.page, SECOND)
        window.page.goto("/experts/duplicates/E001/E002/merge")
        assert_accessible(window.page)
    assert desk.submit("/experts/duplicates/E001/E002/merge", **CHOICES).status_code == 303
    for window in (open_window(viewport=PHONE), open_window()):
        browser_sign_in(window.page, SECOND)
        for address in ("/experts/duplicates", "/experts/merges/1", "/experts/merges/1/confirm"):
            window.page.goto(address)
            assert_accessible(window.page)
