"""The credit file: facts with a source, withdrawn with a reason, and the expert's own word beside them."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.accounts import services as accounts
from app.accounts.models import User
from app.accounts.queries import actor_of_user
from app.audit.models import AuditEvent
from app.experts import queries, services
from app.experts.models import CreditFact, CreditFactKind, Expert
from app.experts.rules.credit import full_years
from app.kernel import clock, unit_of_work
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.errors import Forbidden, Invalid, NotReady
from tests.factories.accounts import office, person, supervisor
from tests.factories.experts import pool, row
from tests.support.client import Client, document
from tests.support.databases import DEMO_PASSWORD

OFFICE, WATCHER, APPLICANT = "office@test.example", "watch@test.example", "applicant@test.example"


def record(actor: Actor, expert: Expert, text: str = "晚两天提交评分表。", source: str = "电话记录") -> CreditFact:
    day = clock.today() - timedelta(days=3)
    return services.record_fact(actor, expert, CreditFactKind.LATE, happened_on=day, text=text, source=source)


def own(expert: Expert) -> Actor:
    return actor_of_user(db.session.get_one(User, expert.user_id))


def details(action: str) -> list[dict[str, object]]:
    lines = select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)
    return [line.detail for line in db.session.scalars(lines)]


@pytest.mark.parametrize(
    ("since", "today", "years"),
    [
        (date(2023, 5, 8), date(2026, 5, 7), 2),
        (date(2023, 5, 8), date(2026, 5, 8), 3),
        (date(2024, 2, 29), date(2025, 2, 28), 0),
        (date(2024, 2, 29), date(2025, 3, 1), 1),
        (date(2026, 5, 8), date(2026, 5, 8), 0),
    ],
)
def test_only_full_years_count(since: date, today: date, years: int) -> None:
    assert full_years(since, today) == years


@pytest.mark.databases
@pytest.mark.usefixtures("app_context")
def test_a_fact_is_filed_answered_and_withdrawn_and_nothing_is_lost() -> None:
    actor = office()
    (expert,) = pool(actor, row())
    fact = record(actor, expert)
    services.reply_to_fact(own(expert), fact, "系统当晚无法登录。")
    services.reply_to_fact(own(expert), fact, "系统当晚无法登录，已致电秘书处。")
    services.withdraw_fact(actor, fact, reason="查明系统故障")

    (kept,) = queries.credit_file(expert)
    assert (kept.reply, kept.withdrawal_reason) == ("系统当晚无法登录，已致电秘书处。", "查明系统故障")
    assert details("credit_fact.record")[0]["source"] == "电话记录"
    assert [line["reply"] for line in details("credit_fact.reply")] == [
        ["", "系统当晚无法登录。"],
        ["系统当晚无法登录。", "系统当晚无法登录，已致电秘书处。"],
    ]
    assert details("credit_fact.withdraw") == [{"expert_id": expert.id}]
    with pytest.raises(NotReady):
        services.withdraw_fact(actor, fact, reason="再撤")
    with pytest.raises(NotReady):
        services.reply_to_fact(own(expert), fact, "再说")


@pytest.mark.databases
@pytest.mark.usefixtures("app_context")
def test_the_database_keeps_no_withdrawal_without_a_reason() -> None:
    actor = office()
    (expert,) = pool(actor, row())
    record(actor, expert).withdrawn_at = clock.now()
    with pytest.raises(IntegrityError):
        db.session.flush()


@pytest.mark.usefixtures("app_context")
def test_a_fact_needs_its_words_its_source_and_a_day_that_has_come() -> None:
    actor = office()
    (expert,) = pool(actor, row())
    for field, typed in (("fact", {"text": " "}), ("source", {"source": " "})):
        with pytest.raises(Invalid) as refused:
            record(actor, expert, **typed)
        assert refused.value.field == field
    tomorrow = clock.today() + timedelta(days=1)
    with pytest.raises(Invalid) as refused:
        services.record_fact(actor, expert, CreditFactKind.TRAINING, happened_on=tomorrow, text="培训", source="签到表")
    assert refused.value.field == "happened_on"
    fact = record(actor, expert)
    with pytest.raises(Invalid):
        services.withdraw_fact(actor, fact, reason=" ")
    with pytest.raises(Invalid):
        services.reply_to_fact(own(expert), fact, " ")
    assert len(queries.credit_file(expert)) == 1


@pytest.mark.usefixtures("app_context")
def test_the_office_records_the_expert_replies_and_nobody_else() -> None:
    actor = office()
    expert, other = pool(actor, row(1), row(2))
    fact = record(actor, expert)
    for stranger in (supervisor(), own(expert), person(Role.APPLICANT)):
        with pytest.raises(Forbidden):
            record(stranger, expert)
        with pytest.raises(Forbidden):
            services.withdraw_fact(stranger, fact, reason="x")
    for stranger in (actor, supervisor(), own(other)):
        with pytest.raises(Forbidden):
            services.reply_to_fact(stranger, fact, "x")


@pytest.mark.usefixtures("app_context")
def test_years_without_a_task_are_counted_from_the_last_one() -> None:
    (expert,) = pool(office(), row())
    assert queries.years_unused(expert) is None
    services.note_used(expert.id)
    db.session.refresh(expert)
    assert queries.years_unused(expert) == 0


# --- pages --------------------------------------------------------------------------------------------------------


@pytest.fixture
def address(app: Flask) -> str:
    """The page of an expert with an account; the office, the supervisor and an applicant can sign in too."""
    with app.app_context(), unit_of_work.transaction():
        actor = office(email=OFFICE, password=True)
        supervisor(email=WATCHER, password=True)
        person(Role.APPLICANT, email=APPLICANT, password=True)
        expert, other = pool(actor, row(1), row(2))
        for each in (expert, other):
            accounts.set_password(db.session.get_one(User, each.user_id), DEMO_PASSWORD)
        return f"/experts/{expert.id}"


def test_a_fact_goes_from_the_office_to_the_expert_and_back(address: str, new_client: Callable[[], Client]) -> None:
    desk, expert, watcher = new_client(), new_client(), new_client()
    desk.sign_in(OFFICE)
    empty = desk.submit(f"{address}/facts/new", kind="training", fact="参加培训 16 学时。")
    assert empty.status_code == 422
    assert "请写明来源" in document(empty).text
    assert "参加培训 16 学时。" in document(empty).text
    filled = {"kind": "training", "happened_on": "2025-11-20", "fact": "参加培训 16 学时。", "source": "签到表"}
    assert desk.submit(f"{address}/facts/new", **filled).status_code == 303

    expert.sign_in("expert1@pool.example")
    assert "来源：签到表" in expert.page("/experts/mine").text
    assert expert.submit("/experts/facts/1/reply", reply="实为 24 学时。").status_code == 303
    assert "修改说明" in expert.page("/experts/mine").text

    watcher.sign_in(WATCHER)
    assert "实为 24 学时。" in watcher.page(address).text
    assert "登记一项事实" not in watcher.page(address).text

    assert desk.submit("/experts/facts/1/withdraw", form="withdraw").status_code == 422
    assert desk.submit("/experts/facts/1/withdraw", reason="学时有误").status_code == 303
    assert "学时有误" in expert.page("/experts/mine").text
    assert "作出说明" not in expert.page("/experts/mine").text
    assert expert.submit("/experts/facts/1/reply", reply="再说").status_code == 422


@pytest.mark.parametrize(
    ("who", "statuses"),
    [
        (WATCHER, [403, 403, 403]),
        (APPLICANT, [404, 404, 404]),
        ("expert1@pool.example", [404, 403, 200]),
        ("expert2@pool.example", [404, 404, 404]),
    ],
)
def test_who_opens_which_page_of_a_file(
    app: Flask, address: str, new_client: Callable[[], Client], who: str, statuses: list[int]
) -> None:
    with app.app_context(), unit_of_work.transaction():
        clerk = actor_of_user(db.session.query(User).filter_by(email=OFFICE).one())
        record(clerk, db.session.query(Expert).filter_by(number="E001").one())
    client = new_client()
    client.sign_in(who)
    pages = (f"{address}/facts/new", "/experts/facts/1/withdraw", "/experts/facts/1/reply")
    assert [client.get(page).status_code for page in pages] == statuses
