"""One draw: its panels, its proof, its publication or its end."""

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, url_for

from app.audit.services import record_look
from app.experts.models import EXPERT_REGION_LABELS
from app.kernel import clock
from app.kernel.canonical import canonical
from app.kernel.regions import full_name
from app.panels import ceremonies, facts, forms, named, published, queries, services
from app.panels.comparing import sentences
from app.panels.models import Draw
from app.panels.planned import policy_words
from app.panels.views.room import Answer, attached, blueprint, record_name
from app.web.guard import actor, needs_on_subject, reach
from app.web.language import _


@blueprint.get("/draws/<int:draw_id>")
@needs_on_subject("draw.read")
def show_draw(draw_id: int) -> Answer:
    return _page(reach(ceremonies.find_draw(draw_id), "draw.read"))


@blueprint.get("/draws/<int:draw_id>/check")
@needs_on_subject("draw.read")
def check_draw(draw_id: int) -> Answer:
    """Draw again from the stored input and seed, and compare; nothing is written."""
    found = reach(ceremonies.find_draw(draw_id), "draw.read")
    return _page(found, ceremonies.verify(found))


def _page(found: Draw, verification: ceremonies.Verification | None = None) -> str:
    panels = ceremonies.coded_panels(found)
    return render_template(
        "panels/draw.html",
        draw=found,
        root=ceremonies.root_of(found),
        panels=panels,
        loads=ceremonies.coded_loads(panels),
        verification=verification,
        counts=ceremonies.counts_of(found),
        now=ceremonies.step_of(found),
        missing=ceremonies.missing_for_draw(found),
        is_time=found.known_at is not None and clock.now() >= found.known_at,
        name_of=ceremonies.party_name,
        mine=services.own_key(actor()),
        policy_words=policy_words(found),
        design_words=sentences(found.measured.get("design", {})),
    )


@blueprint.get("/draws/<int:draw_id>/list")
@needs_on_subject("draw.read_list")
def show_list(draw_id: int) -> Answer:
    """The names behind the codes: for everybody who runs the award once published, before that for the supervisor alone."""
    found = reach(ceremonies.find_draw(draw_id), "draw.read")
    record_look(actor(), "draw.read_list", found)
    return render_template(
        "panels/list.html",
        draw=found,
        groups=named.named_groups(found),
        region=full_name,
        kinds=EXPERT_REGION_LABELS,
        counted=facts.counted_kinds(found.edition),
    )


@blueprint.get("/draws/<int:draw_id>/input.json")
@needs_on_subject("draw.read_list")
def draw_input(draw_id: int) -> FlaskResponse:
    found = reach(ceremonies.find_draw(draw_id), "draw.read")
    record_look(actor(), "draw.read_list", found)
    return attached(canonical(found.input), record_name(found, "input"))


@blueprint.get("/draws/<int:draw_id>/result.json")
@needs_on_subject("draw.read_list")
def draw_result(draw_id: int) -> FlaskResponse:
    found = reach(ceremonies.find_draw(draw_id), "draw.read")
    return attached(canonical(found.result), record_name(found, "result"))


@blueprint.get("/draws/<int:draw_id>/record.json")
@needs_on_subject("draw.read_list")
def draw_record(draw_id: int) -> FlaskResponse:
    """Everything that a check by `verify/draw.py` needs, in one file."""
    found = reach(ceremonies.find_draw(draw_id), "draw.read")
    record_look(actor(), "draw.read_list", found)
    return attached(canonical(published.whole_record(found)), record_name(found, "record"))


@blueprint.route("/draws/<int:draw_id>/publish", methods=["GET", "POST"])
@needs_on_subject("draw.publish")
def publish(draw_id: int) -> Answer:
    found = reach(ceremonies.find_draw(draw_id), "draw.read")
    form = forms.ConfirmForm()
    if form.validate_on_submit():
        with form.problems():
            services.publish_draw(actor(), found)
            flash(_("名单已启封，已通知专家。"), "done")
            return redirect(url_for("panels.show_draw", draw_id=draw_id), 303)
    panels = ceremonies.coded_panels(found)
    people = {code for panel in panels for code in panel.members}
    return render_template("panels/publish.html", draw=found, panels=panels, people=people, form=form), form.status


@blueprint.route("/draws/<int:draw_id>/discard", methods=["GET", "POST"])
@needs_on_subject("draw.discard")
def discard(draw_id: int) -> Answer:
    found = reach(ceremonies.find_draw(draw_id), "draw.read")
    form = forms.ReasonForm()
    if form.validate_on_submit():
        with form.problems():
            services.discard_draw(actor(), found, reason=form.text("reason"))
            flash(_("这次抽取已作废，记录仍然保留。"), "done")
            return redirect(url_for("panels.draws"), 303)
    return render_template("panels/discard.html", draw=found, form=form), form.status


@blueprint.route("/assignments/<int:assignment_id>/excuse", methods=["GET", "POST"])
@needs_on_subject("assignment.excuse")
def excuse(assignment_id: int) -> Answer:
    found = reach(queries.find_assignment(assignment_id), "draw.read")
    form = forms.ReasonForm()
    if form.validate_on_submit():
        with form.problems():
            services.excuse(actor(), found, reason=form.text("reason"))
            flash(_("任务已收回，席位待替补。"), "done")
            return redirect(url_for("panels.draws"), 303)
    return render_template("panels/excuse.html", seat=found, form=form), form.status


@blueprint.route("/assignments/<int:assignment_id>/replace", methods=["GET", "POST"])
@needs_on_subject("draw.replace")
def replace(assignment_id: int) -> Answer:
    found = reach(queries.find_assignment(assignment_id), "draw.read")
    form = forms.ReasonForm()
    if form.validate_on_submit():
        with form.problems():
            made = services.replace(actor(), found, reason=form.text("reason"))
            flash(_("已重新抽取替补专家，并已通知。"), "done")
            return redirect(url_for("panels.show_draw", draw_id=made.id), 303)
    return render_template("panels/replace.html", seat=found, form=form), form.status
