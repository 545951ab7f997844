"""What applicants do: register, start a dossier, fill it, submit it with a receipt, correct it, withdraw it."""

from app.applications.services.drafting import attach, remove_file, save_form, save_section
from app.applications.services.registration import (
    Contact,
    correct_applicant,
    place_dossier,
    register_applicant,
    start,
)
from app.applications.services.submission import resubmit, submit, withdraw
from app.applications.services.wishing import avoid_expert, drop_wish, save_staff

__all__ = [
    "Contact",
    "attach",
    "avoid_expert",
    "correct_applicant",
    "drop_wish",
    "place_dossier",
    "register_applicant",
    "remove_file",
    "resubmit",
    "save_form",
    "save_section",
    "save_staff",
    "start",
    "submit",
    "withdraw",
]
