"""What an applicant tells only the office: whom to keep away, and who works for it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.applications import queries, services
from app.applications.models import Application, StaffList
from app.audit.models import AuditEvent
from app.kernel import unit_of_work
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import Forbidden, Invalid, Stale
from tests.conftest import TestClock
from tests.factories import accounts
from tests.factories import applications as make

OWNER, OTHER, OFFICE, WATCHER = "owner@test.example", "other@test.example", "office@test.example", "watch@test.example"


@pytest.fixture(autouse=True)
def in_the_call(running_clock: TestClock) -> TestClock:
    running_clock.move_to(make.APPLYING)
    return running_clock


@pytest.fixture
def draft(app_context: Flask) -> tuple[Actor, Application]:
    actor = make.applicant_person()
    return actor, make.complete_application(make.running_edition(), actor)


def avoid(actor: Actor, application: Application, name: str = "王五") -> Any:
    return services.avoid_expert(actor, application, name=name, employer=" 示例 大学 ", reason="曾有诉讼\r\n")


def events() -> list[AuditEvent]:
    return list(db.session.scalars(select(AuditEvent).where(AuditEvent.action == "avoidance.edit")))


def test_an_expert_is_named_once_and_not_more_than_the_rulebook_allows(draft: tuple[Actor, Application]) -> None:
    actor, application = draft
    wish = avoid(actor, application)
    assert (wish.employer, wish.reason) == ("示例 大学", "曾有诉讼")
    with pytest.raises(Invalid):
        avoid(actor, application)
    for name in ("赵六", "孙七"):
        avoid(actor, application, name)
    with pytest.raises(Invalid) as full:
        avoid(actor, application, "周八")
    assert "3 名" in str(full.value.message)
    services.drop_wish(actor, application, wish)
    avoid(actor, application, "周八")
    assert [each.name for each in queries.avoided_by(application)] == ["赵六", "孙七", "周八"]
    assert len(events()) == 5
    assert "王五" not in str([event.detail for event in events()])


def test_a_list_of_names_is_kept_and_a_stale_one_is_not(draft: tuple[Actor, Application]) -> None:
    actor, application = draft
    services.save_staff(actor, application, "李四\r\n张三", version=0)
    services.save_staff(actor, application, "李四\n张三", version=0)
    with pytest.raises(Stale):
        services.save_staff(actor, application, "别人", version=0)
    services.save_staff(actor, application, "别人", version=1)
    kept = queries.staff_of(application)
    assert kept is not None
    assert kept.names == "别人"
    with pytest.raises(Invalid):
        services.save_staff(actor, application, "名" * 20_001, version=2)


def test_only_the_applicant_writes_and_only_while_the_dossier_is_open(draft: tuple[Actor, Application]) -> None:
    actor, application = draft
    wish = avoid(actor, application)
    with pytest.raises(Forbidden):
        avoid(accounts.office(), application, "赵六")
    services.submit(actor, application, signatory="李明")
    for act in (
        lambda: avoid(actor, application, "赵六"),
        lambda: services.drop_wish(actor, application, wish),
        lambda: services.save_staff(actor, application, "x", version=0),
    ):
        with pytest.raises(Forbidden):
            act()


def test_the_receipt_and_the_dossier_tell_nothing_of_it(draft: tuple[Actor, Application]) -> None:
    actor, application = draft
    avoid(actor, application)
    services.save_staff(actor, application, "李四", version=0)
    receipt = services.submit(actor, application, signatory="李明")
    assert "王五" not in str(receipt.content)
    assert "李四" not in str(receipt.content)


# --- pages --------------------------------------------------------------------------------------------------------


@pytest.fixture
def arranged(app: Flask) -> Callable[[], int]:
    def arrange() -> int:
        with app.app_context(), unit_of_work.transaction():
            accounts.office(email=OFFICE, password=True)
            accounts.supervisor(email=WATCHER, password=True)
            make.applicant_person(email=OTHER, password=True)
            actor = make.applicant_person(email=OWNER, password=True)
            return make.complete_application(make.running_edition(), actor).id

    return arrange


def test_the_page_takes_names_and_the_office_reads_them_after_submission(
    app: Flask, arranged: Callable[[], int], signed_in: Any
) -> None:
    number = arranged()
    owner, address = signed_in(OWNER), f"/applications/{number}/wishes"
    assert "请求避开的专家与人员名单" in owner.page(f"/applications/{number}").text
    assert owner.submit(address, form="/wishes", name="王五").status_code == 422
    assert owner.submit(address, form="/wishes", name="王五", reason="曾有诉讼").status_code == 303
    assert owner.submit(address, form="/staff", names="李四").status_code == 303
    page = owner.page(address).text
    assert "曾有诉讼" in page
    assert owner.submit(address, form="/drop").status_code == 303
    assert "曾有诉讼" not in owner.page(address).text
    assert owner.submit(address, form="/wishes", name="王五", reason="曾有诉讼").status_code == 303

    for stranger, status in ((OTHER, 404), (OFFICE, 404), (WATCHER, 404)):
        assert signed_in(stranger).get(address).status_code == status
    with app.app_context(), unit_of_work.transaction():
        application = db.session.get_one(Application, number)
        actor = Actor(user_id=application.owner_id, name="x", roles=frozenset({make.Role.APPLICANT}))
        services.submit(actor, application, signatory="李明")
        assert db.session.get(StaffList, number) is not None
    office = signed_in(OFFICE).page(address).text
    assert "曾有诉讼" in office
    assert "记下这名专家" not in office
    assert signed_in(WATCHER).get(address).status_code == 404
