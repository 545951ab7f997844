"""Accounts and roles that follow from a stage's own act, thousands at a time."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from app.accounts.models import RoleGrant, User
from app.audit import services as audit
from app.kernel import clock
from app.kernel.actor import Actor, Role
from app.kernel.bulk import add_rows
from app.kernel.database import db

AT_A_TIME = 500


def accounts_of(wanted: Mapping[str, str]) -> dict[str, int]:
    """The user of each mail address, made with the name where there is none."""
    known = _ids_of(wanted)
    fresh: list[dict[str, Any]] = [
        {"email": email, "name": name, "password_hash": "", "language": "zh", "active": True, "created_at": clock.now()}
        for email, name in wanted.items()
        if email not in known
    ]
    add_rows(User, fresh)
    return known | _ids_of(row["email"] for row in fresh)


def grants_by_stage(actor: Actor, action: str, experts: Sequence[tuple[int, int]], role: Role) -> None:
    """The role for many at once, each (user, expert's id)."""
    grants: list[dict[str, Any]] = [
        {"user_id": user_id, "role": role, "expert_id": expert_id, "granted_at": clock.now()}
        for user_id, expert_id in experts
    ]
    add_rows(RoleGrant, grants)
    audit.record_many(actor, action, "user", [(row["user_id"], {"granted": role}) for row in grants])


def _ids_of(emails: Iterable[str]) -> dict[str, int]:
    """Of many, by reading all: a long list of wanted addresses costs PostgreSQL much more than all accounts."""
    among = frozenset(emails)
    wanted = select(User.email, User.id)
    if len(among) <= AT_A_TIME:
        return dict(db.session.execute(wanted.where(User.email.in_(among))).all())
    return {email: user_id for email, user_id in db.session.execute(wanted) if email in among}
