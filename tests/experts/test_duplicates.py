"""Entries that may be one person: found with their reasons, compared field by field; never decided by the system."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.experts import services
from app.experts.models import Expert
from app.experts.rules import ExpertEntry
from app.experts.rules.duplicates import MOST_ALIKE, suspicions
from app.kernel import unit_of_work
from app.kernel.actor import Role
from app.kernel.database import db
from tests.factories.accounts import office, person
from tests.factories.experts import pool, row
from tests.support.browser import PHONE
from tests.support.client import Client

OFFICE, APPLICANT = "office@test.example", "applicant@test.example"
KNOWN = ExpertEntry(
    number="E1",
    name="张三",
    email="zhang.san@one.example",
    kind="quality",
    employer="示例大学",
    employer_code="91330000000000001A",
    employer_region="330100",
    residence_region="330100",
)
STRANGER: dict[str, Any] = {
    "number": "E2",
    "email": "other@two.example",
    "employer": "另一单位",
    "employer_code": "91320000000000001B",
    "employer_region": "320500",
    "residence_region": "320500",
}


@pytest.mark.parametrize(
    ("first", "second", "reasons"),
    [
        ({}, {}, ()),
        (
            {"certificates": ("评审员,PS-1,",)},
            {"name": "张珊", "certificates": ("评审员,ＰＳ-1,2027-01-01",)},
            ("certificate",),
        ),
        ({"certificates": ("评审员,,",)}, {"certificates": ("评审员,,",)}, ()),
        ({}, {"employer_code": KNOWN.employer_code}, ("code",)),
        ({"employer_code": ""}, {"employer_code": ""}, ()),
        ({}, {"employer": "示例 大学"}, ("employer",)),
        ({}, {"email": "zhangsan+new@two.example"}, ("mailbox",)),
        ({}, {"residence_region": "330100"}, ("residence",)),
        ({}, {"former_regions": ("330100(~2020-01-01)",)}, ("place",)),
        ({}, {"name": " 张 三", "employer": "示例大学", "residence_region": "330100"}, ("employer", "residence")),
        ({}, {"name": "李四", "employer": "示例大学", "residence_region": "330100"}, ()),
    ],
)
def test_each_clue_is_a_reason(first: dict[str, Any], second: dict[str, Any], reasons: tuple[str, ...]) -> None:
    found = suspicions([replace(KNOWN, **STRANGER | second), replace(KNOWN, **first)])
    assert [(each.first.number, each.second.number, each.reasons) for each in found] == (
        [("E1", "E2", reasons)] if reasons else []
    )


def test_the_strongest_come_first_and_what_many_share_shows_nothing() -> None:
    people = [
        replace(
            KNOWN, **STRANGER | {"number": f"E{n}", "employer_region": f"32{n}000", "residence_region": f"32{n}000"}
        )
        for n in range(1, 4)
    ]
    people[1] = replace(people[1], certificates=("a,1,",), employer="甲")
    people[2] = replace(people[2], certificates=("a,1,",), employer="乙", email="x@y.example", employer_code="")
    assert [(each.second.number, each.reasons) for each in suspicions(people)] == [
        ("E3", ("certificate",)),
        ("E2", ("code", "mailbox")),
    ]
    crowd = [replace(KNOWN, number=f"E{n}") for n in range(MOST_ALIKE + 1)]
    assert suspicions(crowd) == ()
    assert len(suspicions(crowd[1:])) == MOST_ALIKE * (MOST_ALIKE - 1) // 2


@pytest.fixture
def desk(app: Flask, signed_in: Callable[[str], Client]) -> Client:
    with app.app_context(), unit_of_work.transaction():
        actor = office(email=OFFICE, password=True)
        person(Role.APPLICANT, email=APPLICANT, password=True)
        pool(actor, row(1), row(2, name="专家1", employer="另一单位"), row(3))
    return signed_in(OFFICE)


@pytest.mark.databases
def test_the_office_sees_the_pair_with_its_reasons_and_compares_it(app: Flask, desk: Client) -> None:
    assert "/experts/duplicates" in {link.get("href") for link in desk.page("/experts").all("a")}
    listed = desk.page("/experts/duplicates")
    assert "姓名和常住地相同" in listed.text
    assert "E003" not in listed.text

    compared = desk.page("/experts/duplicates/E001/E002")
    assert "示例大学1" in compared.text
    assert "另一单位" in compared.text
    assert "330100 浙江省杭州市" in compared.text
    with app.app_context():
        looks = select(AuditEvent.subject_id).where(AuditEvent.action == "expert.read")
        assert len(set(db.session.scalars(looks))) == 2
        services.remove_expert(
            office(), db.session.scalars(select(Expert).where(Expert.number == "E002")).one(), reason="同 E001"
        )
        unit_of_work.commit()
    assert "没有发现可能重复的专家" in desk.page("/experts/duplicates").text
    assert "E002 已移出专家库：同 E001" in desk.page("/experts/duplicates/E001/E002").text


def test_unknown_numbers_and_other_people_are_refused(desk: Client, signed_in: Callable[[str], Client]) -> None:
    assert desk.get("/experts/duplicates/E001/E999").status_code == 404
    assert desk.get("/experts/duplicates/E001/E001").status_code == 404
    applicant = signed_in(APPLICANT)
    assert applicant.get("/experts/duplicates").status_code == 403
    assert applicant.get("/experts/duplicates/E001/E002").status_code in {403, 404}


@pytest.mark.slow
def test_both_pages_are_readable_on_a_phone_and_at_the_desk(
    desk: Client, open_window: Any, browser_sign_in: Any, assert_accessible: Any
) -> None:
    for window in (open_window(viewport=PHONE), open_window()):
        browser_sign_in(window.page, OFFICE)
        window.page.goto("/experts/duplicates")
        assert_accessible(window.page)
        window.page.get_by_role("link", name="核对").click()
        assert window.page.get_by_role("heading", level=1).inner_text() == "核对两份专家资料"
        assert_accessible(window.page)
