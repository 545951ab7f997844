"""People: users with their roles, as the actors that services are handed."""

from itertools import count

from app.accounts import services as accounts
from app.accounts.models import RoleGrant, User
from app.kernel import clock
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from tests.support.built import built_once
from tests.support.databases import DEMO_PASSWORD

_numbers = count(1)


@built_once
def person(*roles: Role, email: str = "", password: bool = False, body_id: int | None = None) -> Actor:
    """A user with these roles; `password` when he has to sign in to pages, with DEMO_PASSWORD."""
    number = next(_numbers)
    user = User(email=email or f"{roles[0]}{number}@test.example", name=f"{roles[0]} {number}", created_at=clock.now())
    if password:
        accounts.set_password(user, DEMO_PASSWORD)
    db.session.add(user)
    db.session.flush()
    for role in roles:
        db.session.add(RoleGrant(user_id=user.id, role=role, body_id=body_id, granted_at=clock.now()))
    db.session.flush()
    return Actor(user_id=user.id, name=user.name, roles=frozenset(roles), body_id=body_id)


def office(*, email: str = "", password: bool = False) -> Actor:
    return person(Role.OFFICE, email=email, password=password)


def supervisor(*, email: str = "", password: bool = False) -> Actor:
    return person(Role.SUPERVISOR, email=email, password=password)
