"""Reads of applicants and their dossiers."""

from app.applications.queries.dossier import (
    Dossier,
    content_of,
    current_dossier,
    facts_of,
    figure_years,
    read_content,
    submitted_dossier,
    texts_of,
)
from app.applications.queries.life import Step, SubmissionWindow, is_possible, submission_window, timeline
from app.applications.queries.routing import Destination, destination_of
from app.applications.queries.rows import (
    Mine,
    applicant_of,
    evidence_files,
    find,
    find_file,
    find_receipt,
    mine,
    own_application,
    rulebook_for,
    section,
    visible_to,
)
from app.applications.queries.wishes import avoided_by, find_wish, staff_of

__all__ = [
    "Destination",
    "Dossier",
    "Mine",
    "Step",
    "SubmissionWindow",
    "applicant_of",
    "avoided_by",
    "content_of",
    "current_dossier",
    "destination_of",
    "evidence_files",
    "facts_of",
    "figure_years",
    "find",
    "find_file",
    "find_receipt",
    "find_wish",
    "is_possible",
    "mine",
    "own_application",
    "read_content",
    "rulebook_for",
    "section",
    "staff_of",
    "submission_window",
    "submitted_dossier",
    "texts_of",
    "timeline",
    "visible_to",
]
