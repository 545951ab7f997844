"""Screens of this stage."""

from flask import Blueprint

from app.scoring import models  # noqa: F401

blueprint = Blueprint("scoring", __name__, template_folder="templates")
