"""Screens of site visits."""

from app.visits import models  # noqa: F401
from app.visits.views import applicant, arranging, closing, on_site  # noqa: F401 - their endpoints
from app.visits.views.room import blueprint

__all__ = ["blueprint"]
