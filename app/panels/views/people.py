"""Who is head of panel."""

from flask import flash, redirect, render_template, url_for

from app.panels import forms, queries, services
from app.panels.views import room
from app.panels.views.room import Answer, blueprint
from app.web.guard import actor, needs
from app.web.language import _


@blueprint.route("/head", methods=["GET", "POST"])
@needs("head.appoint")
def head() -> Answer:
    edition = room.edition()
    form = forms.HeadForm()
    if form.validate_on_submit():
        with form.problems():
            services.appoint_head(actor(), edition, services.expert_named(form.text("expert")))
            flash(_("已任命大组长，并已通知。"), "done")
            return redirect(url_for("panels.draws", edition=edition.id), 303)
    return render_template("panels/head.html", chosen=edition, form=form, heads=queries.heads_of(edition)), form.status
