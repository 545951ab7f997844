"""What office, leader and supervisor watch: how far a round is, and its end."""

from flask import abort, flash, redirect, render_template, request, url_for

from app.kernel.actor import Role
from app.kernel.words import LocalText
from app.policy import allows
from app.scoring import queries, rules, services
from app.scoring.forms import CloseForm, ReopenForm
from app.scoring.views import room
from app.scoring.views.room import Page, blueprint
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _


@blueprint.get("/progress")
@needs("progress.read")
def progress() -> Page:
    rounds = queries.rounds_of(room.edition_id())
    chosen = queries.current_round(rounds, request.args.get("round", type=int))
    if rounds and chosen is None:
        abort(404)
    seats = queries.seats(chosen.id, watched_by=actor()) if chosen else []
    by_expert = request.args.get("by") == "expert"
    return render_template(
        "scoring/progress.html",
        rounds=rounds,
        round=chosen,
        groups=_groups(chosen),
        by_expert=by_expert,
        counts=rules.by_expert(seats) if by_expert else rules.by_dossier(seats),
        tally=rules.tally(seats),
        labels=rules.STANDING_LABELS,
        may_close=allows(actor(), "round.close", chosen),
        may_reopen=allows(actor(), "score_sheet.reopen"),
        may_open=actor().has(Role.SUPERVISOR),
    )


@blueprint.route("/rounds/<int:round_id>/close", methods=["GET", "POST"])
@needs_on_subject("round.close")
def close_round(round_id: int) -> Page:
    subject = reach(queries.find_round(round_id), "progress.read")
    form = CloseForm()
    if form.validate_on_submit():
        with form.problems():
            services.close_round(actor(), subject, reason=form.reason.data or "")
            flash(_("本轮评分已结束，可以计算排名。"), "done")
            return redirect(url_for("scoring.progress", round=round_id), 303)
    return render_template("scoring/close.html", round=subject, closing=services.closing(subject), f=form), form.status


@blueprint.route("/sheets/<int:sheet_id>/reopen", methods=["GET", "POST"])
@needs_on_subject("score_sheet.reopen")
def reopen(sheet_id: int) -> Page:
    subject = reach(queries.sheet_for_writing(sheet_id), "progress.read")
    form = ReopenForm()
    if form.validate_on_submit():
        with form.problems():
            services.reopen(actor(), subject, reason=form.reason.data or "")
            flash(_("评分表已退回，已通知专家。"), "done")
            return redirect(url_for("scoring.progress", round=subject.round_id), 303)
    return render_template("scoring/reopen.html", sheet=subject, f=form), form.status


def _groups(round_: queries.RoundRow | None) -> dict[str, LocalText]:
    return {group.key: group.name for group in room.rulebook(round_).groups} if round_ else {}
