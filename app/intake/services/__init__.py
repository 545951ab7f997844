"""Recommending bodies and their word on a dossier; the office's formal check and the departments it asks."""

from app.intake.services.bodies import choose_body, register_body, route
from app.intake.services.consultation import Document, consult, record_reply
from app.intake.services.formal_check import accept, missing_for, refuse, return_for_correction, save_check
from app.intake.services.recommendation import decline, missing_now, obstacles, recommend, send_back

__all__ = [
    "Document",
    "accept",
    "choose_body",
    "consult",
    "decline",
    "missing_for",
    "missing_now",
    "obstacles",
    "recommend",
    "record_reply",
    "refuse",
    "register_body",
    "return_for_correction",
    "route",
    "save_check",
    "send_back",
]
