"""Screens of the desk: what waits for me."""

from flask import Blueprint, render_template

from app.web.guard import needs

blueprint = Blueprint("desk", __name__, template_folder="templates")


@blueprint.get("/desk")
@needs("desk.read")
def show() -> str:
    return render_template("desk/show.html")
