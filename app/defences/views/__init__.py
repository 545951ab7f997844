"""Screens of sessions of statements and defences."""

from app.defences import models  # noqa: F401
from app.defences.views import arranging, hearing  # noqa: F401 - their endpoints
from app.defences.views.room import blueprint

__all__ = ["blueprint"]
