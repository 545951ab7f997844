"""Filling every empty seat of a round at once."""

from flask import flash, redirect, render_template, url_for

from app.panels import forms, queries, services
from app.panels.models import SEAT_ROLE_LABELS
from app.panels.views.room import Answer, blueprint
from app.web.guard import actor, needs_on_subject, reach
from app.web.language import _


@blueprint.route("/rounds/<int:round_id>/repair", methods=["GET", "POST"])
@needs_on_subject("draw.repair")
def repair(round_id: int) -> Answer:
    round_ = reach(queries.find_round(round_id), "draw.read")
    form = forms.ReasonForm()
    if form.validate_on_submit():
        with form.problems():
            done = services.repair(actor(), round_, reason=form.text("reason"))
            flash(
                _("已补齐 %(n)s 个空席，调整其他席位 %(moved)s 个，并已通知。", n=done.filled, moved=done.moved), "done"
            )
            return redirect(url_for("panels.show_draw", draw_id=done.draws[0].id), 303)
    empty = [each for each in queries.seats_to_fill(round_.edition) if each.assignment.round_id == round_id]
    shown = {"round": round_, "empty": empty, "roles": SEAT_ROLE_LABELS, "missing": services.missing_to_repair(round_)}
    return render_template("panels/repair.html", **shown, form=form), form.status
