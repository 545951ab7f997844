"""Screens of scoring: the expert's work list and scorebook, and the progress that others watch."""

from app.scoring import models  # noqa: F401
from app.scoring.views import comparison, papers, progress, sheets
from app.scoring.views.room import blueprint

__all__ = ["blueprint", "comparison", "papers", "progress", "sheets"]
