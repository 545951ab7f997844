"""The office's and the supervisor's way to the draw: the rounds, what the rules leave of the pool, the draw itself."""

from flask import flash, redirect, render_template, url_for

from app.experts.models import EXPERT_REGION_LABELS
from app.kernel import unit_of_work
from app.kernel.regions import full_name
from app.panels import facts, forms, queries, services
from app.panels.engine import Shortage
from app.panels.models import SEAT_ROLE_LABELS
from app.panels.rules import RULE_LABELS
from app.panels.views.room import Answer, blueprint
from app.programmes import current
from app.programmes.models import Round
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _


@blueprint.get("/draws")
@needs("draw.list")
def draws() -> str:
    edition = current.chosen()
    return render_template(
        "panels/draws.html",
        chosen=edition,
        cards=queries.round_cards(edition) if edition else [],
        empty_seats=queries.seats_to_fill(edition) if edition else [],
        heads=queries.heads_of(edition) if edition else [],
    )


@blueprint.get("/rounds/<int:round_id>/precheck")
@needs_on_subject("draw.read")
def precheck(round_id: int) -> Answer:
    return _precheck(reach(queries.find_round(round_id), "draw.read"))


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
    )


@blueprint.route("/rounds/<int:round_id>/draw", methods=["GET", "POST"])
@needs_on_subject("draw.create")
def draw_round(round_id: int) -> Answer:
    round_ = reach(queries.find_round(round_id), "draw.read")
    form = forms.ConfirmForm()
    if form.validate_on_submit():
        with form.problems():
            return _draw(round_)
    found = queries.precheck(round_)
    missing = queries.missing_for_draw(round_)
    page = render_template("panels/confirm_draw.html", round=round_, found=found, missing=missing, form=form)
    return page, form.status


def _draw(round_: Round) -> Answer:
    """The draw, or the page that says for each dossier which rule removed how many experts."""
    round_id = round_.id
    try:
        made = services.draw_panels(actor(), round_)
    except services.Unstaffable as unstaffable:
        unit_of_work.rollback()
        return _precheck(reach(queries.find_round(round_id), "draw.read"), unstaffable.shortages), 422
    flash(_("已抽取，名单封存。请核对后启封。"), "done")
    return redirect(url_for("panels.show_draw", draw_id=made.id), 303)


def _precheck(round_: Round, shortages: tuple[Shortage, ...] = ()) -> str:
    return render_template(
        "panels/precheck.html",
        round=round_,
        found=queries.precheck(round_),
        missing=queries.missing_for_draw(round_),
        shortages=shortages,
        rules=RULE_LABELS,
        rule=facts.round_rule(round_),
        shape=facts.shape_of(round_),
        region=full_name,
    )
