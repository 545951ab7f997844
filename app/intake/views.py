"""Screens of this stage."""

from flask import Blueprint

from app.intake import models  # noqa: F401

blueprint = Blueprint("intake", __name__, template_folder="templates")
