"""The first operator of an empty installation."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from app.accounts.queries import actor_of_user, find_by_email
from app.kernel.actor import Role
from app.kernel.database import db
from app.kernel.outbox import OutboxMessage
from tests.support.databases import run_command


def test_the_first_operator_gets_an_account_and_a_link(app: Flask) -> None:
    run_command(app, "create-operator", "first@example.com", "张运维")
    with app.app_context():
        user = find_by_email("first@example.com")
        assert user is not None
        assert actor_of_user(user).roles == {Role.OPERATOR}
        assert db.session.scalars(select(OutboxMessage.recipient)).all() == ["first@example.com"]
