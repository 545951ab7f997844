"""Screens of the expert pool: the list, one expert, imports."""

from app.experts.views import imports, people
from app.experts.views.room import blueprint

__all__ = ["blueprint", "imports", "people"]
