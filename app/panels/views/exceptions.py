"""Exceptions from a rule for one pair: proposed by one, confirmed by another, in public."""

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for

from app.kernel.words import N_
from app.panels import forms, interests, services
from app.panels.views import room
from app.panels.views.room import Answer, blueprint
from app.programmes.models import Edition
from app.programmes.queries import rulebook_of
from app.programmes.rules.labels import LABELS
from app.programmes.rules.values import LiftableRule
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _


@blueprint.get("/exceptions")
@needs("exception.list")
def exceptions() -> Answer:
    edition = room.edition()
    rows, panel = interests.exceptions_of(edition), rulebook_of(edition).panel
    return render_template("panels/exceptions.html", chosen=edition, rows=rows, allowed=panel.exceptions, labels=LABELS)


@blueprint.route("/exceptions/new", methods=["GET", "POST"])
@needs("exception.propose")
def propose_exception() -> Answer:
    edition = room.edition()
    form = forms.ExceptionForm(rulebook_of(edition).panel)
    if form.validate_on_submit():
        with form.problems():
            _propose(edition, form)
            flash(_("已提出例外，须由另一人确认后才有效。"), "done")
            return redirect(url_for("panels.exceptions", edition=edition.id), 303)
    return render_template("panels/propose_exception.html", chosen=edition, form=form), form.status


def _propose(edition: Edition, form: forms.ExceptionForm) -> None:
    expert, application = room.pair_named(edition, form.text("expert"), form.text("dossier"))
    rule = LiftableRule(form.text("rule"))
    services.propose_exception(actor(), expert, application, rule=rule, reason=form.text("reason"))


@blueprint.route("/exceptions/<int:exception_id>/confirm", methods=["GET", "POST"])
@needs_on_subject("exception.confirm")
def confirm_exception(exception_id: int) -> Answer:
    found, form = reach(interests.find_exception(exception_id), "exception.read"), forms.ConfirmForm()
    if form.validate_on_submit():
        with form.problems():
            services.confirm_exception(actor(), found)
            flash(_("例外已确认，并列入本届公开页面。"), "done")
            return redirect(url_for("panels.exceptions", edition=found.edition_id), 303)
    return render_template("panels/confirm_exception.html", exception=found, form=form, labels=LABELS), form.status


@blueprint.route("/exceptions/<int:exception_id>/refuse", methods=["GET", "POST"])
@needs_on_subject("exception.refuse")
def refuse_exception(exception_id: int) -> Answer:
    said = N_("已记录：不予确认。")
    return _ended(exception_id, services.refuse_exception, said, template="panels/refuse_exception.html")


@blueprint.route("/exceptions/<int:exception_id>/revoke", methods=["GET", "POST"])
@needs_on_subject("exception.revoke")
def revoke_exception(exception_id: int) -> Answer:
    said = N_("例外已撤销。依它安排的席位会列入待办。")
    return _ended(exception_id, services.revoke_exception, said, template="panels/revoke_exception.html")


def _ended(exception_id: int, end: Callable[..., None], said: str, *, template: str) -> Answer:
    """The page that ends an exception with a reason, and what follows when it was sent."""
    found, form = reach(interests.find_exception(exception_id), "exception.read"), forms.ReasonForm()
    if form.validate_on_submit():
        with form.problems():
            end(actor(), found, reason=form.text("reason"))
            flash(_(said), "done")
            return redirect(url_for("panels.exceptions", edition=found.edition_id), 303)
    return render_template(template, exception=found, form=form, labels=LABELS), form.status
