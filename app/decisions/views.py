"""Screens of this stage."""

from flask import Blueprint

from app.decisions import models  # noqa: F401

blueprint = Blueprint("decisions", __name__, template_folder="templates")
