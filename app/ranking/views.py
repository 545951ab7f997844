"""Screens of this stage."""

from flask import Blueprint

from app.ranking import models  # noqa: F401

blueprint = Blueprint("ranking", __name__, template_folder="templates")
