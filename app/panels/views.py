"""Screens of this stage."""

from flask import Blueprint

from app.panels import models  # noqa: F401

blueprint = Blueprint("panels", __name__, template_folder="templates")
