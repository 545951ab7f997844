"""The wizard's step about industry groups: dossiers moved to another one, and how many reviews cross."""

from flask import jsonify, redirect, url_for
from werkzeug.wrappers import Response

from app.kernel.errors import NotFound
from app.panels import ceremonies, forms, measurements, services
from app.panels.grouping import most_crossing
from app.panels.planned import plan_of
from app.panels.views.plan import page, saved, version
from app.panels.views.room import Answer, blueprint
from app.programmes.queries import rulebook_of
from app.web.formats import say
from app.web.guard import actor, needs_on_subject, reach


@blueprint.post("/draws/<int:draw_id>/plan/groups")
@needs_on_subject("draw.edit")
def move_dossier(draw_id: int) -> Answer:
    found = reach(ceremonies.find_draw(draw_id), "draw.read")
    form = forms.MoveForm(rulebook_of(found.edition))
    if form.validate_on_submit():
        with form.problems():
            services.move_dossier(actor(), found, form.move(), version=version())
            return saved(draw_id, "groups")
    return page(found, "groups", form, move_form=form)


@blueprint.post("/draws/<int:draw_id>/plan/groups/<dossier>/back")
@needs_on_subject("draw.edit")
def move_back(draw_id: int, dossier: str) -> Answer:
    services.move_back(actor(), reach(ceremonies.find_draw(draw_id), "draw.read"), dossier, version=version())
    return saved(draw_id, "groups")


@blueprint.post("/draws/<int:draw_id>/plan/crossing")
@needs_on_subject("draw.edit")
def choose_crossing(draw_id: int) -> Answer:
    found = reach(ceremonies.find_draw(draw_id), "draw.read")
    form = forms.CrossingForm(most_crossing(found.round), plan_of(found))
    if form.validate_on_submit():
        with form.problems():
            services.choose_crossing(actor(), found, int(form.text("crossing")), version=version())
            return saved(draw_id, "groups")
    return page(found, "groups", form, crossing_form=form)


@blueprint.post("/draws/<int:draw_id>/plan/crossing/measure")
@needs_on_subject("draw.measure")
def measure_crossing(draw_id: int) -> Response:
    services.measure_crossing(actor(), reach(ceremonies.find_draw(draw_id), "draw.read"))
    return redirect(url_for("panels.plan", draw_id=draw_id, step="groups", _anchor="shares"), 303)


@blueprint.get("/draws/<int:draw_id>/plan/crossing/progress")
@needs_on_subject("draw.read")
def crossing_progress(draw_id: int) -> Response:
    """Asked by the page's script while the clock works."""
    row = measurements.of_draw(reach(ceremonies.find_draw(draw_id), "draw.read"))
    if row is None:
        raise NotFound
    answer = {"done": row.done, "total": row.steps, "text": say(measurements.stage_of(row))}
    if row.ended_at is not None:
        ended = int(row.ended_at.timestamp())  # an address of its own, so that the script loads the page anew
        answer["url"] = url_for("panels.plan", draw_id=draw_id, step="groups", ended=ended, _anchor="shares")
    return jsonify(answer)
