"""Screens of this stage."""

from flask import Blueprint

blueprint = Blueprint("accounts", __name__, template_folder="templates")
