"""What other departments say about a dossier: asking them, recording their replies, reading their documents."""

from flask import Response, flash, redirect, render_template, url_for

from app.applications.queries import find, rulebook_for
from app.audit.services import record_look
from app.intake import forms, queries, services
from app.intake.views.room import Answer, blueprint
from app.kernel import file_types, files
from app.kernel.errors import NotFound
from app.web.downloads import attachment
from app.web.guard import actor, needs_on_subject, reach
from app.web.language import _


@blueprint.route("/formal-checks/<int:application_id>/departments", methods=["GET", "POST"])
@needs_on_subject("consultation.begin")
def consult(application_id: int) -> Answer:
    application = reach(find(application_id), "formal_check.read")
    form = forms.ConfirmForm()
    if form.validate_on_submit():
        with form.problems():
            services.consult(actor(), application)
            flash(_("已登记向各部门征求意见。"), "done")
            return redirect(url_for("intake.check", application_id=application_id), 303)
    rule = rulebook_for(application).formal_check
    return render_template("intake/consult.html", application=application, form=form, rule=rule), form.status


@blueprint.route("/formal-checks/<int:application_id>/replies", methods=["GET", "POST"])
@needs_on_subject("consultation.record")
def record_reply(application_id: int) -> Answer:
    application = reach(find(application_id), "formal_check.read")
    opinions = queries.opinions(application)
    form = forms.reply_form(opinions)
    if form.validate_on_submit():
        with form.problems():
            services.record_reply(actor(), application, form.departments.data or (), **form.given())
            flash(_("部门答复已登记。"), "done")
            return redirect(url_for("intake.check", application_id=application_id), 303)
    return render_template("intake/reply.html", application=application, form=form, opinions=opinions), form.status


@blueprint.get("/consultations/<int:consultation_id>/document")
@needs_on_subject("consultation.read")
def department_document(consultation_id: int) -> Response:
    row = queries.find_consultation(consultation_id)
    application = reach(row.application if row else None, "formal_check.read")
    if row is None or not row.file_sha256:
        raise NotFound
    record_look(actor(), "consultation.read", application)
    kind = file_types.TYPES[file_types.suffix_of(row.file_name)]
    return attachment(files.store().open(row.file_sha256), filename=row.file_name, media_type=kind.media_type)
