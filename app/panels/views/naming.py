"""Seats by name: who could take one, and the confirmation by which an expert is put onto a panel."""

from flask import flash, redirect, render_template, request, url_for

from app.applications.models import Application
from app.experts.queries import find_by_number
from app.kernel.errors import NotFound
from app.kernel.regions import full_name
from app.panels import candidates, eligibility, facts, forms, origins, queries, services
from app.panels.candidates import CANDIDATES_A_PAGE
from app.panels.models import SEAT_ROLE_LABELS
from app.panels.rules import RULE_LABELS
from app.panels.views.room import Answer, blueprint
from app.programmes.models import Round
from app.web.guard import actor, needs_on_subject, reach
from app.web.language import _


def _reached(round_id: int, dossier: str) -> tuple[Round, Application]:
    round_ = reach(queries.find_round(round_id), "draw.read")
    application = queries.find_application(round_.edition_id, dossier)
    if application is None:
        raise NotFound
    return round_, application


@blueprint.get("/rounds/<int:round_id>/panels/<dossier>/candidates")
@needs_on_subject("assignment.seat")
def candidates_for(round_id: int, dossier: str) -> Answer:
    round_, application = _reached(round_id, dossier)
    word, first = request.args.get("word", "").strip()[:60], max(request.args.get("first", 0, type=int), 0)
    return render_template(
        "panels/naming/candidates.html",
        round=round_,
        application=application,
        panel=candidates.panel_to_fill(round_, application),
        found=candidates.candidates(round_, application, word=word, first=first),
        missing=origins.missing_to_name(round_, [application.number]),
        word=word,
        first=first,
        step=CANDIDATES_A_PAGE,
        rules=RULE_LABELS,
        roles=SEAT_ROLE_LABELS,
        region=full_name,
        counted=facts.counted_kinds(round_.edition),
    )


@blueprint.route("/rounds/<int:round_id>/panels/<dossier>/seat/<expert>", methods=["GET", "POST"])
@needs_on_subject("assignment.seat")
def seat_by_hand(round_id: int, dossier: str, expert: str) -> Answer:
    round_, application = _reached(round_id, dossier)
    who = find_by_number(expert)
    if who is None:
        raise NotFound
    form = forms.SeatForm()
    if form.validate_on_submit():
        with form.problems():
            services.seat_by_hand(
                actor(), round_, application, who, is_leader=form.is_leader, reason=form.text("reason")
            )
            flash(_("已指定专家并通知，理由已在本届公开页面列出。"), "done")
            return redirect(url_for("panels.round_panels", round_id=round_id), 303)
    page = render_template(
        "panels/naming/seat.html",
        round=round_,
        application=application,
        expert=who,
        form=form,
        pair=eligibility.pair(round_, who, application),
        missing=origins.missing_to_name(round_, [application.number]),
    )
    return page, form.status
