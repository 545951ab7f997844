"""Tokens for the API, made as their owners make them."""

from __future__ import annotations

from collections.abc import Sequence

from app.accounts import tokens
from app.accounts.models import User
from app.accounts.queries import actor_of_user, find_by_email
from app.policy.scopes import Scope


def token_of(user: User | str, *scopes: Scope, days: int = 30, name: str = "平台") -> str:
    """A token with these scopes, or with all that the person may give."""
    owner = find_by_email(user) if isinstance(user, str) else user
    assert owner is not None
    actor = actor_of_user(owner)
    wanted: Sequence[Scope] = scopes or tokens.offered(actor)
    return tokens.create(actor, name=name, days=days, scopes=wanted)[1]


def bearer(secret: str, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}", **more}
