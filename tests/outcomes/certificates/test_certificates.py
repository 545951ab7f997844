"""Certificates: issued with the result, checked by anybody, revoked with the honour."""

from __future__ import annotations

from collections.abc import Callable

import pypdfium2
import pytest
from flask import Flask
from sqlalchemy import select

from app import doctor
from app.accounts.models import User
from app.kernel import unit_of_work
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.outcomes import services as outcomes
from app.outcomes.certificates import queries, rules, services
from app.outcomes.certificates.models import Certificate
from app.outcomes.certificates.queries import Standing
from app.outcomes.models import RevokedFor
from app.policy import allows
from tests.factories import outcomes as made
from tests.factories.decisions import let_in, office
from tests.support.client import Client
from tests.support.server import FrozenClock

SignIn = Callable[[str], Client]


@pytest.mark.parametrize("typed", ["7KQ2-M4XD-9TRA", "7kq2 m4xd 9tra", " 7KQ2M4XD9TRA ", "7KQ2－M4XD－9TRA"])
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert rules.plain(typed) == "7KQ2M4XD9TRA"
    assert rules.shown(rules.plain(typed)) == "7KQ2-M4XD-9TRA"


def test_letters_that_are_misread_are_put_right() -> None:
    assert rules.plain("oO-iI-lL") == "001111"
    assert not set("ILOU") & set(rules.ALPHABET)


def words(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        assert len(document) == 1
        return "".join(document[0].get_textpage().get_text_bounded().split())
    finally:
        document.close()


def certificates() -> list[Certificate]:
    return list(db.session.scalars(select(Certificate).order_by(Certificate.id)))


def digest_faults() -> list[str]:
    return [fault for check in doctor.CHECKS if "与其摘要一致" in check.name for fault in check.faults()]


@pytest.mark.databases
def test_each_published_honour_has_one_and_the_doctor_finds_nothing(
    app_context: Flask, frozen_clock: FrozenClock
) -> None:
    made.concluded(frozen_clock)
    first, second = certificates()
    assert (first.number, second.number) == ("SX2026-ZS-001", "SX2026-ZS-002")
    assert first.code != second.code
    assert len(first.code) == rules.LENGTH
    assert digest_faults() == []
    first.content = first.content | {"name": "别人"}
    db.session.flush()
    assert digest_faults() == ["certificate 1"]


def test_the_sheet_says_what_was_approved_and_where_to_check_it(app_context: Flask, frozen_clock: FrozenClock) -> None:
    made.concluded(frozen_clock)
    certificate = certificates()[0]
    said = words(services.pdf_of(certificate))
    for part in (
        "企业01",
        "质量奖",
        made.DOCUMENT,
        certificate.number,
        rules.shown(certificate.code),
        "2026年8月31日",
    ):
        assert part in said
    assert "撤销" not in said


@pytest.mark.databases
def test_a_revoked_honour_shows_on_the_sheet_and_at_the_check(app_context: Flask, frozen_clock: FrozenClock) -> None:
    _noticed, (honour, _other) = made.concluded(frozen_clock)
    certificate = certificates()[0]
    assert queries.answer(certificate.code.lower()).standing is Standing.VALID
    outcomes.revoke(office(), honour, reason="核实造假。", because=RevokedFor.FRAUD)
    answer = queries.answer(rules.shown(certificate.code))
    assert answer.standing is Standing.REVOKED
    assert answer.revoked is not None
    assert answer.revoked.reason == "核实造假。"
    assert "撤销" in words(services.pdf_of(certificate))
    assert queries.answer("0000-0000-0000").standing is Standing.UNKNOWN


def test_a_certificate_is_its_holders_and_the_offices(app_context: Flask, frozen_clock: FrozenClock) -> None:
    made.concluded(frozen_clock)
    first, second = certificates()
    holder = Actor(user_id=first.owner_id, name="获奖者", roles=frozenset({Role.APPLICANT}))
    assert allows(holder, "certificate.read", first)
    assert not allows(holder, "certificate.read", second)
    assert [each.id for each in queries.own(holder)] == [first.id]
    assert allows(office(), "certificate.read", second)


def test_anybody_checks_a_code_in_words(
    app: Flask, client: Client, signed_in: SignIn, frozen_clock: FrozenClock
) -> None:
    with app.app_context(), unit_of_work.transaction():
        made.concluded(frozen_clock)
        code = rules.shown(certificates()[0].code)
        email = db.session.get_one(User, certificates()[0].owner_id).email
        let_in(email)
    assert "输入证书上的查验码" in client.page("/verify").text
    assert client.get(f"/verify?code={code}").location.endswith(f"/verify/{code}")
    valid = client.page(f"/verify/{code}")
    assert "有效：" in valid.text
    assert "企业01" in valid.text
    assert "查无此码" in client.page("/verify/0000-0000-0000").text
    assert "/verify" in client.page("/results/SX2026").links()
    holder = signed_in(email)
    assert "/certificates/1" in holder.page("/desk").links()
    assert code in holder.page("/certificates/1").text
    document = holder.get("/certificates/1/certificate.pdf")
    assert document.data.startswith(b"%PDF")
    document.close()
    assert holder.get("/certificates/2").status_code == 404
    with app.app_context(), unit_of_work.transaction():
        outcomes.revoke(office(), certificates()[0].outcome, reason="核实造假。", because=RevokedFor.FRAUD)
    revoked = client.page(f"/verify/{code}")
    assert "已作废" in revoked.text
    assert "核实造假。" in revoked.text
