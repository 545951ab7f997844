"""What the choices on a working copy come to: asked for on the step of the wizard that offers them, and how far it is."""

from flask import jsonify, redirect, url_for
from werkzeug.wrappers import Response

from app.kernel.errors import NotFound
from app.panels import ceremonies, measurements, services
from app.panels.trials import Kind
from app.panels.views.room import blueprint
from app.web.formats import say
from app.web.guard import actor, needs_on_subject, reach

PLACES: dict[Kind, tuple[str, str]] = {"crossing": ("groups", "shares"), "policies": ("policy", "prices")}
"""Step of the wizard and place on its page."""


@blueprint.post("/draws/<int:draw_id>/plan/<any(crossing, policies):kind>/measure")
@needs_on_subject("draw.measure")
def measure(draw_id: int, kind: Kind) -> Response:
    services.measure(actor(), reach(ceremonies.find_draw(draw_id), "draw.read"), kind)
    return redirect(_page(draw_id, kind), 303)


@blueprint.get("/draws/<int:draw_id>/plan/<any(crossing, policies):kind>/progress")
@needs_on_subject("draw.read")
def measuring_progress(draw_id: int, kind: Kind) -> Response:
    """Asked by the page's script while the clock works."""
    row = measurements.of_draw(reach(ceremonies.find_draw(draw_id), "draw.read"), kind)
    if row is None:
        raise NotFound
    answer = {"done": row.done, "total": row.steps, "text": say(measurements.stage_of(row))}
    if row.ended_at is not None:
        ended = int(row.ended_at.timestamp())  # an address of its own, so that the script loads the page anew
        answer["url"] = _page(draw_id, kind, ended=ended)
    return jsonify(answer)


def _page(draw_id: int, kind: Kind, *, ended: int | None = None) -> str:
    step, place = PLACES[kind]
    return url_for("panels.plan", draw_id=draw_id, step=step, _anchor=place, ended=ended)
