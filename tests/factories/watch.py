"""The watch period: two honours that owe their declarations, and what their holder declares."""

from __future__ import annotations

import io
from datetime import UTC, datetime

from sqlalchemy import select

from app.accounts.models import User
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.notices.services import Evidence
from app.outcomes.models import Outcome
from app.outcomes.watch import queries
from app.outcomes.watch.models import YearlyDeclaration
from app.outcomes.watch.rules import Statement
from tests.factories import outcomes as made
from tests.factories.decisions import supervisor
from tests.factories.notices import pdf
from tests.support.built import built_once
from tests.support.server import FrozenClock

NOTHING = Statement({}, "营业收入增长 5%，顾客满意度 92 分。", "张经理")
ACCIDENT = Statement(
    {"accident": "2027 年 3 月发生一起安全事故，已处理。", "changes": "住所迁至太原。"}, "产品抽查全部合格。", "张经理"
)
LAST_DAY = datetime(2027, 8, 31, 2, 0, tzinfo=UTC)
FIRST_YEAR_OVER = datetime(2027, 9, 1, 2, 0, tzinfo=UTC)
SOON = datetime(2027, 9, 24, 2, 0, tzinfo=UTC)
LATE = datetime(2027, 10, 1, 2, 0, tzinfo=UTC)


@built_once
def honoured(clock: FrozenClock) -> list[Outcome]:
    """Approved on 2026-08-31 and published; three declarations each are owed."""
    _noticed, outcomes = made.concluded(clock)
    supervisor()
    return outcomes


def holder(declaration: YearlyDeclaration) -> Actor:
    user = db.session.get_one(User, declaration.owner_id)
    return Actor(user_id=user.id, name=user.name, roles=frozenset({Role.APPLICANT}))


def first_of(outcome: Outcome) -> YearlyDeclaration:
    return queries.declarations(outcome)[0]


def first_honour() -> Outcome:
    return db.session.scalars(select(Outcome).order_by(Outcome.position)).first()  # type: ignore[return-value]


def file(name: str = "年报.pdf") -> Evidence:
    return Evidence(name, io.BytesIO(pdf()))
