"""Screens of the expert pool: the list, one expert, the credit file, imports."""

from app.experts.views import credit, imports, people
from app.experts.views.room import blueprint

__all__ = ["blueprint", "credit", "imports", "people"]
