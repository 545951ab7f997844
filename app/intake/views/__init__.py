"""Screens of recommending bodies and of the office's formal check."""

from app.intake.views import bodies, consultation, formal_check, recommendation  # noqa: F401 - their endpoints
from app.intake.views.room import blueprint

__all__ = ["blueprint"]
