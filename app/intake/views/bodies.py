"""Recommending bodies for the office, and the applicant's choice among them."""

from flask import flash, redirect, render_template, url_for

from app.applications.queries import find
from app.intake import forms, queries, services
from app.intake.models import BODY_KIND_LABELS
from app.intake.rules import area_name
from app.intake.views.room import Answer, blueprint, done
from app.programmes import current
from app.programmes.queries import rulebook_of
from app.programmes.rules.values import BodyKind
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _


@blueprint.get("/recommending-bodies")
@needs("body.list")
def bodies() -> Answer:
    return render_template(
        "intake/bodies.html", bodies=queries.all_bodies(), kinds=BODY_KIND_LABELS, area_name=area_name
    )


@blueprint.route("/recommending-bodies/new", methods=["GET", "POST"])
@needs("body.edit")
def new_body() -> Answer:
    edition = current.chosen()
    kinds = [quota.body for quota in rulebook_of(edition).recommendation.quotas] if edition else list(BodyKind)
    form = forms.body_form(kinds, edition.programme.region_code if edition else "")
    if form.validate_on_submit():
        with form.problems():
            services.register_body(
                actor(),
                name=form.text("name"),
                kind=BodyKind(form.text("kind")),
                region_code=form.text("region_code"),
            )
            return done(_("推荐单位已登记。"), "intake.bodies")
    return render_template("intake/new_body.html", form=form), form.status


@blueprint.route("/applications/<int:application_id>/recommending-body", methods=["GET", "POST"])
@needs_on_subject("application.choose_body")
def choose_body(application_id: int) -> Answer:
    application = reach(find(application_id), "application.read")
    form = forms.choice_of_body_form(queries.bodies_of_choice(application), queries.chosen_or_nearest(application))
    if form.validate_on_submit():
        with form.problems():
            services.choose_body(actor(), application, int(form.text("body")))
            flash(_("推荐单位已选定，提交后转给它审核。"), "done")
            return redirect(url_for("applications.show", application_id=application_id), 303)
    return render_template("intake/choose_body.html", application=application, form=form), form.status
