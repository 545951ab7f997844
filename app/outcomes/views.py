"""Screens of this stage."""

from flask import Blueprint, render_template

from app.outcomes import models  # noqa: F401
from app.web.guard import needs

blueprint = Blueprint("outcomes", __name__, template_folder="templates")


@blueprint.get("/")
@needs("public.read")
def public_home() -> str:
    return render_template("outcomes/public_home.html")
