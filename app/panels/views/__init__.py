"""Screens of panels: draws for the office and the supervisor, declarations and dossiers for the experts."""

from app.panels.views import (  # noqa: F401 - their endpoints
    blinding,
    ceremony,
    conflicts,
    declarations,
    draws,
    eligibility,
    evidence,
    exceptions,
    grouping,
    lists,
    measuring,
    naming,
    people,
    plan,
    public,
    repairing,
    rounds,
)
from app.panels.views.room import blueprint

__all__ = ["blueprint"]
