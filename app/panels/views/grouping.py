"""The wizard's step about industry groups: dossiers moved to another one, and how many reviews cross."""

from app.panels import ceremonies, forms, services
from app.panels.grouping import most_crossing
from app.panels.planned import plan_of
from app.panels.views.plan import page, saved, version
from app.panels.views.room import Answer, blueprint
from app.programmes.queries import rulebook_of
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
