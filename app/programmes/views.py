"""Screens of this stage."""

from flask import Blueprint

blueprint = Blueprint("programmes", __name__, template_folder="templates")
