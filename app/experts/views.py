"""Screens of this stage."""

from flask import Blueprint

from app.experts import models  # noqa: F401

blueprint = Blueprint("experts", __name__, template_folder="templates")
