"""Screens of results: the public front and results, the office's approval, publication and revocation."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.kernel import clock
from app.kernel.errors import NotFound
from app.outcomes import forms, queries, services
from app.programmes import current
from app.programmes.queries import calendar, current_edition, find_edition, rulebook_of
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _

blueprint = Blueprint("outcomes", __name__, template_folder="templates")

Answer = Response | str | tuple[str, int]


@blueprint.get("/")
@needs("public.read")
def public_home() -> str:
    header = current.header()
    running = find_edition(header.id) if header is not None and header.state == "running" else None
    return render_template(
        "outcomes/public_home.html",
        running=running,
        rulebook=rulebook_of(running) if running else None,
        calendar=calendar(running) if running else (),
        notice=queries.current_notice(running.id) if running else None,
        past=queries.past_editions(),
    )


@blueprint.get("/results/<code>")
@needs("public.read")
def public_edition(code: str) -> str:
    found = queries.edition_with_result(code)
    if found is None:
        raise NotFound
    rows = queries.honours(found.id)
    return render_template("outcomes/public_edition.html", found=found, rows=rows, cities=queries.by_city(rows))


@blueprint.get("/outcomes")
@needs("outcome.list")
def index() -> str:
    edition_id = request.args.get("edition", type=int)
    found = find_edition(edition_id) if edition_id else current_edition()
    if found is None:
        raise NotFound
    notice = queries.ended_notice(found.id)
    return render_template(
        "outcomes/index.html",
        found=found,
        rows=queries.outcomes_of(found.id),
        notice=notice,
        missing=services.missing_for_approval(notice) if notice else (),
    )


@blueprint.route("/editions/<int:edition_id>/approval", methods=["GET", "POST"])
@needs_on_subject("outcome.record")
def approve(edition_id: int) -> Answer:
    found = reach(find_edition(edition_id), "edition.read")
    notice = queries.ended_notice(found.id)
    if notice is None:
        raise NotFound
    form = forms.ApprovalForm()
    if form.validate_on_submit():
        with form.problems():
            approved_on = form.approved_on.data or clock.now().date()
            services.record_approval(actor(), notice, document=form.text("document"), approved_on=approved_on)
            flash(_("批准文件已登记，请核对后公布结果。"))
            return redirect(url_for("outcomes.index", edition=edition_id), 303)
    missing = services.missing_for_approval(notice)
    return render_template("outcomes/approve.html", found=found, form=form, missing=missing), form.status


@blueprint.route("/editions/<int:edition_id>/publish", methods=["GET", "POST"])
@needs_on_subject("outcome.publish")
def publish(edition_id: int) -> Answer:
    found = reach(find_edition(edition_id), "edition.read")
    if request.method == "POST":
        services.publish(actor(), found)
        flash(_("结果已公布。"))
        return redirect(url_for("outcomes.public_edition", code=found.code), 303)
    return render_template("outcomes/publish.html", found=found, rows=queries.outcomes_of(found.id))


@blueprint.route("/outcomes/<int:outcome_id>/revoke", methods=["GET", "POST"])
@needs_on_subject("outcome.revoke")
def revoke(outcome_id: int) -> Answer:
    outcome = reach(queries.find_outcome(outcome_id), "outcome.list")
    form = forms.RevocationForm()
    if form.validate_on_submit():
        with form.problems():
            services.revoke(actor(), outcome, reason=form.text("reason"))
            flash(_("奖项已撤销。"))
            return redirect(url_for("outcomes.index", edition=outcome.edition_id), 303)
    return render_template("outcomes/revoke.html", outcome=outcome, form=form), form.status
