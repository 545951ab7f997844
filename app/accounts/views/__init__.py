"""Screens of accounts: the door, one's own account, and the administration of users."""

from app.accounts.views import administration, door, own, tokens
from app.accounts.views.room import blueprint

__all__ = ["administration", "blueprint", "door", "own", "tokens"]
