"""Screens of this stage."""

from flask import Blueprint

from app.applications import models  # noqa: F401

blueprint = Blueprint("applications", __name__, template_folder="templates")
