"""The office's and the supervisor's way to the draw: the rounds, what the rules leave of the pool, the panels that stand."""

from flask import flash, redirect, render_template, url_for

from app.experts.models import EXPERT_REGION_LABELS
from app.kernel.regions import full_name
from app.panels import ceremonies, facts, forms, queries, services
from app.panels.models import SEAT_ORIGIN_LABELS, SEAT_ROLE_LABELS
from app.panels.rules import RULE_LABELS
from app.panels.views.room import Answer, blueprint
from app.programmes import current
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _


@blueprint.get("/draws")
@needs("draw.list")
def draws() -> str:
    edition = current.chosen()
    return render_template(
        "panels/draws.html",
        chosen=edition,
        cards=ceremonies.round_cards(edition) if edition else [],
        empty_seats=queries.seats_to_fill(edition) if edition else [],
        heads=queries.heads_of(edition) if edition else [],
    )


@blueprint.get("/rounds/<int:round_id>/precheck")
@needs_on_subject("draw.read")
def precheck(round_id: int) -> Answer:
    round_ = reach(queries.find_round(round_id), "draw.read")
    return render_template(
        "panels/precheck.html",
        round=round_,
        found=ceremonies.precheck(round_),
        missing=ceremonies.missing_to_start(round_),
        rules=RULE_LABELS,
        rule=facts.round_rule(round_),
        shape=facts.shape_of(round_),
        region=full_name,
    )


@blueprint.get("/rounds/<int:round_id>/panels")
@needs_on_subject("draw.read")
def round_panels(round_id: int) -> Answer:
    round_ = reach(queries.find_round(round_id), "draw.read")
    seats = queries.assignments_in(round_)
    return render_template(
        "panels/round.html",
        round=round_,
        panels=queries.panels(seats),
        loads=queries.loads(seats),
        region=full_name,
        roles=SEAT_ROLE_LABELS,
        kinds=EXPERT_REGION_LABELS,
        counted=facts.counted_kinds(round_.edition),
        origins=SEAT_ORIGIN_LABELS,
        size=facts.shape_of(round_).size,
        without=queries.to_staff(round_),
    )


@blueprint.route("/rounds/<int:round_id>/draw", methods=["GET", "POST"])
@needs_on_subject("draw.create")
def start(round_id: int) -> Answer:
    """A working copy: the office's own, until it is committed."""
    round_ = reach(queries.find_round(round_id), "draw.read")
    form = forms.StartForm(data={"top_up": not queries.to_staff(round_)})
    if form.validate_on_submit():
        with form.problems():
            made = services.start_draw(actor(), round_, top_up=form.top_up.data)
            flash(_("已建立抽取方案。封定之前可以随时修改或作废。"), "done")
            return redirect(url_for("panels.plan", draw_id=made.id, step="experts"), 303)
    shown = {"missing": ceremonies.missing_to_start(round_), "short": len(queries.to_top_up(round_))}
    return render_template("panels/start.html", round=round_, **shown, form=form), form.status
