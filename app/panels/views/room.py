"""What the screens of this stage share: the blueprint, the chosen edition, a pair named by its two numbers."""

from flask import Blueprint
from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from app.applications.models import Application
from app.experts.models import Expert
from app.kernel.errors import Invalid, NotFound
from app.kernel.words import N_, Message
from app.panels import queries
from app.panels.models import Draw
from app.panels.services import expert_named
from app.programmes import current
from app.programmes.models import Edition

blueprint = Blueprint("panels", __name__, template_folder="../templates")

Answer = Response | str | tuple[str, int]
NO_DOSSIER = Message(N_("本届没有这个编号的申报书。请核对。"))


def record_name(found: Draw, part: str) -> str:
    return f"{found.edition.code}-{found.round.key}-draw-{found.number}-{part}.json"


def attached(text: str, name: str) -> FlaskResponse:
    """The very bytes that a digest is of, to be kept as a file."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return FlaskResponse(text.encode(), mimetype="application/json", headers=headers)


def edition() -> Edition:
    chosen = current.chosen()
    if chosen is None:
        raise NotFound
    return chosen


def pair_named(chosen: Edition, expert: str, dossier: str) -> tuple[Expert, Application]:
    """Each with its own sentence at its own field where there is none of that number."""
    found = expert_named(expert)
    application = queries.find_application(chosen.id, dossier)
    if application is None:
        raise Invalid(NO_DOSSIER, field="dossier")
    return found, application
