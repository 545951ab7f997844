"""Many experts save at the same moment: nothing that was acknowledged is lost, nothing stands twice."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlparse

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import LoginSession
from app.accounts.rules import token_hash
from app.audit.models import AuditEvent
from app.kernel import clock, unit_of_work
from app.kernel.database import db
from app.scoring.models import ItemScore
from benchmarks.client import opened
from tests.factories import scoring as factory
from tests.support.ledger import Stored, Write, all_at_once, faults
from tests.support.server import FrozenClock, serving

EXPERTS = 24
CODES = ("4.1.2", "4.1.3", "4.1.4")


@pytest.mark.slow
@pytest.mark.databases
def test_experts_who_save_at_once_lose_and_double_nothing(app: Flask) -> None:
    with app.app_context(), unit_of_work.transaction():
        made = factory.panel(1, EXPERTS)
        sheets = [made.sheet(0, number).id for number in range(EXPERTS)]
        for expert in made.experts:
            db.session.add(_session(expert.user_id or 0))
        users = [expert.user_id or 0 for expert in made.experts]
    with serving(app, FrozenClock()) as address:
        port = urlparse(address).port or 0
        people = [_writes(app, port, user, sheet) for user, sheet in zip(users, sheets, strict=True)]
        ledger = all_at_once(port, people)
    with app.app_context():
        assert faults(ledger, _stored) == {"lost": [], "doubled": [], "phantom": []}
    assert len(ledger.acknowledged) == EXPERTS * len(CODES)


def _session(user_id: int) -> LoginSession:
    now = clock.now()
    return LoginSession(
        user_id=user_id, token_hash=token_hash(f"many-{user_id}"), created_at=now, expires_at=now + timedelta(hours=1)
    )


def _writes(app: Flask, port: int, user_id: int, sheet: int) -> list[Write]:
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    cookie = f"{app.config['SESSION_COOKIE_NAME']}={serializer.dumps({'_user_id': f'many-{user_id}', '_fresh': True})}"
    cookie, token = opened(port, "/account", cookie)
    return [_write(cookie, token, sheet, code) for code in CODES]


def _write(cookie: str, token: str, sheet: int, code: str) -> Write:
    text = f"{sheet}-{code} 一次保存"
    sent = {
        "csrf_token": token,
        f"{code}-version": "1",
        f"{code}-percent": "20",
        f"{code}-strengths": text,
        f"{code}-improvements": "",
    }
    return Write((sheet, code), f"/sheets/{sheet}/items/{code}", cookie, sent, text)


def _stored(key: tuple[int, str]) -> Stored:
    sheet, code = key
    item = db.session.scalars(select(ItemScore).where(ItemScore.sheet_id == sheet, ItemScore.item_code == code)).one()
    saves = db.session.scalars(
        select(AuditEvent).where(AuditEvent.action == "score_sheet.save", AuditEvent.subject_id == sheet)
    )
    return Stored(item.strengths, item.version, sum(code in save.detail for save in saves))
