"""Signed links by mail to set a password: they work once and for a limited time.

A link is signed over the user and a digest of the password that is set now; setting another one makes it worthless.
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from app.accounts.models import User
from app.config import Settings
from app.kernel import clock
from app.kernel.database import db

DAY_SECONDS = 86400


class Purpose(StrEnum):
    """Why a link was sent; a link for one purpose cannot serve as the other."""

    FIRST = "first"
    FORGOTTEN = "forgotten"


LIFETIME_DAYS: dict[Purpose, int] = {Purpose.FIRST: 7, Purpose.FORGOTTEN: 1}


@dataclass(frozen=True)
class Link:
    user: User
    purpose: Purpose


def address_for(user: User, purpose: Purpose) -> str:
    """The link to be mailed. Its host comes from the settings, never from a request, which could name another one."""
    return f"{public_address()}/password/{token_for(user, purpose)}"


def token_for(user: User, purpose: Purpose) -> str:
    issued = int(clock.now().timestamp())
    return str(_signer().dumps([user.id, purpose.value, issued, _digest_of_password(user)]))


def read(token: str) -> Link | None:
    """Whose link this is, or None where it is forged, too old or used."""
    try:
        user_id, purpose, issued, digest = _signer().loads(token)
    except BadSignature:
        return None
    user = _user_as_signed(user_id, digest)
    if user is None:
        return None
    age = clock.now().timestamp() - issued
    return Link(user, Purpose(purpose)) if age <= LIFETIME_DAYS[Purpose(purpose)] * DAY_SECONDS else None


def _user_as_signed(user_id: int, digest: str) -> User | None:
    """The active user, whose password is still the one for which the link was signed."""
    user = db.session.get(User, user_id)
    if user is None or not user.active or digest != _digest_of_password(user):
        return None
    return user


def _digest_of_password(user: User) -> str:
    return hashlib.sha256(user.password_hash.encode()).hexdigest()[:16]


def public_address() -> str:
    """Where the product is reached from outside, by its settings and never by a request."""
    return _settings().public_address


def signer(purpose: str) -> URLSafeSerializer:
    """What is signed for one purpose is worthless for every other."""
    return URLSafeSerializer(_settings().secret_key, salt=purpose)


def _signer() -> URLSafeSerializer:
    return signer("accounts.links")


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
