"""Screens of this stage."""

from flask import Blueprint

from app.notices import models  # noqa: F401

blueprint = Blueprint("notices", __name__, template_folder="templates")
