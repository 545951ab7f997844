"""Reads for recommending bodies and for the office's formal check."""

from app.intake.queries.bodies import (
    QuotaLine,
    all_bodies,
    bodies_of_choice,
    body_name,
    body_of,
    chosen_or_nearest,
    destination_of,
    find_body,
    quota_lines,
    recommended_count,
    without_body,
)
from app.intake.queries.consultation import Opinion, asked, consultations, find_consultation, opinions
from app.intake.queries.dossiers import PAGE, Filters, Listing, Row, checks, listing, of_body, recommendation_of
from app.intake.queries.history import History, applicant_facts, eligibility, learn_history

__all__ = [
    "PAGE",
    "Filters",
    "History",
    "Listing",
    "Opinion",
    "QuotaLine",
    "Row",
    "all_bodies",
    "applicant_facts",
    "asked",
    "bodies_of_choice",
    "body_name",
    "body_of",
    "checks",
    "chosen_or_nearest",
    "consultations",
    "destination_of",
    "eligibility",
    "find_body",
    "find_consultation",
    "learn_history",
    "listing",
    "of_body",
    "opinions",
    "quota_lines",
    "recommendation_of",
    "recommended_count",
    "without_body",
]
