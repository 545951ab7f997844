"""Screens of this stage."""

from flask import Blueprint

from app.outcomes import models  # noqa: F401

blueprint = Blueprint("outcomes", __name__, template_folder="templates")
