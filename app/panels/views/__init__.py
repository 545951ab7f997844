"""Screens of panels: draws for the office and the supervisor, declarations and dossiers for the experts."""

from app.panels.views import conflicts, declarations, draws, eligibility, exceptions, people, rounds  # noqa: F401 - their endpoints
from app.panels.views.room import blueprint

__all__ = ["blueprint"]
