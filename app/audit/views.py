"""Screens of this stage."""

from flask import Blueprint

from app.audit import models  # noqa: F401

blueprint = Blueprint("audit", __name__, template_folder="templates")
