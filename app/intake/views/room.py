"""The blueprint, and what several of its pages share: the dossier beside, the page that asks once more."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.applications.models import Application
from app.applications.queries import is_possible, rulebook_for, submitted_dossier, timeline
from app.applications.queries.dossier import Dossier
from app.intake import queries
from app.web.forms import BaseForm
from app.web.language import _

blueprint = Blueprint("intake", __name__, template_folder="../templates")

Answer = Response | str | tuple[str, int]


def beside(application: Application) -> dict[str, Any]:
    """The dossier as handed in, for the left side; files by the addresses of the dossier itself."""
    dossier = submitted_dossier(application.id, rulebook_for(application))
    return {
        "application": application,
        "rulebook": rulebook_for(application),
        "dossier": dossier,
        "file_urls": _file_urls(dossier),
        "steps": timeline(application),
        "said": queries.recommendation_of(application),
    }


def _file_urls(dossier: Dossier | None) -> dict[int, str]:
    return {file.id: url_for("applications.download", file_id=file.id) for file in dossier.files} if dossier else {}


def confirm_page(template: str, application: Application, action: str, form: BaseForm, **context: Any) -> Answer:
    """The page that asks once more; where the step is no longer possible, the dossier's own page says why."""
    if not is_possible(application, action):
        flash(_("这份申报书的状态已经变化，不能再办理这一步。"), "warn")
        home = "intake.recommendation" if template in BODY_PAGES else "intake.check"
        return redirect(url_for(home, application_id=application.id), 303)
    context = {"rulebook": rulebook_for(application), **context}
    return render_template(template, application=application, form=form, **context), form.status


BODY_PAGES = frozenset({"intake/recommend.html", "intake/decline.html", "intake/send_back.html"})


def done(sentence: str, endpoint: str) -> Response:
    flash(sentence, "done")
    return redirect(url_for(endpoint), 303)
