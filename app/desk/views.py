"""Screens of the desk: what waits for me, the state of the system, and the two signs of life for machines."""

from flask import Blueprint, current_app, jsonify, render_template
from sqlalchemy import text
from werkzeug.wrappers import Response

from app.config import Settings
from app.desk import queries
from app.desk.queries import operator
from app.kernel.database import db
from app.programmes import current
from app.web.guard import actor, needs

blueprint = Blueprint("desk", __name__, template_folder="templates")


@blueprint.get("/desk")
@needs("desk.read")
def show() -> str:
    return render_template("desk/show.html", sections=queries.sections(actor(), current.running()))


@blueprint.get("/system")
@needs("system.read")
def system() -> str:
    settings: Settings = current_app.extensions["settings"]
    return render_template("desk/system.html", system=operator.system(settings.instance_path, settings.mail_server))


@blueprint.get("/healthz")
@needs("health.read")
def alive() -> Response:
    """The process answers; nothing else is asked."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@needs("health.read")
def ready() -> Response:
    """The database answers too and is migrated; a database that is away answers 503 like every page."""
    revision = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    return jsonify(status="ok", revision=revision)
