"""The blueprint, and what several pages of a visit share."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.audit.services import record_look
from app.policy import allows
from app.visits import queries
from app.visits.labels import LABELS, SOURCES
from app.visits.models import Visit
from app.web.guard import actor, reach

blueprint = Blueprint("visits", __name__, template_folder="../templates")

Answer = Response | str | tuple[str, int]
ACTS = (
    "edit",
    "plan",
    "notify",
    "recall",
    "go_ahead",
    "raise",
    "settle",
    "note",
    "meet",
    "sign",
    "open",
    "close",
    "report",
)


def rights(visit: Visit) -> dict[str, bool]:
    return {act: allows(actor(), f"visit.{act}", visit) for act in ACTS}


def page(template: str, visit: Visit, **context: Any) -> str:
    items = queries.criteria_of(visit).items
    return render_template(
        f"visits/{template}.html",
        visit=visit,
        title=visit.application.name,
        may=rights(visit),
        labels=LABELS,
        sources=SOURCES,
        names={item.code: item.name for item in items},
        **context,
    )


def seen(visit_id: int) -> Visit:
    """The visit for one of the team or a watcher; the supervisor's look leaves a trace before the page does."""
    found = reach(queries.find(visit_id), "visit.read")
    if actor().expert_id not in found.panel:
        record_look(actor(), "visit.read", found)
    return found


def done(sentence: str, endpoint: str, visit: Visit, **where: Any) -> Response:
    flash(sentence, "done")
    return redirect(url_for(f"visits.{endpoint}", visit_id=visit.id, **where), 303)
