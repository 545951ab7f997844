"""Accounts of the demo's people, and the actor behind each."""

from collections.abc import Iterator

from sqlalchemy import select

from app.accounts import services as accounts
from app.accounts.models import User
from app.accounts.queries import actor_of_user
from app.demo.people import ACCOUNTS, COMMITTEE_SIZE, DOMAIN, SECOND_OF_OFFICE, email
from app.experts.models import Expert
from app.kernel.actor import Actor, Role
from app.kernel.database import db

FOUNDER = Actor(user_id=None, name="system:demo", roles=frozenset({Role.OPERATOR}))
"""Opens the first accounts of an empty database; from then on every step is taken by the person whose step it is."""

WITHOUT_ACCOUNT_YET = frozenset({Role.EXPERT, Role.LEADER, Role.HEAD, Role.RECOMMENDER, Role.COMMITTEE})
"""Their accounts are opened by the act that makes them what they are: the import of the pool, the appointment, …"""


def open_accounts() -> None:
    for role, name in ACCOUNTS.items():
        if role not in WITHOUT_ACCOUNT_YET:
            accounts.invite(FOUNDER, email=email(role), name=name, role=role)
    address, name = SECOND_OF_OFFICE
    accounts.invite(FOUNDER, email=address, name=name, role=Role.OFFICE)


def named_accounts() -> Iterator[tuple[str, str]]:
    """Address and name of everybody whose password is printed."""
    for role, name in ACCOUNTS.items():
        yield email(role), name
        if role == Role.OFFICE:
            yield SECOND_OF_OFFICE


def set_passwords(password: str) -> None:
    """Give every named account the same password; they are printed once."""
    for address, _name in named_accounts():
        user = db.session.scalar(select(User).where(User.email == address))
        if user is not None and not user.password_hash:
            accounts.set_password(user, password)


def user_of(address: str) -> User:
    return db.session.scalars(select(User).where(User.email == address)).one()


def as_role(role: Role) -> Actor:
    return as_person(email(role))


def as_person(address: str) -> Actor:
    return actor_of_user(user_of(address))


def as_expert(expert_id: int) -> Actor:
    found = db.session.get_one(Expert, expert_id)
    return as_person(found.email)


def committee_addresses() -> Iterator[str]:
    yield email(Role.COMMITTEE)
    for number in range(2, COMMITTEE_SIZE + 1):
        yield f"committee{number}@{DOMAIN}"
