"""Screens of the expert pool: the list, one expert, the credit file, imports, invitations and their answers."""

from app.experts.views import answers, credit, duplicates, imports, invitations, merging, own, people
from app.experts.views.room import blueprint

__all__ = ["answers", "blueprint", "credit", "duplicates", "imports", "invitations", "merging", "own", "people"]
